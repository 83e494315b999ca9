"""What judging one check needs, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from grader.checks.left_out import LeftOut
from grader.course.case import Case, Observation
from grader.course.prepared import PreparedAssignment, PreparedCheck
from grader.diagnose import Explained
from grader.diagnose.comparison import Difference
from grader.result import CaseCount, Diagnosis, Plot, Status


@dataclass(frozen=True)
class Absence:
    """Something that is not there, though the answer to a case depends on it."""

    status: Status
    """`missing` where it is the exercise itself; `skipped` where that waits for something else."""
    sentence: str
    waits_for: str = ""
    """What has to be written first; "" where it is the exercise itself."""


@dataclass(frozen=True)
class Reply:
    """A student's answer to one case: what was observed, and what only messages need."""

    observation: Observation
    error: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    printed: str = ""
    missing: str = ""
    nearest: tuple[str, ...] = ()
    absence: Absence | None = None
    """What is not there, when the answer shows nothing else."""
    left_out: LeftOut | None = None
    """The statement that was to define the name that is missing."""


@dataclass(frozen=True)
class ClassFacts:
    """What the source of a class shows.

    Attributes
    ----------
    name
        The class's own.
    methods
        The methods that it defines itself; None for what is no class.
    numpy
        What it calls of NumPy's with tensors, with the place of the first line.
    """

    name: str = ""
    methods: frozenset[str] | None = None
    numpy: tuple[tuple[str, str], ...] = ()


class Interview(Protocol):
    """The judge's side of the conversation with one student's code."""

    assignment: PreparedAssignment

    def ask(self, check: PreparedCheck, case: Case) -> Reply:
        """Ask one case; raises `grader.confine.Lost` when no answer comes."""
        ...

    def course_outputs(
        self, check: PreparedCheck, case: Case, parameters: Mapping[str, np.ndarray[Any, Any]]
    ) -> dict[str, np.ndarray[Any, Any]] | None:
        """What the course's forward pass makes of a model's parameters, by network.

        None where it is not at hand, on a student's machine.
        """
        ...

    def course_class_share(
        self, case: Case, parameters: Mapping[str, np.ndarray[Any, Any]], network: str
    ) -> float:
        """How far apart the classes lie in its last hidden layer, where it is at hand."""
        ...

    def course_cancellation(
        self, case: Case, parameters: Mapping[str, np.ndarray[Any, Any]], network: str
    ) -> float:
        """How far its hidden units cancel in the output, where it is at hand."""
        ...

    def recognisable_loss(self, exercise: str) -> bool:
        """Whether the student's loss is right on some case, or explained by a misconception."""
        ...

    def has_wrong_numbers(self, exercise: str) -> bool:
        """Whether an exercise lost points on ordinary input by its numbers, not by form."""
        ...

    def class_facts(self, exercise: str) -> ClassFacts:
        """What the source of a class shows of its methods; nothing for what is no class."""
        ...

    def uses(self, exercise: str) -> dict[str, int]:
        """Dotted names that an exercise's source reaches, with their lines."""
        ...

    def place_of(self, exercise: str, line: int) -> str:
        """How a sentence names a line of the file in which an exercise is written."""
        ...


@dataclass(frozen=True)
class Verdict:
    """How a check ended and what the student is told."""

    status: Status
    share: float = 0.0
    """The part of the points that is earned, 0 to 1."""
    message: str = ""
    diagnosis: Diagnosis | None = None
    explained: Explained = field(default_factory=Explained)
    """What the diagnosis rests on."""
    cases: CaseCount = field(default_factory=CaseCount)
    right: tuple[int, ...] = ()
    """Which of the check's cases are right, by number."""
    differing: frozenset[Difference] | None = None
    """In what ways its answers differ from the expected ones; None where nothing was compared."""
    printed: str = ""
    line: int | None = None
    """The line that the message speaks of."""
    line_file: str = ""
    """The file of that line, where it may be another than the one that is graded."""
    plots: tuple[Plot, ...] = ()
    waits_for: str = ""
    """What has to be right first, where the status is `skipped`."""
    whole_file: bool = False
    """Whether this is about the file, and so said of each of its exercises alike."""


def passed(count: int, printed: str = "", plots: tuple[Plot, ...] = ()) -> Verdict:
    """All cases are right."""
    return Verdict(
        Status.PASSED, 1.0, cases=CaseCount.of(count, count), printed=printed, plots=plots
    )
