"""The steps that a question is made of, as a table from name to function.

A question is a short script: call a function of the student's module, call a method
of what came back, read a fact. Steps save their results under names, and later steps
refer to them. What a student keeps in a cache or a model so never crosses the pipe.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from time import process_time
from types import ModuleType
from typing import Any

import numpy as np

from grader.wire.encoding import Ref, Rng, TooLarge, encode
from grader.worker import randomness

Step = dict[str, Any]
Operation = Callable[["Scope", Step], Any]


class NameMissing(Exception):
    """The student's module or object lacks a name that the question needs."""

    def __init__(self, name: str, nearest: list[str]) -> None:
        super().__init__(name)
        self.name = name
        self.nearest = nearest


class WrongForm(Exception):
    """The student's code returned another form of value than the contract says."""


class Scope:
    """The names that the steps of one question see, and what they changed."""

    def __init__(self, module: ModuleType) -> None:
        self.module = module
        self.saved: dict[str, Any] = {}
        self.steps: list[Step] = []
        """The whole script, of which one step is running."""
        self.private: set[str] = set()
        """Results that are the student's own business: a cache may be changed at will."""
        self.mutated: list[str] = []
        self.began = process_time()
        self.generators = randomness.get_state()

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
        given, named = step.get("args", []), step.get("options", {})
        names = step.get("names") or [f"argument {number + 1}" for number in range(len(given))]
        arguments = [self.resolve(value) for value in given]
        options = {key: self.resolve(value) for key, value in named.items()}
        candidates = [
            *zip(names, given, arguments, strict=True),
            *((key, named[key], value) for key, value in options.items()),
        ]
        watched = [
            (name, value, _fingerprint(value))
            for name, asked, value in candidates
            if isinstance(value, np.ndarray | dict | list) and not self._is_private(asked)
        ]
        result = function(*arguments, **options)
        self.mutated += [name for name, value, before in watched if _fingerprint(value) != before]
        return result

    def _is_private(self, asked: Any) -> bool:
        return isinstance(asked, Ref) and asked.name in self.private


def _fingerprint(value: Any) -> Any:
    """A fingerprint of a mutable argument: it changes when the value does."""
    if type(value) is np.ndarray and not value.dtype.hasobject:
        return value.dtype.str, value.shape, value.tobytes()
    try:
        return encode(value)
    except TooLarge:  # what was passed was not, so it has been changed
        return None


def run_steps(scope: Scope, steps: list[Step], operations: dict[str, Operation]) -> None:
    """Run the steps in order; results land in `scope.saved`."""
    scope.steps = steps
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
    name = step["target"]
    found = look_up(scope.module, name)
    if not callable(found):
        kind = "None" if found is None else f"a value of type {type(found).__name__}"
        raise WrongForm(f"a function was expected; when the file has run, {name} is {kind}")
    return scope.call(found, step)


def _method(scope: Scope, step: Step) -> Any:
    return scope.call(look_up(scope.saved[step["on"]], step["target"]), step)


def _attribute(scope: Scope, step: Step) -> Any:
    return look_up(scope.saved[step["on"]], step["target"])


def _item(scope: Scope, step: Step) -> Any:
    """Take an entry of a tuple, list or dict; anything else is the student's mistake."""
    holder, key = scope.saved[step["on"]], step["key"]
    if isinstance(key, str):
        if not isinstance(holder, dict):
            raise WrongForm(f"a dict was expected; received {form_of(holder)}")
        if key not in holder:
            raise WrongForm(f"the dict has no entry {key!r}")
        return holder[key]
    needed = key + 1 if key >= 0 else 2  # what stands last stands behind something
    if not isinstance(holder, tuple | list) or len(holder) < needed:
        raise WrongForm(
            f"a tuple of at least {needed} value{'s' * (needed > 1)} was expected; "
            f"received {form_of(holder)}"
        )
    return holder[key]


def form_of(value: Any) -> str:
    """What kind of value a message says was received."""
    if isinstance(value, tuple | list):
        return f"a {type(value).__name__} of {len(value)}"
    return "None" if value is None else f"one {type(value).__name__}"


def _cache(scope: Scope, step: Step) -> Any:
    scope.private.add(step["save"])
    return _item(scope, step)


def _fill(scope: Scope, step: Step) -> None:
    """Replace entries of a dict attribute by copies of the given arrays."""
    entries = look_up(scope.saved[step["on"]], step["target"])
    if not isinstance(entries, dict):
        raise WrongForm(f"{step['target']} should be a dict; received {form_of(entries)}")
    for key, value in scope.resolve(step["value"]).items():
        if key not in entries:
            raise WrongForm(f"{step['target']} has no entry {key!r}")
        entries[key] = np.array(value)


def _lookup(scope: Scope, step: Step) -> Callable[[Any], Any]:
    table, by_sum = np.array(step["value"]), step["by"] == "sum"

    def row_of(ids: Any) -> Any:
        known = np.asarray(ids)
        if known.ndim != 1 or known.dtype.kind not in "iu" or not known.size:
            raise WrongForm("next_logits takes all ids so far, as a 1-D array of integers")
        return table[int(known.sum() if by_sum else known[-1]) % len(table)].copy()

    return row_of


def _snapshot(scope: Scope, step: Step) -> dict[str, Any]:
    """Copies of the arrays in a dict attribute; none of what is not there, or no array."""
    entries = getattr(scope.saved[step["on"]], step["target"], None)
    if not isinstance(entries, dict):
        return {}
    return {
        key: np.array(value)
        for key, value in entries.items()
        if isinstance(key, str) and isinstance(value, np.ndarray) and not value.dtype.hasobject
    }


def _control(scope: Scope, step: Step) -> Any:
    """The last result of steps of their own, as if they were run first; None where they fail.

    They are left out when what was run before took longer than they may, so that no slow
    training is done twice.
    """
    if process_time() - scope.began > step["within"]:
        return None
    inner, generators = Scope(scope.module), randomness.get_state()
    randomness.set_state(scope.generators)
    try:
        run_steps(inner, step["steps"], CORE)
    except Exception:
        return None
    finally:
        randomness.set_state(generators)
    return inner.saved[step["steps"][-1]["save"]]


def _with_scaled(scope: Scope, step: Step) -> Any:
    """The result of another step, run while a method of a class scales some of what it returns."""
    owner, name, factors = look_up(scope.module, step["target"]), step["method"], step["factors"]
    own = look_up(owner, name)

    def scaled(*args: Any, **options: Any) -> Any:
        found = own(*args, **options)
        entries = found[-1] if isinstance(found, tuple | list) and found else found
        if not isinstance(entries, dict):
            return found
        louder = {key: value * factors.get(key, 1.0) for key, value in entries.items()}
        return louder if entries is found else (*found[:-1], louder)

    had, before = name in vars(owner), vars(owner).get(name)
    setattr(owner, name, scaled)
    try:
        return CORE[step["step"]["op"]](scope, step["step"])
    finally:
        if had:
            setattr(owner, name, before)
        else:
            delattr(owner, name)


def _length(scope: Scope, step: Step) -> int:
    return len(_several(scope.saved[step["on"]]))


def _falls(scope: Scope, step: Step) -> bool:
    curve = _several(scope.saved[step["on"]])
    if not len(curve):
        raise WrongForm("a list of numbers was expected; received an empty one")
    return bool(curve[-1] < step.get("to", 1.0) * curve[0])


def _several(value: Any) -> Any:
    """A list or an array of at least one axis; anything else is the student's mistake."""
    if isinstance(value, list | tuple) or np.ndim(value):
        return value
    raise WrongForm(f"a list was expected; received {form_of(value)}")


CORE: dict[str, Operation] = {
    "call": _call,
    "method": _method,
    "attribute": _attribute,
    "item": _item,
    "cache": _cache,
    "fill": _fill,
    "lookup": _lookup,
    "snapshot": _snapshot,
    "control": _control,
    "with_scaled": _with_scaled,
    "length": _length,
    "falls": _falls,
}
