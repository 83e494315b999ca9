"""Does a known mistake explain the student's answers?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.course.case import Case, Observation
from grader.course.drawn import drawn_alike
from grader.course.prepared import PreparedAssignment, PreparedCheck
from grader.course.raised import alike, raised_where
from grader.diagnose.comparison import Array, as_array, compare
from grader.diagnose.evidence import Evidence, picked
from grader.result import Diagnosis, Kind

_TIGHT = 1e-7
"""Misconceptions are computed, not measured: their answers are matched more closely than
graded ones, so that a near miss is not taken for a known mistake."""


def explaining(check: PreparedCheck, evidence: Sequence[Evidence]) -> list[str]:
    """The misconceptions that explain every answer of a check that failed."""
    if not any(item.failed for item in evidence):
        return []
    names = set.intersection(*(set(item.case.mistaken) for item in evidence))
    found = [
        name for name in sorted(names) if all(_explains(name, check, item) for item in evidence)
    ]
    if check.kind is Kind.STAT and len(found) > 1:
        # Where the very numbers are drawn, no other mistake with such statistics is meant.
        return [name for name in found if _draws_the_same(name, check, evidence)] or found
    return found


def _draws_the_same(name: str, check: PreparedCheck, evidence: Sequence[Evidence]) -> bool:
    """Whether a misconception draws the numbers that the student's code draws."""
    return all(
        compare(mine, theirs, _TIGHT, 0.0) is None
        for item in evidence
        for mine, theirs in zip(
            picked(check, item.observation), picked(check, item.case.mistaken[name]), strict=True
        )
    )


def told(assignment: PreparedAssignment, identifier: str, is_sure: bool = True) -> Diagnosis:
    """What is said of a misconception; less where few whole numbers are all that is wrong."""
    known = assignment.misconception(identifier)
    if is_sure:
        what = f"Most likely your {known.exercise} {known.phrase}."
    else:
        what = (
            f"Perhaps your {known.exercise} {known.phrase}: what came here is what would come "
            "then, but too few numbers to be sure."
        )
    return Diagnosis(id=known.id, hint=f"{what} {known.hint}")


def _explains(name: str, check: PreparedCheck, item: Evidence) -> bool:
    """Whether a misconception answers a case as the student's code does.

    Many mistakes raise a `ValueError`. One that costs points is the same only where its message
    and its place are the same, too.
    """
    mistaken = item.case.mistaken[name]
    if not same_observation(check, item.case, item.observation, mistaken):
        return False
    if not item.failed or item.observation.outcome == "answered":
        return True
    known = alike(mistaken.message, mistaken.place)
    return known != ("", "") and alike(*raised_where(item.error)) == known


def same_observation(
    check: PreparedCheck, case: Case, one: Observation, other: Observation
) -> bool:
    """Whether two observations agree in all that the check judges."""
    if one.outcome != other.outcome:
        return False
    judges = check.settings.get("judges")
    if judges == "purity" and sorted(one.mutated) != sorted(other.mutated):
        return False
    if judges == "warnings" and one.warned != other.warned:
        return False
    if one.outcome == "raised":
        return one.raised[:1] == other.raised[:1]
    rtol, atol = max(case.rtol / 100, _TIGHT), max(case.atol / 100, 0.0)
    if check.kind.value == "keras":
        rtol, atol = case.rtol, case.atol
    mine, theirs = picked(check, one), picked(check, other)
    if len(mine) != len(theirs):
        return False
    if check.kind is Kind.STAT:
        return _same_draws(case, mine, theirs)
    return all(
        compare(left, right, rtol, atol) is None for left, right in zip(mine, theirs, strict=True)
    )


def _same_draws(case: Case, mine: Sequence[Any], theirs: Sequence[Any]) -> bool:
    """Whether random output has the same statistics, as far as chance allows that to be seen."""
    for position, pair in enumerate(zip(mine, theirs, strict=True)):
        one, other = map(as_array, pair)
        if one is None or other is None or not {one.dtype.kind, other.dtype.kind} <= set("biuf"):
            return False
        if _are_shares(one) is not _are_shares(other):
            return False
        if not drawn_alike(case, position, one, other):
            return False
    return True


def _are_shares(array: Array) -> bool:
    """Whether each row adds up to 1, as probabilities of classes do; a range does not ask that."""
    is_table = array.ndim > 1 and array.shape[-1] > 1 and array.size > 0
    return is_table and bool(
        (array >= 0).all() and np.allclose(array.sum(axis=-1), 1.0, rtol=0, atol=1e-4)
    )
