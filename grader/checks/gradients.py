"""grad: right, wrong but consistent with the student's own wrong loss, or wrong."""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import Any

import numpy as np

from grader.checks.outputs import judge_outputs
from grader.checks.verdict import Interview, Verdict
from grader.course.case import Case, Observation
from grader.course.prepared import PreparedCheck
from grader.diagnose import picked
from grader.diagnose.comparison import NUMBERS, Array, as_array
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
    own = "loss" if loss == check.exercise else loss
    are_numbers = verdict.differing is not None and verdict.differing <= NUMBERS
    explains = are_numbers and interview.has_wrong_numbers(loss)
    what = "It is the gradient" if explains else "Its numbers fit the values"
    text = f"{what} of your own {own}: that earns {share:.0%} of the points."
    found = replace(verdict, share=share, message=f"{verdict.message}\n{text}")
    if not explains:  # a form that is wrong, of the gradient or of the loss, has another cause
        return found
    first = "the loss" if loss == check.exercise else loss
    hint = (
        f"The gradient is wrong, but it is the right gradient of your own {own}. "
        f"So look at {first} first: its value is not the expected one."
    )
    return replace(found, diagnosis=Diagnosis(id="generic.consistent_gradient", hint=hint))


def _consistent(check: PreparedCheck, interview: Interview, case: Case) -> bool:
    """Whether the student's gradient agrees with central differences of the student's loss.

    For each argument in `wrt`, along one fixed random direction v:
    ``(L(θ + εv) − L(θ − εv)) / 2ε ≈ ⟨∇L, v⟩``.
    """
    gradients = _gradients_of(check, interview.ask(check, case).observation)
    if gradients is None:
        return False
    varied = False
    for name, gradient in zip(check.settings["wrt"], gradients, strict=True):
        array = as_array(gradient)
        argument = np.asarray(case.arguments[name], dtype=np.float64)
        if array is None or array.dtype.kind == "c" or array.shape != argument.shape:
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


def _direction(label: str, argument: Array) -> Array:
    generator = np.random.default_rng(zlib.crc32(label.encode()))
    return np.asarray(generator.normal(size=argument.shape))


def _gradients_of(check: PreparedCheck, observation: Observation) -> list[Any] | None:
    """The gradients in the order of `wrt`; None when there is another number of them."""
    names = check.settings["wrt"]
    gradients = picked(check, observation)
    if len(gradients) == 1 and isinstance(gradients[0], dict):
        return [gradients[0].get(name) for name in names]
    if len(gradients) == 1 and isinstance(gradients[0], tuple | list) and len(names) > 1:
        gradients = list(gradients[0])
    return gradients if len(gradients) == len(names) else None


def _losses(
    check: PreparedCheck,
    interview: Interview,
    case: Case,
    name: str,
    argument: Array,
    change: Array,
) -> tuple[float, float] | None:
    """The student's loss on both sides of `argument`; None where it is no finite number."""
    numbers = []
    for moved in (argument + change, argument - change):
        value = moved if isinstance(case.arguments[name], np.ndarray) else float(moved)
        probe = _probe(check, case, {name: value})
        number = _loss_of(check, case, interview.ask(check, probe).observation.values)
        if number is None or not np.isfinite(number):
            return None
        numbers.append(number)
    return numbers[0], numbers[1]


def _probe(check: PreparedCheck, case: Case, moved: dict[str, Any]) -> Case:
    if case.loss:
        return case.loss_probe(moved)
    call = case.call_of(check.settings["of"] or check.exercise, {**case.arguments, **moved})
    return replace(case, steps=(call,), returns=("result",))


def _loss_of(check: PreparedCheck, case: Case, values: list[Any]) -> float | None:
    """Σ weight · value over the values of the loss; of ``(loss, gradient, …)`` the first."""
    if len(values) != max(len(case.loss), 1):
        return None
    if not case.loss and check.settings["of"] is None and isinstance(values[0], tuple | list):
        values = [values[0][0] if values[0] else None]
    weights = case.loss_weights or (np.ones(()),) * len(values)
    total = 0.0
    for value, weight in zip(values, weights, strict=True):
        array = as_array(value)
        if array is None or array.dtype.kind not in "biuf":
            return None
        if case.loss_weights and weight.shape != array.shape:
            return None
        total += float(np.sum(array * weight))
    return total
