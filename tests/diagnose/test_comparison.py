"""Comparison: the conventions of the curriculum, and nothing looser."""

import numpy as np
import pytest

from grader.checks.wording import describe_mismatch
from grader.course.case import Case
from grader.diagnose.comparison import Difference, as_array, compare
from grader.result import Visibility
from grader.wire.budget import Budget
from grader.wire.encoding import Opaque, decode
from grader.worker.answering import sendable
from tests.odd_values.values import EXPRESSIONS, value_of

VECTOR = np.array([1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        (1.5, np.float64(1.5)),
        (np.array(1.5), 1.5),
        (np.float32(1.5), 1.5),
        (3, np.int64(3)),
        ([1.0, 2.0, 3.0], VECTOR),
        ([1, 2, 3], VECTOR),
        (np.array([1, 0], dtype=np.int8), np.array([1, 0])),
        ([VECTOR, 1.0], (VECTOR, 1.0)),
        (VECTOR * (1 + 5e-6), VECTOR),
        (np.array([np.nan, np.inf]), np.array([np.nan, np.inf])),
        (np.zeros((0, 3)), np.zeros((0, 3))),
        ({"a": 1.0}, {"a": 1.0}),
        ([], np.zeros(0)),
    ],
)
def test_equal(received, expected):
    assert compare(received, expected, 1e-5, 1e-6) is None


@pytest.mark.parametrize(
    ("received", "expected", "difference"),
    [
        (None, 1.0, Difference.NONE_RETURNED),
        (np.array([1.5]), 1.5, Difference.SHAPE),
        (1.5, VECTOR, Difference.SHAPE),
        (VECTOR[:, None], VECTOR, Difference.SHAPE),
        (VECTOR.astype("float32"), VECTOR, Difference.DTYPE),
        (VECTOR.astype(complex), VECTOR, Difference.DTYPE),
        (np.array([True, False]), np.array([1, 0]), Difference.DTYPE),
        (np.array([1.0, 0.0]), np.array([1, 0]), Difference.DTYPE),
        (VECTOR * (1 + 1e-4), VECTOR, Difference.VALUES),
        (np.array([1.0, np.nan, 3.0]), VECTOR, Difference.NOT_FINITE),
        ("x", VECTOR, Difference.TYPE),
        ([[1.0], [2.0]], np.ones((2, 1)), Difference.TYPE),
        (Opaque("generator"), VECTOR, Difference.TYPE),
        (1.0, (1.0, VECTOR), Difference.TYPE),
        ((1.0,), (1.0, VECTOR), Difference.COUNT),
        ({"b": 1.0}, {"a": 1.0}, Difference.COUNT),
        (False, True, Difference.VALUES),
    ],
)
def test_different(received, expected, difference):
    found = compare(received, expected, 1e-5, 1e-6)
    assert found is not None and found.difference is difference


def test_the_place_inside_a_tuple_is_named():
    found = compare((1.0, {"w": 2.0}), (1.0, {"w": 3.0}), 1e-5, 1e-6)
    assert found.position == "[1]['w']"


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ([np.float32(1), np.array(2), 3, True], (4,)),
        ([[1, 2], (3.0, 4)], (2, 2)),
        ([np.zeros(3), np.ones(3)], (2, 3)),
        ([[], []], (2, 0)),
    ],
)
def test_numbers_in_equal_rows_are_an_array(value, shape):
    assert as_array(value).shape == shape


@pytest.mark.parametrize(
    "value",
    [
        ["a" * 100, ""],
        ["0.5"],
        [1.0, [2.0]],
        [[1.0], [2.0, 3.0]],
        [np.zeros(2), np.zeros(3)],
        [1.0, None],
        [{}],
        [10**400],
        np.array(["x"]),
        Opaque("generator"),
    ],
)
def test_all_else_is_none(value):
    assert as_array(value) is None


def test_no_array_is_made_of_texts(monkeypatch):
    """One long text and many short ones would become many long ones."""

    def made(*_, **__):
        raise AssertionError("an array was made")

    monkeypatch.setattr("grader.diagnose.comparison.np.array", made)
    assert compare(["a" * 10**6] + [""] * 200, VECTOR, 1e-5, 1e-6).difference is Difference.TYPE


@pytest.mark.parametrize(
    ("received", "words"),
    [
        ([1.0, [2.0]], "a list of 2 values, some of which are lists"),
        ([[1.0], [2.0, 3.0]], "a ragged list of lists"),
        (["a", "b"], "a list of 2 values that are not all numbers"),
        (10**400, "an integer too large for a float"),
        (Opaque("an array of shape (9, 9)", "too large"), "an array of shape (9, 9) (too large)"),
    ],
)
def test_what_came_instead_of_an_array_is_named(received, words):
    summary = compare(received, VECTOR, 1e-5, 1e-6).summary
    assert summary == f"an array of shape (3,) was expected; received {words}"


def test_of_many_keys_a_few_are_shown():
    received = {str(number) * 100: 0.0 for number in range(1_000)}
    found = compare(received, {"a": 1.0}, 1e-5, 1e-6)
    assert len(found.summary) < 3_000 and "(1,000 in all)" in found.summary


def test_any_two_values_are_compared():
    """Also with themselves, and with what a misconception may have answered."""
    values = [_crossed(text) for text in EXPRESSIONS.values() if "0_000" not in text]
    expected = [
        1.5,
        VECTOR,
        (1.0, VECTOR),
        {"a": VECTOR},
        True,
        "x",
        None,
        [1.0, 2.0],
        *values[::7],
    ]
    for one in values:
        for other in expected:
            found = compare(one, other, 1e-5, 1e-6)
            if found is not None:
                describe_mismatch(Case("case"), found, Visibility.PUBLIC)


def _crossed(text):
    return decode(sendable([value_of(text)], Budget(2 * 2**20, 100_000)))[0]


def test_a_comma_too_many_is_told_as_the_tuple_that_it_makes() -> None:
    """No array of the student's has the shape that NumPy makes of such a tuple."""
    array = np.ones((4, 3))
    one = "received a tuple of one value; `return x,` makes one of x"
    for received, expected, told in (
        ((array,), array, f"an array of shape (4, 3) was expected; {one}"),
        ((1.0,), 1.0, f"a number was expected; {one}"),
        (
            (array, array),
            array,
            "an array of shape (4, 3) was expected; received a tuple of 2 values",
        ),
        ((1.0, 2.0), np.ones(3), "shape (3,) was expected; received (2,)"),
    ):
        found = compare(received, expected, 1e-6, 1e-9)
        assert found is not None and found.summary == told
    assert compare((array,), array[None], 1e-6, 1e-9) is None


def test_what_came_in_place_of_a_tuple_is_named_with_one_article() -> None:
    found = compare(np.zeros((2, 2)), (1.0, 2.0, 3.0, 4.0), 1e-5, 1e-6)
    assert found is not None
    wanted = "a tuple of 4 values was expected; received an array of shape (2, 2)"
    assert found.summary == wanted
