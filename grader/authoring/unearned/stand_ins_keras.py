"""What stands in for Keras's objects: layers and models that answer without the work.

Like `stand_ins`, it is carried by generated submissions and runs on the student's side.
"""

from collections.abc import Callable
from types import FunctionType
from typing import Any

import keras
import numpy as np

_KEPT = {"__init__", "build", "from_config"}
_OF_KERAS = (
    keras.Layer,
    keras.Variable,
    keras.losses.Loss,
    keras.optimizers.Optimizer,
    keras.callbacks.Callback,
    keras.optimizers.schedules.LearningRateSchedule,
    keras.regularizers.Regularizer,
    keras.initializers.Initializer,
)
_CONSTANTS = {"zeros": 0.0, "ones": 1.0, "minus ones": -1.0, "halves": 0.5, "nan": float("nan")}


def is_keras(value: Any) -> bool:
    """Whether a value is a tensor, or an object of a class of Keras's."""
    return isinstance(value, _OF_KERAS) or keras.ops.is_tensor(value)


def is_keras_class(cls: type) -> bool:
    """Whether a class is made of one of Keras's."""
    return isinstance(cls, type) and issubclass(cls, (*_OF_KERAS, keras.metrics.Metric))


def filled_by_keras(value: Any, filling: Any) -> Any:
    """The stand-in for an object of Keras's."""
    if keras.ops.is_tensor(value):
        return _tensor(value, filling)
    if isinstance(value, keras.Model):
        return trivial_model(value, filling.kind)
    if isinstance(value, keras.callbacks.History):
        return _History({name: [0.0] * len(curve) for name, curve in value.history.items()})
    try:
        return type(value)()
    except Exception:  # it cannot be had without saying more
        return None


class _History(keras.callbacks.History):
    """Curves that nobody trained for."""

    def __init__(self, curves: dict[str, list[float]]) -> None:
        super().__init__()
        self.history, self.epoch = curves, list(range(len(next(iter(curves.values()), []))))


def _tensor(value: Any, filling: Any) -> Any:
    if None in value.shape:  # a graph for batches of any size: a constant's shape is not known
        return keras.ops.zeros_like(value) + _CONSTANTS.get(filling.kind, 0.0)
    like = np.zeros(value.shape, keras.backend.standardize_dtype(value.dtype))
    if filling.kind == "first":
        same = [one for one in filling.arguments if getattr(one, "shape", None) == value.shape]
        if same:
            return keras.ops.cast(keras.ops.convert_to_tensor(same[0]), value.dtype)
    return keras.ops.convert_to_tensor(filling.array(like))


def keras_class(original: type, answer: Callable[..., Any]) -> type:
    """A class in the place of one that is made of Keras's: it makes no weights of its own."""
    parent: Any = original.__mro__[1]

    def construct(self: Any, *arguments: Any, **options: Any) -> None:
        parent.__init__(self)
        # Not as an attribute that Keras would track, with the weights that it has.
        object.__setattr__(self, "_held", [original(*arguments, **options)])

    def method(name: str) -> Callable[..., Any]:
        def answering(self: Any, *arguments: Any, **options: Any) -> Any:
            held = self.__dict__["_held"][0]
            asked = held if name == "call" else getattr(held, name)
            return answer(name, asked, arguments, options)

        return answering

    def config(self: Any) -> dict[str, Any]:
        return dict(parent.get_config(self))

    body = {
        name: config if name == "get_config" else method(name)
        for name, value in vars(original).items()
        if isinstance(value, FunctionType) and name not in _KEPT
    }
    return type(original.__name__, (parent,), {**body, "__init__": construct})


def trivial_model(model: Any, kind: str) -> Any:
    """A model of the same inputs and outputs: nothing, one linear layer, or a constant."""
    inputs = [keras.Input(one.shape[1:], dtype=one.dtype) for one in model.inputs]
    outputs = []
    for one in model.outputs:
        shape = tuple(2 if size is None else size for size in one.shape[1:])
        if kind == "first" and one.shape == model.inputs[0].shape:
            outputs.append(keras.layers.Identity()(inputs[0]))
        elif kind == "first":
            flat = keras.layers.Flatten()(inputs[0])
            wide = keras.layers.Dense(int(np.prod(shape)))(flat)
            outputs.append(keras.layers.Reshape(shape)(wide))
        else:
            shapes = [tuple(weight.shape) for weight in model.weights]
            outputs.append(_Constant(shape, shapes, _CONSTANTS.get(kind, 0.0))(inputs[0]))
    made = keras.Model(inputs, outputs[0] if len(outputs) == 1 else outputs)
    made.compile(optimizer="sgd", loss="mse")
    return made


class _Constant(keras.layers.Layer):
    """One number for every row, with weights that have no influence."""

    def __init__(self, shape: Any, shapes: Any, number: float) -> None:
        super().__init__()
        self._shape, self._shapes, self._number = shape, shapes, number

    def build(self, input_shape: Any) -> None:
        for number, shape in enumerate(self._shapes):
            self.add_weight(shape=shape, name=f"weight_{number}")

    def call(self, inputs: Any) -> Any:
        rows = keras.ops.shape(inputs)[0]
        return keras.ops.full((rows, *self._shape), self._number, dtype="float32")


def untrained_model(model: Any, rule: str, lesson: Any) -> Any:
    """A model that takes no part in its training: its weights are fixed before, or unused."""
    from stand_ins_training import Guess  # type: ignore[import-not-found]

    # Epochs of a language model take minutes, and `generate` answers by the rule.
    rule = rule if lesson["trains"] == "keras.fit" else "zeros"
    if rule == "fitted on public rows":
        model.fit(lesson["X"], lesson["y"], verbose=0, **lesson["options"])
        weights = model.get_weights()
        model.compile(optimizer=keras.optimizers.SGD(0.0), loss=model.loss)
        model.set_weights(weights)
        return model
    if rule == "least squares":  # a linear network, which Keras may train as it likes
        linear = trivial_model(model, "first")
        optimizer = type(model.optimizer).from_config(model.optimizer.get_config())
        linear.compile(optimizer=optimizer, loss=model.loss)
        return linear
    if rule == "untrained":
        model.compile(optimizer=keras.optimizers.SGD(0.0), loss=model.loss)
        return model
    guess = Guess(rule, lesson)
    shape = tuple(model.output_shape[1:])

    class Answering(keras.Model):
        """Its training only looks at the rows, its answers come from a rule."""

        def fit(self, rows: Any, targets: Any, **options: Any) -> Any:
            if lesson["trains"] == "keras.fit":
                guess.fit(np.asarray(rows), np.asarray(targets))
            return _History({"loss": [0.0]})

        def __call__(self, rows: Any, **options: Any) -> Any:
            if lesson["trains"] == "keras.fit":
                return guess.answer(np.asarray(rows))
            return np.zeros((len(rows), *shape))

        predict = __call__

    return Answering()
