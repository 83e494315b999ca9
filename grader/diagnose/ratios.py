"""A constant factor or a constant term between what came and what should have come.

One number is any multiple of another, and small whole numbers are often twice or half of each
other. So a factor is named only where several values that differ have it, floats among them, and
no case that is right speaks against it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations_with_replacement
from typing import Any

import numpy as np

from grader.course.case import Case
from grader.course.prepared import PreparedCheck
from grader.diagnose.comparison import Array, Difference, as_array
from grader.diagnose.evidence import Evidence, picked

_CLOSE = 1e-6
_ROWS = ("N", "1_N")
_HINTS = {
    "2": "is twice as large as it should be",
    "1_2": "is half as large as it should be",
    "N": "is N times what it should be, for N rows",
    "1_N": "was divided by N, the number of rows, once too often",
}
Found = tuple[str, str]
"""The name of a pattern, and its hint."""


def diagnose_factor(check: PreparedCheck, evidence: Sequence[Evidence]) -> Found | None:
    """Name the factor that all failures have in common: the sign, 2, N and their like."""
    failures = [item for item in evidence if item.mismatch]
    sets = [pair for item in failures if (pair := _values(item)) is not None]
    if len(sets) != len(failures) or not _tells(check, failures, sets):
        return None
    ratios = [_constant_ratio(*pair) for pair in sets]
    for name in ("sign", "2", "1_2", "N", "1_N", "percent", "per_cent"):
        wanted = [_factor(name, item) for item in failures]
        if all(map(_is_close, ratios, wanted)) and _is_possible(name, failures, evidence):
            return _found(name, _where(failures))
    return _of_quantity(ratios, failures, evidence)


def diagnose_offset(check: PreparedCheck, evidence: Sequence[Evidence]) -> Found | None:
    """Say so when every value is off by the same amount."""
    if any(not item.failed for item in evidence):
        return None
    failures = [item for item in evidence if item.mismatch]
    pairs = [pair for item in failures if (pair := _values(item)) is not None]
    if not pairs or len(pairs) < len(failures):
        return None
    if not all(_has_floats(check, item) for item in failures):
        return None
    expected = np.concatenate([one.ravel() for one, _ in pairs])
    received = np.concatenate([other.ravel() for _, other in pairs])
    if expected.size < 3 and len(pairs) < 2:
        return None
    with np.errstate(invalid="ignore"):  # ∞ - ∞ is NaN, and no constant
        gap = received - expected
    scale = max(float(np.abs(expected).max()), 1.0)
    if not (float(np.ptp(gap)) < _CLOSE * scale and float(np.ptp(expected)) > 1e-3 * scale):
        return None
    what = f"Every value{_where(failures)} is off by the same amount, {float(np.mean(gap)):.6g}"
    return "offset", f"{what}: a constant term is missing, or one too many."


def numbers_of(one: Any, other: Any, *, alike: bool) -> tuple[Array, Array] | None:
    """Two values as arrays of floats, of the same shape if they have to be `alike`."""
    expected, received = as_array(one), as_array(other)
    if expected is None or received is None or "c" in {expected.dtype.kind, received.dtype.kind}:
        return None
    if alike and expected.shape != received.shape:
        return None
    with np.errstate(over="ignore"):  # a long double may be more than any float
        return expected.astype(np.float64), received.astype(np.float64)


def is_fractional(value: Any) -> bool:
    """Whether there is a number in it that is not whole."""
    array = as_array(value)
    if array is None or array.dtype.kind != "f":
        return False
    finite = array[np.isfinite(array)]
    return bool((finite != np.round(finite)).any())


def has_fractions(check: PreparedCheck, item: Evidence) -> bool:
    """Whether there is a number in an answer that is not whole."""
    return any(map(is_fractional, _leaves(picked(check, item.observation))))


def _values(item: Evidence) -> tuple[Array, Array] | None:
    mismatch = item.mismatch
    if mismatch is None or mismatch.difference is not Difference.VALUES:
        return None
    return numbers_of(mismatch.expected, mismatch.received, alike=True)


def _tells(
    check: PreparedCheck, failures: Sequence[Evidence], sets: Sequence[tuple[Array, Array]]
) -> bool:
    """Whether there are several values that differ, and floats."""
    if not all(_has_floats(check, item) for item in failures):
        return False
    sizes = np.sort(np.abs(np.concatenate([expected.ravel() for expected, _ in sets])))
    sizes = sizes[sizes > 1e-9]
    return sizes.size > 1 and float(sizes[-1] - sizes[0]) > _CLOSE * float(sizes[-1])


def _has_floats(check: PreparedCheck, item: Evidence) -> bool:
    assert item.case.expected is not None
    return any(one.dtype.kind == "f" for one in _leaves(picked(check, item.case.expected)))


def _leaves(value: Any) -> Iterator[Array]:
    if isinstance(value, list | tuple):
        for one in value:
            yield from _leaves(one)
    elif isinstance(value, dict):
        yield from _leaves(list(value.values()))
    elif (array := as_array(value)) is not None:
        yield array


def _factor(name: str, item: Evidence) -> float:
    rows = _rows(item)
    factors = {"sign": -1.0, "2": 2.0, "1_2": 0.5, "percent": 100.0, "per_cent": 0.01}
    return factors.get(name) or (rows if name == "N" else 1 / rows if rows else 0.0)


def _is_close(ratio: float | None, factor: float) -> bool:
    return ratio is not None and factor not in (0.0, 1.0) and abs(ratio / factor - 1) < _CLOSE


def _is_possible(name: str, failures: Sequence[Evidence], evidence: Sequence[Evidence]) -> bool:
    """Whether no right case speaks against a factor, and N can be nothing but the rows."""
    for item in evidence:
        if not item.failed and not (name in _ROWS and _rows(item) == 1) and _is_nonzero(item):
            return False
    if name not in _ROWS:
        return True
    several = len({_rows(item) for item in failures}) > 1
    return several or any(_rows(item) not in _other_sizes(item) for item in failures)


def _is_nonzero(item: Evidence) -> bool:
    values = item.case.expected.values if item.case.expected is not None else []
    return any(bool(np.any(one != 0)) for one in _leaves(values))


def _rows(item: Evidence) -> float:
    """N: the length of the first array among the arguments."""
    for value in item.case.arguments.values():
        if isinstance(value, np.ndarray) and value.ndim >= 1:
            return float(len(value))
    return 0.0


def _other_sizes(item: Evidence) -> set[float]:
    """Numbers among the arguments, and lengths of other axes than the first."""
    found: set[float] = set()
    for value in (*item.case.arguments.values(), *item.case.options.values()):
        if isinstance(value, np.ndarray):
            found.update(map(float, value.shape[1:]))
        elif type(value) in (int, float):
            found.add(float(value))
    return found


def _where(failures: Sequence[Evidence]) -> str:
    """Where the factor is: at the same place of each answer, or nowhere in particular."""
    positions = {item.mismatch.position for item in failures if item.mismatch}
    place = positions.pop() if len(positions) == 1 else ""
    return f" at {place}" if place else ""


def _of_quantity(
    ratios: Sequence[float | None], failures: Sequence[Evidence], evidence: Sequence[Evidence]
) -> Found | None:
    """A length, a number or a count among the arguments that is a factor of every failure.

    It has to differ between failures, or to be neither another quantity's value nor the product
    of two.
    """
    if not failures or any(not item.failed and _is_nonzero(item) for item in evidence):
        return None
    each = [quantities(item.case) for item in failures]
    for name in each[0]:
        values = [one.get(name, 0.0) for one in each]
        alone = all(_ways_to(one.get(name, 0.0), one.values()) == 1 for one in each)
        if not (len(set(values)) > 1 or (alone and values[0] not in _COMMON)):
            continue
        for factors, what in (
            (values, f"is {name} times what it should be"),
            ([1 / one if one else 0.0 for one in values], f"is divided by {name} once too often"),
        ):
            if all(map(_is_close, ratios, factors)):
                return "factor_quantity", f"The result{_where(failures)} {what}."
    return None


def _ways_to(value: float, known: Iterable[float]) -> int:
    """How many quantities, squares and products of two have a value."""
    numbers = list(known)
    pairs = combinations_with_replacement([one for one in numbers if one not in _COMMON], 2)
    return numbers.count(value) + sum(one * other == value for one, other in pairs)


_COMMON = {0.0, 1.0, 2.0, 0.5, -1.0}
"""Factors that need no quantity to come about."""


def quantities(case: Case) -> dict[str, float]:
    """What may have become a factor by mistake, by what a sentence calls it."""
    found: dict[str, float] = {}
    for name, value in {**case.arguments, **case.options}.items():
        if isinstance(value, np.ndarray):
            for axis, length in enumerate(value.shape):
                found[f"the length of axis {axis} of `{name}`"] = float(length)
            if value.dtype.kind in "bi" and value.size and set(np.unique(value)) <= {0, 1}:
                found[f"the number of ones in `{name}`"] = float(np.sum(value))
        elif type(value) in (int, float):
            found[f"`{name}`"] = float(value)
    return found


def _found(name: str, where: str) -> Found:
    if name == "sign":
        return "sign", f"Everything{where} has the opposite sign."
    if name in _HINTS:
        text = f"The result{where} {_HINTS[name]}: look at the factor in front of the sum."
        return f"factor_{name}", text
    return (
        "factor_percent",
        f"The result{where} is off by a factor of 100: is it a percentage instead of a fraction, "
        "or the other way round?",
    )


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
