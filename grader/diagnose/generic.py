"""Patterns that betray common mistakes in any exercise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from grader.course.prepared import PreparedCheck
from grader.diagnose.arrangements import diagnose_arrangement
from grader.diagnose.comparison import Array, Difference, as_array
from grader.diagnose.evidence import Evidence
from grader.diagnose.independent import diagnose_independent
from grader.diagnose.ratios import diagnose_factor, diagnose_offset, is_fractional, numbers_of
from grader.diagnose.terms import diagnose_term
from grader.result import Diagnosis

_WEAK = {"not_reduced", "over_reduced", "shape", "transposed_shape", "not_finite"}
"""What says less than an arrangement that explains the same."""
_DIFFERENTIATING = {"keras.gradients", "keras.loss_and_gradients", "keras.loss_gradient"}
"""Steps that answer None where there is no gradient."""
Pattern = Callable[[Evidence], tuple[str, str] | None]


def diagnose_generic(check: PreparedCheck, evidence: Sequence[Evidence]) -> Diagnosis | None:
    """Return the first pattern that fits every failure; None when no pattern does."""
    failures = [item for item in evidence if item.mismatch]
    if not failures:
        return None
    first = _common(failures)
    if first is not None and first[0] == "swapped" and any(map(shows_its_order, evidence)):
        first = None
    if first is not None and first[0] not in _WEAK:
        return Diagnosis(id=f"generic.{first[0]}", hint=first[1])
    known = diagnose_arrangement(check, evidence) or diagnose_independent(check, evidence) or first
    if known is not None:
        return Diagnosis(id=f"generic.{known[0]}", hint=known[1])
    known = (
        diagnose_factor(check, evidence)
        or diagnose_term(check, evidence)
        or diagnose_offset(check, evidence)
    )
    if known is None and all(item.observation.mutated for item in failures):
        known = _mutated(failures[0])
    return None if known is None else Diagnosis(id=f"generic.{known[0]}", hint=known[1])


def _common(failures: Sequence[Evidence]) -> tuple[str, str] | None:
    """The first pattern that every failure shows."""
    for pattern in _PATTERNS:
        found = [pattern(item) for item in failures]
        first = found[0]
        if first is not None and all(other is not None and other[0] == first[0] for other in found):
            return first
    return None


def _none(item: Evidence) -> tuple[str, str] | None:
    if item.mismatch and item.mismatch.difference is Difference.NONE_RETURNED:
        if any(one["op"] in _DIFFERENTIATING for one in item.case.steps):
            place = f" to {item.mismatch.position}" if item.mismatch.position else ""
            return (
                "no_gradient",
                f"No gradient leads{place}: on the way is something that has none, such as a "
                "function of NumPy's, `.numpy()`, a rounding or a cast to integers.",
            )
        return (
            "none",
            "None came back: either nothing is returned on this path, or what is returned is the "
            "result of something that gives None, as print and list.sort do.",
        )
    return None


def _not_finite(item: Evidence) -> tuple[str, str] | None:
    if item.mismatch and item.mismatch.difference is Difference.NOT_FINITE:
        return (
            "not_finite",
            "A NaN or an infinity came out where a finite number was expected. Look for exp of a "
            "large number, log of zero, a root of what may be negative, or a division by zero, and "
            "for a form that avoids it.",
        )
    return None


def _dtype(item: Evidence) -> tuple[str, str] | None:
    pair = _arrays(item, Difference.DTYPE)
    if pair is not None and _close(pair[1], pair[0], rtol=1e-2, atol=1e-3):
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
    is_paired = expected.ndim == 1 and received.shape == (expected.size,) * 2
    given = [value.shape for value in item.case.arguments.values() if type(value) is np.ndarray]
    if is_paired and expected.size > 2 and received.shape not in given:
        return (
            "broadcast",
            "An (N, N) result where (N,) was expected usually comes from combining (N,) with (N, "
            "1): broadcasting pairs every row with every other.",
        )
    if received.size == expected.size and _close(received.reshape(expected.shape), expected):
        if received.ndim == expected.ndim:
            return "reshaped", "The values are right and in order, but the shape is another."
        return "extra_axis", "The values are right, but the array has another number of axes."
    if expected.ndim == 0 and received.size > 1:
        return (
            "not_reduced",
            "A single number was expected, and several came out. Follow their shape back to the "
            "line where it should have become one.",
        )
    if received.ndim == 0 and expected.ndim > 0:
        return (
            "over_reduced",
            "One number came out where several were expected. Follow the shapes to the line where "
            "the axes are lost.",
        )
    if received.ndim == expected.ndim == 1:
        # A list of ids or losses, or a vector: no factor need be of a wrong shape.
        return (
            "shape",
            "Another number of values came out than was expected: look for the line that decides "
            "how many there are.",
        )
    return (
        "shape",
        "Write the shape of every factor beside the formula, and look for the first that does not "
        "fit.",
    )


def _swapped(item: Evidence) -> tuple[str, str] | None:
    observed, expected = item.observation.values, item.case.expected
    if expected is None or len(observed) != 1 or len(expected.values) != 1:
        return None
    mine, theirs = observed[0], expected.values[0]
    if not (isinstance(mine, tuple | list) and isinstance(theirs, tuple | list)):
        return None
    if len(mine) != 2 or len(theirs) != 2:
        return None
    if not _is_sizable(theirs):
        return None
    if _same_value(mine[0], theirs[1]) and _same_value(mine[1], theirs[0]):
        return "swapped", "The two results are right, but in the opposite order."
    return None


def _is_sizable(pair: Sequence[Any]) -> bool:
    """Whether there is more than two whole numbers, which come out swapped by chance."""
    arrays = [as_array(one) for one in pair]
    return any(one is not None and one.size > 1 for one in arrays) or any(
        map(is_fractional, arrays)
    )


def shows_its_order(item: Evidence) -> bool:
    """Whether a case answers with two different values, and not with them in opposite order."""
    return (
        item.case.expected is not None
        and _is_pair_in_order(item.case.expected.values)
        and (not item.failed or (item.mismatch is not None and _swapped(item) is None))
    )


def _is_pair_in_order(values: Sequence[Any]) -> bool:
    """Whether these are two results of which it is seen in which order they stand."""
    pair = values[0] if len(values) == 1 else None
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        return False
    return _is_sizable(pair) and not _same_value(pair[0], pair[1])


def _mutated(item: Evidence) -> tuple[str, str]:
    names = ", ".join(item.observation.mutated)
    return (
        "mutated",
        f"Your code changed its input ({names}). Operators such as += and functions such as "
        "sort work in place; work on a copy instead.",
    )


def _arrays(item: Evidence, difference: Difference) -> tuple[Array, Array] | None:
    mismatch = item.mismatch
    if mismatch is None or mismatch.difference is not difference:
        return None
    return numbers_of(mismatch.expected, mismatch.received, alike=difference is Difference.DTYPE)


def _close(received: Array, expected: Array, rtol: float = 1e-5, atol: float = 1e-8) -> bool:
    return received.shape == expected.shape and bool(
        np.allclose(received, expected, rtol=rtol, atol=atol, equal_nan=True)
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
)
