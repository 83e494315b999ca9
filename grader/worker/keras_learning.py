"""Whether a compiled model learns: some steps of Keras's own `fit`, beside a network of ours.

A model may compute the right outputs, loss and gradients and never learn: an optimizer whose
steps do nothing, a rate of next to nothing, dropout or noise in training alone, a constraint, a
`train_step` that does not train. Which optimizer a student takes is free, so that its steps are
compared with those that Keras's own class of it takes, by the same settings, of our network.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from grader.worker import keras_own
from grader.worker.keras_steps import compiled_model, loss_and_gradients
from grader.worker.steps import Operation, Scope, Step, WrongForm

Weights = list[Any]

TRAINING = "in training it computes what the network of the contract computes"
STEPS = "steps of `fit` move its weights as its optimizer moves those of that network"
DOWNHILL = "steps of `fit` move its weights against the gradient of its loss"
FALLS = "with further steps its loss becomes clearly smaller"
GOES_ON = "later steps of `fit` still move its weights"

_FEW, _MANY = 4, 60
_FALL = 1e-3
"""By which part the loss falls at least; a rate of 1e-4 brings several times as much."""
_NEAR, _LATER_NEAR = 0.02, 0.25
"""By which part of the longest way of a weight the ways may differ, at first and later."""
_ROUNDING = 1e-6
_STILL_MOVES = 1e-3
"""How much shorter a later step may be than the first; a schedule of course lets rates fall."""


def _learning(scope: Scope, step: Step) -> dict[str, bool]:
    """Facts of a model that learns as it should; the model has its first weights afterwards."""
    model, X, y = compiled_model(scope, step), scope.resolve(step["X"]), scope.resolve(step["y"])
    start = keras_own.get_weights(model)
    other = _other_network(scope, step, model, start)
    facts: dict[str, bool] = {}
    if "like" in step:
        given = scope.saved[step["like"]]
        facts[TRAINING] = _close(_training(model, X), _training(given, X))
    # Without a network beside it dropout, noise and normalisation are free: one mode has to do.
    modes = (True,) if "like" in step else (True, False)
    gradients = [loss_and_gradients(scope, step | {"training": mode}) for mode in modes]
    losses = [_losses(model, X, y, modes)]
    first = _way(model, start, X, y)
    if other is None:
        name = STEPS if "like" in step else DOWNHILL
        facts[name] = any(_is_downhill(model, first, one["gradients"]) for one in gradients)
    else:
        facts[STEPS] = _go_together(first, _way(other, start, X, y), _NEAR)
    keras_own.set_weights(model, start)
    for count in (_FEW, _MANY):
        _fit(model, X, y, count)
        losses.append(_losses(model, X, y, modes))
    at_first, *later_losses = np.array(losses)
    facts[FALLS] = bool(np.any(later_losses < at_first - _FALL * np.abs(at_first)))
    later = _way(model, start, X, y)
    facts[GOES_ON] = _still_moves(first, later)
    if other is not None:
        keras_own.set_weights(other, start)
        _fit(other, X, y, _FEW + _MANY)
        facts[STEPS] &= _go_together(later, _way(other, start, X, y), _LATER_NEAR)
    keras_own.set_weights(model, start)
    return facts


def _other_network(scope: Scope, step: Step, model: Any, start: Weights) -> Any:
    """The network of the contract with the model's weights, and its optimizer as Keras has it."""
    if "like" not in step:
        return None
    other = scope.saved[step["like"]]
    shapes = [[np.shape(one) for one in start], [one.shape for one in keras_own.weights(other)]]
    if shapes[0] != shapes[1]:
        raise WrongForm(f"weights of shapes {shapes[1]} were expected; received {shapes[0]}")
    keras_own.set_weights(other, start)
    optimizer = keras_own.plain_optimizer(model.optimizer)
    if optimizer is None:
        return None
    other.compile(optimizer=optimizer, loss=other.loss)
    return other


def _fit(model: Any, X: Any, y: Any, count: int) -> None:
    """Take so many steps, each with all rows."""
    rows = np.tile(np.arange(len(X)), count)
    keras_own.fit(model, X[rows], y[rows], batch_size=len(X), epochs=1, shuffle=False)


def _way(model: Any, start: Weights, X: Any, y: Any) -> Weights:
    """By what a few steps from `start` move the weights."""
    keras_own.set_weights(model, start)
    _fit(model, X, y, _FEW)
    return [new - old for new, old in zip(keras_own.get_weights(model), start, strict=True)]


def _training(model: Any, X: Any) -> Any:
    return keras.ops.convert_to_numpy(keras_own.call(model, X, training=True))


def _close(one: Any, other: Any) -> bool:
    return np.shape(one) == np.shape(other) and bool(np.allclose(one, other, 1e-4, 1e-4))


def _losses(model: Any, X: Any, y: Any, modes: tuple[bool, ...]) -> list[float]:
    """The compiled loss in each of the modes: whether in training."""
    outputs = [keras_own.call(model, X, training=mode) for mode in modes]
    found = [keras_own.compute_loss(model, X, y, one) for one in outputs]
    return [float(keras.ops.convert_to_numpy(one)) for one in found]


def _longest(way: Weights) -> float:
    return float(max(np.abs(one).max() for one in way))


def _go_together(way: Weights, other: Weights, part: float) -> bool:
    error = _longest([one - two for one, two in zip(way, other, strict=True)])
    return bool(error <= part * _longest(other) + _ROUNDING)


def _still_moves(first: Weights, later: Weights) -> bool:
    longest = _longest(later)
    return bool(np.isfinite(longest) and longest > 0 and longest >= _STILL_MOVES * _longest(first))


def _is_downhill(model: Any, way: Weights, gradients: Weights) -> bool:
    """Whether the weights went against the gradient, all in all."""
    places = {id(one): number for number, one in enumerate(keras_own.weights(model))}
    ways = [way[places[id(one)]] for one in keras_own.trainable_variables(model)]
    numbers = [keras.ops.convert_to_numpy(one) for one in gradients]
    return bool(sum(np.sum(one * two) for one, two in zip(ways, numbers, strict=True)) < 0)


OPERATIONS: dict[str, Operation] = {"keras.learning": _learning}
