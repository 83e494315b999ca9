"""Whether one answer is right, without a word about why it is not."""

from __future__ import annotations

from grader.checks.outputs import compare_case
from grader.checks.statistics import is_within
from grader.checks.verdict import Reply
from grader.course.case import Case
from grader.course.prepared import PreparedCheck
from grader.result import Kind


def of_values(check: PreparedCheck) -> bool:
    """Whether a check judges the values that come back."""
    if check.settings.get("judges", "values") not in {"values", "warnings"}:
        return False
    return check.kind in {Kind.OUT, Kind.GRAD, Kind.STAT, Kind.KERAS} and bool(check.cases)


def is_right(check: PreparedCheck, case: Case, reply: Reply) -> bool:
    """Whether a case of such a check is answered rightly."""
    if reply.observation.outcome != "answered":
        return False
    if check.kind is Kind.STAT:
        return is_within(case, reply)
    if check.settings.get("judges") == "warnings" and reply.observation.warned:
        return False
    return compare_case(check, case, reply) is None
