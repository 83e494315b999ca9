"""Answers for many slips at once. This text is put behind a reference with its slips.

It runs where the reference does, in a worker, so that a case costs one question instead of one
for every slip.
"""

import copy
from typing import Any

import numpy as np

SOURCES_OF_SLIPS: dict[str, str] = {}
"""The definitions of each slip, by its name."""
_SPACES: dict[str, dict[str, Any]] = {}


def answers_of_slips(
    exercise: str, names: list[str], steps: list[dict[str, Any]], returns: list[str]
) -> list[list[Any]]:
    """What each of the named functions answers in the exercise's place, or raises."""
    return [_answer_of_slip(exercise, name, copy.deepcopy(steps), returns) for name in names]


def of_some_rows(
    function: Any, arguments: Any, options: dict[str, Any], part: slice, is_scaled: bool
) -> Any:
    """What a function makes of some of the rows of all arguments that have as many as the first."""
    lengths = [len(one) for one in arguments if isinstance(one, np.ndarray) and one.ndim]
    if not lengths or lengths[0] < 2:
        raise _OtherForm
    rows = lengths[0]
    given = [
        one[part] if isinstance(one, np.ndarray) and one.ndim and len(one) == rows else one
        for one in arguments
    ]
    found = function(*given, **options)
    return _scaled(found, len(range(rows)[part]) / rows) if is_scaled else found


def _scaled(value: Any, factor: float) -> Any:
    if isinstance(value, (tuple, list)):
        return type(value)(_scaled(one, factor) for one in value)
    return value * factor


def _space_of(name: str) -> dict[str, Any]:
    """The names that a slip sees: those of the reference, and its own."""
    if name not in _SPACES:
        space = dict(globals())
        exec(SOURCES_OF_SLIPS[name], space)
        _SPACES[name] = space
    return _SPACES[name]


def _answer_of_slip(
    exercise: str, name: str, steps: list[dict[str, Any]], returns: list[str]
) -> list[Any]:
    saved: dict[str, Any] = {}
    space = _space_of(name)
    try:
        for step in steps:
            saved[step["save"]] = _run_step(space, saved, step, exercise, name)
        return ["answered", [copy.deepcopy(saved[one]) for one in returns]]
    except _OtherForm:
        return ["other", []]
    except Exception as error:
        kind = type(error)
        return ["raised", [f"{kind.__module__}.{kind.__qualname__}", str(error)]]


class _OtherForm(Exception):
    pass


def _run_step(
    space: dict[str, Any], saved: dict[str, Any], step: dict[str, Any], exercise: str, name: str
) -> Any:
    operation = step["op"]
    if operation in {"call", "method"}:
        target = name if operation == "call" and step["target"] == exercise else step["target"]
        function = space[target] if operation == "call" else getattr(saved[step["on"]], target)
        arguments = [_given(saved, one) for one in step["args"]]
        options = {key: _given(saved, one) for key, one in step["options"].items()}
        return function(*arguments, **options)
    if operation == "lookup":
        return _lookup(_given(saved, step["value"]), step["by"])
    held = saved[step["on"]]
    if operation == "length":
        return len(held)
    if operation == "attribute":
        return getattr(held, step["target"])
    if operation == "fill":
        entries = getattr(held, step["target"])
        for key, value in step["value"].items():
            if key not in entries:
                raise _OtherForm
            entries[key] = np.array(_given(saved, value))
        return None
    key = step["key"]
    if not isinstance(held, dict if isinstance(key, str) else (tuple, list)):
        raise _OtherForm
    try:
        return held[key]
    except LookupError:
        raise _OtherForm from None


def _lookup(table: Any, by: str) -> Any:
    rows = np.array(table)
    return lambda ids: rows[int(np.sum(ids) if by == "sum" else ids[-1]) % len(rows)].copy()


def _given(saved: dict[str, Any], value: Any) -> Any:
    """A value with what stands for results and for generators replaced."""
    if isinstance(value, dict) and set(value) == {"$ref"}:
        return saved[value["$ref"]]
    if isinstance(value, dict) and set(value) == {"$rng"}:
        return np.random.default_rng(value["$rng"])
    if isinstance(value, (list, tuple)):
        return type(value)(_given(saved, one) for one in value)
    if isinstance(value, dict):
        return {key: _given(saved, one) for key, one in value.items()}
    return value
