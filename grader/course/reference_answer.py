"""What a reference may answer: what its check expects, in numbers, with its inputs unchanged."""

from __future__ import annotations

from typing import Any

from grader.course.assignment import Check
from grader.course.case import Case, Observation
from grader.course.sources import PreparationError
from grader.result import Kind
from grader.wire.encoding import Opaque


def case_place(check: Check, case: Case) -> str:
    """Name a case as its author finds it."""
    where = f"{check.place}: " if check.place else ""
    return f"{where}{check.exercise}.{check.name}, case {case.label!r}"


def require_answer(check: Check, case: Case, expected: Observation, error: Any) -> None:
    """Refuse an answer of a reference that no student's can be compared with.

    Raises
    ------
    PreparationError
        Naming the check, the case and, of an exception, its message and line.
    """
    if problem := _problem(check, expected, error):
        raise PreparationError(f"{case_place(check, case)}: {problem}")


def _problem(check: Check, expected: Observation, error: Any) -> str:
    wanted = "raised" if check.kind is Kind.ERR else "answered"
    if expected.outcome != wanted:
        received = _raised(error) if expected.outcome == "raised" else expected.outcome
        return (
            f"the reference was expected to have {wanted}. Received: {received}; correct the "
            "reference or the case."
        )
    if check.kind is Kind.ERR and check.settings["raises"] not in expected.raised:
        return (
            f"the reference was expected to raise {check.settings['raises']}. Received: "
            f"{_raised(error)}; correct the reference or `raises`."
        )
    if unsendable := [value for value in expected.values if isinstance(value, Opaque)]:
        return (
            f"the reference was expected to return arrays and numbers. Received: {unsendable}; "
            "let it return those, or the case ask for a part of them."
        )
    if check.settings.get("judges") == "purity" and expected.mutated:
        return (
            f"the reference was expected to leave its inputs unchanged. Received: it changes "
            f"{', '.join(expected.mutated)}; let it work on a copy."
        )
    return ""


def _raised(error: Any) -> str:
    """An exception with its message and the line that raised it."""
    if type(error) is not dict:
        return "an exception"
    name = str((error.get("chain") or ["an exception"])[0]).removeprefix("builtins.")
    said = ": ".join(filter(None, [name, " ".join(str(error.get("message") or "").split())]))
    frames = [one for one in error.get("frames") or () if type(one) is dict]
    if not frames:
        return said
    return f"{said} ({frames[-1].get('file')}, line {frames[-1].get('line')})"
