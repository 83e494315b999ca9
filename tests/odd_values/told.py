"""A worker that answers every question with one value, over the real wire and in no time.

The value goes the way of a worker's answer, into bytes and back under the budget of the question;
the student's code alone is left out. So every check of every assignment is judged on every value,
the Keras ones too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from grader.budget import Budget
from grader.confine import Launcher, WorkerSettings
from grader.course.case import Case
from grader.course.prepared import PreparedAssignment
from grader.judge import grade
from grader.result import Result
from grader.submissions import Submission
from grader.wire import decode
from grader.worker.answering import sendable
from grader.worker.source import inspect_source

Answer = Callable[[Any], list[Any]]
"""From the values that are expected of a question to those that are answered."""


class Telling(Launcher):
    """Starts workers that answer with what `answer` makes of the expected values."""

    confinement = "unconfined"

    def __init__(self, assignment: PreparedAssignment, folder: Path, answer: Answer) -> None:
        super().__init__()
        self.folder, self.answer = folder, answer
        self.expected = {
            question_key(case.asked_steps(), case.returns): case
            for check in assignment.checks
            for case in check.cases
        }

    def start(self, settings: WorkerSettings) -> Any:
        return _Told(self)


class _Told:
    versions: dict[str, str] = {}

    def __init__(self, launcher: Telling) -> None:
        self.launcher = launcher

    def announce(self, questions: Any) -> None:
        """Nothing is asked ahead."""

    def close(self) -> None:
        """Nothing runs."""

    def ask(self, question: Any, seconds: float, budget: Budget) -> dict[str, Any]:
        asked = decode(question)
        answer: dict[str, Any] = {"outcome": "answered", "cost": 0}
        if asked["kind"] == "inspect":
            path = self.launcher.folder / asked["file"]
            return {**answer, "values": [inspect_source(path, asked["forbidden"])]}
        if asked["kind"] == "load":
            return {**answer, "values": [{"statements": 1, "left_out": [], "count": 0}]}
        known = self.launcher.expected.get(question_key(asked["steps"], asked["returns"]))
        values = self.launcher.answer(_values_of(known, len(asked["returns"])))
        sent = sendable(values, Budget(*asked["budget"]))
        assert len(sent) <= budget.bytes
        return {**answer, "values": decode(sent, budget.items), "cost": len(sent)}


def question_key(steps: Any, returns: Any) -> str:
    """What tells a question from others, whoever decoded it."""
    return re.sub(r"\s+", "", repr((list(steps), list(returns))))


def _values_of(case: Case | None, count: int) -> list[Any]:
    """What is expected; numbers where nothing is, or where a check made the question up."""
    if case is None or case.expected is None or not case.expected.values:
        return [0.5] * count
    return list(case.expected.values)


def plainly(value: Any) -> Answer:
    """Answer with the value itself."""
    return lambda expected: [value for _ in expected]


def in_the_expected_form(value: Any) -> Answer:
    """Answer with the value in each place of the expected form, in arrays of the right shape."""

    def formed(expected: Any) -> Any:
        if isinstance(expected, tuple | list):
            return type(expected)(formed(one) for one in expected)
        if isinstance(expected, dict):
            return {key: formed(one) for key, one in expected.items()}
        if isinstance(expected, np.ndarray) and isinstance(
            value, bool | int | float | complex | np.generic
        ):
            try:
                return np.full(expected.shape, value)
            except (OverflowError, ValueError, TypeError):
                return value
        return value

    return lambda expected: [formed(one) for one in expected]


FORMS: tuple[Callable[[Any], Answer], ...] = (plainly, in_the_expected_form)


def stubs_of(assignment: PreparedAssignment, folder: Path) -> dict[str, bytes]:
    """Files in which every exercise is written, somehow."""
    texts = {}
    for file in assignment.files:
        names = [one.name for one in assignment.exercises if one.file == file.name]
        text = "".join(f"def {name}(*given, **more):\n    return given[0]\n\n\n" for name in names)
        (folder / file.name).write_text(text, encoding="utf-8")
        texts[file.name] = text.encode()
    return texts


def told(assignment: PreparedAssignment, folder: Path, answer: Answer) -> Result:
    """Grade a submission whose every answer is what `answer` says."""
    submission = Submission("student", assignment.name, stubs_of(assignment, folder))
    return grade(submission, assignment, Telling(assignment, folder, answer))
