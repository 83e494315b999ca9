"""`grader report`: the class as web pages, from the results that are kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from grader.batch.store import ResultStore
from grader.cli.problems import needs
from grader.cli.stored_results import kept_results
from grader.problems import MachineProblem, advice
from grader.result import Result
from grader.sanitise.terminal import say
from grader.submissions import CourseDirectory


def command(
    assignment: Annotated[
        str | None, typer.Argument(help="Such as a1_least_squares. Default: all with results.")
    ] = None,
    course: Annotated[Path, typer.Option(help="The course directory, which holds results/.")] = (
        Path()
    ),
    output: Annotated[
        Path | None, typer.Option(help="Where to write. Default: reports/ in the course.")
    ] = None,
) -> None:
    """Write the HTML report: a class page and a page for each student.

    Each page is one file that needs no network.
    """
    directory = CourseDirectory(course)
    console = Console()
    for name, folder in kept_results(directory, assignment).items():
        results, damaged = ResultStore(folder).read_all()
        for file in damaged:
            say(console, f"{file} is damaged and was left out; grader batch makes it again.")
        if results:
            page = write_html(results, (output or directory.path / "reports") / name)
            say(console, f"{name}: {page}", wrap=False)


def write_html(results: Sequence[Result], folder: Path) -> Path:
    """Write the pages; what they need is in the extra `instructor`.

    Raises
    ------
    UsageProblem
        When that is not installed.
    MachineProblem
        When the folder cannot be written.
    """
    try:
        from grader.render.html import write_report
    except ModuleNotFoundError as error:
        raise needs("The HTML report (--no-report skips it)", error) from None
    try:
        return write_report(results, folder)
    except OSError as error:
        raise MachineProblem(
            f"The report cannot be written to {folder}: {error.strerror or error}. The results are "
            f"kept. {advice(error)}, and `grader report` writes it from them."
        ) from None
