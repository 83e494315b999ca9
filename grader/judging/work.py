"""What a judge's process does, and what it notes so that another can go on after its end."""

from __future__ import annotations

import contextlib
import json
import os
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from grader.confine import Launcher
from grader.course.prepared import PreparedAssignment, PreparedCheck
from grader.result import CheckResult, Result, Status

Judged = Mapping[int, tuple[CheckResult, ...]]
"""By number of the attempt, the checks that are judged already."""


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
    checks = {
        str(attempt): [one.model_dump(mode="json") for one in found]
        for attempt, found in judged.items()
    }
    return json.dumps({"work": number, "judged": checks}).encode("ascii")


def read_order(order: bytes) -> tuple[int, Judged]:
    """The number of the work, and what is judged of it already."""
    record = json.loads(order)
    judged = {
        int(attempt): tuple(map(CheckResult.model_validate, found))
        for attempt, found in record["judged"].items()
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

    def begin(self, check: PreparedCheck) -> None:
        """A check is judged from now on."""
        self._write(json.dumps({"begin": [check.exercise, check.name]}))

    def end(self, result: CheckResult) -> None:
        """The check is judged."""
        self._write(f'{{"end": {result.model_dump_json()}}}')

    def _write(self, record: str) -> None:
        with contextlib.suppress(OSError):  # without a note, the judge after us begins anew
            os.write(self._descriptor, record.encode() + b"\n")


@dataclass
class Progress:
    """How far a judge came, from its log."""

    attempt: int = 0
    judged: dict[int, list[CheckResult]] = field(default_factory=lambda: defaultdict(list))
    open_check: tuple[str, str] | None = None
    """Exercise and name of the check during which the log ends."""

    def settled(self) -> Judged:
        """What another judge need not judge again. Where the grader failed, it tries again."""
        return {
            number: tuple(one for one in checks if one.status is not Status.GRADER_ERROR)
            for number, checks in self.judged.items()
        }


def progress_of(log: bytes, before: Judged) -> Progress:
    """Read a log; what was judged `before` it stands."""
    progress = Progress()
    progress.judged.update({number: list(checks) for number, checks in before.items()})
    for line in log.split(b"\n"):
        try:
            record = json.loads(line)
        except ValueError:  # the process ended while it wrote
            break
        if "attempt" in record:
            progress.attempt = record["attempt"]
            progress.judged[progress.attempt] = list(before.get(progress.attempt, ()))
        elif "begin" in record:
            exercise, name = record["begin"]
            progress.open_check = exercise, name
        else:
            result = CheckResult.model_validate(record["end"])
            progress.judged[progress.attempt].append(result)
            progress.open_check = None
    return progress
