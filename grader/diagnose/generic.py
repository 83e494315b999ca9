"""Patterns that betray common mistakes in any exercise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from grader.comparison import Array, Difference, as_array
from grader.course.prepared import PreparedCheck
from grader.diagnose.evidence import Evidence
from grader.result import Diagnosis

_CLOSE = 1e-6
_SCALES = {
    "2": "is twice what it should be",
    "1/2": "is half of what it should be",
    "N": "is N times what it should be, for N rows",
    "1/N": "was divided by N, the number of rows, once too often",
}
Pattern = Callable[[Evidence], tuple[str, str] | None]


def diagnose_generic(check: PreparedCheck, failures: Sequence[Evidence]) -> Diagnosis | None:
    """Return the first pattern that fits every failure; None when no pattern does."""
    if not failures:
        return None
    for pattern in _PATTERNS:
        found = [pattern(item) for item in failures]
        first = found[0]
        if first is not None and all(other is not None and other[0] == first[0] for other in found):
            return Diagnosis(id=f"generic.{first[0]}", hint=first[1])
    return None


def _none(item: Evidence) -> tuple[str, str] | None:
    if item.mismatch and item.mismatch.difference is Difference.NONE_RETURNED:
        return "none", "The function ended without a return statement on this path."
    return None


def _not_finite(item: Evidence) -> tuple[str, str] | None:
    if item.mismatch and item.mismatch.difference is Difference.NOT_FINITE:
        return (
            "not_finite",
            "A NaN or an infinity came out where a finite number was expected. Look for exp of a "
            "large number, log of zero, or a division by zero, and for a form that avoids it.",
        )
    return None


def _dtype(item: Evidence) -> tuple[str, str] | None:
    if item.mismatch and item.mismatch.difference is Difference.DTYPE:
        return (
            "dtype",
            "The numbers have another dtype than the handout asks for; astype converts them.",
        )
    return None


def _shape(item: Evidence) -> tuple[str, str] | None:
    """Which transposition, extra axis, broadcast or missing reduction explains the shape."""
    pair = _arrays(item, Difference.SHAPE)
    if pair is None:
        return None
    expected, received = pair
    if expected.ndim == received.ndim == 2 and received.T.shape == expected.shape:
        if _close(received.T, expected):
            return "transposed", "The values are right, but transposed."
        return "transposed_shape", "The shape is the expected one transposed; check the axes."
    if expected.ndim == 1 and received.shape == (expected.size,) * 2 and expected.size > 1:
        return (
            "broadcast",
            "An (N, N) result where (N,) was expected usually comes from combining (N,) with (N, "
            "1): broadcasting pairs every row with every other.",
        )
    if received.size == expected.size and _close(received.reshape(expected.shape), expected):
        return "extra_axis", "The values are right, but the array has another number of axes."
    if expected.ndim == 0 and received.size > 1:
        return (
            "not_reduced",
            "A single number was expected; a sum or a mean over the rows is missing.",
        )
    if received.ndim == 0 and expected.ndim > 0:
        return (
            "over_reduced",
            "One number came out where several were expected; reduce over one axis only.",
        )
    return (
        "shape",
        "Write the shape of every factor beside the formula, and look for the first that does not "
        "fit.",
    )


def _factor(item: Evidence) -> tuple[str, str] | None:
    """A constant factor: the sign, 2, N and their like."""
    pair = _arrays(item, Difference.VALUES)
    if pair is None:
        return None
    expected, received = pair
    ratio = _constant_ratio(expected, received)
    if ratio is None:
        return None
    rows = _rows(item)
    if abs(ratio + 1) < _CLOSE:
        return "sign", "Everything has the opposite sign."
    for name, value in (("2", 2.0), ("1/2", 0.5), ("N", rows), ("1/N", 1 / rows if rows else 0)):
        if value and abs(value) > 0 and abs(ratio / value - 1) < _CLOSE and value != 1:
            return (
                f"factor_{name.replace('/', '_')}",
                f"The result {_SCALES[name]}: look at the factor in front of the sum.",
            )
    if abs(ratio - 100) < 1e-4 or abs(ratio - 0.01) < 1e-8:
        return (
            "factor_percent",
            "The result is off by a factor of 100: is it a percentage instead of a fraction, or "
            "the other way round?",
        )
    return None


def _swapped(item: Evidence) -> tuple[str, str] | None:
    observed, expected = item.observation.values, item.case.expected
    if expected is None or len(observed) != 1 or len(expected.values) != 1:
        return None
    mine, theirs = observed[0], expected.values[0]
    if not (isinstance(mine, tuple | list) and isinstance(theirs, tuple | list)):
        return None
    if len(mine) != 2 or len(theirs) != 2:
        return None
    if _same_value(mine[0], theirs[1]) and _same_value(mine[1], theirs[0]):
        return "swapped", "The two results are right, but in the opposite order."
    return None


def _mutated(item: Evidence) -> tuple[str, str] | None:
    if item.observation.mutated:
        names = ", ".join(item.observation.mutated)
        return (
            "mutated",
            f"Your code changed its input ({names}). Operators such as += and functions such as "
            "sort work in place; work on a copy instead.",
        )
    return None


def _constant_offset(item: Evidence) -> tuple[str, str] | None:
    pair = _arrays(item, Difference.VALUES)
    if pair is None or pair[0].size < 3:
        return None
    expected, received = pair
    with np.errstate(invalid="ignore"):  # ∞ - ∞ is NaN, and no constant
        gap = received - expected
    scale = max(float(np.abs(expected).max()), 1.0)
    if float(np.ptp(gap)) < _CLOSE * scale and float(np.ptp(expected)) > 1e-3 * scale:
        return "offset", "Every value is off by the same amount: is a constant term missing?"
    return None


def _arrays(item: Evidence, difference: Difference) -> tuple[Array, Array] | None:
    mismatch = item.mismatch
    if mismatch is None or mismatch.difference is not difference:
        return None
    expected, received = as_array(mismatch.expected), as_array(mismatch.received)
    if expected is None or received is None:
        return None
    if "c" in {expected.dtype.kind, received.dtype.kind}:
        return None
    if difference is Difference.VALUES and expected.shape != received.shape:
        return None  # a truth value was expected, say
    with np.errstate(over="ignore"):  # a long double may be more than any float
        return expected.astype(np.float64), received.astype(np.float64)


def _constant_ratio(expected: Array, received: Array) -> float | None:
    large = np.abs(expected) > 1e-9
    if not large.any() or not np.allclose(received[~large], 0.0, atol=1e-9):
        return None
    with np.errstate(invalid="ignore"):  # ∞ / ∞ is NaN, and no ratio
        ratios = received[large] / expected[large]
    ratio = float(ratios.flat[0])
    if ratio == 0 or not np.allclose(ratios, ratio, rtol=1e-6, atol=0):
        return None
    return ratio


def _rows(item: Evidence) -> float:
    """N: the length of the first array among the arguments."""
    for value in item.case.arguments.values():
        if isinstance(value, np.ndarray) and value.ndim >= 1:
            return float(len(value))
    return 0.0


def _close(received: Array, expected: Array) -> bool:
    return received.shape == expected.shape and bool(
        np.allclose(received, expected, rtol=1e-5, atol=1e-8, equal_nan=True)
    )


def _same_value(one: Any, other: Any) -> bool:
    mine, theirs = as_array(one), as_array(other)
    if mine is None or theirs is None or "c" in (mine.dtype.kind, theirs.dtype.kind):
        return False
    return _close(mine, theirs)


_PATTERNS: tuple[Pattern, ...] = (
    _none,
    _swapped,
    _shape,
    _dtype,
    _not_finite,
    _factor,
    _constant_offset,
    _mutated,
)
