"""What judging one check needs, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from grader.course.case import Case, Observation
from grader.course.prepared import PreparedAssignment, PreparedCheck
from grader.result import CaseCount, Diagnosis, Plot, Status


@dataclass(frozen=True)
class Reply:
    """A student's answer to one case: what was observed, and what only messages need."""

    observation: Observation
    error: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    printed: str = ""
    missing: str = ""
    nearest: tuple[str, ...] = ()


class Interview(Protocol):
    """The judge's side of the conversation with one student's code."""

    assignment: PreparedAssignment

    def ask(self, check: PreparedCheck, case: Case) -> Reply:
        """Ask one case; raises `grader.confine.Lost` when no answer comes."""
        ...

    def recognisable_loss(self, exercise: str) -> bool:
        """Whether the student's loss is right on some case, or explained by a misconception."""
        ...

    def uses(self, exercise: str) -> dict[str, int]:
        """Dotted names that an exercise's source reaches, with their lines."""
        ...


@dataclass(frozen=True)
class Verdict:
    """How a check ended and what the student is told."""

    status: Status
    share: float = 0.0
    """The part of the points that is earned, 0 to 1."""
    message: str = ""
    diagnosis: Diagnosis | None = None
    cases: CaseCount = field(default_factory=CaseCount)
    printed: str = ""
    line: int | None = None
    whole_file: bool = False
    """Whether the message is about the whole file."""
    plots: tuple[Plot, ...] = ()


def passed(count: int, printed: str = "", plots: tuple[Plot, ...] = ()) -> Verdict:
    """All cases are right."""
    return Verdict(
        Status.PASSED, 1.0, cases=CaseCount(run=count, passed=count), printed=printed, plots=plots
    )
