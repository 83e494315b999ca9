"""`grader export`: grades for other systems, from the results or from nbgrader's gradebook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from grader.batch.store import ResultStore
from grader.cli.gradebook_grades import grades_from_gradebook, wants_gradebook
from grader.cli.problems import KEPT, UsageProblem, cannot_write, needs
from grader.cli.stored_results import kept_results
from grader.files.atomic import make_folder, write_atomically
from grader.render.exports.canvas import fill_canvas
from grader.render.exports.filling import Filled, Wishes
from grader.render.exports.grades import StudentGrade, grade_of
from grader.render.exports.gradescope import results_json
from grader.render.exports.moodle import fill_moodle, moodle_csv
from grader.render.exports.points import points_csv
from grader.result import Result
from grader.sanitise.file_names import file_name_of
from grader.sanitise.formgrader import unescaped
from grader.sanitise.terminal import say
from grader.submissions import CourseDirectory

INCOMPLETE = 3
_FOLDER = "exports"
_SHOWN = 20


class Format(StrEnum):
    """What `--to` takes."""

    CSV = "csv"
    CANVAS = "canvas"
    MOODLE = "moodle"
    GRADESCOPE = "gradescope"
    JUNIT = "junit"


_OF_CHECKS = {Format.GRADESCOPE, Format.JUNIT}
"""Formats that tell about checks, of which a gradebook knows nothing."""
_INTO_A_FILE = {Format.CANVAS, Format.MOODLE}


@dataclass
class _Export:
    """What was written where, and a sentence for each student who is not in it."""

    path: Path
    students: int
    problems: list[str]
    untouched: int = 0
    """Rows of the platform's file that stayed as they were."""


def command(
    assignment: Annotated[
        str | None, typer.Argument(help="Such as a1_least_squares, or a1. Default: all.")
    ] = None,
    to: Annotated[Format, typer.Option("--to", help="The format.")] = Format.CSV,
    course: Annotated[Path, typer.Option(help="The course directory, which holds results/.")] = (
        Path()
    ),
    output: Annotated[
        Path | None, typer.Option(help="The file to write. Default: in exports/ of the course.")
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option(
            "--from", help="What Canvas or Moodle exported; it is copied with the grades filled in."
        ),
    ] = None,
    student: Annotated[str | None, typer.Option(help="Export this student alone.")] = None,
    per_exercise: Annotated[
        bool, typer.Option("--per-exercise", help="csv: a column for each exercise, too.")
    ] = False,
    gradebook: Annotated[
        bool | None,
        typer.Option(
            help="Take points from nbgrader's gradebook, where people may have given some. "
            "Default: in an nbgrader course.",
        ),
    ] = None,
    column: Annotated[
        str, typer.Option(help="canvas, moodle: the column of grades in the file of --from.")
    ] = "",
    match: Annotated[
        str, typer.Option(help="canvas, moodle: the column that holds our student ids.")
    ] = "",
    scale: Annotated[
        bool, typer.Option("--scale", help="canvas, moodle: convert to the platform's maximum.")
    ] = False,
) -> None:
    """Write grades for a spreadsheet, Canvas, Moodle, Gradescope or a CI server.

    Ends with exit code 0 when everybody with a submission is in it, 3 when it was written but
    somebody is not (each is named with the reason), 2 for a wrong call.
    """
    console = Console()
    wishes = Wishes(column, match, scale)
    _check_options(to, source, output, wishes, per_exercise, gradebook)
    directory = CourseDirectory(course)
    results, problems = _results(directory, assignment, student)
    names = sorted({result.assignment for result in results})
    if len(names) > 1 and to in _INTO_A_FILE:
        raise UsageProblem(f"{to} takes one assignment at a time. Name it: {', '.join(names)}.")
    from_gradebook = to not in _OF_CHECKS and wants_gradebook(console, gradebook, directory)
    if from_gradebook:
        grades = grades_from_gradebook(directory, student, results)
    else:
        grades = [grade_of(result, directory) for result in results]
    label = names[0] if len(names) == 1 else "all"
    target = output or directory.path / _FOLDER / _file_name(to, label)
    try:
        if to is Format.GRADESCOPE:
            done = _gradescope(results, grades, target, single=bool(output and student))
        elif to is Format.JUNIT:
            done = _written(target, _junit(results), len(results), [])
        elif to is Format.CSV:
            waiting = [
                f"{one.student} has no final points in {one.assignment}: nobody has graded "
                f"{', '.join(one.ungraded[:5])} yet"
                for one in grades
                if one.ungraded
            ]
            content = points_csv(grades, per_exercise=per_exercise)
            done = _written(target, content, len(grades), waiting)
        else:
            filled = _filled(to, source, grades, wishes)
            done = _written(target, filled.content, len(filled.written), filled.problems)
            done.untouched = filled.untouched
    except OSError as error:
        raise cannot_write(
            error.filename or target, error, KEPT, named=output is not None
        ) from None
    done.problems[:0] = problems
    for grade in grades:
        if grade.excess:
            say(console, _excess(grade, from_gradebook), "bold red", wrap=False)
    if from_gradebook and (missing := unescaped(directory.path)):
        say(console, missing, "yellow", wrap=False)
    _tell(console, done, "the gradebook" if from_gradebook else "results/")
    raise typer.Exit(INCOMPLETE if done.problems else 0)


def _check_options(
    to: Format,
    source: Path | None,
    output: Path | None,
    wishes: Wishes,
    per_exercise: bool,
    gradebook: bool | None,
) -> None:
    """Refuse what would be passed over in silence."""
    if to is Format.CANVAS and source is None:
        raise UsageProblem(
            "canvas needs --from FILE: the gradebook that Canvas exported (Grades, Export), since "
            "Canvas takes back only its own columns."
        )
    if source is not None and to not in _INTO_A_FILE:
        raise UsageProblem(f"--from is for canvas and moodle, not for {to}.")
    if source is None and wishes != Wishes():
        raise UsageProblem("--column, --match and --scale are only for the file of --from.")
    if per_exercise and to is not Format.CSV:
        raise UsageProblem(f"--per-exercise is for csv, not for {to}.")
    if gradebook and to in _OF_CHECKS:
        raise UsageProblem(
            f"{to} shows checks, and the gradebook knows none; leave --gradebook out."
        )
    if source is not None and output is not None and output.resolve() == source.resolve():
        raise UsageProblem(
            "--output is the file of --from; name another, so that this one stays as it is."
        )


def _results(
    directory: CourseDirectory, assignment: str | None, student: str | None
) -> tuple[list[Result], list[str]]:
    """The results to export, and a sentence for each file that is damaged."""
    results: list[Result] = []
    problems = []
    for folder in kept_results(directory, assignment).values():
        found, damaged = ResultStore(folder).read_all()
        results += found
        problems += [
            f"{file} is damaged and was left out; grader batch grades it again" for file in damaged
        ]
    if student is not None:
        results = [result for result in results if result.student == student]
    if not results:
        whose = f" of {student!r}" if student is not None else ""
        raise UsageProblem(f"There are no results{whose} in {directory.results}.")
    return results, problems


def _excess(grade: StudentGrade, from_gradebook: bool) -> str:
    """Name a grade that is above its maximum; it is exported all the same."""
    advice = (
        "If that is no extra credit, somebody has altered the gradebook: look at it in formgrader."
        if from_gradebook
        else "Somebody has altered the results: grade it again with grader batch --fresh."
    )
    who = f"{grade.student} has more than the maximum in {grade.assignment}"
    return f"{who}: {grade.excess}. {advice}"


def _file_name(to: Format, label: str) -> str:
    return {
        Format.CSV: f"{label}.csv",
        Format.CANVAS: f"{label}-canvas.csv",
        Format.MOODLE: f"{label}-moodle.csv",
        Format.GRADESCOPE: "gradescope",
        Format.JUNIT: f"{label}-junit.xml",
    }[to]


def _filled(
    to: Format, source: Path | None, grades: Sequence[StudentGrade], wishes: Wishes
) -> Filled:
    if source is None:
        return moodle_csv(grades)
    fill = fill_canvas if to is Format.CANVAS else fill_moodle
    try:
        content = source.read_bytes()
    except OSError as error:
        raise UsageProblem(f"{source} cannot be read: {error.strerror}.") from None
    return fill(content, str(source), grades, wishes)


def _junit(results: Sequence[Result]) -> bytes:
    try:
        from grader.render.exports.junit import junit_xml
    except ModuleNotFoundError as error:
        raise needs("JUnit", error) from None
    return junit_xml(results)


def _gradescope(
    results: Sequence[Result], grades: Sequence[StudentGrade], target: Path, *, single: bool
) -> _Export:
    """Write ``results.json`` of each student into a folder of theirs, or one as `target`."""
    done = _Export(target, 0, [])
    for result, grade in zip(results, grades, strict=True):
        place = Path(result.assignment, file_name_of(result.student), "results.json")
        path = target if single else target / place
        content = results_json(result, grade)
        if content is None:
            path.unlink(missing_ok=True)  # an older grade would pass for the one of today
            done.problems.append(
                f"{result.student} has no file: the grader failed on it; grade it again"
            )
            continue
        make_folder(path.parent)
        write_atomically(path, content)
        done.students += 1
    return done


def _written(target: Path, content: bytes, students: int, problems: list[str]) -> _Export:
    make_folder(target.parent)
    write_atomically(target, content)
    return _Export(target, students, problems)


def _tell(console: Console, done: _Export, origin: str) -> None:
    for problem in done.problems[:_SHOWN]:
        say(console, problem, "yellow")
    if len(done.problems) > _SHOWN:
        say(console, f"… and {len(done.problems) - _SHOWN} more", "yellow")
    line = f"{done.students} grades from {origin}: {done.path}"
    if done.untouched:
        line += f" ({done.untouched} rows stay as they were)"
    say(console, line, wrap=False)
