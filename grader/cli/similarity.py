"""`grader similarity`: which submissions resemble each other more than the task explains."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from grader.batch.run import default_jobs
from grader.cli.places import root_folder
from grader.cli.problems import UsageProblem, cannot_write, needs
from grader.cli.progress import progress_bar
from grader.course.catalogue import choose, frozen_assignments
from grader.course.expected import expected_of
from grader.course.frozen import load
from grader.sanitise.terminal import say
from grader.submissions import CourseDirectory, read_path
from grader.submissions.course_directory import earlier_attempts

if TYPE_CHECKING:
    from grader.similarity import ClassComparison


def command(
    assignment: Annotated[str, typer.Argument(help="Such as a2_logistic_regression, or a2.")],
    course: Annotated[
        Path, typer.Option(help="The course directory, which holds submitted/.")
    ] = Path(),
    output: Annotated[
        Path | None,
        typer.Option(help="Where to write. Default: reports/ASSIGNMENT/similarity in the course."),
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(min=0.05, max=1, help="List pairs from this similarity on. Default: 0.7."),
    ] = None,
    previous: Annotated[
        list[Path] | None,
        typer.Option(help="A previous course directory to compare with; may be repeated."),
    ] = None,
    earlier: Annotated[
        bool,
        typer.Option(
            "--earlier/--latest", help="Compare earlier attempts, too, or only the latest."
        ),
    ] = True,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="How many to read at once. Default: one per core.")
    ] = None,
) -> None:
    """Show which submissions resemble each other, and where.

    Code that the course gave does not count, nor do names, comments and the order of functions.
    Nothing runs, and nothing is sent anywhere. A high number is a reason to read both texts and
    to talk, never a verdict. Ends with exit code 0 whatever is found.
    """
    console = Console()
    courses = [course, *(previous or [])]
    comparison, name = _compare(console, assignment, courses, earlier, threshold, jobs)
    folder = output or course / "reports" / name / "similarity"
    from grader.similarity.pages import write_pages
    from grader.similarity.terminal import print_comparison

    try:
        page = write_pages(comparison, name, folder)
    except OSError as error:
        advice = "Another folder can be named with --output."
        raise cannot_write(folder, error, advice, named=output is not None) from None
    print_comparison(console, comparison, page)


def _compare(
    console: Console,
    assignment: str,
    courses: list[Path],
    earlier: bool,
    threshold: float | None,
    jobs: int | None,
) -> tuple[ClassComparison, str]:
    try:
        from grader.similarity import compare_class, texts_of
        from grader.similarity.comparison import THRESHOLD
    except ModuleNotFoundError as error:
        raise needs("grader similarity", error) from None
    frozen = choose(assignment, frozen_assignments(root_folder()))
    asked = expected_of(load(frozen / "public"), root_folder())
    expected = list(asked.files)
    texts = []
    for place, folder in enumerate(courses):
        directory = CourseDirectory(folder)
        origin = folder.resolve().name if place else ""
        for student, attempts in _attempts(console, directory, frozen.name, earlier):
            submissions = [
                read_path(path, asked, student=student, assignment=frozen.name) for path in attempts
            ]
            texts += texts_of(submissions, expected, origin)
    if len({(one.student, one.origin) for one in texts}) < 2:
        raise UsageProblem(
            f"There is only one submission of {frozen.name} under {courses[0]}, and a "
            "comparison takes two. Add those of an earlier course with --previous COURSE."
        )
    with progress_bar(console, "comparing") as progress:
        task = progress.add_task("comparing", total=len(texts))
        comparison = compare_class(
            texts,
            _stubs(frozen, expected),
            threshold=THRESHOLD if threshold is None else threshold,
            jobs=jobs or default_jobs(),
            progress=lambda: progress.advance(task),
        )
    return comparison, frozen.name


def _attempts(
    console: Console, directory: CourseDirectory, name: str, earlier: bool
) -> Iterator[tuple[str, list[Path]]]:
    """Each student with the folders of their attempts, the latest last."""
    submitted = directory.submitted(name)
    for note in directory.notes:
        say(console, f"note: {note}", "yellow")
    for student, path in submitted:
        before = earlier_attempts(directory.path, path.parent.name, name) if earlier else []
        yield student, [*before, path]


def _stubs(folder: Path, expected: list[str]) -> list[str]:
    from grader.similarity.texts import decoded

    return [decoded((folder / name).read_bytes()) for name in expected if (folder / name).is_file()]
