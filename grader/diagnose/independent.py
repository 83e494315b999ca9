"""Answers that do not depend on what was asked: a constant, or an argument handed back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from grader.course.prepared import PreparedCheck
from grader.diagnose.comparison import Array, as_array
from grader.diagnose.evidence import Evidence, picked

Found = tuple[str, str]
_BOUNDS, _MANY = {0.0, 1.0}, 4
"""Where shares and what is clipped end: of few numbers these may depend on the arguments."""


def diagnose_independent(check: PreparedCheck, evidence: Sequence[Evidence]) -> Found | None:
    """Say so when every wrong answer is one number, or an argument as it was given."""
    failures = [item for item in evidence if item.failed]
    if any(item.mismatch is None for item in failures):
        return None
    return _argument(failures) or _constant(check, failures)


def _argument(failures: Sequence[Evidence]) -> Found | None:
    common: set[str] | None = None
    for item in failures:
        assert item.mismatch is not None
        received = as_array(item.mismatch.received)
        if received is None or np.unique(received).size < 3:
            return None
        given = {**item.case.arguments, **item.case.options}
        equal = {
            name
            for name, value in given.items()
            if (array := as_array(value)) is not None
            and array.shape == received.shape
            and bool(np.array_equal(array, received))
        }
        common = equal if common is None else common & equal
    if not common or len(common) > 1:
        return None
    name = next(iter(common))
    place = failures[0].mismatch.position if failures[0].mismatch is not None else ""
    what = f"What came back at {place}" if place else "What came back"
    return "argument", f"{what} is the argument `{name}`, as it was given."


def _constant(check: PreparedCheck, failures: Sequence[Evidence]) -> Found | None:
    received: set[float] = set()
    expected: set[float] = set()
    count = 0
    for item in failures:
        assert item.case.expected is not None
        for array in _arrays(picked(check, item.observation)):
            received.update(np.unique(array)[:2].tolist())
            count += array.size
        for array in _arrays(picked(check, item.case.expected)):
            expected.update(np.unique(array).tolist())
    if len(received) != 1 or len(expected) < 2 or count < 2:
        return None
    number = next(iter(received))
    if not np.isfinite(number) or (number in _BOUNDS and count < _MANY):
        return None
    return (
        "constant",
        f"Every number of the wrong answers here is {number:g}: on which line do they cease to "
        "depend on the arguments?",
    )


def _arrays(value: Any) -> Iterator[Array]:
    if isinstance(value, tuple | list | dict):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _arrays(one)
    elif (array := as_array(value)) is not None and array.dtype.kind in "biuf" and array.size:
        yield array.astype(np.float64)
