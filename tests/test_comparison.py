"""Comparison: the conventions of the curriculum, and nothing looser."""

import numpy as np
import pytest

from grader.comparison import Difference, compare
from grader.wire import Opaque

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
