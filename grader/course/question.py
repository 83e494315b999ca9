"""What a case asks of a worker, encoded once for all the submissions of a batch."""

from __future__ import annotations

from typing import Any

from grader.course.case import Case
from grader.wire import encode


def question_of(
    case: Case, file: str, *, forbid: tuple[str, ...] = (), cpu_seconds: float | None = None
) -> dict[str, Any]:
    """The question that a case asks of one file."""
    return {
        "kind": "ask",
        "file": file,
        "steps": list(case.steps),
        "returns": list(case.returns),
        "forbid": list(forbid),
        "cpu_seconds": cpu_seconds,
    }


class Questions:
    """Encoded questions, each made when it is first asked.

    The cases stay alive with their assignment, which whoever holds this holds as well.
    """

    def __init__(self) -> None:
        self._encoded: dict[tuple[Any, ...], bytes] = {}

    def encoded(
        self, case: Case, file: str, forbid: tuple[str, ...], cpu_seconds: float | None
    ) -> bytes:
        """The question, ready to be sent."""
        key = (id(case), file, forbid, cpu_seconds)
        known = self._encoded.get(key)
        if known is None:
            question = question_of(case, file, forbid=forbid, cpu_seconds=cpu_seconds)
            known = self._encoded[key] = encode(question)
        return known
