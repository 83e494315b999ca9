"""Answers for many slips at once. This text is put behind a reference with its slips.

It runs where the reference does, in a worker, so that a case costs one question instead of one
for every slip.
"""

import copy
from typing import Any

import numpy as np


def answers_of_slips(
    exercise: str, names: list[str], steps: list[dict[str, Any]], returns: list[str]
) -> list[list[Any]]:
    """What each of the named functions answers in the exercise's place, or raises."""
    return [_answer_of_slip(exercise, name, copy.deepcopy(steps), returns) for name in names]


def _answer_of_slip(
    exercise: str, name: str, steps: list[dict[str, Any]], returns: list[str]
) -> list[Any]:
    saved: dict[str, Any] = {}
    try:
        for step in steps:
            saved[step["save"]] = _run_step(saved, step, exercise, name)
        return ["answered", [copy.deepcopy(saved[one]) for one in returns]]
    except _OtherForm:
        return ["other", []]
    except Exception as error:
        kind = type(error)
        return ["raised", [f"{kind.__module__}.{kind.__qualname__}", str(error)]]


class _OtherForm(Exception):
    pass


def _run_step(saved: dict[str, Any], step: dict[str, Any], exercise: str, name: str) -> Any:
    operation = step["op"]
    if operation in {"call", "method"}:
        target = name if operation == "call" and step["target"] == exercise else step["target"]
        function = globals()[target] if operation == "call" else getattr(saved[step["on"]], target)
        arguments = [_given(saved, one) for one in step["args"]]
        options = {key: _given(saved, one) for key, one in step["options"].items()}
        return function(*arguments, **options)
    held = saved[step["on"]]
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
