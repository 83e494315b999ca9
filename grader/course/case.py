"""One case: what to ask of the student's code, and what to make of the answer."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from grader.course.course_forward import CourseForward
from grader.course.step import Step, step
from grader.wire.encoding import Ref

KERAS_TOLERANCE = 1e-4
"""Keras computes in float32; see the curriculum's conventions."""


@dataclass(frozen=True)
class Expectation:
    """What a statistic of random output must be: `low <= statistic(output) <= high`."""

    statistic: str
    low: float
    high: float
    of: str = ""
    """Which of a script's returned results; the first, when none is named."""
    below: str = ""
    """What is wrong where the statistic is smaller, as half a sentence; and where it is larger."""
    above: str = ""


@dataclass(frozen=True)
class Observation:
    """What came of a case: of the reference's code, of a misconception's, or of a student's."""

    outcome: str
    """`answered`, `raised`, `missing` or `forbidden`."""
    values: list[Any] = field(default_factory=list)
    raised: list[str] = field(default_factory=list)
    """The exception's class and bases, dotted, most derived first."""
    mutated: list[str] = field(default_factory=list)
    warned: bool = False
    message: str = ""
    """What a misconception's exception says, without what differs from run to run."""
    place: str = ""
    """The function of its file in which a misconception's exception was raised."""


@dataclass(frozen=True)
class Case:
    """Inputs, and once they are known the reference's answer and each misconception's."""

    label: str
    arguments: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    returns: tuple[str, ...] = ()
    rtol: float = 1e-5
    atol: float = 1e-6
    offending: str | None = None
    """Text that the message of an expected exception must contain."""
    held_out: dict[str, Any] = field(default_factory=dict)
    """Data for the measure of a train check; it never leaves the judge."""
    bounds: tuple[float, ...] = ()
    """Baseline, threshold and stated quality, where they are not those of its train check."""
    course_forward: CourseForward | None = None
    """How a train check asks the course's own forward pass with the student's parameters."""
    expects: tuple[Expectation, ...] = ()
    takes: tuple[int, ...] = ()
    """Which values of a returned tuple count; all that came, when it is empty."""
    loss: tuple[str, ...] = ()
    """The steps of a script whose results, times `loss_weights`, add up to a scalar loss."""
    loss_weights: tuple[np.ndarray[Any, Any], ...] = ()
    expected: Observation | None = None
    mistaken: dict[str, Observation] = field(default_factory=dict)
    slips: np.ndarray[Any, Any] | None = None
    """The signatures of what the exercise's slips answer, one row for each."""

    def calling(self, exercise: str) -> Case:
        """Return the case with its steps: unless it has its own, one call of the exercise."""
        if self.steps:
            return self
        call = self.call_of(exercise)
        if not self.takes:
            return replace(self, steps=(call,), returns=("result",))
        items = {f"value {index + 1}": step.item("result", index) for index in self.takes}
        steps = (call, *({**item, "save": name} for name, item in items.items()))
        return replace(self, steps=steps, returns=tuple(items))

    def asked_steps(self) -> list[Step]:
        """The steps with this case's arguments in place of the references to them."""
        return [self._with_arguments(one) for one in self.steps]

    def _with_arguments(self, one: Step) -> Step:
        filled = {key: self._resolved(value) for key, value in one.items()}
        if any(isinstance(value, Ref) for value in one.get("args", ())):
            # So that a message about a changed input can name it.
            filled.setdefault(
                "names",
                [
                    value.name if isinstance(value, Ref) else f"argument {number}"
                    for number, value in enumerate(one["args"], start=1)
                ],
            )
        return filled

    def _resolved(self, value: Any) -> Any:
        if isinstance(value, Ref):
            return self.arguments.get(value.name, value)
        if isinstance(value, list | tuple):
            return type(value)(self._resolved(item) for item in value)
        if isinstance(value, dict):
            return {key: self._resolved(item) for key, item in value.items()}
        return value

    def loss_probe(self, moved: dict[str, Any]) -> Case:
        """Return the case that computes the loss alone, with some arguments moved."""
        names = [one.get("save") for one in self.steps]
        last = max(names.index(name) for name in self.loss)
        return replace(
            self,
            arguments={**self.arguments, **moved},
            steps=self.steps[: last + 1],
            returns=self.loss,
        )

    def call_of(self, function: str, arguments: dict[str, Any] | None = None) -> Step:
        """Return the step that calls `function` with this case's (or other) arguments."""
        chosen = self.arguments if arguments is None else arguments
        return {
            "op": "call",
            "save": "result",
            "target": function,
            "args": list(chosen.values()),
            "names": list(chosen),
            "options": self.options,
        }


def case(
    label: str,
    /,
    *,
    options: dict[str, Any] | None = None,
    rtol: float = 1e-5,
    atol: float = 1e-6,
    offending: str | None = None,
    held_out: dict[str, Any] | None = None,
    bounds: tuple[float, float, float] | None = None,
    expects: tuple[Expectation, ...] | list[Expectation] = (),
    takes: int | tuple[int, ...] = (),
    **arguments: Any,
) -> Case:
    """Make a case that calls the exercise with `arguments`, by position, in this order.

    Parameters
    ----------
    label
        What is special about the case; students read it.
    options
        Arguments that are passed by keyword.
    rtol, atol
        An answer may differ by ``atol + rtol * |expected|``.
    offending
        The value that the message of an expected exception must name.
    held_out
        Data for the measure of a train check; never sent to the student's process.
    bounds
        The baseline, the threshold and the stated quality of this case of a train check, where
        they are not those of the check: a control may be easier or harder.
    expects
        For a check of statistics, the ranges.
    takes
        How many of the returned values count, from the first, or which: a cache never does.
    """
    return Case(
        label=label,
        arguments=arguments,
        takes=tuple(range(takes)) if isinstance(takes, int) else takes,
        options=options or {},
        rtol=rtol,
        atol=atol,
        offending=offending,
        held_out=held_out or {},
        bounds=bounds or (),
        expects=tuple(expects),
    )


def script(
    label: str,
    /,
    *,
    returns: tuple[str, ...],
    arguments: dict[str, Any] | None = None,
    loss: tuple[str, ...] = (),
    loss_weights: tuple[np.ndarray[Any, Any], ...] = (),
    rtol: float = KERAS_TOLERANCE,
    atol: float = KERAS_TOLERANCE,
    offending: str | None = None,
    held_out: dict[str, Any] | None = None,
    bounds: tuple[float, float, float] | None = None,
    course_forward: CourseForward | None = None,
    expects: tuple[Expectation, ...] | list[Expectation] = (),
    **steps: Step,
) -> Case:
    """Make a case of several steps; each keyword is the name that a step's result gets.

    Parameters
    ----------
    returns
        The results that are sent back and compared with the reference's.
    arguments
        Values that steps refer to by name, so that a gradient check can move them.
    loss
        The steps whose results add up to the loss that a gradient check differentiates.
    loss_weights
        For each of `loss` an array that its result is multiplied by; none for plain sums.
    course_forward
        Made by the function of this name: the course's own forward pass is measured, with the
        parameters among what the script returns.
    """
    given = arguments or {}
    known = set(steps)
    if problem := (set(returns) | set(loss)) - known:
        raise ValueError(
            f"Expected returns and loss to name steps ({', '.join(steps)}). "
            f"Received: {sorted(problem)}"
        )
    if course_forward is not None and (
        missing := {course_forward.parameters, course_forward.outputs} - set(returns)
    ):
        raise ValueError(f"Expected a script that returns {sorted(missing)}. Received: {returns}")
    if known & set(given):
        raise ValueError(
            f"Expected arguments and steps of different names. Received: {known & set(given)}"
        )
    return Case(
        label=label,
        arguments=given,
        steps=tuple({**one, "save": name} for name, one in steps.items()),
        returns=tuple(returns),
        loss=tuple(loss),
        loss_weights=tuple(loss_weights),
        rtol=rtol,
        atol=atol,
        offending=offending,
        held_out=held_out or {},
        bounds=bounds or (),
        course_forward=course_forward,
        expects=tuple(expects),
    )
