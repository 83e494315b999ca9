"""What a judge's process does, and what it is told of those before it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from grader.confine import Launcher
from grader.course.prepared import PreparedAssignment
from grader.judge.grading import GradingOptions
from grader.judge.processes.slate import Slate
from grader.result import CheckResult, Result


@dataclass(frozen=True)
class Past:
    """What happened to a submission before, where its judge had to be replaced.

    Attributes
    ----------
    settled
        By number of the attempt, the checks that a judge could not end, with what came of them.
    seconds
        How long those judges were at it.
    """

    settled: Mapping[int, tuple[CheckResult, ...]] = field(default_factory=dict)
    seconds: float = 0.0
    only_grade: bool = False
    """Whether nothing is done beside the grading: the judge before may have ended by that."""

    def with_check(self, attempt: int, check: CheckResult, seconds: float) -> Past:
        """The same with one more check, after so many seconds."""
        checks = (*self.settled.get(attempt, ()), check)
        settled = {**self.settled, attempt: checks}
        return replace(self, settled=settled, seconds=self.seconds + seconds)


class Work(Protocol):
    """One submission to judge; it is told apart from others by what it closes over."""

    @property
    def assignment(self) -> PreparedAssignment:
        """What it is judged by."""
        ...

    def judge(self, launcher: Launcher, slate: Slate, past: Past) -> Result:
        """Read and grade the submission."""
        ...

    def ungraded(self, reason: str) -> Result:
        """The result when the judge's process could not be had, or was killed again and again."""
        ...

    def deliver(self, result: Result) -> bytes:
        """What the caller of `Judges.judge` gets of the result."""
        ...


def options_for(options: GradingOptions, slate: Slate, past: Past, attempt: int) -> GradingOptions:
    """Options to grade an attempt with, so that its progress is noted."""
    slate.attempt(attempt)
    return replace(
        options,
        public=None if past.only_grade else options.public,
        repairs={} if past.only_grade else options.repairs,
        settled=past.settled.get(attempt, ()),
        seconds_used=past.seconds,
        on_begin=slate.begin,
        on_check=slate.end,
    )


def order_of(number: int, past: Past) -> bytes:
    """The order to judge a work, as a judge is sent it."""
    settled = {
        str(attempt): [check.model_dump(mode="json") for check in checks]
        for attempt, checks in past.settled.items()
    }
    return json.dumps([number, settled, past.seconds, past.only_grade]).encode("ascii")


def read_order(order: bytes) -> tuple[int, Past]:
    """The number of the work, and what happened to it before."""
    number, settled, seconds, only_grade = json.loads(order)
    checks = {
        int(attempt): tuple(map(CheckResult.model_validate, found))
        for attempt, found in settled.items()
    }
    return number, Past(checks, seconds, only_grade)
