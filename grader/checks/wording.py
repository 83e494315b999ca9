"""Sentences about replies and mismatches. Hidden cases never show an input or a value."""

from __future__ import annotations

import re
import reprlib
from typing import Any

import numpy as np

from grader.checks.exception_names import UNKNOWN, public_name
from grader.checks.verdict import Reply
from grader.comparison import Difference, Mismatch, as_array
from grader.course.case import Case
from grader.result import Visibility
from grader.wire import Opaque

_MAX_SHOWN = 6
_MAX_FORM = 120
_MAX_REPR = 120
_BOUNDED = reprlib.Repr()
_BOUNDED.maxtuple = _BOUNDED.maxlist = _BOUNDED.maxdict = 40
_BOUNDED.maxstring = _BOUNDED.maxlong = _BOUNDED.maxother = _MAX_REPR
"""Writes as much of a value as is shown, and no more."""
WRONG_FORM = "grader.worker.steps.WrongForm"
"""What a step raises that cannot go on with what the student's code returned."""
_CALL_FAILED = re.compile(r"[\w.<>]+\(\) (?:takes|missing|got) ")
"""How Python begins to say that the arguments of a call do not fit."""
_LIMITS = {
    "temporary files": "filled all the space that graded code has for temporary files",
    "file size": "wrote a file that is larger than graded code may write",
    "open files": "opened more files at once than graded code may",
    "threads": "started more threads than graded code may",
    "network": "tried to download something (graded code has no network)",
    "not allowed": "tried to start a program, open a socket or write a file elsewhere",
}
"""What a student did who met one of a worker's limits."""


def describe_mismatch(case: Case, mismatch: Mismatch, visibility: Visibility) -> str:
    """Say what differs; for public cases with the values and, when they are small, the inputs."""
    place = f" at {mismatch.position}" if mismatch.position else ""
    text = f"{mismatch.summary}{place}"
    if visibility is Visibility.HIDDEN:
        return text
    shown = {Difference.VALUES, Difference.NOT_FINITE}
    if mismatch.difference in shown:
        text += "\n" + _show_pair(mismatch.expected, mismatch.received)
    inputs = _show_inputs(case)
    return f"{text}\n{inputs}" if inputs else text


def _show_pair(expected: Any, received: Any) -> str:
    one, other = as_array(expected), as_array(received)
    if one is None or other is None or one.shape != other.shape or one.ndim == 0:
        return f"  expected: {_short(expected)}\n  received: {_short(received)}"
    with np.errstate(all="ignore"):
        wrong = ~np.isclose(one, other, rtol=1e-6, atol=1e-9, equal_nan=True)
    index = tuple(int(part) for part in np.argwhere(wrong)[0]) if wrong.any() else ()
    if one.size <= _MAX_SHOWN:
        return f"  expected: {_short(one)}\n  received: {_short(other)}"
    return (
        f"  first difference at index {index if len(index) > 1 else index[0]}\n"
        f"  expected: {_short(one[index])}\n  received: {_short(other[index])}"
    )


def _show_inputs(case: Case) -> str:
    small = {
        name: value
        for name, value in {**case.arguments, **case.options}.items()
        if not isinstance(value, np.ndarray) or value.size <= _MAX_SHOWN
    }
    if not case.arguments or len(small) < len(case.arguments) + len(case.options):
        shapes = [
            f"{name} {value.shape}"
            for name, value in case.arguments.items()
            if isinstance(value, np.ndarray)
        ]
        return f"  inputs:   {', '.join(shapes)}" if shapes else ""
    return "  inputs:   " + ", ".join(f"{name}={_short(value)}" for name, value in small.items())


def _short(value: Any) -> str:
    if isinstance(value, Opaque):
        return value.type
    if isinstance(value, np.ndarray | np.generic | float):
        shown = np.array2string(
            np.asarray(value), precision=6, threshold=_MAX_SHOWN, separator=", "
        )
        return " ".join(shown.split())
    text = _BOUNDED.repr(value)
    return text if len(text) <= _MAX_REPR else text[: _MAX_REPR - 3] + "…"


def describe_reply(exercise: str, reply: Reply, visibility: Visibility) -> str:
    """Say what came instead of an answer."""
    outcome = reply.observation.outcome
    if reply.absence is not None:
        return reply.absence.sentence
    if outcome == "missing":
        return f"There is no {reply.missing} in what was handed in."
    raised = reply.observation.raised or [UNKNOWN]
    name = name_of(reply)
    if raised[0] == WRONG_FORM:
        text = f"{exercise}: {str(reply.error.get('message'))[:_MAX_FORM]}."
        cause = reply.error.get("cause")
        return f"{text}\n{cause}" if cause and visibility is Visibility.PUBLIC else text
    if outcome == "forbidden" or raised[0].endswith(".ForbiddenImport"):
        what = reply.error.get("message") or "something was used that this exercise does not allow"
        frames = reply.error.get("frames")
        return f"In {frames[-1]['place']}: {what}." if frames else f"{what}."
    if "builtins.MemoryError" in raised:
        return f"{exercise} ran out of memory{_place(reply)}."
    limit = _LIMITS.get(reply.error.get("limit", ""))
    if limit is not None and visibility is Visibility.HIDDEN:
        return f"{exercise} {limit}{_place(reply)}."
    if name == "SystemExit":
        return f"{exercise} called sys.exit{_place(reply)}; it should return its result instead."
    message = str(reply.error.get("message") or "")
    if name == "TypeError" and _CALL_FAILED.match(message) and not reply.error.get("frames"):
        text = message if visibility is Visibility.PUBLIC else name
        return f"The call itself failed ({text}). Compare its arguments with those in the handout."
    if visibility is Visibility.HIDDEN:
        return f"{name} was raised{_place(reply)}."
    lines = [f"{name}: {message}" if message else f"{name} was raised"]
    for frame in reply.error.get("frames", []):
        lines.append(f"  {frame['place_in_file']}, in {frame['function']}")
        if frame["code"]:
            lines.append(f"    {frame['code']}")
    return "\n".join(lines)


def name_of(reply: Reply) -> str:
    """What was raised, as a person knows it."""
    return public_name(reply.observation.raised, reply.error.get("modules", ()))


def _place(reply: Reply) -> str:
    frames = reply.error.get("frames") or []
    return f" in {frames[-1]['place']}" if frames else ""
