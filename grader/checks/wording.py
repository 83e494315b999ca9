"""Sentences about replies and mismatches. Hidden cases never show an input or a value."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.checks.exception_names import UNKNOWN, public_name
from grader.checks.inputs_shown import MAX_SHOWN, inputs_of, short
from grader.checks.verdict import Reply
from grader.course.case import Case
from grader.diagnose.comparison import Difference, Mismatch, as_array
from grader.result import Visibility
from grader.submissions.places import sentence

_MAX_FORM = 250
WRONG_FORM = "grader.worker.steps.WrongForm"
"""What a step raises that cannot go on with what the student's code returned."""
_CALL_FAILED = re.compile(r"[\w.<>]+\(\) (?:takes|missing|got) ")
"""How Python begins to say that the arguments of a call do not fit."""
MEMORY = "builtins.MemoryError"
_EXIT = re.compile(
    r"(?<![\w.])(?:(?P<called>(?:\w{1,40}\.){0,3}(?:_?exit|quit))\s*\(|raise\s+SystemExit\b)"
)
_LIMITS = {
    "temporary files": "filled all the space that graded code has for temporary files",
    "file size": "wrote a file that is larger than graded code may write",
    "open files": "opened more files at once than graded code may",
    "threads": "started more threads than graded code may",
    "network": "tried to download something (graded code has no network)",
    "not allowed": "tried to start a program, open a socket or write a file elsewhere",
}
"""What a student did who met one of a worker's limits."""


def describe_mismatch(
    case: Case, mismatch: Mismatch, visibility: Visibility, most: int = MAX_SHOWN
) -> str:
    """Say what differs; for public cases with the values and, when they are small, the inputs.

    Parameters
    ----------
    most
        How many numbers of an array are shown.
    """
    place = f" at {mismatch.position}" if mismatch.position else ""
    text = f"{mismatch.summary}{place}"
    if visibility is Visibility.HIDDEN:
        return text
    shown = {Difference.VALUES, Difference.NOT_FINITE}
    if mismatch.difference in shown:
        text += _show_pair(mismatch.expected, mismatch.received, most)
    return "\n".join([text, *inputs_of(case, most)])


def _show_pair(expected: Any, received: Any, most: int) -> str:
    one, other = as_array(expected), as_array(received)
    if type(expected) in {bool, np.bool_} and type(received) in {bool, np.bool_}:
        return ""  # the sentence has told both
    if one is None or other is None or one.shape != other.shape or one.ndim == 0:
        return f"\n  expected: {short(expected, most)}\n  received: {short(received, most)}"
    with np.errstate(all="ignore"):
        wrong = ~np.isclose(one * 1.0, other * 1.0, rtol=1e-6, atol=1e-9, equal_nan=True)
    index = tuple(int(part) for part in np.argwhere(wrong)[0]) if wrong.any() else ()
    if one.size <= most:
        return f"\n  expected: {short(one, most)}\n  received: {short(other, most)}"
    return (
        f"\n  first difference at index {index if len(index) > 1 else index[0]}\n"
        f"  expected: {short(one[index])}\n  received: {short(other[index])}"
    )


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
    did = what_it_did(reply, visibility)
    if did:
        frames = reply.error.get("frames")
        return f"{exercise} {did(frames[-1]['place'] if frames else '')}."
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


def allowing(refusal: str, instead: str) -> str:
    """A sentence that refuses, with what to write in place of what is refused, if that is told."""
    return sentence(f"{refusal}; instead, {instead}" if instead else refusal)


def what_it_did(reply: Reply, visibility: Visibility) -> Callable[[str], str] | None:
    """What the code did that raised, to go on behind its name, given the place; None for most."""
    raised = reply.observation.raised
    if MEMORY in raised:
        return lambda place: f"ran out of memory{_in(place)}"
    limit = _LIMITS.get(reply.error.get("limit", ""))
    if limit is not None and visibility is Visibility.HIDDEN:
        return lambda place: f"{limit}{_in(place)}"
    if raised and name_of(reply) == "SystemExit":
        frames = reply.error.get("frames")
        did = _ending(frames[-1]["code"] if frames else "")
        return lambda place: f"{did}{_in(place)}; it should return its result instead"
    return None


def _ending(line: str) -> str:
    """How a line ends the program, in the words that its author knows."""
    found = _EXIT.search(line)
    if found is None:
        return "ends the program"
    return f"calls {found['called']}()" if found["called"] else "raises SystemExit"


def _in(place: str) -> str:
    return f" in {place}" if place else ""


def name_of(reply: Reply) -> str:
    """What was raised, as a person knows it."""
    return public_name(reply.observation.raised, reply.error.get("modules", ()))


def _place(reply: Reply) -> str:
    frames = reply.error.get("frames")
    return _in(frames[-1]["place"] if frames else "")
