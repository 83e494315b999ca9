"""A student's rows while the checks run: each exercise as soon as its last check came."""

from __future__ import annotations

from collections import defaultdict
from types import TracebackType

from rich.console import Console

from grader.course.prepared import PreparedAssignment, PreparedExercise
from grader.render.rows import Rows, speaks_unicode
from grader.render.summary import ExercisePoints
from grader.result import CheckResult, total

_LOADING = " (loading Keras takes some seconds)"


class LiveRows:
    """Prints a row when an exercise is finished; in a terminal, a last line tells which one is on.

    Parameters
    ----------
    only
        The exercises that are shown; None for all. Others may be judged along, silently.
    """

    def __init__(
        self, console: Console, assignment: PreparedAssignment, only: frozenset[str] | None = None
    ) -> None:
        self._waiting = [one for one in assignment.exercises if only is None or one.name in only]
        self._order = {
            one.name: [check.name for check in assignment.checks_of(one.name)]
            for one in self._waiting
        }
        self._files = {one.name: one.file for one in self._waiting}
        self._keras = {file.name for file in assignment.files if file.backend == "keras"}
        self._rows = Rows(console, list(self._order))
        self._begun: set[str] = set()
        self._came: dict[str, list[CheckResult]] = defaultdict(list)
        spinner = "dots" if speaks_unicode(console) else "line"
        self._status = console.status("", spinner=spinner) if console.is_terminal else None

    def __enter__(self) -> LiveRows:
        """Begin the last line, where there is a terminal."""
        if self._status is not None:
            self._status.start()
            self._tell_which()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the last line away."""
        if self._status is not None:
            self._status.stop()

    def tell(self, check: CheckResult) -> None:
        """Take a check that was judged; what it finishes is printed at once."""
        name = check.exercise
        if name not in self._order:
            return
        self._came[name].append(check)
        order = self._order[name]
        if len(self._came[name]) < len(order):
            return
        checks = sorted(self._came.pop(name), key=lambda one: order.index(one.check))
        self._rows.print(ExercisePoints(name, *total(checks), tuple(checks)))
        self._begun.add(self._files[name])
        self._waiting = [one for one in self._waiting if one.name != name]
        self._tell_which()

    def _tell_which(self) -> None:
        if self._status is not None and self._waiting:
            self._status.update(self._sentence(self._waiting[0]))

    def _sentence(self, exercise: PreparedExercise) -> str:
        loads_keras = exercise.file in self._keras and exercise.file not in self._begun
        return f"checking {exercise.name}{_LOADING if loads_keras else ''}"
