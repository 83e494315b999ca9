"""What a batch leaves behind: the report, nbgrader's gradebook, a table, results in one file."""

from __future__ import annotations

import contextlib
import importlib
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from rich.console import Console

from grader.batch import BatchPlan, BatchReport
from grader.cli.problems import KEPT, cannot_write
from grader.cli.progress import progress_bar
from grader.cli.report import write_html
from grader.cli.report_process import ReportProcess
from grader.course.prepared import PreparedAssignment
from grader.files.atomic import write_atomically
from grader.problems import MachineProblem, installing
from grader.render.terminal import print_class
from grader.result import Result
from grader.sanitise.formgrader import unescaped
from grader.sanitise.terminal import say
from grader.submissions import CourseDirectory
from grader.submissions.course_directory import is_nbgrader_course

_RENAMED = (
    "is {name} in the gradebook: nbgrader's pages would take the name of that folder for code. "
    "Rename the folder in submitted/ and grade it again before you open formgrader."
)


@dataclass(frozen=True)
class Wishes:
    """What is to be left behind."""

    json: Path | None = None
    """A file for all results."""
    report: bool = True
    gradebook: bool | None = None
    """Without a word: where there is an nbgrader course."""

    def gradebook_of(self, directory: CourseDirectory) -> bool:
        """Whether to write nbgrader's gradebook."""
        return is_nbgrader_course(directory.path) if self.gradebook is None else self.gradebook


class Publisher:
    """Leaves behind what is wished for; as a context manager it gets ready while others grade.

    The libraries of report and gradebook take seconds to import. The report is written by a
    process of its own beside a gradebook: its plots take as long, and neither needs the other.
    """

    def __init__(self, console: Console, wishes: Wishes, directory: CourseDirectory) -> None:
        self._console = console
        self._wishes = wishes
        self._directory = directory
        self._report: ReportProcess | None = None

    def __enter__(self) -> Self:
        """Begin to import."""
        if self._wishes.gradebook_of(self._directory):
            threading.Thread(target=_import_gradebook).start()
            if self._wishes.report:
                self._report = ReportProcess()
        return self

    def __exit__(self, *_: object) -> None:
        """End the process of the report, where nobody waited for it."""
        if self._report is not None:
            self._report.end()

    def leave(self, prepared: PreparedAssignment, plan: BatchPlan, outcome: BatchReport) -> bool:
        """Write what is wished for and show the class; False when something was not written.

        What the machine refuses is told, and the rest is written all the same.

        Raises
        ------
        UsageProblem
            When the place of the results is none, or a library is missing.
        """
        results = outcome.results
        folder = self._directory.path / "reports" / prepared.name
        if self._report is not None:
            self._report.begin(outcome, folder)
        written = True
        if self._wishes.gradebook_of(self._directory):
            written = self._write_gradebook(prepared, plan, results)
        page = None
        try:
            if self._report is not None:
                page = self._report.page()
            elif self._wishes.report:
                page = write_html(results, folder)
        except MachineProblem as problem:
            written = self._tell(problem)
        print_class(self._console, results, page)
        if self._wishes.json is not None:
            try:
                _write_json(results, self._wishes.json)
            except MachineProblem as problem:
                written = self._tell(problem)
        return written

    def _tell(self, problem: Exception) -> bool:
        say(self._console, f"grader: {problem}", "red")
        return False

    def _write_gradebook(
        self, prepared: PreparedAssignment, plan: BatchPlan, results: list[Result]
    ) -> bool:
        console = self._console
        try:
            from grader.ways.gradebook.problems import GradebookError
            from grader.ways.gradebook.publish import publish
        except ImportError as error:
            missing = f"The gradebook was not written: {error.name} is not installed."
            say(console, f"{missing} {installing('nbgrader')}")
            return self._wishes.gradebook is None
        try:
            with progress_bar(console, "gradebook") as progress:
                task = progress.add_task("gradebook", total=len(results))
                report = publish(
                    self._directory,
                    prepared,
                    plan,
                    results,
                    lambda count: progress.advance(task, count),
                )
        except GradebookError as problem:
            return self._tell(problem)
        say(console, f"Gradebook: {report.written} submissions written.")
        if report.manual:
            say(console, f"Points given by people were kept for: {_names(report.manual)}.")
        if missing := unescaped(self._directory.path):
            say(console, missing, "yellow", wrap=False)
        for student, name in report.renamed.items():
            say(console, f"{student} {_RENAMED.format(name=name)}", "bold yellow")
        return True


def _import_gradebook() -> None:
    with contextlib.suppress(Exception):  # whatever it is, it is told when it is needed
        importlib.import_module("grader.ways.gradebook.publish")


def _write_json(results: list[Result], path: Path) -> None:
    text = "[" + ",\n".join(result.model_dump_json(indent=1) for result in results) + "]\n"
    try:
        write_atomically(path, text.encode())
    except OSError as error:
        raise cannot_write(path, error, KEPT) from None


def _names(students: list[str]) -> str:
    more = f" and {len(students) - 5} more" if len(students) > 5 else ""
    return ", ".join(students[:5]) + more
