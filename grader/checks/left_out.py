"""A statement that was left out when a file was loaded, as the judge knows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grader.checks.exception_names import public_name
from grader.submissions.places import Places

_MAX_TEXT = 200
_REFUSALS = (".ForbiddenUse", ".StandIn", ".ForbiddenImport")


@dataclass(frozen=True)
class LeftOut:
    """A statement that was left out.

    Attributes
    ----------
    line
        Where it stands; 0 where a whole file could not be imported.
    reason
        ``syntax``, ``error``, ``forbidden``, ``stub``, ``late`` or ``lost``.
    text
        What happened, to go on after a colon.
    needs
        The name that it needed from what was left out before it, or "".
    """

    file: str
    line: int
    reason: str
    text: str
    needs: str = ""


def left_out_of(record: Mapping[str, Any], places: Places) -> LeftOut:
    """Read what a worker tells of a statement, trusting the type of none of its fields."""
    error, problem = record.get("error"), record.get("problem")
    file = text_in(record, "file")
    line, reason = number_in(record, "line"), text_in(record, "reason")
    if type(problem) is dict:
        text = places.in_compiler_message(file, text_in(problem, "message"))
        line = number_in(problem, "line") or line
    elif type(error) is dict:
        text = _of_error(error, file, places)
    elif reason == "stub":
        text = "what is written above counts, and not the stub"
    elif reason == "lost":
        text = "the time was used up there"
    else:
        text = "the time for loading the file was used up"
    cause = record.get("cause")
    if type(cause) is dict and "cause" not in cause:
        first = left_out_of(cause, places)
        if first.line:
            where = places.line(first.file, first.line, inside=file)
            text = f"{text}; {where} had been left out: {first.text}"
    return LeftOut(file, line, reason, text, text_in(record, "needs"))


def _of_error(error: Mapping[str, Any], file: str, places: Places) -> str:
    chain = error.get("chain")
    is_ours = type(chain) is list and chain and str(chain[0]).endswith(_REFUSALS)
    name = public_name(chain, places.modules)[:_MAX_TEXT]
    message = " ".join(text_in(error, "message").split())
    if name == "SystemExit":
        return "the program ends there"
    if is_ours:
        return places.in_refusal(file, message)
    return f"{name}: {message}" if message else name


def text_in(record: Mapping[str, Any], key: str) -> str:
    """A text of a record, bounded; "" when there is none."""
    value = record.get(key)
    return value[:_MAX_TEXT] if type(value) is str else ""


def number_in(record: Mapping[str, Any], key: str) -> int:
    """A count or a line of a record; 0 when there is none."""
    value = record.get(key)
    return value if type(value) is int and 0 <= value < 2**31 else 0
