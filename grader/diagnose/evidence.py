"""What a diagnosis looks at: a case, what came of it, and how that differs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grader.course.case import Case, Observation
from grader.course.compared import picked_values
from grader.course.prepared import PreparedCheck
from grader.diagnose.comparison import Mismatch
from grader.result import Diagnosis


@dataclass(frozen=True)
class Evidence:
    """One case of a check, as the student's code answered it."""

    case: Case
    observation: Observation
    failed: bool
    mismatch: Mismatch | None = None
    error: Mapping[str, Any] = field(default_factory=dict)
    """What is known of the exception, where one was raised."""


@dataclass(frozen=True)
class Explained:
    """What stands behind the diagnosis of a check.

    Attributes
    ----------
    by
        The misconceptions that explain every answer.
    slips
        The slips that do, by number.
    is_thin
        Whether only whole numbers are wrong, which may be the same by chance.
    otherwise
        Finds what is said where other checks contradict the diagnosis.
    evidence
        Every case that was asked.
    """

    by: frozenset[str] = frozenset()
    is_thin: bool = False
    slips: frozenset[int] = frozenset()
    otherwise: Callable[[], Diagnosis | None] = lambda: None
    evidence: Sequence[Evidence] = ()


def picked(check: PreparedCheck, observation: Observation) -> list[Any]:
    """The values that a check compares: all, one of a tuple, or the gradients of a pair."""
    return picked_values(check.kind, check.settings, observation.values)
