"""What an exercise's grade depends on, as a digest: so that only what changed is graded again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from grader.course.case import Observation
from grader.course.prepared import PreparedAssignment, PreparedCheck
from grader.result import Kind

_SINGLE = frozenset({str, int, float, bool, type(None)})


def exercise_fingerprints(assignment: PreparedAssignment) -> dict[str, str]:
    """A digest of each exercise: its checks, cases, answers and hints, and those it needs.

    The answers of the references count, not their text: a reference that is written anew and
    computes the same changes nothing.
    """
    own = {one.name: _own(assignment, one.name) for one in assignment.exercises}
    return {
        one.name: _digest([own[name] for name in sorted(_needed(assignment, one.name))])
        for one in assignment.exercises
    }


def _needed(assignment: PreparedAssignment, exercise: str) -> set[str]:
    """The exercise and all that it needs, directly or not."""
    found: set[str] = set()
    known = {one.name for one in assignment.exercises}
    waiting = {exercise}
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting.update(assignment.exercise(name).needs)
        for check in assignment.checks_of(name):
            waiting.update(check.needs)
            if loss := check.settings.get("of"):
                waiting.add(loss)
        waiting = (waiting & known) - found
    return found


def repeatable(assignment: PreparedAssignment) -> PreparedAssignment:
    """The assignment with only what a second run of the references answers alike."""
    return replace(assignment, checks=tuple(map(_repeatable_check, assignment.checks)))


def _repeatable_check(check: PreparedCheck) -> PreparedCheck:
    if check.kind is Kind.TRAIN:  # rounding grows there, step by step
        cases = [replace(case, expected=None) for case in check.cases]
    elif check.kind is Kind.STAT:  # a draw may have no seed; only its shape is graded
        cases = [
            replace(
                case,
                expected=case.expected and _shapes_of(case.expected),
                mistaken={name: _shapes_of(seen) for name, seen in case.mistaken.items()},
            )
            for case in check.cases
        ]
    else:
        return check
    return replace(check, cases=tuple(cases))


def _shapes_of(seen: Observation) -> Observation:
    return replace(seen, values=[np.shape(value) for value in seen.values])


def _own(assignment: PreparedAssignment, name: str) -> str:
    exercise = assignment.exercise(name)
    file = next(one for one in assignment.files if one.name == exercise.file)
    mistakes = [one for one in assignment.misconceptions if one.exercise == name]
    checks = [_repeatable_check(check) for check in assignment.checks_of(name)]
    guarded = sorted(assignment.guarded())
    asks_forward = any(case.course_forward is not None for one in checks for case in one.cases)
    forward = assignment.forward_files if asks_forward else {}
    return _digest(
        [replace(exercise, hints=(), instead=""), file, mistakes, checks, guarded, forward]
    )


def _digest(value: Any) -> str:
    pieces: list[bytes] = []
    _feed(pieces.append, value)
    return hashlib.sha256(b"".join(pieces)).hexdigest()[:32]


def _feed(add: Callable[[bytes], None], value: Any) -> None:
    """Add a value with its type and its length, so that no two values look alike."""
    kind = type(value)
    if kind in _SINGLE:  # as most are
        add(_single(value))
    elif (names := _names_in(kind)) is not None:  # type: ignore[arg-type]  # a type has a hash
        add(f"<{kind.__name__}>".encode())
        for name in names:
            add(f".{name}".encode())
            _feed(add, getattr(value, name))
    elif isinstance(value, dict):
        add(f"{{{len(value)}".encode())
        for key in sorted(value, key=repr):
            _feed(add, key)
            _feed(add, value[key])
    elif isinstance(value, list | tuple):
        add(f"[{len(value)}".encode())
        for item in value:
            _feed(add, item)
    elif isinstance(value, np.ndarray | np.generic):
        add(f"a{value.dtype.str}{value.shape}".encode())
        add(value.tobytes())
    else:
        add(_single(value))


def _single(value: Any) -> bytes:
    text = repr(value).encode("utf-8", "surrogatepass")
    return f"{type(value).__name__}{len(text)}:".encode() + text


@cache
def _names_in(kind: type) -> tuple[str, ...] | None:
    """The fields of a dataclass; None for another class."""
    return tuple(one.name for one in fields(kind)) if is_dataclass(kind) else None
