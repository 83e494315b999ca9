"""How each check of an exercise would end if a misconception were all that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from grader.course.case import Case
from grader.course.drawn import outside
from grader.course.prepared import PreparedAssignment, PreparedCheck
from grader.diagnose.comparison import Difference, as_array, compare
from grader.diagnose.evidence import Explained, picked
from grader.result import CheckResult, Kind, Status

_VALUES = {Kind.OUT, Kind.GRAD, Kind.KERAS}
_HAS_PASSED = {Status.PASSED: True, Status.FAILED: False, Status.ERROR: False}


def contradicts(
    assignment: PreparedAssignment,
    identifier: str,
    where: str,
    results: Iterable[CheckResult],
    explained: Mapping[str, Explained],
) -> bool:
    """Whether checks of a misconception's exercise speak against it.

    They do where one ended otherwise than the misconception would have it end, or failed with other
    answers; what rests on whole numbers alone has to explain other random output, too.

    Parameters
    ----------
    identifier, where
        The misconception, and the check that it was named of.
    results
        The checks of its exercise. Those that were not judged by an answer say nothing.
    explained
        By check, what explains its answers.
    """
    exercise = assignment.misconception(identifier).exercise
    checks = {one.name: one for one in assignment.checks_of(exercise)}
    is_thin = where in explained and explained[where].is_thin
    with np.errstate(all="ignore"):
        for one in results:
            passed = _HAS_PASSED.get(one.status)
            if passed is None or one.check not in checks or one.check == where:
                continue
            if not passed and one.check in explained and _is_not_finite(explained[one.check]):
                continue  # a logarithm of 0, say, is a mistake beside the one that is named
            known = checks[one.check].foretold
            if identifier not in known:
                known[identifier] = passes(checks[one.check], identifier)
            foretold = known[identifier]
            if foretold is not None and passed is not foretold:
                return True
            by = explained[one.check].by if one.check in explained else frozenset()
            is_random = foretold is None and checks[one.check].kind is Kind.STAT
            has_to = foretold is False or (is_thin and is_random)
            if not passed and has_to and identifier not in by:
                return True
    return False


def _is_not_finite(found: Explained) -> bool:
    """Whether nothing is wrong with a check but numbers that are not finite."""
    failures = [item for item in found.evidence if item.failed]
    return bool(failures) and all(
        item.mismatch is not None and item.mismatch.difference is Difference.NOT_FINITE
        for item in failures
    )


def passes(check: PreparedCheck, identifier: str) -> bool | None:
    """Whether what a misconception answered passes a check; None where that is not known."""
    cases = check.cases
    if not cases or any(case.expected is None or identifier not in case.mistaken for case in cases):
        return None
    if check.kind is Kind.ERR:  # what else its message has to say is not recorded
        wanted = check.settings["raises"]
        return None if all(wanted in one.mistaken[identifier].raised for one in cases) else False
    if check.kind is Kind.STAT:  # what was within the range once may be outside the next time
        return False if any(_is_outside(check, case, identifier) for case in cases) else None
    if check.kind not in _VALUES:
        return None
    if check.kind is Kind.GRAD:
        settings = {**check.settings, "judges": "values", "select": None}
        check = replace(check, settings=settings)
    return all(_is_right(check, case, identifier) for case in cases)


def _is_outside(check: PreparedCheck, case: Case, identifier: str) -> bool:
    """Whether the statistics of a misconception's draw are none that is accepted."""
    found = case.mistaken[identifier]
    if found.outcome != "answered":
        return True
    arrays = map(as_array, picked(check, found))
    return any(
        array is not None and array.dtype.kind in "biuf" and any(outside(case, position, array))
        for position, array in enumerate(arrays)
    )


def _is_right(check: PreparedCheck, case: Case, identifier: str) -> bool:
    found, expected = case.mistaken[identifier], case.expected
    assert expected is not None
    judges = check.settings.get("judges", "values")
    if found.outcome != "answered" or (judges == "warnings" and found.warned):
        return False
    if judges == "purity":
        return not found.mutated
    received, wanted = picked(check, found), picked(check, expected)
    return len(received) == len(wanted) and all(
        compare(one, other, case.rtol, case.atol) is None
        for one, other in zip(received, wanted, strict=True)
    )
