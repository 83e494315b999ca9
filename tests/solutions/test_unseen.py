"""Writings that no diagnosis was made for: full points as they are, and mistakes made in them."""

import ast

import pytest

from benchmarks.unseen_mistakes import FOLDER, mistakes_of, texts_of, verdicts_of
from tests.conftest import ASSIGNMENTS, untrained
from tests.solutions.test_alternatives import check_alternative


def test_every_assignment_has_a_writing():
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(ASSIGNMENTS)


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_a_writing_gets_full_points(name):
    check_alternative(FOLDER / name, "numpy", untrained(name))


@pytest.mark.slow
@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_a_writing_for_keras_gets_full_points(name):
    check_alternative(FOLDER / name, "keras", untrained(name, "keras"))


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_each_mistake_changes_one_passage_and_was_judged(name):
    texts, mistakes = texts_of(name), list(mistakes_of(name))
    assert len(mistakes) >= 40
    for mistake in mistakes:
        made = mistake.made_in(texts[mistake.file])
        assert made != texts[mistake.file]
        ast.parse(made)
    judged = verdicts_of(name, "before"), verdicts_of(name, "after")
    for column in judged:
        assert set(column) == {one.name for one in mistakes}
        assert set(column.values()) <= {"rightly", "wrongly", "not", "unnoticed"}
