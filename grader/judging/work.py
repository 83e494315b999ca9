"""What a judge's process does, and what it notes so that another can go on after its end."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from grader.confine import Launcher
from grader.course.prepared import PreparedAssignment, PreparedCheck
from grader.judge import Before, GradingOptions
from grader.result import CheckResult, Result

Judged = Mapping[int, Before]
"""By number of the attempt, what is judged already."""


class Work(Protocol):
    """One submission to judge; it is told apart from others by what it closes over."""

    @property
    def assignment(self) -> PreparedAssignment:
        """What it is judged by."""
        ...

    def judge(self, launcher: Launcher, log: JudgeLog, judged: Judged) -> Result:
        """Read and grade the submission, without the checks that are `judged` already."""
        ...

    def ungraded(self, reason: str) -> Result:
        """The result when the judge's process could not be had, or was killed again and again."""
        ...

    def deliver(self, result: Result) -> bytes:
        """Put the result where it belongs; what the caller of `Judges.judge` gets back."""
        ...


def order_of(number: int, judged: Judged) -> bytes:
    """The order to judge a work, as a judge is sent it."""
    before = {
        str(attempt): {
            "checks": [check.model_dump(mode="json") for check in one.checks],
            "notes": list(one.notes),
        }
        for attempt, one in judged.items()
    }
    return json.dumps({"work": number, "judged": before}).encode("ascii")


def read_order(order: bytes) -> tuple[int, Judged]:
    """The number of the work, and what is judged of it already."""
    record = json.loads(order)
    judged = {
        int(attempt): Before(
            tuple(map(CheckResult.model_validate, one["checks"])), tuple(one["notes"])
        )
        for attempt, one in record["judged"].items()
    }
    return record["work"], judged


class JudgeLog:
    """Notes what is being judged in a file that outlives the process.

    Nothing of it is sent: who waits for a judge would be woken for each check.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def attempt(self, number: int) -> None:
        """The attempt of this number begins, or begins again."""
        self._write(json.dumps({"attempt": number}))

    def loaded(self, notes: list[str]) -> None:
        """A file was loaded; these are the notes on all that was left out so far."""
        self._write(json.dumps({"notes": notes}))

    def begin(self, check: PreparedCheck) -> None:
        """A check is judged from now on."""
        self._write(json.dumps({"begin": [check.exercise, check.name]}))

    def end(self, result: CheckResult) -> None:
        """The check is judged."""
        self._write(f'{{"end": {result.model_dump_json()}}}')

    def _write(self, record: str) -> None:
        with contextlib.suppress(OSError):  # without a note, the judge after us begins anew
            os.write(self._descriptor, record.encode() + b"\n")

    def options(self, options: GradingOptions, judged: Judged, attempt: int) -> GradingOptions:
        """Options to grade an attempt with, so that all of it is noted."""
        return replace(
            options,
            before=judged.get(attempt, Before()),
            on_loaded=self.loaded,
            on_begin=self.begin,
            on_check=self.end,
        )


@dataclass
class Progress:
    """How far a judge came, from its log."""

    before: dict[int, Before]
    attempt: int = 0
    open_check: tuple[str, str] | None = None
    """Exercise and name of the check during which the log ends."""

    def settle(self, check: CheckResult) -> None:
        """Note the result of a check of the present attempt."""
        known = self.before.get(self.attempt, Before())
        self.before[self.attempt] = replace(known, checks=(*known.checks, check))


def progress_of(log: bytes, before: Judged) -> Progress:
    """Read a log; what was judged `before` it stands."""
    progress = Progress(dict(before))
    for line in log.split(b"\n"):
        try:
            record = json.loads(line)
        except ValueError:  # the process ended while it wrote
            break
        if "attempt" in record:
            number = progress.attempt = record["attempt"]
            progress.before[number] = before.get(number, Before())
        elif "notes" in record:
            known = progress.before.get(progress.attempt, Before())
            progress.before[progress.attempt] = replace(known, notes=tuple(record["notes"]))
        elif "begin" in record:
            exercise, name = record["begin"]
            progress.open_check = exercise, name
        else:
            progress.settle(CheckResult.model_validate(record["end"]))
            progress.open_check = None
    return progress
