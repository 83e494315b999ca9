"""The steps that a question is made of, as a table from name to function.

A question is a short script: call a function of the student's module, call a method
of what came back, read a fact. Steps save their results under names, and later steps
refer to them. What a student keeps in a cache or a model so never crosses the pipe.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from grader.wire import Ref, Rng, encode

Step = dict[str, Any]
Operation = Callable[["Scope", Step], Any]


class NameMissing(Exception):
    """The student's module or object lacks a name that the question needs."""

    def __init__(self, name: str, nearest: list[str]) -> None:
        super().__init__(name)
        self.name = name
        self.nearest = nearest


class Scope:
    """The names that the steps of one question see, and what they changed."""

    def __init__(self, module: ModuleType) -> None:
        self.module = module
        self.saved: dict[str, Any] = {}
        self.mutated: list[str] = []

    def resolve(self, value: Any) -> Any:
        """Replace references and seeds, at any depth, by what they stand for."""
        if isinstance(value, Ref):
            return self.saved[value.name]
        if isinstance(value, Rng):
            return np.random.default_rng(value.seed)
        if isinstance(value, list | tuple):
            return type(value)(self.resolve(item) for item in value)
        if isinstance(value, dict):
            return {key: self.resolve(item) for key, item in value.items()}
        return value

    def call(self, function: Callable[..., Any], step: Step) -> Any:
        """Call `function` with the step's arguments and note which of them it changed."""
        arguments = [self.resolve(value) for value in step.get("args", [])]
        options = {key: self.resolve(value) for key, value in step.get("options", {}).items()}
        names = step.get("names", [])
        watched = [
            (
                names[index] if index < len(names) else f"argument {index + 1}",
                value,
                _fingerprint(value),
            )
            for index, value in enumerate(arguments)
            if isinstance(value, np.ndarray | dict | list)
        ]
        result = function(*arguments, **options)
        self.mutated += [name for name, value, before in watched if _fingerprint(value) != before]
        return result


def _fingerprint(value: Any) -> Any:
    """A fingerprint of a mutable argument: it changes when the value does."""
    if type(value) is np.ndarray and not value.dtype.hasobject:
        return value.dtype.str, value.shape, value.tobytes()
    return encode(value)


def run_steps(scope: Scope, steps: list[Step], operations: dict[str, Operation]) -> None:
    """Run the steps in order; results land in `scope.saved`."""
    for step in steps:
        result = operations[step["op"]](scope, step)
        scope.saved[step.get("save", "_")] = result


def look_up(holder: Any, name: str) -> Any:
    """Return an attribute; a missing one is told together with the nearest names."""
    if not hasattr(holder, name):
        own = [key for key in dir(holder) if not key.startswith("_")]
        raise NameMissing(name, difflib.get_close_matches(name, own, n=2, cutoff=0.7))
    return getattr(holder, name)


def _call(scope: Scope, step: Step) -> Any:
    return scope.call(look_up(scope.module, step["target"]), step)


def _method(scope: Scope, step: Step) -> Any:
    return scope.call(look_up(scope.saved[step["on"]], step["target"]), step)


def _attribute(scope: Scope, step: Step) -> Any:
    return look_up(scope.saved[step["on"]], step["target"])


def _length(scope: Scope, step: Step) -> int:
    return len(scope.saved[step["on"]])


def _falls(scope: Scope, step: Step) -> bool:
    curve = scope.saved[step["on"]]
    return bool(curve[-1] < curve[0])


CORE: dict[str, Operation] = {
    "call": _call,
    "method": _method,
    "attribute": _attribute,
    "length": _length,
    "falls": _falls,
}
