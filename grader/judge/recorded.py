"""Judges what preparation recorded of a misconception, without running anything again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from grader.checks import judge_check
from grader.checks.verdict import ClassFacts, Reply
from grader.course.case import Case, Observation
from grader.course.prepare import NOT_OBSERVED
from grader.course.prepared import PreparedAssignment, PreparedCheck
from grader.diagnose import reconciled
from grader.judge.answers import error_of
from grader.judge.records import check_result
from grader.result import CheckResult
from grader.submissions.places import Places

_WARNING = "a warning whose text is not recorded"


def judged_from_records(
    assignment: PreparedAssignment, misconception: str, text: str | None = None
) -> list[CheckResult]:
    """The checks of its exercise as a submission with this misconception is judged.

    Left out are the checks of sources and of training (`NOT_OBSERVED`). What a
    worker adds to an answer, such as lines and what was printed, is not recorded, and a gradient
    is compared with the reference's alone, not with differences of its own loss.

    Parameters
    ----------
    misconception
        Its id, such as ``misconception.softmax.sums_over_rows``.
    text
        The file with it, where that is known: a slip is told only where it can stand.

    Raises
    ------
    KeyError
        When its answers are not recorded: the cases were prepared without mistakes.
    """
    exercise = assignment.misconception(misconception).exercise
    interview = _Recorded(assignment, misconception)
    results, explained = [], {}
    for check in assignment.in_judging_order(exercise):
        if check.kind in NOT_OBSERVED:
            continue
        verdict = judge_check(check, interview)
        results.append(check_result(check, assignment, verdict))
        explained[check.name] = verdict.explained
    return reconciled(assignment, results, explained, lambda result: text)


class _Recorded:
    """An interview that answers each case by what was recorded of one misconception."""

    def __init__(self, assignment: PreparedAssignment, misconception: str) -> None:
        self.assignment, self.misconception = assignment, misconception

    def ask(self, check: PreparedCheck, case: Case) -> Reply:
        found = case.mistaken[self.misconception]
        warnings = (_WARNING,) if found.warned else ()
        error = _error_of(found, case) if found.outcome == "raised" else {}
        return Reply(found, error=error, warnings=warnings)

    def course_outputs(
        self, check: PreparedCheck, case: Case, parameters: Mapping[str, np.ndarray[Any, Any]]
    ) -> dict[str, np.ndarray[Any, Any]] | None:
        raise AssertionError("no training is recorded")

    def course_class_share(
        self, case: Case, parameters: Mapping[str, np.ndarray[Any, Any]], network: str
    ) -> float:
        raise AssertionError("no training is recorded")

    def course_cancellation(
        self, case: Case, parameters: Mapping[str, np.ndarray[Any, Any]], network: str
    ) -> float:
        raise AssertionError("no training is recorded")

    def recognisable_loss(self, exercise: str) -> bool:
        return False  # its probes are not recorded

    def has_wrong_numbers(self, exercise: str) -> bool:
        return False

    def class_facts(self, exercise: str) -> ClassFacts:
        return ClassFacts()

    def uses(self, exercise: str) -> dict[str, int]:
        return {}

    def place_of(self, exercise: str, line: int) -> str:
        return exercise


def _error_of(found: Observation, case: Case) -> dict[str, Any]:
    """What is known of an exception; one that is due has no message on record, and is right."""
    expected = case.expected
    is_due = expected is not None and found.raised == expected.raised
    message = (case.offending or "") if is_due else found.message
    frames = [{"function": found.place}] if found.place else []
    return error_of({"message": message, "frames": frames}, Places({}, {}))
