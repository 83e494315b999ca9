"""Steps that tell what kind of network a model is, by what only that kind does."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from grader.worker import keras_own
from grader.worker.differentiate import value_and_gradients
from grader.worker.keras_steps import layer_of
from grader.worker.steps import Operation, Scope, Step, WrongForm

Array = np.ndarray[Any, Any]

_MOVED = 3e-6
"""Logits that differ by more than this depend on what was changed; float32 errs by less."""
_FORGOTTEN = 0.15
"""What a step of long ago may move of the logits, as a part of what the last one moves."""
_ROWS, _MOST = 16, 0.75
"""Sequences, and the share of a recurrent weight that has work in the second step."""
_REMEMBERS = "some of its weights change nothing in the first step, before it remembers"
_TWO = "in the second step all its weights change the output"
_RECENT, _REPEATED, _AT_ENDS, _FIRST = 12, 4, 20, 8


def _recurrence(scope: Scope, step: Step) -> dict[str, bool]:
    """What a recurrent layer does, of models that differ in their number of steps alone."""
    short, long = layer_of(scope, step), layer_of(scope, {"on": step["long"]})
    rng = np.random.default_rng(int(step["seed"]))
    n_steps, n_inputs = int(step["steps"]), int(step["inputs"])
    X = (0.5 * rng.normal(size=(n_steps, n_inputs))).astype("float32")
    swapped = X.copy()
    swapped[[-3, -2]] = X[[-2, -3]]
    rows = [X, swapped]
    recent = n_steps - 1 - np.arange(_RECENT)
    places = np.repeat([*recent, recent[0], 0], [*[_REPEATED] * _RECENT, _AT_ENDS, _AT_ENDS])
    for place in places:  # from which on other steps are drawn: one, or the first few
        count = 1 if place else _FIRST
        rows.append(X.copy())
        rows[-1][place : place + count] = 0.5 * rng.normal(size=(count, n_inputs))
    logits = _logits(long, np.stack(rows))  # one call, since a step in Python may be slow
    by_order, *moved = np.abs(logits[1:] - logits[0]).max(axis=1)
    by_place = {int(one): max(np.array(moved)[places == one]) for one in (*recent, 0)}
    last, first = by_place[n_steps - 1], by_place[0]
    few = int(step["few"])
    given = (0.5 * rng.normal(size=(_ROWS, few, n_inputs))).astype("float32")
    busy = [
        _busy(layer_of(scope, {"on": step[name]}), given[:, :count])
        for name, count in (("single", 1), ("double", 2), ("on", few))
    ]
    return {
        "its weights do not depend on the number of steps": _shapes(short) == _shapes(long),
        **_in_two_steps(*busy),
        "each of the last steps changes its logits": bool(
            min(by_place[int(one)] for one in recent) > _MOVED
        ),
        "the order of the steps changes its logits": bool(by_order > _MOVED),
        "a step of long ago hardly changes them": bool(first < _FORGOTTEN * last),
    }


def _in_two_steps(first: list[Array], second: list[Array], later: list[Array]) -> dict[str, bool]:
    """What the weights of a recurrent layer do in its first steps; a window has one for each step.

    Each list tells of one number of steps which entries of each weight have work in it.
    """
    shapes = [[one.shape for one in weights] for weights in (first, second, later)]
    if shapes.count(shapes[0]) < len(shapes):
        return {_REMEMBERS: False, _TWO: False}
    idle = [number for number, one in enumerate(first) if not one.any()]
    unused = [np.any(late) and not np.any(two) for two, late in zip(second, later, strict=True)]
    worked = sum(np.sum(two & late) for two, late in zip(second, later, strict=True))
    return {
        _REMEMBERS: bool(idle),
        _TWO: any(np.mean(second[number]) > _MOST for number in idle)
        and not any(unused)
        and bool(worked > 0.5 * sum(np.sum(one) for one in later)),
    }


def _shapes(model: Any) -> list[tuple[int, ...]]:
    return [tuple(one.shape) for one in keras_own.weights(model)]


def _busy(model: Any, X: Array) -> list[Array]:
    """Which entries of each trainable weight the outputs for some of X depend on."""
    gradients = _gradients(model, X)  # which calls the model, so that it has its weights
    return [
        np.zeros(tuple(one.shape), bool)
        if gradient is None
        else np.asarray(keras.ops.convert_to_numpy(gradient) != 0)
        for one, gradient in zip(keras_own.trainable_variables(model), gradients, strict=True)
    ]


def _logits(model: Any, X: Array) -> Array:
    logits = keras.ops.convert_to_numpy(keras_own.call(model, X, training=False))
    if logits.ndim != 2 or len(logits) != len(X):
        raise WrongForm(f"logits of shape (N, K) were expected; received {logits.shape}")
    return logits


def _idle_weights(scope: Scope, step: Step) -> list[int]:
    """The numbers of the trainable weights that the outputs do not depend on."""
    model, X = layer_of(scope, step), scope.resolve(step["value"])
    return [
        number
        for number, gradient in enumerate(_gradients(model, X), start=1)
        if gradient is None or not np.abs(keras.ops.convert_to_numpy(gradient)).max() > 0
    ]


def _gradients(model: Any, X: Array) -> list[Any]:
    """The gradients of a weighted sum of a model's outputs with respect to its weights."""
    shape = keras.ops.shape(keras_own.call(model, X, training=False))
    weights = keras_own.trainable_variables(model)  # those of a subclass are made by its first call
    dout = np.random.default_rng(0).normal(size=tuple(shape)).astype("float32")

    def weighted_sum(_: Any) -> Any:
        return keras.ops.sum(keras_own.call(model, X, training=False) * dout)

    _, _, gradients = value_and_gradients(weighted_sum, np.zeros((), "float32"), weights)
    return list(gradients)


def _moments(scope: Scope, step: Step) -> dict[str, Array]:
    """Of each image of one channel: its sum, where its mass lies, which way it stretches and faces.

    The angle is that of the longer axis, in full turns from the vertical, from −¼ to ¼. An image
    faces right (1) when the few pixels that lie far from its middle lie there, and left (−1).
    """
    images = np.asarray(keras.ops.convert_to_numpy(scope.saved[step["on"]]), "float64")
    if images.ndim != 4 or images.shape[3] != 1:
        raise WrongForm(f"images of shape (N, H, W, 1) were expected; received {images.shape}")
    images = images[..., 0]
    rows, columns = np.indices(images.shape[1:])
    with np.errstate(all="ignore"):
        sums = images.sum(axis=(1, 2))
        row, column = ((images * one).sum(axis=(1, 2)) / sums for one in (rows, columns))
        down = rows - row[:, None, None]
        right = columns - column[:, None, None]
        over, across, both = (
            (images * product).sum(axis=(1, 2)) for product in (down**2, right**2, down * right)
        )
        angle = np.arctan2(2 * both, over - across) / (4 * np.pi)
        side = np.sign((images * right**3).sum(axis=(1, 2)))
    return {"sum": sums, "row": row, "column": column, "angle": angle, "side": side}


OPERATIONS: dict[str, Operation] = {
    "networks.recurrence": _recurrence,
    "networks.idle_weights": _idle_weights,
    "networks.moments": _moments,
}
