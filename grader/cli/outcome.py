"""What a batch leaves behind: the report, nbgrader's gradebook, a table, results in one file."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console

from grader.batch import BatchPlan, BatchReport
from grader.cli.problems import UsageProblem
from grader.cli.progress import progress_bar
from grader.cli.report import write_html
from grader.cli.report_process import ReportProcess
from grader.course.prepared import PreparedAssignment
from grader.render.terminal import print_class
from grader.result import Result
from grader.store import write_atomically
from grader.submissions import CourseDirectory
from grader.submissions.course_directory import is_nbgrader_course


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


def leave(
    console: Console,
    wishes: Wishes,
    directory: CourseDirectory,
    prepared: PreparedAssignment,
    plan: BatchPlan,
    outcome: BatchReport,
) -> bool:
    """Write what is wished for and show the class; False when the gradebook was not written.

    Raises
    ------
    UsageProblem
        When the report or the file of results cannot be written; the gradebook was, then.
    """
    results = outcome.results
    folder = directory.path / "reports" / prepared.name
    with contextlib.ExitStack() as stack:
        page: Callable[[], Path] = partial(write_html, results, folder)
        written = True
        if wishes.gradebook_of(directory):
            if wishes.report:
                # Its plots take as long as the gradebook, and neither waits for anything.
                page = stack.enter_context(ReportProcess(outcome, folder)).page
            written = _publish(console, wishes, directory, prepared, plan, results)
        print_class(console, results, page() if wishes.report else None)
    if wishes.json is not None:
        _write_json(results, wishes.json)
    return written


def _write_json(results: list[Result], path: Path) -> None:
    text = "[" + ",\n".join(result.model_dump_json(indent=1) for result in results) + "]\n"
    try:
        write_atomically(path, text.encode())
    except OSError as error:
        raise UsageProblem(f"{path} cannot be written: {error.strerror}.") from None


def _publish(
    console: Console,
    wishes: Wishes,
    directory: CourseDirectory,
    prepared: PreparedAssignment,
    plan: BatchPlan,
    results: list[Result],
) -> bool:
    """Write the gradebook; False when it could not be written."""
    try:
        from grader.gradebook.problems import GradebookError
        from grader.gradebook.publish import publish
    except ImportError as error:
        missing = f"The gradebook was not written: {error.name} is not installed."
        console.print(f"{missing} pip install 'deep-learning-grader[nbgrader]'", markup=False)
        return wishes.gradebook is None
    try:
        with progress_bar(console, "gradebook") as progress:
            task = progress.add_task("gradebook", total=len(results))
            report = publish(
                directory, prepared, plan, results, lambda count: progress.advance(task, count)
            )
    except GradebookError as problem:
        console.print(f"grader: {problem}", style="red", markup=False, highlight=False)
        return False
    console.print(f"Gradebook: {report.written} submissions written.")
    if report.manual:
        console.print(f"Points given by people were kept for: {_names(report.manual)}.")
    return True


def _names(students: list[str]) -> str:
    more = f" and {len(students) - 5} more" if len(students) > 5 else ""
    return ", ".join(students[:5]) + more
