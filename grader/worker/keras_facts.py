"""Facts of a Keras model or layer, in a form that does not depend on how it was made."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from grader.worker import keras_own
from grader.worker.steps import Scope, Step, WrongForm


def fact_of(scope: Scope, step: Step, model: Any, fact: str) -> Any:
    """One fact; of a model whose graph Keras does not know, what only a graph tells is asked."""
    if fact not in _ASKED or not issubclass(type(model), keras.Model) or _has_graph(model):
        return _FACTS[fact](model)
    zeros = _zeros(scope, step, model)
    return _ASKED[fact](keras.ops.convert_to_numpy(keras_own.call(model, zeros, training=False)))


def _has_graph(model: Any) -> bool:
    """Whether inputs and outputs are known without asking: not so of a subclass with a `call`."""
    return getattr(model, "output_shape", None) is not None


def _zeros(scope: Scope, step: Step, model: Any) -> Any:
    """Zeros like what the script gives the model elsewhere, or of the shape it was built for."""
    for one in scope.steps:
        for given in (one.get("X"), one.get("value")):  # beside X, the value is what came out
            if one.get("on") == step["on"] and isinstance(given, np.ndarray):
                return np.zeros_like(given[:1])
    (shape,) = (getattr(model, "_build_shapes_dict", None) or {None: None}).values()
    if shape is None or None in shape[1:]:
        raise WrongForm("a model that was built for inputs of a known shape was expected")
    return np.zeros((1, *shape[1:]), "float32")


def _snake(value: Any) -> str:
    """Normalise a loss, metric or activation to one spelling, however it was given."""
    if isinstance(value, str):
        name = value
    else:
        name = getattr(value, "__name__", None) or type(value).__name__
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return {"mse": "mean_squared_error", "bce": "binary_crossentropy"}.get(name, name)


def _over_rows(loss: Any) -> str:
    """What a compiled loss makes of those of the rows; names and plain functions are averaged."""
    reduction = str(getattr(loss, "reduction", "sum_over_batch_size"))
    return "mean" if reduction in _MEANS else reduction


def _metric_names(model: Any) -> list[str]:
    names = []
    for metric in model.metrics:
        if isinstance(metric, keras.metrics.Mean) and metric.name == "loss":
            continue
        inner = getattr(metric, "metrics", None)
        names += [_snake(item) for item in (inner if inner is not None else [metric])]
    accuracies = {"binary_accuracy", "sparse_categorical_accuracy", "mean_metric_wrapper"}
    return sorted("accuracy" if name in accuracies else name for name in names)


def _shape(model: Any) -> list[int | None]:
    return [None if size is None else int(size) for size in model.output_shape]


def _last_activation(model: Any) -> str:
    return _snake(getattr(model.layers[-1], "activation", "linear"))


_MEANS = {"sum_over_batch_size", "mean", "mean_with_sample_weight"}
_ASKED: dict[str, Callable[[Any], Any]] = {
    "output_shape": lambda outputs: [None, *outputs.shape[1:]],
    "last_activation": lambda outputs: (
        "softmax" if np.allclose(outputs.sum(-1), 1) and outputs.min() >= 0 else "linear"
    ),
}
"""How the same facts show in outputs: the last layer of a subclass may be any of its layers."""
_FACTS = {
    "output_shape": _shape,
    "parameters": keras_own.count_params,
    "weights": lambda model: [list(one.shape) for one in keras_own.weights(model)],
    "dtypes": lambda model: [
        keras.backend.standardize_dtype(one.dtype) for one in keras_own.weights(model)
    ],
    "loss": lambda model: _snake(model.loss),
    "from_logits": lambda model: bool(getattr(model.loss, "from_logits", False)),
    "loss_over_rows": lambda model: _over_rows(model.loss),
    "metrics": _metric_names,
    "optimizer": lambda model: type(model.optimizer).__name__,
    "learning_rate_above_0": lambda model: bool(
        keras.ops.convert_to_numpy(model.optimizer.learning_rate) > 0
    ),
    "last_activation": _last_activation,
    "layers": lambda model: [type(layer).__name__ for layer in model.layers],
}
