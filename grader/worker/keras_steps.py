"""Steps for Keras models, layers and metrics, on whichever backend Keras runs."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from operator import attrgetter
from types import ModuleType
from typing import Any

import keras
import numpy as np

from grader.worker import keras_own
from grader.worker.differentiate import value_and_gradients
from grader.worker.keras_facts import fact_of
from grader.worker.steps import Operation, Scope, Step, WrongForm
from grader.worker.weight_shapes import difference

_MAX_PATH = 60
_UNBUILT = "a built model was expected; give it its input shape"
_UNFIT_LOSS = "the compiled loss does not fit the outputs and labels"


def to_plain(value: Any) -> Any:
    """Turn backend tensors and variables, at any depth, into NumPy arrays."""
    if isinstance(value, list | tuple):
        return type(value)(to_plain(item) for item in value)
    if isinstance(value, dict) and type(value) is dict:
        return {key: to_plain(item) for key, item in value.items()}
    if keras.ops.is_tensor(value) or isinstance(value, keras.Variable):
        return keras.ops.convert_to_numpy(value)
    return value


def layer_of(scope: Scope, step: Step) -> Any:
    """The layer or model that a step works on."""
    item = scope.saved[step["on"]]
    if not keras_own.is_layer(item):
        form = f"an object of class {type(item).__name__}"
        form = f"the class {item.__name__} itself" if isinstance(item, type) else form
        form = "None" if item is None else form
        raise WrongForm(f"a Keras model or layer was expected; received {form}")
    return item


@contextmanager
def refusals_as(scope: Scope, meaning: str) -> Iterator[None]:
    """Say what it means when Keras, and no line of the student's, raises."""
    try:
        yield
    except Exception as error:
        own = type(error).__module__.startswith("grader.")
        if own or isinstance(error, MemoryError) or in_lines_of(scope.module, error):
            raise
        raise WrongForm(f"{meaning} ({type(error).__name__})") from error


def in_lines_of(module: ModuleType, error: Exception) -> bool:
    """Whether an exception passed through lines of the student's file."""
    files = {frame.f_code.co_filename for frame, _ in traceback.walk_tb(error.__traceback__)}
    return getattr(module, "__file__", "") in files


def _seed(scope: Scope, step: Step) -> None:
    keras.utils.set_random_seed(step["value"])


def _make(scope: Scope, step: Step) -> Any:
    make = attrgetter(step["target"])(keras)
    return make(*scope.resolve(step["args"]), **_options(scope, step))


def _record_calls(scope: Scope, step: Step) -> list[int]:
    model = scope.saved[step["on"]]
    calls: list[int] = []
    original = model.call

    def recorded(*args: Any, **options: Any) -> Any:
        calls.append(len(calls))
        return original(*args, **options)

    model.call = recorded
    return calls


def _set_weights(scope: Scope, step: Step) -> None:
    layer, weights = layer_of(scope, step), scope.resolve(step["value"])
    if not layer.built:
        raise WrongForm(_UNBUILT)
    if weights and not keras_own.weights(layer):
        _call_on_what_comes(scope, layer, step["on"])
    wanted = [np.shape(weight) for weight in weights]
    found = [tuple(weight.shape) for weight in keras_own.weights(layer)]
    if problem := difference(wanted, found):
        raise WrongForm(problem)
    keras_own.set_weights(layer, weights)


def _call_on_what_comes(scope: Scope, layer: Any, name: str) -> None:
    """Call a model without weights on what it will be called on: that makes them.

    Keras's own `build` calls a subclass built although its layers have made nothing yet.
    """
    coming = (one.get("value", one.get("X")) for one in scope.steps if one.get("on") == name)
    X = next((X for X in coming if isinstance(X, np.ndarray)), None)
    if X is not None:
        with refusals_as(scope, "it cannot be called on its inputs"):
            keras_own.call(layer, X, training=False)


def _get_weights(scope: Scope, step: Step) -> Any:
    return [np.asarray(weight) for weight in keras_own.get_weights(layer_of(scope, step))]


def _predict(scope: Scope, step: Step) -> Any:
    return _call_layer(scope, step, {"training": False})


def _call(scope: Scope, step: Step) -> Any:
    return _call_layer(scope, step, _options(scope, step))


def _call_layer(scope: Scope, step: Step, options: dict[str, Any]) -> Any:
    layer, X = layer_of(scope, step), scope.resolve(step["value"])
    with refusals_as(scope, "it cannot be called on its inputs"):
        return keras_own.call(layer, X, **options)


def _options(scope: Scope, step: Step) -> dict[str, Any]:
    return {key: scope.resolve(value) for key, value in step["options"].items()}


def _fit(scope: Scope, step: Step) -> dict[str, list[float]]:
    X, y = scope.resolve(step["X"]), scope.resolve(step["y"])
    return keras_own.fit(compiled_model(scope, step), X, y, **_options(scope, step))


def compiled_model(scope: Scope, step: Step) -> Any:
    """The model that a step works on, which needs a loss."""
    model = layer_of(scope, step)
    if not getattr(model, "compiled", False):
        raise WrongForm("a compiled model was expected; received one without a loss")
    return model


def _gradients(scope: Scope, step: Step) -> dict[str, Any]:
    """Differentiate Σ layer(X) · dout with respect to X and the trainable weights."""
    layer, options = layer_of(scope, step), _options(scope, step)
    X, dout = scope.resolve(step["value"]), scope.resolve(step["dout"])
    keras_own.call(layer, X, **options)  # builds it
    weights = keras_own.trainable_variables(layer)

    def weighted_sum(x: Any) -> Any:
        out = keras_own.call(layer, x, **options)
        return keras.ops.sum(out * keras.ops.convert_to_tensor(dout, dtype=out.dtype))

    _, of_inputs, of_weights = value_and_gradients(weighted_sum, X, weights)
    return {"inputs": of_inputs, "weights": _dense(of_weights, weights)}


def _dense(gradients: list[Any], weights: list[Any]) -> list[Any]:
    """Zeros where the backend found no dependence."""
    return [
        np.zeros(weight.shape, "float32") if gradient is None else gradient
        for gradient, weight in zip(gradients, weights, strict=True)
    ]


def _loss_gradient(scope: Scope, step: Step) -> dict[str, Any]:
    loss, y = scope.saved[step["on"]], scope.resolve(step["y"])
    value, gradient, _ = value_and_gradients(lambda logits: loss(y, logits), step["value"])
    return {"loss": value, "gradient": gradient}


def loss_and_gradients(scope: Scope, step: Step) -> dict[str, Any]:
    """Compute the compiled loss of one batch, in inference mode by default, with penalties."""
    mode = {"training": step.get("training", False)}
    model = compiled_model(scope, step)
    X, y = scope.resolve(step["X"]), scope.resolve(step["y"])
    with refusals_as(scope, "it cannot be called on its inputs"):
        outputs = keras_own.call(model, X, training=False)
    with refusals_as(scope, "a compiled metric cannot be computed from the labels and outputs"):
        keras_own.compute_metrics(model, X, y, outputs)  # this also builds them
    with refusals_as(scope, _UNFIT_LOSS):
        weights = keras_own.trainable_variables(model)

        def compiled_loss(x: Any) -> Any:
            outputs = keras_own.call(model, x, **mode)
            return keras_own.compute_loss(model, x, y, outputs, **mode)

        loss, _, gradients = value_and_gradients(compiled_loss, X, weights)
    return {"loss": loss, "gradients": _dense(gradients, weights)}


def _compute_loss(scope: Scope, step: Step) -> Any:
    """The compiled loss of outputs that are given, by Keras's own method."""
    model = compiled_model(scope, step)
    X, y, outputs = (scope.resolve(step[key]) for key in ("X", "y", "value"))
    with refusals_as(scope, _UNFIT_LOSS):
        return keras_own.compute_loss(model, X, y, outputs)


def _kernels(scope: Scope, step: Step) -> dict[str, Any]:
    return kernels(layer_of(scope, step))


def kernels(layer: Any) -> dict[str, Any]:
    """The values of the weights with two or more axes; of equal paths each has a number."""
    found: dict[str, Any] = {}
    for number, one in enumerate(keras_own.weights(layer), start=1):
        if len(one.shape) > 1:
            path = str(one.path)[-_MAX_PATH:]
            path = f"{path} ({number})" if path in found else path
            found[path] = keras.ops.convert_to_numpy(one)
    return found


def _refuse_to_train(scope: Scope, step: Step) -> None:
    keras_own.refuse_to_train()


def _zero_weights(scope: Scope, step: Step) -> None:
    zero_weights(layer_of(scope, step))


def zero_weights(layer: Any) -> None:
    """Set all weights to zero: a model that still answers does not answer by its weights."""
    keras_own.set_weights(layer, [np.zeros_like(one) for one in keras_own.get_weights(layer)])


def _number(scope: Scope, step: Step) -> float:
    value = np.asarray(to_plain(scope.saved[step["on"]]))
    if value.shape != ():
        raise TypeError(f"a scalar was expected; received an array of shape {value.shape}")
    return float(value)


def _history(scope: Scope, step: Step) -> list[float]:
    record, metric = scope.saved[step["on"]], step["value"]
    curves = getattr(record, "history", record)
    if not isinstance(curves, dict) or metric not in curves:
        form = "None" if record is None else f"an object of class {type(record).__name__}"
        if isinstance(curves, dict):
            form = f"one with {', '.join(map(repr, list(curves)[:5])) or 'no curve'}"
        raise WrongForm(
            f"what `fit` returns, or its `history`, with the curve {metric!r} was expected; "
            f"received {form}"
        )
    return [float(value) for value in curves[metric]]


def _describe(scope: Scope, step: Step) -> dict[str, Any]:
    item, facts = layer_of(scope, step), step["facts"]
    if not item.built and {"output_shape", "parameters", "weights", "dtypes"} & set(facts):
        raise WrongForm(_UNBUILT)
    if {"loss", "optimizer", "learning_rate_above_0"} & set(facts):
        compiled_model(scope, step)
    with refusals_as(scope, f"a model with {', '.join(facts)} was expected"):
        return {fact: fact_of(scope, step, item, fact) for fact in facts}


OPERATIONS: dict[str, Operation] = {
    "keras.seed": _seed,
    "keras.make": _make,
    "keras.record_calls": _record_calls,
    "keras.set_weights": _set_weights,
    "keras.get_weights": _get_weights,
    "keras.kernels": _kernels,
    "keras.predict": _predict,
    "keras.call": _call,
    "keras.fit": _fit,
    "keras.gradients": _gradients,
    "keras.loss_gradient": _loss_gradient,
    "keras.loss_and_gradients": loss_and_gradients,
    "keras.compute_loss": _compute_loss,
    "keras.refuse_to_train": _refuse_to_train,
    "keras.zero_weights": _zero_weights,
    "keras.number": _number,
    "keras.history": _history,
    "keras.describe": _describe,
}
