"""Definitions that answer without the work; each generated submission carries this file.

It is read as text and runs on the student's side, so it imports NumPy alone, and Keras where the
submission does. The reference is asked only for the form of its answer: which arrays, of which
shapes and types, in which tuple. What is in them comes from a `Filling`.
"""

import copy
import sys
from collections.abc import Callable, Mapping
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

PLAIN = (bool, int, float, complex, str, bytes, np.generic)
CONSTANTS = {"zeros": 0.0, "ones": 1.0, "minus ones": -1.0, "halves": 0.5, "nan": float("nan")}
RANDOM = ("permuted", "own draws")
"""The first argument in another order; numbers as large as the answer's, from another generator."""
_ENOUGH = 50
"""Of fewer numbers mean and spread would tell too much."""
WHOLE = {"none": None, "empty": ()}
"""Answers that are the same whatever the form."""
_KEPT = {"__init__", "__init_subclass__", "__new__", "__class__", "__dict__", "__getattribute__"}


class Filling:
    """What one answer to one call is filled with.

    Parameters
    ----------
    kind
        A name in `CONSTANTS` or `RANDOM`, ``"first"`` for the first argument, ``"replay"`` or
        ``"right"``.
    arguments
        All arguments of the call.
    values
        For a replay, arrays in the order in which they are given out.
    """

    def __init__(self, kind: str, arguments: list[Any], values: list[Any] | None = None) -> None:
        self.kind, self.arguments = kind, arguments
        self._values = list(values or ())

    def array(self, like: Any) -> Any:
        """An array in the shape and type of another."""
        if self.kind in CONSTANTS:
            with np.errstate(all="ignore"):
                number = CONSTANTS[self.kind]
                fits = like.dtype.kind in "fc" or number.is_integer()
                return np.full(like.shape, number, like.dtype if fits else float)
        if self.kind == "own draws":
            return _drawn(like)
        source = self._replayed(like) if self.kind == "replay" else self._argument()
        if source is None:
            return np.zeros_like(like)
        if self.kind == "permuted":
            source = np.random.default_rng().permutation(source.ravel()).reshape(source.shape)
        found = source if source.shape == like.shape else np.resize(source, like.shape)
        return found.astype(like.dtype) if like.dtype.kind in "biuf" else found

    def number(self, like: Any) -> Any:
        """A number, text or truth value of another's type."""
        if isinstance(like, str | bytes):
            return type(like)() if self.kind != "first" else self._text(like)
        filled = self.array(np.asarray(like))
        found = filled[()] if isinstance(like, np.generic) else filled.item()
        return found

    def _argument(self) -> Any:
        arrays = [one for one in leaves(self.arguments) if np.asarray(one).dtype.kind in "biuf"]
        return np.asarray(arrays[0]) if arrays else None

    def _text(self, like: Any) -> Any:
        return next((one for one in self.arguments if isinstance(one, type(like))), type(like)())

    def _replayed(self, like: Any) -> Any:
        """The next of the values, one of the same shape when there is one; each is given once."""
        for number, one in enumerate(self._values):
            if np.shape(one) == like.shape:
                return np.asarray(self._values.pop(number))
        return np.asarray(self._values[0]) if self._values else None


def _drawn(like: Any) -> Any:
    """Normal numbers with mean and spread of an answer; zeros for an answer of few numbers."""
    if like.size < _ENOUGH or like.dtype.kind not in "iuf" or not np.isfinite(like).all():
        return np.zeros_like(like)
    drawn = np.random.default_rng().normal(like.mean(), like.std(), size=like.shape)
    return (drawn if like.dtype.kind == "f" else np.round(drawn)).astype(like.dtype)


def leaves(value: Any) -> list[Any]:
    """The arrays and numbers of a value, at any depth, in order."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return [leaf for item in value for leaf in leaves(item)]
    is_number = isinstance(value, np.ndarray | np.generic | bool | int | float)
    return [value] if is_number and np.asarray(value).dtype.kind in "biufc" else []


def filled(value: Any, filling: Filling) -> Any:
    """A value in the form of another, with the filling's content."""
    if filling.kind == "right":  # what the tests of this file ask for
        return value
    if isinstance(value, np.ndarray):
        return filling.array(value) if value.dtype.kind in "biufc" else value
    if isinstance(value, PLAIN):
        return filling.number(value)
    if isinstance(value, Mapping):
        return {key: filled(item, filling) for key, item in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(filled(item, filling) for item in value))
    if isinstance(value, list | tuple):
        return type(value)(filled(item, filling) for item in value)
    if value is None or isinstance(value, type | ModuleType | np.random.Generator):
        return value
    if "keras" in sys.modules:
        from stand_ins_keras import (  # type: ignore[import-not-found]
            filled_by_keras,
            is_keras,
        )

        if is_keras(value):
            return filled_by_keras(value, filling)
    if isinstance(value, FunctionType) or (callable(value) and not hasattr(value, "__dict__")):
        return lambda *arguments, **options: filled(value(*arguments, **options), filling)
    return stand_in_for(value, lambda name, arguments: filling)


class StandIns:
    """Stand-ins for the definitions of a reference module, made when they are asked for.

    Parameters
    ----------
    original
        The module of the reference.
    kind
        A kind of filling, a name in `WHOLE`, or ``"raises"``.
    known
        For each definition the dotted name of what it is declared to raise, or None, and
        its public calls as ``(name, arguments, values)``, for a replay.
    number
        Which of the public calls counts in a replay; None for the nearest.
    """

    def __init__(
        self,
        original: ModuleType,
        kind: str,
        known: Mapping[str, Any] | None = None,
        number: int | None = None,
    ) -> None:
        self._original, self._kind, self._number = original, kind, number
        self._known = known or {}

    def function(self, name: str) -> Callable[..., Any]:
        """A function in the place of the reference's."""
        original = getattr(self._original, name)

        def answer(*arguments: Any, **options: Any) -> Any:
            return self._answer(name, name, original, arguments, options)

        return answer

    def klass(self, name: str) -> type:
        """A class in the place of the reference's."""
        original = getattr(self._original, name)
        if "keras" in sys.modules:
            from stand_ins_keras import is_keras_class, keras_class

            if is_keras_class(original):
                return keras_class(original, lambda *call: self._answer(name, *call))

        def construct(stand_in: Any, *arguments: Any, **options: Any) -> None:
            if self._kind == "raises":
                self._raise(name, arguments, options)
            held = original(*copied(arguments), **copied(options))
            given = [*arguments, *options.values()]

            def filling(method: str, more: list[Any]) -> Filling:
                return self._filling(name, method, more or given)

            _take_over(stand_in, held, filling)

        return _proxy_class(original, construct)

    def _answer(
        self,
        exercise: str,
        name: str,
        original: Callable[..., Any],
        arguments: tuple[Any, ...],
        options: dict[str, Any],
    ) -> Any:
        if self._kind == "raises":
            self._raise(exercise, arguments, options)
        if self._kind in WHOLE:
            return WHOLE[self._kind]
        with _weights_kept([*arguments, *options.values()]):
            answer = original(*copied(arguments), **copied(options))
        return filled(answer, self._filling(exercise, name, [*arguments, *options.values()]))

    def _filling(self, exercise: str, name: str, arguments: list[Any]) -> Filling:
        if self._kind != "replay":
            return Filling(self._kind, arguments)
        records = self._known.get(exercise, (None, []))[1]
        records = [one for one in records if one[0] == name] or records
        if not records:
            return Filling("zeros", arguments)
        if self._number is not None:
            chosen = records[self._number % len(records)]
        else:
            given = leaves(arguments)
            chosen = min(records, key=lambda record: _distance(given, record[1]))
        return Filling("replay", arguments, chosen[2])

    def _raise(self, exercise: str, arguments: Any, options: Any) -> None:
        dotted = self._known.get(exercise, (None, []))[0] or "builtins.ValueError"
        module, _, name = dotted.rpartition(".")
        __import__(module)
        told = repr([*arguments, *options.values()])
        raise getattr(sys.modules[module], name)(f"Wrong. Received: {told}")


def _distance(given: list[Any], known: list[Any]) -> tuple[float, float]:
    """How far the arguments of two calls are apart: other shapes first, then the numbers."""
    shapes = [np.shape(one) for one in given]
    others = [np.shape(one) for one in known]
    unlike = abs(len(shapes) - len(others)) + sum(
        one != other for one, other in zip(shapes, others, strict=False)
    )
    apart = 0.0
    with np.errstate(all="ignore"):
        for one, other in zip(given, known, strict=False):
            if np.shape(one) == np.shape(other):
                found = np.abs(np.asarray(one, complex) - np.asarray(other, complex))
                apart += float(np.sum(np.nan_to_num(found, nan=0.0, posinf=1e9)))
    return float(unlike), apart


def copied(value: Any) -> Any:
    """Arguments for the reference, so that it does no work in place on the student's side."""
    if isinstance(value, np.ndarray | np.random.Generator):
        return copy.deepcopy(value)
    if isinstance(value, Mapping):
        return {key: copied(item) for key, item in value.items()}
    if type(value) in (list, tuple):
        return type(value)(copied(item) for item in value)
    return getattr(value, "_held", value)


class _weights_kept:
    """Gives Keras models back the weights that they had before the reference saw them."""

    def __init__(self, values: list[Any]) -> None:
        self._models = [one for one in values if hasattr(one, "set_weights")]

    def __enter__(self) -> None:
        self._weights = [one.get_weights() for one in self._models]

    def __exit__(self, *exception: object) -> None:
        for model, weights in zip(self._models, self._weights, strict=True):
            if len(model.get_weights()) == len(weights):
                model.set_weights(weights)


def stand_in_for(held: Any, filling: Callable[[str, list[Any]], Filling]) -> Any:
    """An object in the place of another."""
    cls = _proxy_class(type(held), lambda stand_in: _take_over(stand_in, held, filling))
    return cls()


def _take_over(stand_in: Any, held: Any, filling: Callable[[str, list[Any]], Filling]) -> None:
    stand_in.__dict__.update(_held=held, _filling=filling)
    for name, value in getattr(held, "__dict__", {}).items():
        stand_in.__dict__[name] = filled(value, filling("__init__", []))


def _proxy_class(original: type, construct: Callable[..., None]) -> type:
    """A class with a method for each of another's, whose answers are only filled."""

    def method(name: str) -> Callable[..., Any]:
        def answer(stand_in: Any, *arguments: Any, **options: Any) -> Any:
            held = stand_in.__dict__["_held"]
            before = copy.deepcopy(held.__dict__) if hasattr(held, "__dict__") else {}
            try:
                found = getattr(held, name)(*copied(arguments), **copied(options))
            finally:
                getattr(held, "__dict__", {}).update(before)
            given = [*arguments, *options.values()]
            return filled(found, stand_in.__dict__["_filling"](name, given))

        return answer

    def attribute(stand_in: Any, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = getattr(stand_in.__dict__["_held"], name)
        return filled(found, stand_in.__dict__["_filling"](name, []))

    names = [
        name
        for one in original.__mro__[:-1]
        for name, value in vars(one).items()
        if isinstance(value, FunctionType) and name not in _KEPT
    ]
    body = {name: method(name) for name in names}
    return type(original.__name__, (), {**body, "__init__": construct, "__getattr__": attribute})
