"""Which cases a constant, an argument or any draw answers: being right there shows nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from grader.checks.statistics import holds
from grader.course.case import Case
from grader.course.prepared import PreparedCheck
from grader.diagnose import picked
from grader.result import Kind

Array = np.ndarray[Any, Any]

CONSTANTS = (0.0, 1.0, -1.0, float("nan"), float("inf"), float("-inf"))


def is_trivial(check: PreparedCheck, case: Case) -> bool:
    """Whether one constant in the right shape, or the case's own arguments, are its answer.

    Of a statistic also whether draws are that look at nothing.
    """
    if case.expected is None or case.expected.outcome != "answered":
        return False
    values = picked(check, case.expected)
    if check.kind is Kind.STAT:
        return any(holds(case, arrays) for arrays in _easy(values, case))
    found = [np.asarray(one) for one in _leaves(values)]
    if _are_one_constant(found, case):
        return True
    given = list(_leaves(_given(case)))
    return all(any(_same(one, other) for other in given) for one in found if one.size)


def telling_cases(check: PreparedCheck) -> set[int]:
    """The numbers of the cases of a check that are not trivial."""
    for number, case in enumerate(check.cases):
        if number not in check.trivial:
            check.trivial[number] = is_trivial(check, case)
    return {number for number in range(len(check.cases)) if not check.trivial[number]}


def _easy(values: list[Any], case: Case) -> Iterator[list[Array]]:
    """Constants in the right shape, arguments that have it, and draws."""
    shapes = [np.shape(value) for value in values]
    for constant in (0.0, 1.0, -1.0, 0.5):
        yield [np.full(shape, constant) for shape in shapes]
    for one in _leaves(_given(case)):
        if isinstance(one, np.ndarray) and one.dtype.kind in "biuf" and {one.shape} == set(shapes):
            yield [one] * len(shapes)
    rng = np.random.default_rng(0)
    for share in (0.0, 1.0):  # what is said of draws as a share stands beside them as a number
        yield [rng.normal(size=shape) if shape else np.array(share) for shape in shapes]


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


def _are_one_constant(found: Iterable[Array], case: Case) -> bool:
    """Whether all numbers of an answer are one of `CONSTANTS`, as nearly as the case asks."""
    filled = [one for one in found if one.size]
    if any(one.dtype.kind not in "biuf" for one in filled):
        return False
    if not filled:
        return True
    first = float(filled[0].flat[0])
    return any(
        all(_is_full(one, constant, case) for one in filled)
        for constant in CONSTANTS
        if np.isclose(first, constant, rtol=case.rtol, atol=case.atol, equal_nan=True)
    )


def _is_full(array: Array, constant: float, case: Case) -> bool:
    near = np.isclose(array, constant, rtol=case.rtol, atol=case.atol, equal_nan=True)
    return bool(near.all())


def _same(first: Array, other: Any) -> bool:
    """Whether two hold the same numbers, in whatever shape."""
    if np.size(other) != first.size:
        return False
    second = np.asarray(other)
    if {first.dtype.kind, second.dtype.kind} - set("biuf"):
        return False
    return bool(np.array_equal(first.ravel(), second.ravel()))
