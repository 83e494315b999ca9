"""A worker that answers every question with one value, over the real wire and in no time.

The value goes the way of a worker's answer, into bytes and back under the budget of the question;
the student's code alone is left out. So every check of every assignment is judged on every value,
the Keras ones too.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from grader.confine import Launcher, WorkerSettings
from grader.course.case import Case
from grader.course.prepared import PreparedAssignment
from grader.course.question import Questions
from grader.judge.grading import grade
from grader.result import Result
from grader.submissions import Submission
from grader.wire.budget import Budget
from grader.wire.encoding import decode, encode
from grader.worker.answering import sendable
from grader.worker.source import inspect_source

Answer = Callable[[Any], list[Any]]
"""From the values that are expected of a question to those that are answered."""


class Told(Launcher):
    """Judges an assignment on answers that are made up; its workers run nothing.

    Parameters
    ----------
    folder
        Where the files may be written that would be handed in.
    """

    confinement = "unconfined"

    def __init__(self, assignment: PreparedAssignment, folder: Path) -> None:
        super().__init__()
        self.assignment, self.folder, self.questions = assignment, folder, Questions()
        self.submission = Submission("student", assignment.name, _stubs_of(assignment, folder))
        self.expected = {
            _key(case.asked_steps(), case.returns): case
            for check in assignment.checks
            for case in check.cases
        }
        self._asked: dict[bytes, tuple[list[Any], Budget]] = {}
        self._sent: dict[tuple[str, Budget], bytes] = {}
        self.answer: Answer = lambda expected: expected

    def grade(self, answer: Answer, *, by_form: bool) -> Result:
        """Grade a submission whose every answer is what `answer` says.

        Parameters
        ----------
        by_form
            Whether the answer depends on the expected values' form alone, not on their numbers.
        """
        self.answer = answer
        self._sent = {} if by_form else _Forgetful()
        return grade(self.submission, self.assignment, self, None, self.questions)

    def start(self, settings: WorkerSettings) -> Any:
        return _ToldWorker(self)

    def values(self, question: bytes) -> bytes:
        """The values of an answer as a worker would send them."""
        if question not in self._asked:
            asked = decode(question)
            known = self.expected.get(_key(asked["steps"], asked["returns"]))
            expected = _values_of(known, len(asked["returns"]))
            self._asked[question] = expected, Budget(*asked["budget"])
        expected, budget = self._asked[question]
        key = _outline(expected), budget
        if key not in self._sent:
            self._sent[key] = sendable(self.answer(expected), budget)
        return self._sent[key]


class _Forgetful(dict[Any, bytes]):
    """Holds what was put in last alone."""

    def __contains__(self, key: object) -> bool:
        return False


class _ToldWorker:
    versions: dict[str, str] = {}

    def __init__(self, told: Told) -> None:
        self.told = told

    def announce(self, questions: Any) -> None:
        """Nothing is asked ahead."""

    def close(self) -> None:
        """Nothing runs."""

    def ask(self, question: bytes, seconds: float, budget: Budget) -> dict[str, Any]:
        if b"\xa3ask" in question[:16]:
            sent = self.told.values(question)
            assert len(sent) <= budget.bytes
            values = decode(sent, budget.items)
            return {"outcome": "answered", "values": values, "cost": len(sent)}
        asked = decode(question)
        found: dict[str, Any] = {"statements": 1, "left_out": [], "count": 0}
        if asked["kind"] == "inspect":
            found = inspect_source(self.told.folder / asked["file"], asked["forbidden"])
        return {"outcome": "answered", "values": [found], "cost": 0}


def _key(steps: Any, returns: Any) -> bytes:
    return encode([list(steps), list(returns)])


def _outline(expected: Any) -> str:
    """The form of what is expected, without its numbers."""
    if isinstance(expected, tuple | list):
        return f"{type(expected).__name__}({', '.join(map(_outline, expected))})"
    if isinstance(expected, dict):
        return f"dict({', '.join(f'{key!r}: {_outline(one)}' for key, one in expected.items())})"
    return str(expected.shape) if isinstance(expected, np.ndarray) else type(expected).__name__


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


def _stubs_of(assignment: PreparedAssignment, folder: Path) -> dict[str, bytes]:
    """Files in which every exercise is written, somehow."""
    texts = {}
    for file in assignment.files:
        names = [one.name for one in assignment.exercises if one.file == file.name]
        text = "".join(f"def {name}(*given, **more):\n    return given[0]\n\n\n" for name in names)
        (folder / file.name).write_text(text, encoding="utf-8")
        texts[file.name] = text.encode()
    return texts
