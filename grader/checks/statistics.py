"""stat: statistics of random output lie within their ranges."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.checks.examine import Judgement, answered, examine, values_of
from grader.checks.verdict import Interview, Reply, Verdict
from grader.comparison import as_array
from grader.course.case import Case
from grader.course.prepared import PreparedCheck
from grader.result import Visibility

Array = np.ndarray[Any, Any]

STATISTICS: dict[str, Callable[[Array], float]] = {
    "mean": lambda x: float(np.mean(x)),
    "std": lambda x: float(np.std(x)),
    "min": lambda x: float(np.min(x)),
    "max": lambda x: float(np.max(x)),
    "zeros": lambda x: float(np.mean(x == 0)),
    "distinct": lambda x: float(np.unique(x).size / max(x.size, 1)),
    "size": lambda x: float(x.size),
}
"""Statistics by name: of all entries, whatever the shape."""


def judge_statistics(check: PreparedCheck, interview: Interview) -> Verdict:
    """Compute each expected statistic of the answer, which must have the reference's shape."""

    def judge(case: Case, reply: Reply) -> Judgement:
        problem = answered(reply, check.exercise, interview)
        if problem is not None:
            return problem
        assert case.expected is not None
        array = as_array(values_of(reply.observation.values))
        wanted = np.shape(case.expected.values[0])
        if array is None or array.shape != wanted or array.dtype.kind not in "biuf":
            received = "no array of real numbers" if array is None else f"shape {array.shape}"
            return f"an array of shape {wanted} was expected; received {received}"
        if array.size == 0:
            return None
        for expectation in case.expects:
            value = STATISTICS[expectation.statistic](array.astype(np.float64))
            if not expectation.low <= value <= expectation.high:  # NaN fails too
                name = expectation.statistic
                if interview.assignment.visibility is Visibility.HIDDEN:
                    return f"the {name} of the output is out of its range"
                low, high = expectation.low, expectation.high
                return (
                    f"the {name} of the output should lie in [{low:.4g}, {high:.4g}]; "
                    f"received {value:.4g}"
                )
        return None

    return examine(check, interview, judge)
