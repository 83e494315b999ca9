"""A term that is missing, or one too many: what came differs by a multiple of an argument."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from grader.course.case import Case
from grader.course.prepared import PreparedCheck
from grader.diagnose.comparison import Array, Difference, as_array
from grader.diagnose.evidence import Evidence, picked
from grader.diagnose.ratios import numbers_of
from grader.wire.encoding import Ref

Found = tuple[str, str]
_CLOSE = 1e-7
_ROUNDED = 1e-12
"""How many parts of the expected values a difference is off by rounding alone."""
_LEAST = 1e-4
"""So many parts of the expected values a term has to be, to be told from rounding."""
_MULTIPLES = (("", 1.0), ("2 · ", 2.0), ("1/2 · ", 0.5))


def diagnose_term(check: PreparedCheck, evidence: Sequence[Evidence]) -> Found | None:
    """Name the multiple of an argument by which every failure differs from what was expected.

    A right case that has such a term speaks against it.
    """
    failures = [item for item in evidence if item.failed]
    common: dict[str, float] | None = None
    for item in failures:
        found = {name: sign for name, sign, _ in _terms(item) if sign}
        if common is not None:
            found = {name: sign for name, sign in common.items() if found.get(name) == sign}
        common = found
        if not common:
            return None
    for name, sign in (common or {}).items():
        if not any(_has(check, item, name) for item in evidence if not item.failed):
            return "term", _told(name, sign, _where(failures))
    return None


def _told(name: str, sign: float, where: str) -> str:
    if name.startswith(("2 · ", "1/2 · ")):
        way = "more" if sign > 0 else "less"
        return f"What came{where} is what was expected and {name} {way}."
    if sign > 0:
        return f"What came{where} is what was expected plus {name}: that is added once too often."
    return f"What came{where} is what was expected without {name}: that term is missing."


def _where(failures: Sequence[Evidence]) -> str:
    positions = {item.mismatch.position for item in failures if item.mismatch}
    place = positions.pop() if len(positions) == 1 else ""
    return f" at {place}" if place else ""


def _terms(item: Evidence) -> Iterator[tuple[str, float, Array]]:
    """Each term with 1 or −1 where what came is expected ± that, and 0 where it is not."""
    mismatch = item.mismatch
    if mismatch is None or mismatch.difference is not Difference.VALUES:
        return
    pair = numbers_of(mismatch.expected, mismatch.received, alike=True)
    if pair is None or not pair[0].size or not all(np.isfinite(one).all() for one in pair):
        return
    expected, received = pair
    gap, size = received - expected, float(np.abs(expected).max())
    for name, term in _candidates(item.case, expected.shape):
        sign = 0.0
        is_small = float(np.abs(term).max()) <= _LEAST * max(size, 1e-9)
        is_all = any(_is_close(expected, one * term, size) for one in (1.0, -1.0))
        if not is_small and not is_all and _is_telling(term):
            sign = next((one for one in (1.0, -1.0) if _is_close(gap, one * term, size)), 0.0)
        yield name, sign, term


def _is_close(gap: Array, term: Array, size: float) -> bool:
    bound = _CLOSE * float(np.abs(term).max()) + _ROUNDED * size
    return bool((np.abs(gap - term) <= bound).all())


def _is_telling(term: Array) -> bool:
    """Whether there are numbers in it that no other one is by chance."""
    return bool((term * 64 != np.round(term * 64)).any())


def _has(check: PreparedCheck, item: Evidence, wanted: str) -> bool:
    """Whether a right case has such a term, which is then not what is missing."""
    if item.case.expected is None:
        return True
    for value in picked(check, item.case.expected):
        values = value.values() if isinstance(value, dict) else [value]
        for one in values:
            array = as_array(one)
            for name, term in _candidates(item.case, array.shape) if array is not None else ():
                if name == wanted and float(np.abs(term).max()) > 0:
                    return True
    return False


def _candidates(case: Case, shape: tuple[int, ...]) -> Iterator[tuple[str, Array]]:
    """Terms of this shape that an argument makes: itself, its sign, its square, and their sums."""
    scalars = {name: value for name, value in _scalars(case) if value not in (0.0, 1.0, -1.0)}
    for name, form, array in _forms(case, shape):
        for before, multiple in _MULTIPLES:
            yield f"{before}{form}", multiple * array
            for scalar, value in scalars.items():
                if scalar != name:
                    yield f"{before}`{scalar}` · {form}", multiple * value * array


def _forms(case: Case, shape: tuple[int, ...]) -> Iterator[tuple[str, str, Array]]:
    for name, value in {**case.arguments, **case.options}.items():
        array = as_array(value)
        if array is None or array.dtype.kind != "f" or not array.size:
            continue
        numbers = array.astype(np.float64)
        if not np.isfinite(numbers).all():
            continue
        if numbers.ndim <= len(shape) and _fits(numbers.shape, shape):
            yield name, f"`{name}`", np.broadcast_to(numbers, shape)
            if numbers.ndim:
                yield name, f"the sign of `{name}`", np.broadcast_to(np.sign(numbers), shape)
        if not shape and numbers.ndim:
            yield name, f"the sum of squares of `{name}`", np.asarray(np.sum(numbers**2))
            yield name, f"the sum of |`{name}`|", np.asarray(np.sum(np.abs(numbers)))


def _fits(shape: tuple[int, ...], into: tuple[int, ...]) -> bool:
    """Whether an array is broadcast into another shape as its trailing axes."""
    return not shape or into[-len(shape) :] == shape


def _scalars(case: Case) -> Iterator[tuple[str, float]]:
    given: dict[str, Any] = {**case.arguments, **case.options}
    for one in case.steps:
        given |= {
            name: value
            for name, value in one.get("options", {}).items()
            if not isinstance(value, Ref)
        }
    for name, value in given.items():
        if type(value) in (int, float):
            yield name, float(value)
