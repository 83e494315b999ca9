"""JSON of others: it is read, or a `ValueError` says that it cannot be."""

import pytest

from grader.files.foreign_json import read_json


def test_what_is_json_is_read():
    assert read_json(b'{"a": [1, null]}') == {"a": [1, None]}


@pytest.mark.parametrize(
    "content",
    ["[" * 100_000, '{"a":' * 100_000, "7" * 10_000, "", b"\xff", "[1"],
    ids=range(6),
)
def test_everything_else_is_one_kind_of_error(content):
    with pytest.raises(ValueError, match=r".+"):
        read_json(content)
