"""Keras's own answers about a student's model, whatever names its class has of its own.

A subclass may say how it computes (`call`, `build`, `train_step`). It may not answer in Keras's
place: a `fit` that does nothing, or a `__call__` that looks answers up, is no training and no
network. What is asked here is asked of Keras's own classes, as they were before any file was
loaded.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras

from grader.worker.stand_in import ForbiddenUse

_OF_ACTING = frozenset(
    {
        "__call__",
        "__getattribute__",
        "fit",
        "evaluate",
        "predict",
        "train_on_batch",
        "test_on_batch",
        "predict_on_batch",
        "make_train_function",
        "make_test_function",
        "make_predict_function",
        "symbolic_call",
        "stateless_call",
        "_symbolic_build",
        "_flatten_layers",
        "built",
    }
)
"""Names under which Keras trains and calls: no class of a student's may have them meanwhile."""
_OF_WEIGHTS = frozenset(
    {
        "__getattribute__",
        "weights",
        "trainable_weights",
        "non_trainable_weights",
        "variables",
        "trainable_variables",
        "non_trainable_variables",
        "count_params",
        "_flatten_layers",
        "built",
    }
)
"""The same for what Keras knows of the weights."""
_OF_LOSS = frozenset({"compute_loss", "compute_metrics", "_compute_loss"})
"""These may be a student's own in training, but not where the compiled loss is asked for."""


_OF_STEPS = frozenset({"fit", "train_on_batch", "train_step", "make_train_function"})
"""By these Keras takes a step of training."""


def _known_classes() -> frozenset[type]:
    found: set[type] = set()
    waiting: list[type] = [keras.Layer]
    while waiting:
        kind = waiting.pop()
        if kind not in found:
            found.update(kind.__mro__)
            waiting += type.__subclasses__(kind)
    return frozenset(found)


_KNOWN = _known_classes()
"""Keras's own classes of layers and models, and what they inherit from."""
_OWN: dict[tuple[type, str], Any] = {
    (kind, name): vars(kind)[name]
    for kind in _KNOWN - {object}
    for name in _OF_ACTING | _OF_WEIGHTS | _OF_LOSS | _OF_STEPS
    if name in vars(kind)
}
"""What each of them has under these names."""


def _known_optimizers() -> dict[type, Any]:
    found: dict[type, Any] = {}
    waiting: list[type] = [keras.optimizers.Optimizer]
    while waiting:
        kind = waiting.pop()
        if kind not in found:
            found[kind] = vars(kind).get("get_config")
            waiting += type.__subclasses__(kind)
    return found


_OPTIMIZERS = _known_optimizers()
"""Keras's own optimizers, with the method by which each tells its settings."""


def _own(layer: Any, name: str) -> Any:
    """What Keras has under this name for a layer: a function or, of a property, its getter."""
    found = next(_OWN[kind, name] for kind in type(layer).__mro__ if (kind, name) in _OWN)
    return found.fget if isinstance(found, property) else found


@contextmanager
def undisguised(layer: Any, names: frozenset[str] = _OF_ACTING) -> Iterator[None]:
    """Take away, for a while, `names` by which a student's classes would answer for Keras.

    Layers within the layer count, too, and so do Keras's own classes where an exercise changed
    them. Assignments go through `type`, so that no class of a student's hears of them.
    """
    hidden: list[tuple[type, str, Any]] = []
    try:
        for (kind, name), value in _OWN.items():
            if vars(kind).get(name) is not value:
                type.__setattr__(kind, name, value)
        _hide([layer], names, hidden)
        _hide(_own(layer, "_flatten_layers")(layer), names, hidden)
        yield
    finally:
        for kind, name, value in hidden:
            type.__setattr__(kind, name, value)


def _hide(layers: list[Any], names: frozenset[str], hidden: list[tuple[type, str, Any]]) -> None:
    classes = {kind for one in layers for kind in type(one).__mro__}
    for kind in classes - _KNOWN:
        for name in names & vars(kind).keys():
            hidden.append((kind, name, vars(kind)[name]))
            type.__delattr__(kind, name)


def is_layer(item: Any) -> bool:
    """Whether this is a Keras layer or model, by its class and not by what it says of itself."""
    return issubclass(type(item), keras.Layer)


def layers_within(layer: Any) -> list[Any]:
    """A layer or model and all layers in it."""
    with undisguised(layer):
        return list(_own(layer, "_flatten_layers")(layer))


def call(layer: Any, X: Any, **options: Any) -> Any:
    """Call a layer or model as Keras does: its `call`, with what belongs around it."""
    with undisguised(layer):
        return _own(layer, "__call__")(layer, X, **options)


def fit(model: Any, X: Any, y: Any, **options: Any) -> dict[str, list[float]]:
    """Train a compiled model in silence, and return its curves."""
    with undisguised(model):
        history = _own(model, "fit")(model, X, y, verbose=0, **options).history
    return {name: [float(value) for value in curve] for name, curve in history.items()}


def evaluate(model: Any, X: Any, y: Any, **options: Any) -> None:
    """Evaluate a compiled model in silence; its metrics have their values afterwards."""
    with undisguised(model):
        _own(model, "evaluate")(model, X, y, verbose=0, **options)


def weights(layer: Any) -> list[Any]:
    """The variables of a layer or model.

    Their order is the student's where a class has `weights` of its own: Keras would put what a
    layer makes itself before what the layers within it make.
    """
    with undisguised(layer, _OF_WEIGHTS):
        found = list(_own(layer, "weights")(layer))
    if any("weights" in vars(kind) for kind in type(layer).__mro__ if kind not in _KNOWN):
        given = layer.weights
        if isinstance(given, list | tuple) and sorted(map(id, given)) == sorted(map(id, found)):
            return list(given)
    return found


def trainable_variables(layer: Any) -> list[Any]:
    """Those of them that training changes."""
    with undisguised(layer, _OF_WEIGHTS):
        changed = {id(one) for one in _own(layer, "trainable_variables")(layer)}
    return [one for one in weights(layer) if id(one) in changed]


def count_params(layer: Any) -> int:
    """How many numbers the weights are."""
    with undisguised(layer, _OF_WEIGHTS):
        return int(_own(layer, "count_params")(layer))


def get_weights(layer: Any) -> list[Any]:
    """The values of the weights."""
    return [keras.ops.convert_to_numpy(one) for one in weights(layer)]


def set_weights(layer: Any, values: list[Any]) -> None:
    """Put these values into the weights, whose shapes they have."""
    for variable, value in zip(weights(layer), values, strict=True):
        variable.assign(value)


def compute_loss(model: Any, X: Any, y: Any, outputs: Any, **options: Any) -> Any:
    """The loss that a model was compiled with, of outputs that are given."""
    with undisguised(model, _OF_ACTING | _OF_LOSS):
        return _own(model, "compute_loss")(model, X, y, outputs, **options)


def compute_metrics(model: Any, X: Any, y: Any, outputs: Any) -> None:
    """Update the metrics that a model was compiled with, which also builds them."""
    with undisguised(model, _OF_ACTING | _OF_LOSS):
        _own(model, "compute_metrics")(model, X, y, outputs)


def optimizer_class(optimizer: Any) -> type | None:
    """Keras's own class of an optimizer, of a subclass, too; None where all is the student's."""
    found = next((kind for kind in type(optimizer).__mro__ if kind in _OPTIMIZERS), None)
    return None if found in keras.optimizers.Optimizer.__mro__ else found


def plain_optimizer(optimizer: Any) -> Any:
    """An optimizer of Keras's own class with the same settings, or None where there is none."""
    kind = optimizer_class(optimizer)
    if kind is None:
        return None
    get_config = next(_OPTIMIZERS[one] for one in kind.__mro__ if _OPTIMIZERS.get(one) is not None)
    rate = vars(optimizer).get("_learning_rate")
    try:
        if rate is None or isinstance(rate, keras.Variable):
            return kind(**get_config(optimizer))
        vars(optimizer)["_learning_rate"] = None  # a schedule need not be able to tell its settings
        try:
            config = get_config(optimizer)
        finally:
            vars(optimizer)["_learning_rate"] = rate
        return kind(**config | {"learning_rate": rate})
    except Exception:
        return None


def refuse_to_train() -> None:
    """Refuse Keras's own training from here on, until anything of this module is asked for."""
    for kind, name in _OWN:
        if name in _OF_STEPS:
            type.__setattr__(kind, name, _refusal(name))


def _refusal(name: str) -> Any:
    def refuse(*_args: Any, **_options: Any) -> None:
        dotted = f"keras.Model.{name}"
        text = f"{dotted} is not allowed in this exercise, which asks for a step of your own"
        raise ForbiddenUse(text, dotted, by_exercise=True)

    return refuse
