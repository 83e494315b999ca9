"""Names that nbgrader's pages would obey have a stand-in; all others are their own."""

import pytest

from grader.sanitise.nbgrader import gradebook_id
from tests.sanitise.attacks import NAMES

ORDINARY = ["ada", "Zoë", "o'neill", "张伟", "a & b", "Ada Lovelace_12_x", "a~b"]
LIVE = ["a<b", 'say "hi"', "back\\slash", "a/b", *NAMES.values()]


@pytest.mark.parametrize(
    "name", ["ada", "Zoë", "o'neill", "张伟", "a & b", "Ada Lovelace_12_x", "a~b"]
)
def test_an_ordinary_name_is_its_own(name):
    assert gradebook_id(name) == name


@pytest.mark.parametrize("name", LIVE)
def test_no_id_ends_a_tag_or_a_text_in_a_script(name):
    assert not set(gradebook_id(name)) & set('<>"\\/')


def test_nobody_takes_the_id_of_another():
    names = [*LIVE, *map(gradebook_id, LIVE)]
    assert len({gradebook_id(name) for name in names}) == len(set(names))
