"""The question that a case asks of one file of a submission, and what its answer may cost.

Also how long all questions of a submission may take together.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from grader.confine import Engine, LimitBook, Limits, Lost, Silence
from grader.course.case import Case
from grader.course.prepared import PreparedAssignment, PreparedCheck, PreparedFile
from grader.course.question import Questions
from grader.wire.budget import Budget, Effort

_WALL_PER_CPU = 3.0
"""Wall seconds allowed for each CPU second of a train check: the machine may be busy."""
_SHARE_TO_CONFIRM = 0.25
_SECONDS_TO_CONFIRM = 2.0
"""So much of the time that a submission took so far, and so many seconds, it may take again to
confirm what costs points."""


@dataclass(frozen=True)
class Asking:
    """How the questions about an assignment's files are asked."""

    assignment: PreparedAssignment
    limits: LimitBook
    engine: Engine
    questions: Questions
    _known: dict[tuple[str, str], Limits] = field(default_factory=dict)

    def limits_of(self, check: PreparedCheck, file: PreparedFile) -> Limits:
        """The course's limits; a training check brings its own CPU seconds, unless they do."""
        key = check.exercise, check.name
        if key not in self._known:
            self._known[key] = self._limits_of(check, file)
        return self._known[key]

    def _limits_of(self, check: PreparedCheck, file: PreparedFile) -> Limits:
        place = (self.assignment.name, check.exercise, check.name)
        limits = self.limits.at(*place)
        if file.backend == "keras":
            limits = limits.times(self.engine.serving(file.imports).patience)
        own = check.settings.get("cpu_seconds")
        if own is None or self.limits.sets("cpu_seconds", *place):
            return limits
        return replace(limits, cpu_seconds=float(own), seconds=_WALL_PER_CPU * float(own))

    def question(
        self, check: PreparedCheck, case: Case, file: PreparedFile, limits: Limits
    ) -> bytes:
        """The question, encoded."""
        exercise = self.assignment.exercise(check.exercise)
        time = limits.seconds, limits.cpu_seconds
        return self.questions.encoded(
            check, case, file.name, exercise.forbid, *time, eagerly=exercise.eagerly
        )

    def budget(self, check: PreparedCheck, case: Case) -> Budget:
        """How large the answer may be."""
        return self.questions.budget(check, case)

    def encode_all(self, only: frozenset[str] | None = None) -> None:
        """Encode what will be asked of every submission, before judges of their own need it."""
        files = {file.name: file for file in self.assignment.files}
        for check in self.assignment.checks:
            if only is None or check.exercise in only:
                file = files[self.assignment.exercise(check.exercise).file]
                limits = self.limits_of(check, file)
                for case in check.cases:
                    self.question(check, case, file, limits)


class Deadline:
    """How long a submission's worker may take for all questions together, and for what answers.

    Only the time that is spent waiting for the worker counts, so that nobody pays for what the
    judge does, or for a neighbour's judge that keeps the machine busy meanwhile.
    """

    def __init__(self, seconds: float, used: float = 0.0) -> None:
        self.seconds = seconds
        self.effort = Effort()
        self._left = seconds - used
        self._taken = self._taken_to_confirm = 0.0
        self._confirms = False

    def can_confirm(self) -> bool:
        """Whether there is time to ask again what was asked before.

        It has a share of its own, so that it takes no time from what is still to be asked.
        """
        allowed = _SHARE_TO_CONFIRM * self._taken + _SECONDS_TO_CONFIRM
        return self._taken_to_confirm < allowed and self._left > 0

    @contextmanager
    def confirming(self) -> Iterator[None]:
        """Let what is asked inside take the time for that."""
        self._confirms = True
        try:
            yield
        finally:
            self._confirms = False

    def within(self, seconds: float) -> float:
        """At most `seconds`, and no more than is left; raises `Lost` when nothing is."""
        if self._confirms:  # what is begun is brought to an end
            return seconds
        if self._left <= 0:
            text = f"the {self.seconds:g} s that a whole submission may take are used up"
            raise Lost(Silence.TIMEOUT, text)
        return min(seconds, self._left)

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count the time that passes inside."""
        started = time.monotonic()
        try:
            yield
        finally:
            passed = time.monotonic() - started
            if self._confirms:
                self._taken_to_confirm += passed
            else:
                self._taken += passed
                self._left -= passed
