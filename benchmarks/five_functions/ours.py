"""`grader batch`: its code called from here, and its whole command line."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from benchmarks.common import grade, run_in_each
from benchmarks.five_functions.students import Answers, as_module
from benchmarks.five_functions.tool import NAME, Points, written
from grader.batch.store import ResultStore
from grader.confine import Launcher
from grader.course.prepared import PreparedAssignment

SOURCE = Path(__file__).parent / "course"
"""The folder in whose ``solutions/`` the assignment lies."""


def write_course(course: Path, students: dict[str, Answers]) -> None:
    """Write the class as `grader batch` wants it."""
    for student, answers in students.items():
        written(course / "submitted" / student / NAME / f"{NAME}.py", as_module(answers))


class InProcess:
    """Planning, grading and writing results; the assignment is prepared and workers are ready."""

    name = "grader batch"

    def __init__(
        self, course: Path, assignment: PreparedAssignment, chosen: Launcher, jobs: int
    ) -> None:
        self.course, self.assignment, self.chosen, self.jobs = course, assignment, chosen, jobs

    def clear(self) -> None:
        shutil.rmtree(self.course / "results", ignore_errors=True)

    def grade(self) -> float:
        file = self.assignment.files[0].name
        return grade(self.course, self.assignment, file, self.chosen, self.jobs)[0]

    def points(self) -> Points:
        return _points(self.course)


class CommandLine:
    """The command that a teacher types: Python starts, cases are prepared, pages are written."""

    name = "grader batch, whole command"

    def __init__(self, course: Path, jobs: int) -> None:
        self.course = course
        options = ["--course", ".", "--jobs", str(jobs)]
        self.command = [sys.executable, "-m", "grader", "batch", NAME, *options]

    def clear(self) -> None:
        for made in ("results", "reports"):
            shutil.rmtree(self.course / made, ignore_errors=True)

    def grade(self) -> float:
        return run_in_each([self.course], self.command, 1, {"GRADER_COURSE": str(SOURCE)})

    def points(self) -> Points:
        return _points(self.course)


def _points(course: Path) -> Points:
    store = ResultStore(course / "results" / NAME)
    read = {
        path.name: store.read_checked(path.name)[0] for path in (course / "submitted").iterdir()
    }
    return {student: result.points for student, result in read.items() if result is not None}
