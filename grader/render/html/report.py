"""Write the class page and a page for each student."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from grader.files.atomic import make_folder, write_atomically
from grader.render.above_maximum import above_maximum
from grader.render.examples import example_files
from grader.render.history import History, add_run, progress, read_history, write_history
from grader.render.html.page import render
from grader.render.html.student import student_page
from grader.render.insight import insight
from grader.render.summary import (
    CheckRate,
    check_rates,
    exercises,
    graded,
    histogram,
    mean_points,
    median_points,
    mistakes,
    nothing_to_grade,
    share_of_points,
    whose_figures,
)
from grader.result import Result
from grader.sanitise.file_names import address_of, file_name_of

_STUDENTS = "students"


def write_report(results: Sequence[Result], directory: Path) -> Path:
    """Write ``index.html`` and ``students/*.html`` into `directory`; return the index.

    Pages of students who are no longer in the class are removed. The figures of the run are
    added to ``history.json``, and the page tells what moved since the last one.
    """
    students = directory / _STUDENTS
    make_folder(students)
    written = set()
    for result in results:
        path = students / _page_name(result.student)
        written |= write_student_page(path, result)
    for path in [*students.glob("*.html"), *students.glob("*.npz")]:
        if path.name not in written:
            path.unlink()
    index = directory / "index.html"
    history, problem = read_history(directory)
    longer = add_run(history or History(), results)
    if history is not None and longer is not history:
        problem = " ".join(filter(None, [problem, write_history(directory, longer)]))
    write_atomically(index, class_page(results, longer, problem).encode("utf-8"))
    return index


def class_page(results: Sequence[Result], history: History | None = None, problem: str = "") -> str:
    """The page of the class.

    Parameters
    ----------
    history
        The figures of the runs up to this one.
    problem
        Why there is no history of before, to be shown.
    """
    history = history or History()
    top = results[0].max_points if results else 0.0
    counted = graded(results)
    found = mistakes(results)
    return render(
        "class.html",
        title=results[0].assignment if results else "No results",
        results=sorted(results, key=lambda result: result.student.casefold()),
        top=top,
        counted=len(counted),
        left_out=nothing_to_grade(results),
        whose_figures=whose_figures(results),
        mean=mean_points(results),
        median=median_points(results),
        full=sum(result.points >= result.max_points for result in counted),
        above=above_maximum(results),
        broken=[result for result in results if result.has_grader_error],
        unconfined=any(result.confinement == "unconfined" for result in results),
        histogram=histogram([share_of_points(result) for result in counted]),
        rates=_by_exercise(check_rates(results)),
        misconceptions=[one for one in found if one.id.startswith("misconception.")],
        patterns=[one for one in found if one.id.startswith("generic.")][:8],
        insight=insight(results),
        progress=progress(history, results),
        runs=history.runs,
        history_problem=problem,
        exercises=exercises,
        page=lambda student: f"{_STUDENTS}/{_page_name(student)}",
    )


def write_student_page(
    path: Path,
    result: Result,
    *,
    back: str | None = "../index.html",
    notice: str = "",
    mode: int | None = None,
) -> set[str]:
    """Write a student's page and, beside it, a file for each example; return their names.

    Parameters
    ----------
    mode
        Who may read them; by default as the system's settings say.
    """
    beside = f"{path.stem}-"
    files = {f"{beside}{name}": content for name, content in example_files(result).items()}
    for name, content in files.items():
        write_atomically(path.with_name(name), content, mode=mode)
    page = student_page(result, back=back, notice=notice, beside=beside)
    write_atomically(path, page.encode("utf-8"), mode=mode)
    return {path.name, *files}


def message_page(title: str, text: str) -> str:
    """A page that says why there is nothing else to show."""
    return render("message.html", title=title, text=text)


def _page_name(student: str) -> str:
    return address_of(student, file_name_of(student))


def _by_exercise(rates: list[CheckRate]) -> dict[str, list[CheckRate]]:
    groups: dict[str, list[CheckRate]] = {}
    for rate in rates:
        groups.setdefault(rate.exercise, []).append(rate)
    return groups
