"""Which cases a constant or an argument answers: being right on them shows no understanding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from grader.checks.statistics import holds
from grader.course.case import Case
from grader.course.prepared import PreparedCheck
from grader.diagnose import picked
from grader.result import Kind

CONSTANTS = (0.0, 1.0, -1.0, float("nan"), float("inf"), float("-inf"))


def is_trivial(check: PreparedCheck, case: Case) -> bool:
    """Whether one constant in the right shape, or the case's own arguments, are its answer."""
    if case.expected is None or case.expected.outcome != "answered":
        return False
    values = picked(check, case.expected)
    if check.kind is Kind.STAT:
        return any(holds(case, _full(values, constant)) for constant in CONSTANTS[:3])
    found = list(_leaves(values))
    if any(_are_all(found, constant, case) for constant in CONSTANTS):
        return True
    given = list(_leaves(_given(case)))
    return all(any(_same(one, other) for other in given) for one in found if np.size(one))


def telling_cases(check: PreparedCheck) -> set[int]:
    """The numbers of the cases of a check that are not trivial."""
    for number, case in enumerate(check.cases):
        if number not in check.trivial:
            check.trivial[number] = is_trivial(check, case)
    return {number for number in range(len(check.cases)) if not check.trivial[number]}


def _full(values: Iterable[Any], constant: float) -> list[Any]:
    return [np.full(np.shape(value), constant) for value in values]


def _given(case: Case) -> list[Any]:
    """All that the steps of a case hand over."""
    steps = case.asked_steps()
    return [one.get(key) for one in steps for key in ("args", "options", "value")]


def _leaves(value: Any) -> Iterator[Any]:
    """The arrays, numbers and other plain values within one."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            yield from _leaves(item)
    elif value is not None:
        yield value


def _are_all(found: Iterable[Any], constant: float, case: Case) -> bool:
    near = case.atol + case.rtol * (abs(constant) if np.isfinite(constant) else 0.0)
    for one in found:
        array = np.asarray(one)
        if array.dtype.kind not in "biuf":
            return False
        if not np.isclose(array, constant, rtol=0.0, atol=near, equal_nan=True).all():
            return False
    return True


def _same(one: Any, other: Any) -> bool:
    """Whether two hold the same numbers, in whatever shape."""
    first, second = np.asarray(one), np.asarray(other)
    if first.size != second.size or {first.dtype.kind, second.dtype.kind} - set("biuf"):
        return False
    return bool(np.array_equal(first.ravel(), second.ravel()))
