"""NumPy references on arrays of another kind: their cases, asked in this very process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import numpy as np

from grader.course.assignment import Check
from grader.course.case import Case
from grader.course.prepare import LiveCourse, case_generator
from grader.result import Kind
from grader.worker.steps import CORE, Operation, Scope, Step, look_up, run_steps

ON_THE_HOST = {"ctc_collapse": "takes lists, too"}
"""Exercises that turn whatever they are given into NumPy arrays, and why they may."""


def _fill(scope: Scope, step: Step) -> None:
    """Put copies into a dict attribute, as the worker does, but leave arrays what they are."""
    entries = look_up(scope.saved[step["on"]], step["target"])
    entries.update({key: value.copy() for key, value in step["value"].items()})


def _lookup(scope: Scope, step: Step) -> Callable[[Any], Any]:
    table, by_sum = step["value"], step["by"] == "sum"
    return lambda ids: table[int(ids.sum() if by_sum else ids[-1]) % len(table)].copy()


_OPERATIONS: dict[str, Operation] = {**CORE, "fill": _fill, "lookup": _lookup}


def module_of(course: LiveCourse, file: str) -> ModuleType:
    """Run a reference's text as a module."""
    module = ModuleType(file.removesuffix(".py"))
    exec(compile(course.references[file], file, "exec"), vars(module))
    return module


def cases_of(course: LiveCourse, exercise: str, seed: str) -> Iterator[tuple[Check, Case]]:
    """Yield the cases of an exercise that neither train nor look at the source, each once."""
    [declared] = [one for one in course.assignment.exercises() if one.name == exercise]
    for check in declared.checks:
        if check.kind not in {Kind.TRAIN, Kind.SRC} and check.settings.get("judges") != "purity":
            for case in check.cases(case_generator(seed, exercise, check.name)):
                yield check, case.calling(exercise)


def answer(module: ModuleType, case: Case, convert: Callable[[Any], Any]) -> Any:
    """Ask with every array converted; what came back, or the exception."""
    scope = Scope(module)
    try:
        run_steps(scope, _mapped(case.asked_steps(), convert), _OPERATIONS)
    except Exception as error:
        return error
    return [scope.saved[name] for name in case.returns]


def problem(check: Check, received: Any, expected: Any, rtol: float, atol: float) -> str | None:
    """Say how two answers differ; random ones need only be there."""
    if isinstance(expected, Exception) or isinstance(received, Exception):
        return None if type(received) is type(expected) else repr(received)[:150]
    if check.kind is Kind.STAT or _equal(received, expected, rtol, atol):
        return None
    return "other values"


def _equal(one: Any, other: Any, rtol: float, atol: float) -> bool:
    if isinstance(other, list | tuple):
        pairs = zip(one, other, strict=False)
        return len(one) == len(other) and all(_equal(a, b, rtol, atol) for a, b in pairs)
    if isinstance(other, dict):
        keys_agree = list(one) == list(other)
        return keys_agree and all(_equal(one[key], other[key], rtol, atol) for key in other)
    if isinstance(other, np.ndarray | np.generic | float | int):
        shapes_agree = np.shape(one) == np.shape(other)
        return shapes_agree and np.allclose(one, other, rtol=rtol, atol=atol, equal_nan=True)
    return True


def mapped(value: Any, change: Callable[[Any], Any]) -> Any:
    """Change what lies in lists, tuples, dicts and slices, at any depth."""
    if isinstance(value, list | tuple):
        items = [mapped(item, change) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
    if isinstance(value, dict):
        return {key: mapped(item, change) for key, item in value.items()}
    if isinstance(value, slice):
        return slice(*(mapped(item, change) for item in (value.start, value.stop, value.step)))
    return change(value)


def _mapped(value: Any, convert: Callable[[Any], Any]) -> Any:
    return mapped(value, lambda one: convert(one) if isinstance(one, np.ndarray) else one)
