"""train: quality on held-out data whose labels never enter the student's process."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from grader.checks.examine import Judgement, answered, examine
from grader.checks.measures import MEASURES, Unmeasurable
from grader.checks.parameters import model_values
from grader.checks.verdict import Interview, Reply, Verdict
from grader.course.case import Case
from grader.course.prepared import PreparedCheck
from grader.result import Plot, Status


def bounds_of(settings: dict[str, Any], case: Case) -> tuple[float, float, float]:
    """The baseline, the threshold and the stated quality: the case's own, or the check's."""
    of_check = (settings[name] for name in ("baseline", "threshold", "stated"))
    baseline, threshold, stated = case.bounds or of_check
    return float(baseline), float(threshold), float(stated)


def share_of(quality: float, baseline: float, threshold: float) -> float:
    """What part of the points a quality earns."""
    return min(1.0, max(0.0, (quality - baseline) / (threshold - baseline)))


def judge_training(check: PreparedCheck, interview: Interview) -> Verdict:
    """Measure what was fitted; points grow linearly from the baseline to the threshold.

    Of several cases the worst counts: what ignores the targets is right on one of two at most.
    """
    measure = MEASURES[check.settings["measure"]]
    shares: list[float] = []
    plots: list[Plot] = []

    def judge(case: Case, reply: Reply) -> Judgement:
        baseline, threshold, stated = bounds_of(check.settings, case)
        problem = answered(reply, check.exercise, interview)
        if problem is not None:
            shares.append(0.0)
            return problem
        assert case.expected is not None
        try:
            values = model_values(check, case, reply.observation.values, interview)
            with np.errstate(all="ignore"):
                measured = measure.of(values, case.held_out, case.expected.values)
        except Unmeasurable as reason:
            shares.append(0.0)
            return str(reason)
        plots.extend(measured.plots)
        quality = measured.quality if math.isfinite(measured.quality) else baseline
        shares.append(share_of(quality, baseline, threshold))
        if quality <= threshold if measure.lower_is_better else quality >= threshold:
            return None
        return (
            f"{measure.title} on held-out data is {measured.quality:.3f}; the exercise asks for "
            f"{stated:g}, and points begin above {baseline:g}"
        )

    verdict = examine(check, interview, judge)
    if verdict.status in {Status.PASSED, Status.FAILED} and shares:
        share = 1.0 if verdict.status is Status.PASSED else min(*shares, 0.99)
        return replace(verdict, share=share, plots=tuple(plots))
    return verdict
