"""Whether what one check shows is shown by all other failures of its exercise, too.

What fits the cases of one check by chance, as a term that happens to be a multiple of an argument
there, is contradicted by the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from grader.course.prepared import PreparedAssignment, PreparedCheck
from grader.diagnose.evidence import Evidence, Explained
from grader.diagnose.generic import shows_its_order
from grader.diagnose.terms import diagnose_term
from grader.result import CheckResult, Status

_TERM, _SWAPPED = "generic.term", "generic.swapped"


def holds_everywhere(
    assignment: PreparedAssignment,
    named: CheckResult,
    results: Iterable[CheckResult],
    explained: Mapping[str, Explained],
) -> bool:
    """Whether no other check of an exercise contradicts the pattern that was named of one."""
    said = named.diagnosis
    if said is None or said.id not in {_TERM, _SWAPPED}:
        return True
    checks = {one.name: one for one in assignment.checks_of(named.exercise)}
    if named.check not in checks:
        return True
    others = [one for one in results if one.check in checks and one.check != named.check]
    with np.errstate(all="ignore"):
        if said.id == _SWAPPED:
            return not any(_shows_an_order(checks[one.check], one, explained) for one in others)
        check = checks[named.check]
        own = [item for item in _evidence(named, explained) if item.failed]
        forms = {_form(check, item) for item in own}
        alike = [
            item
            for one in others
            if one.status is Status.FAILED
            for item in _evidence(one, explained)
            if item.failed and _form(checks[one.check], item) in forms
        ]
        found = diagnose_term(check, [*own, *alike])
        return found is not None and found[1] == said.hint


def _evidence(result: CheckResult, explained: Mapping[str, Explained]) -> Sequence[Evidence]:
    return explained[result.check].evidence if result.check in explained else ()


def _shows_an_order(
    check: PreparedCheck, result: CheckResult, explained: Mapping[str, Explained]
) -> bool:
    if result.status is Status.PASSED:
        return any(
            shows_its_order(Evidence(case, case.expected, failed=False))
            for case in check.cases
            if case.expected is not None
        )
    return any(map(shows_its_order, _evidence(result, explained)))


def _form(check: PreparedCheck, item: Evidence) -> tuple[object, ...]:
    """What tells which of the results of a call differs, and in what way."""
    mismatch = item.mismatch
    if mismatch is None:
        return ()
    steps = tuple((one["op"], repr(one.get("target") or one.get("key"))) for one in item.case.steps)
    select = repr(check.settings.get("select"))
    return check.kind, select, steps, item.case.returns, mismatch.position, mismatch.difference
