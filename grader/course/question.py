"""What a case asks of a worker, encoded once for all the submissions of a batch."""

from __future__ import annotations

from typing import Any

from grader.course.case import Case
from grader.course.prepared import PreparedCheck
from grader.wire import encode


def question_of(
    case: Case,
    file: str,
    *,
    forbid: tuple[str, ...] = (),
    seconds: float | None = None,
    cpu_seconds: float | None = None,
) -> dict[str, Any]:
    """The question that a case asks of one file, and how long its answer may take."""
    return {
        "kind": "ask",
        "file": file,
        "steps": case.asked_steps(),
        "returns": list(case.returns),
        "forbid": list(forbid),
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
    }


class Questions:
    """The encoded questions of an assignment's own cases, each made when it is first asked.

    A case is known by its identity, so every case that is remembered is also kept alive: the
    number of one that is gone may be given to another.
    """

    def __init__(self) -> None:
        self._encoded: dict[tuple[Any, ...], tuple[Case, bytes]] = {}

    def encoded(
        self,
        check: PreparedCheck,
        case: Case,
        file: str,
        forbid: tuple[str, ...],
        seconds: float,
        cpu_seconds: float,
    ) -> bytes:
        """The question, ready to be sent, with the time that its answer may take.

        A case that a check made for one student (a finite difference, say) is not remembered.
        """
        key = (id(case), file, forbid, seconds, cpu_seconds)
        known = self._encoded.get(key)
        if known is not None and known[0] is case:
            return known[1]
        limits = {"seconds": seconds, "cpu_seconds": cpu_seconds}
        data = encode(question_of(case, file, forbid=forbid, **limits))
        if any(case is own for own in check.cases):
            self._encoded[key] = case, data
        return data
