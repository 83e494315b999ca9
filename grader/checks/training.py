"""train: quality on held-out data whose labels never enter the student's process."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from grader.checks.examine import Judgement, answered, examine, without_harm
from grader.checks.measures import MEASURES, Measure, Unmeasurable
from grader.checks.parameters import model_values
from grader.checks.training_facts import training_fact
from grader.checks.untrained import untrained
from grader.checks.verdict import Interview, Reply, Verdict
from grader.course.assignment import OF_WEIGHTS
from grader.course.case import Case
from grader.course.prepared import PreparedCheck
from grader.diagnose.comparison import compare
from grader.result import Diagnosis, Plot, Status

_MOST_BLANK = 0.25
"""What a model with zero weights may reach of the way from the baseline to the threshold."""


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
    same: dict[str, str] = check.settings.get("same") or {}
    blank: str = check.settings.get("blank") or ""
    shares: list[float] = []
    plots: list[Plot] = []
    facts: list[Diagnosis | None] = []
    """Of each case that fails, what is certain about it."""

    def judge(case: Case, reply: Reply) -> Judgement:
        problem = measured_problem(case, reply)
        if problem is not None:
            facts.append(_fact(check, case, reply, measure))
        return problem

    def measured_problem(case: Case, reply: Reply) -> Judgement:
        baseline, threshold, stated = bounds_of(check.settings, case)
        problem = answered(reply, check.exercise, interview)
        if problem is not None:
            shares.append(0.0)
            return problem
        assert case.expected is not None
        try:
            values, random_units = model_values(check, case, reply.observation.values, interview)
        except Unmeasurable as reason:
            shares.append(0.0)
            return str(reason)
        received = dict(zip(case.returns, values, strict=False))
        expected = dict(zip(case.returns, case.expected.values, strict=False))
        for name, sentence in same.items():
            found = compare(received.get(name), expected[name], case.rtol, case.atol)
            if found is not None:
                shares.append(0.0)
                return sentence + _which(found.position)
        not_trained = untrained(check.settings, received)
        if not_trained is not None:
            shares.append(0.0)
            return not_trained
        judged = measured_values(check.settings, case, values)
        wanted = measured_values(check.settings, case, case.expected.values)
        try:
            with np.errstate(all="ignore"):
                measured = measure.of(judged, case.held_out, wanted)
        except Unmeasurable as reason:
            shares.append(0.0)
            return str(reason)
        if blank:
            nothing = _quality([received.get(blank)] * len(judged), measure, case, wanted)
            if (nothing - baseline) / (threshold - baseline) > _MOST_BLANK:
                shares.append(0.0)
                return (
                    f"with all its weights at zero the model still reaches {measure.title} "
                    f"{nothing:.3f}: its answers do not come from its weights, which are what "
                    "training changes"
                )
        quality = measured.quality if math.isfinite(measured.quality) else baseline
        if random_units is not None and share_of(quality, baseline, threshold) > 0:
            shares.append(0.0)
            return random_units
        plots.extend(measured.plots)
        shares.append(share_of(quality, baseline, threshold))
        if quality <= threshold if measure.lower_is_better else quality >= threshold:
            return None
        return (
            f"{measure.title} on held-out data is {measured.quality:.3f}; the exercise asks for "
            f"{stated:g}, and points begin above {baseline:g}"
        )

    verdict = examine(check, interview, judge)
    if verdict.status is Status.FAILED and verdict.diagnosis is None and facts:
        verdict = replace(verdict, diagnosis=facts[0])
    if verdict.status in {Status.PASSED, Status.FAILED} and shares:
        share = 1.0 if verdict.status is Status.PASSED else min(*shares, 0.99)
        return replace(verdict, share=share, plots=tuple(plots))
    return verdict


def _fact(check: PreparedCheck, case: Case, reply: Reply, measure: Measure) -> Diagnosis | None:
    """What is certain about a case that fails; None where finding that out fails."""
    if reply.observation.outcome != "answered":
        return None
    _, threshold, _ = bounds_of(check.settings, case)
    values = measured_values(check.settings, case, reply.observation.values)

    def is_enough(quality: float) -> bool:
        return quality <= threshold if measure.lower_is_better else quality >= threshold

    with without_harm("training fact", check):
        return training_fact(check.settings["measure"], case, values, is_enough)
    return None


def measured_values(settings: Mapping[str, Any], case: Case, values: list[Any]) -> list[Any]:
    """What the measure takes of an answer: not what a train check compares beside it."""
    named = (settings.get(one) for one in ("blank", *OF_WEIGHTS))
    beside = {*settings.get("same", ()), *named} - {None}
    if not beside:
        return values
    return [value for name, value in zip(case.returns, values, strict=False) if name not in beside]


def _which(position: str) -> str:
    """Which entry of a dict of facts it is that is not so."""
    fact = position.strip("[]'\"")
    return f" (not so: {fact})" if " " in fact else ""


def _quality(values: list[Any], measure: Measure, case: Case, expected: list[Any]) -> float:
    """The quality of an answer; NaN, which is no better than the baseline, where there is none."""
    try:
        with np.errstate(all="ignore"):
            return measure.of(values, case.held_out, expected).quality
    except Unmeasurable:
        return math.nan
