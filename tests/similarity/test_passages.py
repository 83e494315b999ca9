"""Pieces put together are the text, and what has one number is the same code."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.similarity.fingerprints import fingerprint
from grader.similarity.passages import side_by_side
from grader.similarity.reading import normalise
from tests.similarity.conftest import functions, source


def prints(*sources):
    return [fingerprint("", one, [normalise(one)]) for one in sources]


def passages(pieces):
    found = {}
    for piece in pieces:
        if piece.passage is not None:
            found.setdefault(piece.passage, []).append(piece.text)
    return found


def test_functions_are_matched_in_any_order():
    parts = functions(5)
    code, moved = source(parts), "# mine\nclass Longer:\n    size = 3\n\n\n" + source(parts[::-1])
    left, right = side_by_side(*prints(code, moved))
    assert "".join(piece.text for piece in left) == code
    assert "".join(piece.text for piece in right) == moved
    expected = {number: [part.strip()] for number, part in enumerate(parts, start=1)}
    assert passages(left) == expected
    assert passages(right) == expected


def test_a_class_begins_at_its_word():
    model = "class Model(Base):\n    sizes = [3, 4, 5]\n    names = {'a': 1, 'b': 2, 'c': 3}\n"
    left, right = side_by_side(*prints(source([*functions(5), model]), source([model])))
    assert list(passages(left).values()) == list(passages(right).values()) == [[model.strip()]]


def test_nothing_in_common_is_one_piece():
    left, right = side_by_side(*prints("x = 1\n", source(functions(1))))
    assert len(left) == len(right) == 1 and left[0].passage is None


def test_a_run_that_occurs_often_takes_no_time():
    code = "total = total + 1\n" * 8_000
    left, right = side_by_side(*prints(code, code))
    assert [piece.passage for piece in left if piece.passage] == [1]
    assert "".join(piece.text for piece in right) == code


@pytest.mark.parametrize("seed", range(3))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_pieces_are_always_the_whole_text(seed, data):
    parts = functions(seed) + functions(seed + 1)
    order = data.draw(st.permutations(range(len(parts))))
    cut = data.draw(st.integers(0, 900))
    code, other = source(parts), source([parts[i] for i in order])[cut:].strip("\n") + "\n"
    left, right = side_by_side(*prints(code, other))
    assert "".join(piece.text for piece in left) == code
    assert "".join(piece.text for piece in right) == other
    assert set(passages(left)) == set(passages(right))
