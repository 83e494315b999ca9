"""Steps for Keras models, layers and metrics, on whichever backend Keras runs."""

from __future__ import annotations

import re
from typing import Any

import keras
import numpy as np

from grader.worker.steps import Operation, Scope, Step


def reseed() -> None:
    """Give every question the same random numbers."""
    keras.utils.set_random_seed(0)


def skip_graph_optimisation() -> None:
    """Run TensorFlow's graphs as they are traced.

    Graded models are small and run a few times each, so that optimising their graphs takes
    longer than running them: without it, a typical submission takes two thirds of the time.
    """
    if keras.backend.backend() == "tensorflow":
        import tensorflow

        tensorflow.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})


def to_plain(value: Any) -> Any:
    """Turn backend tensors and variables, at any depth, into NumPy arrays."""
    if isinstance(value, list | tuple):
        return type(value)(to_plain(item) for item in value)
    if isinstance(value, dict) and type(value) is dict:
        return {key: to_plain(item) for key, item in value.items()}
    if keras.ops.is_tensor(value) or isinstance(value, keras.Variable):
        return keras.ops.convert_to_numpy(value)
    return value


def _seed(scope: Scope, step: Step) -> None:
    keras.utils.set_random_seed(step["value"])


def _set_weights(scope: Scope, step: Step) -> None:
    scope.saved[step["on"]].set_weights(scope.resolve(step["value"]))


def _get_weights(scope: Scope, step: Step) -> Any:
    return [np.asarray(weight) for weight in scope.saved[step["on"]].get_weights()]


def _predict(scope: Scope, step: Step) -> Any:
    return scope.saved[step["on"]](scope.resolve(step["value"]), training=False)


def _loss_and_gradients(scope: Scope, step: Step) -> dict[str, Any]:
    """Compute the compiled loss, regularisation included, and its gradients by the backend.

    Gradients come from one step of plain gradient descent with learning rate 1 on a copy
    of the weights: the only way that is the same on every backend.
    """
    model = scope.saved[step["on"]]
    X, y = scope.resolve(step["X"]), scope.resolve(step["y"])
    before = [np.array(weight) for weight in model.get_weights()]
    trainable = [np.array(keras.ops.convert_to_numpy(v)) for v in model.trainable_variables]
    optimizer, loss = model.optimizer, model.loss
    metrics = model.evaluate(X, y, batch_size=len(X), verbose=0, return_dict=True)
    model.compile(optimizer=keras.optimizers.SGD(1.0), loss=loss)
    model.fit(X, y, batch_size=len(X), epochs=1, shuffle=False, verbose=0)
    after = [np.array(keras.ops.convert_to_numpy(v)) for v in model.trainable_variables]
    model.set_weights(before)
    model.compile(optimizer=optimizer, loss=loss)
    gradients = [old - new for old, new in zip(trainable, after, strict=True)]
    return {"loss": float(metrics["loss"]), "gradients": gradients}


def _round_trip(scope: Scope, step: Step) -> bool:
    """Whether `from_config(get_config())` gives an object with an equal config."""
    item = scope.saved[step["on"]]
    config = item.get_config()
    return bool(type(item).from_config(config).get_config() == config)


def _number(scope: Scope, step: Step) -> float:
    value = np.asarray(to_plain(scope.saved[step["on"]]))
    if value.shape != ():
        raise TypeError(f"a scalar was expected; received an array of shape {value.shape}")
    return float(value)


def _history(scope: Scope, step: Step) -> list[float]:
    record = scope.saved[step["on"]]
    record = getattr(record, "history", record)
    return [float(value) for value in record[step["value"]]]


def _describe(scope: Scope, step: Step) -> dict[str, Any]:
    item = scope.saved[step["on"]]
    return {fact: _FACTS[fact](item) for fact in step["facts"]}


def _snake(value: Any) -> str:
    """Normalise a loss, metric or activation to one spelling, however it was given."""
    if isinstance(value, str):
        name = value
    else:
        name = getattr(value, "__name__", None) or type(value).__name__
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return {"mse": "mean_squared_error", "bce": "binary_crossentropy"}.get(name, name)


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


_FACTS = {
    "output_shape": _shape,
    "parameters": lambda model: int(model.count_params()),
    "weights": lambda model: [list(weight.shape) for weight in model.weights],
    "loss": lambda model: _snake(model.loss),
    "from_logits": lambda model: bool(getattr(model.loss, "from_logits", False)),
    "metrics": _metric_names,
    "optimizer": lambda model: type(model.optimizer).__name__,
    "last_activation": lambda model: _snake(getattr(model.layers[-1], "activation", "linear")),
    "layers": lambda model: [type(layer).__name__ for layer in model.layers],
}

OPERATIONS: dict[str, Operation] = {
    "keras.seed": _seed,
    "keras.set_weights": _set_weights,
    "keras.get_weights": _get_weights,
    "keras.predict": _predict,
    "keras.loss_and_gradients": _loss_and_gradients,
    "keras.round_trip": _round_trip,
    "keras.number": _number,
    "keras.history": _history,
    "keras.describe": _describe,
}
