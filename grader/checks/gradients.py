"""grad: right, wrong but consistent with the student's own wrong loss, or wrong."""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import Any

import numpy as np

from grader.checks.outputs import judge_outputs
from grader.checks.verdict import Interview, Verdict
from grader.comparison import as_array
from grader.course.case import Case
from grader.course.prepared import PreparedCheck
from grader.diagnose import picked
from grader.result import Diagnosis, Status

_RELATIVE_STEP = 1e-5
_AGREEMENT = 1e-4


def judge_gradient(check: PreparedCheck, interview: Interview) -> Verdict:
    """Compare with the reference; on a mismatch, with differences of the student's own loss."""
    as_outputs = replace(check, settings={**check.settings, "judges": "values", "select": None})
    verdict = judge_outputs(as_outputs, interview)
    if verdict.status is not Status.FAILED:
        return verdict
    loss = check.settings["of"] or check.exercise
    if not interview.recognisable_loss(loss):
        return verdict
    if not all(_consistent(check, interview, case) for case in check.cases):
        return verdict
    share = float(check.settings["consistent_share"])
    hint = (
        f"The gradient is wrong, but it is the right gradient of your own {loss}. "
        f"So look at {loss} first: its value is not the expected one."
    )
    return replace(
        verdict,
        share=share,
        message=f"{verdict.message}\nConsistent with your own {loss}: {share:.0%} of the points.",
        diagnosis=Diagnosis(id="generic.consistent_gradient", hint=hint),
    )


def _consistent(check: PreparedCheck, interview: Interview, case: Case) -> bool:
    """Whether the student's gradient agrees with central differences of the student's loss.

    For each argument in `wrt`, along one fixed random direction v:
    ``(L(θ + εv) − L(θ − εv)) / 2ε ≈ ⟨∇L, v⟩``.
    """
    reply = interview.ask(check, case)
    gradients = picked(check, reply.observation)
    if (
        len(gradients) == 1
        and isinstance(gradients[0], tuple | list)
        and len(check.settings["wrt"]) > 1
    ):
        gradients = list(gradients[0])
    if len(gradients) != len(check.settings["wrt"]):
        return False
    varied = False
    for name, gradient in zip(check.settings["wrt"], gradients, strict=True):
        array = as_array(gradient)
        argument = np.asarray(case.arguments[name], dtype=np.float64)
        if array is None or array.shape != argument.shape:
            return False
        direction = _direction(f"{check.name}.{case.label}.{name}", argument)
        step = _RELATIVE_STEP * max(1.0, float(np.abs(argument).max(initial=0.0)))
        losses = _losses(check, interview, case, name, argument, step * direction)
        if losses is None:
            return False
        difference = (losses[0] - losses[1]) / (2 * step)
        promised = float(np.sum(array * direction))
        varied = varied or losses[0] != losses[1]
        size = abs(difference) + abs(promised)
        if abs(difference - promised) > _AGREEMENT * size + 1e-7:
            return False
    return varied


def _direction(label: str, argument: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.random.default_rng(zlib.crc32(label.encode())).normal(size=argument.shape)


def _losses(
    check: PreparedCheck,
    interview: Interview,
    case: Case,
    name: str,
    argument: np.ndarray[Any, Any],
    change: np.ndarray[Any, Any],
) -> tuple[float, float] | None:
    loss = check.settings["of"]
    steps = []
    for save, moved in (("plus", argument + change), ("minus", argument - change)):
        value = moved if isinstance(case.arguments[name], np.ndarray) else float(moved)
        call = case.call_of(loss or check.exercise, {**case.arguments, name: value})
        steps.append({**call, "save": save})
    probe = replace(case, steps=tuple(steps), returns=("plus", "minus"))
    values = interview.ask(check, probe).observation.values
    if len(values) != 2:
        return None
    numbers = []
    for value in values:
        own = value[0] if loss is None and isinstance(value, tuple | list) and value else value
        array = as_array(own)
        if array is None or array.dtype.kind not in "biuf":
            return None
        numbers.append(float(np.sum(array)))
    return (numbers[0], numbers[1]) if np.isfinite(numbers).all() else None
