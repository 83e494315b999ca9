"""From a kind to the function that judges it."""

from __future__ import annotations

from collections.abc import Callable

from grader.checks.errors import judge_errors
from grader.checks.gradients import judge_gradient
from grader.checks.outputs import judge_outputs
from grader.checks.source import judge_source
from grader.checks.statistics import judge_statistics
from grader.checks.training import judge_training
from grader.checks.verdict import Interview, Verdict
from grader.course.prepared import PreparedCheck
from grader.result import Kind

_JUDGES: dict[Kind, Callable[[PreparedCheck, Interview], Verdict]] = {
    Kind.OUT: judge_outputs,
    Kind.GRAD: judge_gradient,
    Kind.STAT: judge_statistics,
    Kind.ERR: judge_errors,
    Kind.TRAIN: judge_training,
    Kind.KERAS: judge_outputs,
    Kind.SRC: judge_source,
}


def judge_check(check: PreparedCheck, interview: Interview) -> Verdict:
    """Judge one check by interviewing the student's code."""
    return _JUDGES[check.kind](check, interview)
