"""One case: what to ask of the student's code, and what to make of the answer."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from grader.wire import Ref

Step = dict[str, Any]

KERAS_TOLERANCE = 1e-4
"""Keras computes in float32; see the curriculum's conventions."""


@dataclass(frozen=True)
class Expectation:
    """What a statistic of random output must be: `low <= statistic(output) <= high`."""

    statistic: str
    low: float
    high: float


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
    expects: tuple[Expectation, ...] = ()
    expected: Observation | None = None
    mistaken: dict[str, Observation] = field(default_factory=dict)

    def calling(self, exercise: str) -> Case:
        """Return the case with its steps: unless it has its own, one call of the exercise."""
        if self.steps:
            return self
        return replace(self, steps=(self.call_of(exercise),), returns=("result",))

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
    expects: tuple[Expectation, ...] | list[Expectation] = (),
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
    expects
        For a check of statistics, the ranges.
    """
    return Case(
        label=label,
        arguments=arguments,
        options=options or {},
        rtol=rtol,
        atol=atol,
        offending=offending,
        held_out=held_out or {},
        expects=tuple(expects),
    )


def script(
    label: str,
    /,
    *,
    returns: tuple[str, ...],
    rtol: float = KERAS_TOLERANCE,
    atol: float = KERAS_TOLERANCE,
    offending: str | None = None,
    held_out: dict[str, Any] | None = None,
    expects: tuple[Expectation, ...] | list[Expectation] = (),
    **steps: Step,
) -> Case:
    """Make a case of several steps; each keyword is the name that a step's result gets.

    `returns` names the results that are sent back and compared with the reference's.
    """
    unknown = set(returns) - set(steps)
    if unknown:
        raise ValueError(
            f"Expected returns to name steps ({', '.join(steps)}). Received: {sorted(unknown)}"
        )
    return Case(
        label=label,
        steps=tuple({**one, "save": name} for name, one in steps.items()),
        returns=tuple(returns),
        rtol=rtol,
        atol=atol,
        offending=offending,
        held_out=held_out or {},
        expects=tuple(expects),
    )


class step:
    """The steps of a script, as the student's process will run them."""

    @staticmethod
    def ref(name: str) -> Ref:
        """Refer to an earlier result as an argument."""
        return Ref(name)

    @staticmethod
    def call(function: str, *args: Any, **options: Any) -> Step:
        """Call a function, or construct a class, of the student's module."""
        return {"op": "call", "target": function, "args": list(args), "options": options}

    construct = call

    @staticmethod
    def method(on: str, name: str, *args: Any, **options: Any) -> Step:
        """Call a method of an earlier result."""
        return {"op": "method", "on": on, "target": name, "args": list(args), "options": options}

    @staticmethod
    def attribute(on: str, name: str) -> Step:
        """Read an attribute of an earlier result."""
        return {"op": "attribute", "on": on, "target": name}

    @staticmethod
    def length(on: str) -> Step:
        """Take the length of an earlier result."""
        return {"op": "length", "on": on}

    @staticmethod
    def seed(value: int) -> Step:
        """Seed Keras, NumPy and the backend."""
        return {"op": "keras.seed", "value": value}

    @staticmethod
    def describe(on: str, *facts: str) -> Step:
        """Read facts of a model; see `grader.worker.keras_steps`."""
        return {"op": "keras.describe", "on": on, "facts": list(facts)}

    @staticmethod
    def set_weights(on: str, weights: list[Any]) -> Step:
        """Put these weights into a model or layer."""
        return {"op": "keras.set_weights", "on": on, "value": weights}

    @staticmethod
    def get_weights(on: str) -> Step:
        """Read the weights of a model or layer."""
        return {"op": "keras.get_weights", "on": on}

    @staticmethod
    def predict(on: str, X: Any) -> Step:
        """Call a model or layer on `X`, in inference mode."""
        return {"op": "keras.predict", "on": on, "value": X}

    @staticmethod
    def loss_and_gradients(on: str, X: Any, y: Any) -> Step:
        """Compute the compiled loss of one batch and its gradients."""
        return {"op": "keras.loss_and_gradients", "on": on, "X": X, "y": y}

    @staticmethod
    def round_trip(on: str) -> Step:
        """Ask whether `from_config(get_config())` keeps the config."""
        return {"op": "keras.round_trip", "on": on}

    @staticmethod
    def number(on: str) -> Step:
        """Read a scalar tensor as a number."""
        return {"op": "keras.number", "on": on}

    @staticmethod
    def history(on: str, metric: str) -> Step:
        """Read one curve of a History or of its dict."""
        return {"op": "keras.history", "on": on, "value": metric}

    @staticmethod
    def falls(on: str) -> Step:
        """Ask whether a curve ends below its beginning."""
        return {"op": "falls", "on": on}
