"""Steps that use layers, losses and metrics as users do: in a model, from a config and a file."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, NoReturn

import keras
import numpy as np

from grader.worker import keras_own
from grader.worker.keras_facts import metrics_of
from grader.worker.keras_steps import (
    compiled_model,
    in_lines_of,
    layer_of,
    refusals_as,
    to_plain,
)
from grader.worker.steps import Operation, Scope, Step, WrongForm

_save_model, _load_model = keras.saving.save_model, keras.saving.load_model
"""As they were before any file was loaded."""
_Accuracy = keras.metrics.Accuracy
_CLOSE = {"rtol": 1e-3, "atol": 1e-4}
_LONGEST = 120
_MISSING = re.compile(r"(\w+)\.__init__\(\) missing \d+ required \S+ arguments?: (.+)")
_UNEXPECTED = re.compile(r"(\w+)\.__init__\(\) got an unexpected keyword argument ('\w+')")
_KERAS_SAYS = "Exception encountered: "


def _functional(scope: Scope, step: Step) -> Any:
    """A functional model of one layer, which is called on `keras.Input` and on no numbers."""
    layer, shape = layer_of(scope, step), tuple(step["shape"])
    options = {key: scope.resolve(value) for key, value in step["options"].items()}
    inputs = keras.Input(shape, dtype=step["dtype"])
    try:
        return keras.Model(inputs, keras_own.call(layer, inputs, **options))
    except Exception as error:
        _raise(scope, error, f"no functional model of it can be made, on keras.Input({shape})")


def _round_trip(scope: Scope, step: Step) -> bool:
    """Whether `from_config(get_config())` gives an object with an equal config."""
    item = scope.saved[step["on"]]
    return bool(_rebuilt(scope, step).get_config() == item.get_config())


def _rebuilt(scope: Scope, step: Step) -> Any:
    item = scope.saved[step["on"]]
    try:
        return type(item).from_config(item.get_config())
    except Exception as error:
        _raise(scope, error, "no copy can be made from its config")


def _reloaded(scope: Scope, step: Step) -> Any:
    """The model that comes back when this one is saved to a `.keras` file and loaded.

    Between the two the saved model gets other weights and is saved once more, elsewhere: what is
    loaded has to come from its own file, and from nothing that the class keeps beside it.
    """
    model = layer_of(scope, step)
    if not isinstance(model, keras.Model):
        raise WrongForm(f"a model that can be saved was expected; received {type(model).__name__}")
    X = scope.resolve(step["value"])
    before = None if X is None else _answers(model, X)
    weights = keras_own.get_weights(model)
    folder = Path(tempfile.mkdtemp())
    try:
        _save(scope, model, folder / "model.keras")
        keras_own.set_weights(model, [1 - 2 * one for one in weights])
        _save(scope, model, folder / "other.keras")
        loaded = _load(scope, model, folder / "model.keras")
        _compare(model, loaded, weights)
    finally:
        keras_own.set_weights(model, weights)
        shutil.rmtree(folder, ignore_errors=True)
    if before is not None and not _same(before, _answers(loaded, X)):
        raise WrongForm(
            "the model that was loaded answers otherwise than the one that was saved, with the "
            "same weights: does `get_config` return all that `__init__` takes?"
        )
    return loaded


def _save(scope: Scope, model: Any, path: Path) -> None:
    try:
        _save_model(model, path)
    except Exception as error:
        _raise(scope, error, "a model with it cannot be saved to a .keras file")


def _load(scope: Scope, model: Any, path: Path) -> Any:
    try:
        return _load_model(path, custom_objects=_own_objects(scope, model), safe_mode=False)
    except Exception as error:
        _raise(scope, error, "a model with it was saved, and cannot be loaded")


def _own_objects(scope: Scope, model: Any) -> dict[str, Any]:
    """The student's own classes and functions by the names that a file of Keras's has for them.

    So nobody loses anything who did not register a class with Keras.
    """
    found = [type(layer) for layer in keras_own.layers_within(model)]
    found += [value for value in vars(scope.module).values() if _is_own(scope.module, value)]
    return {keras.saving.get_registered_name(one): one for one in found if not _is_keras(one)}


def _is_own(module: ModuleType, value: Any) -> bool:
    if isinstance(value, FunctionType):
        return value.__module__ == module.__name__
    return isinstance(value, type) and hasattr(value, "from_config")


def _is_keras(one: Any) -> bool:
    return str(getattr(one, "__module__", "")).partition(".")[0] == "keras"


def _raise(scope: Scope, error: Exception, meaning: str) -> NoReturn:
    """Raise what went wrong in a line of the student's, or a sentence where none was reached."""
    behind = list(_behind(error))
    if isinstance(error, MemoryError | OSError) or any(
        type(one).__module__.startswith("grader.") for one in behind
    ):
        raise error
    for one in reversed(behind):
        if in_lines_of(scope.module, one):
            raise one
    raise WrongForm(f"{meaning}: {_reason(behind[-1])}") from None  # Keras's text is a page long


def _behind(error: BaseException | None) -> Iterator[Exception]:
    """The error and those that led to it, outermost first."""
    while isinstance(error, Exception):
        yield error
        error = error.__cause__ or error.__context__


def _reason(error: Exception) -> str:
    text = str(error).rpartition(_KERAS_SAYS)[2].strip()
    if found := _MISSING.search(text):
        return f"{found[1]}.__init__ takes {found[2]}, which `get_config` does not return"
    if found := _UNEXPECTED.search(text):
        return (
            f"`get_config` returns {found[2]}, which {found[1]}.__init__ does not take; "
            "**kwargs that go to the base class would"
        )
    if isinstance(error, NotImplementedError) and "get_config" in text:
        return "its class needs a `get_config` that returns what `__init__` takes"
    if "could not be loaded" in text or "variables during loading" in text:
        return (
            "its weights are not found again; make them in `__init__` or `build`, "
            "by `add_weight` or in layers of its own"
        )
    line = text.partition("\n")[0]
    line = line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
    return f"{type(error).__name__}: {line}"


def _compare(model: Any, loaded: Any, weights: list[Any]) -> None:
    """Refuse a loaded model that is not made anew, or not what it was when it was saved."""
    shared = {id(one) for one in (*keras_own.layers_within(model), *keras_own.weights(model))}
    if shared & {id(one) for one in (*keras_own.layers_within(loaded), *keras_own.weights(loaded))}:
        raise WrongForm(
            "the model that was loaded shares layers or weights with the one that was saved; "
            "`from_config` makes a new object from its config alone"
        )
    found = keras_own.get_weights(loaded)
    if len(found) != len(weights):
        raise WrongForm(
            f"the model had {len(weights)} arrays of weights when it was saved, "
            f"and has {len(found)} as it is loaded"
        )
    for number, (one, other) in enumerate(zip(weights, found, strict=True), start=1):
        if not _same(one, other):
            raise WrongForm(
                f"weight {number} of {len(weights)} does not come back from its file as it was"
            )
    if model.compiled and not loaded.compiled:
        raise WrongForm("the model was compiled when it was saved, and is not as it is loaded")


def _answers(model: Any, X: Any) -> Any:
    return to_plain(keras_own.call(model, X, training=False))


def _same(one: Any, other: Any) -> bool:
    a, b = np.asarray(one, "float64"), np.asarray(other, "float64")
    return a.shape == b.shape and np.allclose(a, b, equal_nan=True, **_CLOSE)


def _metric_values(scope: Scope, step: Step) -> dict[str, Any]:
    """What the compiled metrics are, by their kinds, after an evaluation of several batches."""
    model, X, y = compiled_model(scope, step), scope.resolve(step["X"]), scope.resolve(step["y"])
    with refusals_as(scope, "a compiled metric cannot be computed from the labels and outputs"):
        keras_own.evaluate(model, X, y, batch_size=step["batch_size"])
    values = {}
    for kind, metric in metrics_of(model):
        if type(metric) is _Accuracy:  # it asks for probabilities that are labels; who names it
            metric = keras.metrics.BinaryAccuracy()  # means the accuracy at 0.5
            metric.update_state(y, keras_own.call(model, X, training=False))
        values[kind] = to_plain(metric.result())
    return values


OPERATIONS: dict[str, Operation] = {
    "keras.functional": _functional,
    "keras.reloaded": _reloaded,
    "keras.round_trip": _round_trip,
    "keras.rebuilt": _rebuilt,
    "keras.metric_values": _metric_values,
}
