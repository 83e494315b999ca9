"""stat: statistics of random output lie within their ranges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.checks.examine import Judgement, answered, examine
from grader.checks.verdict import Interview, Reply, Verdict
from grader.course.case import Case
from grader.course.drawn import outside
from grader.course.prepared import PreparedCheck
from grader.diagnose.comparison import as_array, kind_of
from grader.result import Visibility

Array = np.ndarray[Any, Any]

_TITLES = {
    "std": "standard deviation",
    "min": "minimum",
    "max": "maximum",
    "zeros": "share of zeros",
    "distinct": "share of distinct values",
    "size": "number of values",
    "alike_rows": "share of values that equal the one in the row before",
    "alike_columns": "share of values that equal the one in the column before",
    "unevenness": "χ² (per degree of freedom) of how often each value occurs",
    "related_rows": "mean size of the correlation of a row with the one before",
    "related_columns": "mean size of the correlation of a column with the one before",
    "first_over_last": "ratio of the first value to the last",
}
"""What messages call a statistic, where its name is no word."""


def judge_statistics(check: PreparedCheck, interview: Interview) -> Verdict:
    """Compute each expected statistic of the answer, which must have the reference's shape."""
    visibility = interview.assignment.visibility

    def judge(case: Case, reply: Reply) -> Judgement:
        problem = answered(reply, check.exercise, interview)
        if problem is not None:
            return problem
        for position, name in enumerate(case.returns):
            problem = _problem(case, reply, position, visibility)
            if problem is not None:
                return f"{name}: {problem}" if len(case.returns) > 1 else problem
        return None

    return examine(check, interview, judge)


def is_within(case: Case, reply: Reply) -> bool:
    """Whether an answer is of the reference's form, with all statistics in their ranges."""
    return not any(
        _problem(case, reply, position, Visibility.HIDDEN) for position in range(len(case.returns))
    )


def _problem(case: Case, reply: Reply, position: int, visibility: Visibility) -> str | None:
    """What is wrong with one returned value; None when its statistics are in their ranges."""
    assert case.expected is not None
    received, expected = reply.observation.values, case.expected.values
    array = as_array(received[position]) if len(received) == len(expected) else None
    wanted = np.shape(expected[position])
    if array is None or array.shape != wanted or array.dtype.kind not in "biuf":
        found = _found(received[position], array) if len(received) == len(expected) else "nothing"
        return f"an array of shape {wanted} was expected; received {found}"
    if array.size == 0:
        return None
    for expectation, value in outside(case, position, array):
        title = _TITLES.get(expectation.statistic, expectation.statistic)
        means = expectation.below if value < expectation.low else ""
        means = expectation.above if value > expectation.high else means
        behind = f". That means: {means}" if means else ""
        if visibility is Visibility.HIDDEN:
            return f"the {title} of the output is out of its range{behind}"
        return (
            f"the {title} of the output should lie in [{expectation.low:.4g}, "
            f"{expectation.high:.4g}]; received {value:.4g}{behind}"
        )
    return None


def holds(case: Case, arrays: Sequence[Array]) -> bool:
    """Whether the statistics of these returned values are all within their ranges."""
    return not any(
        True
        for position, array in enumerate(arrays)
        if array.size
        for _ in outside(case, position, array)
    )


def _found(value: Any, array: Array | None) -> str:
    if array is None:
        return f"no array of real numbers but {kind_of(value)}"
    return "complex numbers" if array.dtype.kind == "c" else f"shape {array.shape}"
