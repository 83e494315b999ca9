"""What a case asked with, in a few lines: small arrays, shapes of larger ones, and all scalars."""

from __future__ import annotations

import reprlib
from itertools import groupby
from typing import Any

import numpy as np

from grader.course.case import Case
from grader.course.step import Step
from grader.wire.encoding import Opaque, Ref

MAX_SHOWN = 6
"""Numbers of an array that a message shows, where nobody wants more."""
_MAX_REPR = 120
_BOUNDED = reprlib.Repr()
_BOUNDED.maxtuple = _BOUNDED.maxlist = _BOUNDED.maxdict = 40
_BOUNDED.maxstring = _BOUNDED.maxlong = _BOUNDED.maxother = _MAX_REPR
"""Writes as much of a value as is shown, and no more."""
_CALLS = {"call", "method", "keras.make"}
_MOST_CALLS = 16


def inputs_of(case: Case, most: int) -> list[str]:
    """The lines that show what a case asked with; none where there is nothing to show.

    Parameters
    ----------
    most
        How many numbers of an array are shown.
    """
    given = {**case.arguments, **case.options}.items()
    inputs = [
        f"{name} {value.shape}"
        if isinstance(value, np.ndarray) and value.size > most
        else f"{name}={short(value, most)}"
        for name, value in given
    ]
    named = _several_objects(case)
    written = [_call(one, most, named) for one in case.steps if _has_scalars(one)]
    calls = [_times(text, len(list(same))) for text, same in groupby(written)]
    if len(calls) > _MOST_CALLS:
        calls[_MOST_CALLS:] = ["…"]
    lines = [f"  inputs:   {', '.join(inputs)}"] if inputs else []
    return [*lines, f"  calls:    {', '.join(calls)}"] if calls else lines


def _has_scalars(one: Step) -> bool:
    """Whether a call is given what does not stand among the case's arguments."""
    if one["op"] not in _CALLS or "names" in one:  # then all of it does
        return False
    values = (*one.get("args", ()), *one.get("options", {}).values())
    return any(not isinstance(value, Ref) for value in values)


def _times(text: str, count: int) -> str:
    return text if count == 1 else f"{text} {count} times"


def _several_objects(case: Case) -> set[str]:
    """The names of the results whose methods are called, where these are two objects or more."""
    made = {str(one["save"]) for one in case.steps if one["op"] == "call"}
    asked = {str(one["on"]) for one in case.steps if one["op"] == "method"}
    return made & asked if len(made & asked) > 1 else set()


def _call(one: Step, most: int, named: set[str]) -> str:
    given = [_argument(value, most) for value in one.get("args", ())]
    given += [f"{name}={_argument(value, most)}" for name, value in one.get("options", {}).items()]
    call = f"{one['target']}({', '.join(given)})"
    if one["op"] == "method" and one["on"] in named:
        return f"{one['on']}.{call}"
    return f"{one['save']} = {call}" if one["save"] in named else call


def _argument(value: Any, most: int) -> str:
    if isinstance(value, Ref):
        return value.name
    if isinstance(value, np.ndarray) and value.size > most:
        return f"array {value.shape}"
    return short(value, most)


def short(value: Any, most: int = MAX_SHOWN) -> str:
    """A value as a message shows it."""
    if isinstance(value, Opaque):
        return value.type
    if isinstance(value, np.ndarray | np.generic | float):
        shown = np.array2string(np.asarray(value), precision=6, threshold=most, separator=", ")
        return " ".join(shown.split())
    text = _BOUNDED.repr(value)
    return text if len(text) <= _MAX_REPR else text[: _MAX_REPR - 3] + "…"
