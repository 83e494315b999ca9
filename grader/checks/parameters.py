"""The model is judged, not its answers: fitted parameters, in the course's own forward pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.checks.measures import Unmeasurable
from grader.checks.verdict import Interview
from grader.course.case import Case
from grader.course.course_forward import AGREEMENT, CourseForward, best_agreement
from grader.course.prepared import PreparedCheck
from grader.diagnose.comparison import as_array, kind_of

Array = np.ndarray[Any, Any]

_LEARNT = 1.6
"""How much further apart classes have to lie in a hidden layer than in a shuffled one.

Trainings reach 1.8 when they begin to earn something and 2.2 when they earn all, layers of random
units 1.4: docs/thresholds.md."""
_SHUFFLES = 3
_CANCELS = 6.0
"""How many times larger than the output's what the units add to it may be, all together.

Trained recurrent units reach 2.5, random ones with a fitted output 130; held to 5 these forecast
too badly to earn anything."""


def model_values(
    check: PreparedCheck, case: Case, values: list[Any], interview: Interview
) -> tuple[list[Any], str | None]:
    """The values of an answer, the outputs among them as the course computes them.

    Where the course's forward pass is not at hand, those of the student's own stay. Beside them a
    sentence about hidden units that were not trained; None where nothing speaks against them.

    Raises
    ------
    Unmeasurable
        When the parameters are not what the contract says, or the student's own outputs do not
        follow from them.
    """
    forward = case.course_forward
    if forward is None:
        return values, None
    assert case.expected is not None
    place = {name: number for number, name in enumerate(case.returns)}
    expected = case.expected.values[place[forward.parameters]]
    parameters = _FORMS[forward.form](
        _read(values[place[forward.parameters]], forward), expected, forward.parameters
    )
    outputs = interview.course_outputs(check, case, parameters)
    if outputs is None:
        return values, None
    own = _outputs(values[place[forward.outputs]], forward, next(iter(outputs.values())).shape)
    name, distance = best_agreement(own, outputs)
    if distance > AGREEMENT:
        raise Unmeasurable(_disagreement(forward, own, outputs[name]))
    replaced = list(values)
    replaced[place[forward.outputs]] = outputs[name]
    return replaced, _random_units(case, forward, parameters, name, interview)


def _random_units(
    case: Case,
    forward: CourseForward,
    parameters: dict[str, Array],
    network: str,
    interview: Interview,
) -> str | None:
    """A sentence about a last hidden layer that parts the classes no better than a shuffled one.

    However they were drawn, random units know nothing of classes, whatever a last layer makes of
    them; descent moves them apart from its first epoch on.
    """
    if forward.terms:
        cancels = interview.course_cancellation(case, parameters, network)
        if np.isfinite(cancels) and cancels > _CANCELS:
            return (
                f"what the hidden units add to the output is {cancels:.0f} times larger, all "
                "together, than the output itself, so nearly all of it cancels: a last layer was "
                "fitted to units that know nothing of the task. Hidden units have to learn as well"
            )
    if not forward.hidden or sum(array.ndim > 1 for array in parameters.values()) < 2:
        return None
    own = interview.course_class_share(case, parameters, network)
    rng, chance = np.random.default_rng(0), np.nan
    for _ in range(_SHUFFLES):
        if not np.isfinite(chance):  # no unit was left that answers anything
            shuffled = {name: rng.permuted(array, axis=None) for name, array in parameters.items()}
            chance = interview.course_class_share(case, shuffled, network)
    if own >= _LEARNT * chance:
        return None
    if not np.isfinite([own, chance]).all():
        return (
            "the last hidden layer cannot be told from random units: with the entries of the same "
            "weights shuffled it answers with one number for all rows, or with none that is "
            "finite. Look for weights that are far larger than the others"
        )
    return (
        f"the last hidden layer is no better than random units: {own:.1%} of its variance lies "
        f"between the classes of the held-out rows, and {chance:.1%} when the entries of the "
        f"same weights are shuffled. Hidden layers have to learn as well"
    )


def _read(value: Any, forward: CourseForward) -> dict[str, Array]:
    """The parameters as arrays of finite floats."""
    name = forward.parameters
    if type(value) is not dict or not all(type(key) is str for key in value):
        raise Unmeasurable(f"{name} should be a dict of arrays by name; received {kind_of(value)}")
    found = {}
    for key, given in value.items():
        array = as_array(given)
        if array is None or array.dtype.kind not in "biuf":
            raise Unmeasurable(
                f"{name}[{key!r}] should be an array of numbers; received {kind_of(given)}"
            )
        with np.errstate(all="ignore"):
            numbers = array.astype(np.float64)
        if not np.isfinite(numbers).all():
            raise Unmeasurable(f"{name}[{key!r}] contains NaN or infinity: did training diverge?")
        found[key] = numbers
    return found


def _as_reference(
    given: dict[str, Array], expected: dict[str, Array], what: str
) -> dict[str, Array]:
    """The parameters with the reference's names, each of the reference's shape."""
    _require_names(given, list(expected), what)
    for name, array in expected.items():
        _require_shape(given, name, array.shape, what)
    return {name: given[name] for name in expected}


def _dense_layers(
    given: dict[str, Array], expected: dict[str, Array], what: str
) -> dict[str, Array]:
    """W1, b1, … of dense layers; inputs and outputs are as many as the reference's."""
    layers = max(1, len(given) // 2)
    names = [f"{kind}{layer}" for layer in range(1, layers + 1) for kind in "Wb"]
    _require_names(given, names, what)
    width = expected["W1"].shape[0]
    last = expected[f"W{len(expected) // 2}"].shape[1]
    for layer in range(1, layers + 1):
        array = given[f"W{layer}"]
        units = last if layer == layers else array.shape[-1] if array.ndim else 0
        _require_shape(given, f"W{layer}", (width, units), what)
        _require_shape(given, f"b{layer}", (units,), what)
        width = units
    return {name: given[name] for name in names}


_FORMS: dict[str, Callable[[dict[str, Array], dict[str, Array], str], dict[str, Array]]] = {
    "reference": _as_reference,
    "dense_layers": _dense_layers,
}


def _require_names(given: dict[str, Array], names: list[str], what: str) -> None:
    if given.keys() != set(names):
        received = ", ".join(map(str, given)) or "none"
        raise Unmeasurable(
            f"{what} should have the entries {', '.join(names)}; received {received}"
        )


def _require_shape(given: dict[str, Array], name: str, shape: tuple[int, ...], what: str) -> None:
    if given[name].shape != shape:
        raise Unmeasurable(
            f"{what}[{name!r}] should have shape {shape}; received shape {given[name].shape}"
        )


def _outputs(value: Any, forward: CourseForward, shape: tuple[int, ...]) -> Array:
    array = as_array(value)
    if array is None or array.shape != shape or array.dtype.kind not in "biuf":
        received = kind_of(value) if array is None else f"{array.dtype} {array.shape}"
        raise Unmeasurable(f"{forward.outputs} of shape {shape} were expected; received {received}")
    with np.errstate(all="ignore"):
        numbers = array.astype(np.float64)
    if not np.isfinite(numbers).all():
        raise Unmeasurable("the answer contains NaN or infinity: did training diverge?")
    return numbers


def _disagreement(forward: CourseForward, own: Array, course: Array) -> str:
    """Say how far a student's own outputs are from what the parameters give."""
    which = f" with any of {', '.join(forward.networks)}" if len(forward.networks) > 1 else ""
    largest = float(np.abs(own - course).max())
    return (
        f"the model is judged by its {forward.parameters}: put into the course's own network"
        f"{which}, they give other {forward.outputs} than your forward pass, by up to "
        f"{largest:.3g}. Return a model whose {forward.outputs} follow from its "
        f"{forward.parameters} as the exercise says"
    )
