"""Does a right solution with one slip answer as the student's code does?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from grader.course.prepared import PreparedAssignment, PreparedCheck
from grader.course.slip_recorder import JOINT, signature_of
from grader.course.slips import same
from grader.diagnose.comparison import as_array
from grader.diagnose.evidence import Evidence, Explained, picked
from grader.result import CheckResult, Diagnosis, Kind, Status

PREFIX = "generic.slip."
_CALLED = re.compile(r"\barguments? (?:\w+ )?of (?!a call\b|slice\b)(\w+)")
"""How a sentence names the function whose call is otherwise; a slice has no name in the text."""
_MOST_SENTENCES = 6
"""Of answers that so many different slips give, none can be told."""
_DIFFERENT, _ENOUGH_BITS = 2, 6.0
"""Of wrong whole numbers: so many different ones, and so much that they tell together."""


def matching(check: PreparedCheck, evidence: Sequence[Evidence]) -> frozenset[int]:
    """The slips that explain every answer of a check, and that the reference does not give."""
    found: Any = None
    for item in evidence:
        rows = item.case.slips
        if rows is None:
            return frozenset()
        row = signature_of(check.kind, check.settings, item.observation, item.error)
        explained = same(rows, row)
        if item.failed:
            explained &= ~same(rows, right_signature(check, item))
        found = explained if found is None else found & explained
    return frozenset(map(int, np.flatnonzero(found))) if found is not None else frozenset()


def right_signature(check: PreparedCheck, item: Evidence) -> np.ndarray[Any, Any]:
    """The signature of the reference's own answer."""
    assert item.case.expected is not None
    return signature_of(check.kind, check.settings, item.case.expected, None)


def told_of(
    assignment: PreparedAssignment, exercise: str, found: Iterable[int], text: str | None = None
) -> Diagnosis | None:
    """What is said of slips that answer alike: the first, unless too many do.

    With the student's `text`, nothing of how a function is called that does not stand there.
    """
    known = assignment.slips.get(exercise, ())
    chosen = [known[index] for index in sorted(found) if index < len(known)]
    if not chosen or len({one.said for one in chosen}) > _MOST_SENTENCES:
        return None
    first = chosen[0]
    said = JOINT.join(one for one in first.said.split(JOINT) if _is_of(text, one))
    if not said:
        return None
    hint = f"Your answers are exactly those of a right solution in which {said}."
    return Diagnosis(id=f"{PREFIX}{first.kind}", hint=hint)


def _is_of(text: str | None, said: str) -> bool:
    """Whether the calls that a sentence names stand in a text; "a call" may be any."""
    named = _CALLED.findall(said) if text is not None else []
    return all(re.search(rf"\b{re.escape(one)}\b", text or "") for one in named)


def is_telling(check: PreparedCheck, evidence: Sequence[Evidence]) -> bool:
    """Whether the wrong answers are such that no two mistakes share them by chance.

    Numbers that are not whole and not among the arguments are; several whole ones together, of
    different values; and exceptions, whose message is compared as well.
    """
    values: set[float] = set()
    bits = 0.0
    for item in evidence:
        if not item.failed:
            continue
        if item.observation.outcome != "answered":
            return True
        assert item.case.expected is not None
        given = _numbers_of_arguments(item)
        right = list(_arrays(picked(check, item.case.expected)))
        for number, array in enumerate(_arrays(picked(check, item.observation))):
            expected = right[number] if number < len(right) else np.zeros(0)
            values.update(np.unique(array[np.isfinite(array)])[:_DIFFERENT].tolist())
            if expected.shape == array.shape:
                array = array[array != expected]
            numbers = array[np.isfinite(array)]
            is_odd = (numbers * 64 != np.round(numbers * 64)) & ~np.isin(numbers, given)
            if is_odd.any():
                return True
            bits += float(np.maximum(np.log2(1 + np.abs(numbers)), 1.0).sum())
    return len(values) >= _DIFFERENT and bits >= _ENOUGH_BITS


def consistent(
    assignment: PreparedAssignment,
    exercise: str,
    results: Iterable[CheckResult],
    explained: Mapping[str, Explained],
) -> frozenset[int]:
    """The slips that explain how every check of an exercise ended."""
    checks = {one.name: one for one in assignment.checks_of(exercise)}
    found = frozenset(range(len(assignment.slips.get(exercise, ()))))
    for result in results:
        check = checks.get(result.check)
        if check is None or not check.cases or any(case.slips is None for case in check.cases):
            continue
        if result.status is Status.PASSED:
            # Other random numbers than the reference's are right in a check of statistics.
            found &= found if check.kind is Kind.STAT else _passing(check)
        elif result.status in {Status.FAILED, Status.ERROR} and result.check in explained:
            found &= explained[result.check].slips
    return found


def _passing(check: PreparedCheck) -> frozenset[int]:
    """The slips that a check does not see."""
    passing: Any = None
    for case in check.cases:
        assert case.slips is not None and case.expected is not None
        right = signature_of(check.kind, check.settings, case.expected, None)
        is_right = same(case.slips, right)
        passing = is_right if passing is None else passing & is_right
    return frozenset(map(int, np.flatnonzero(passing)))


def _numbers_of_arguments(item: Evidence) -> np.ndarray[Any, Any]:
    found = [one.ravel() for one in _arrays(list(item.case.arguments.values()))]
    return np.concatenate(found) if found else np.zeros(0)


def _arrays(value: Any) -> Iterator[np.ndarray[Any, Any]]:
    if isinstance(value, tuple | list | dict):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _arrays(one)
    elif (array := as_array(value)) is not None and array.dtype.kind in "biuf":
        yield array.astype(np.float64)
