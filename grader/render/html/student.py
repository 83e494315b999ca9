"""The page of one student: what is wrong comes first, plots come last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from grader.render.examples import example_file_name, example_sentence, too_large_sentence
from grader.render.explaining import MOST_NOTES, row_words, words
from grader.render.html.page import render
from grader.render.html.plots import draw
from grader.render.summary import ExercisePoints, exercises
from grader.result import CheckResult, Result, Status

_WAITING = {Status.MISSING, Status.SKIPPED}
_CONFINEMENTS = {
    "forked": "in a sandbox",
    "confined": "in a sandbox",
    "account": "under an account of its own",
    "unconfined": "without a sandbox",
}
"""How students' code ran, in words that need no manual."""


@dataclass(frozen=True)
class _Section:
    """Exercises that ended alike."""

    title: str
    exercises: list[ExercisePoints]
    is_open: bool = False


def student_page(
    result: Result,
    *,
    back: str | None = "../index.html",
    notice: str = "",
    beside: str | None = None,
) -> str:
    """The page of one student; it stands alone, but for the files of examples beside it.

    Parameters
    ----------
    back
        The address of the class's page, where there is one.
    notice
        What the reader is to know first: which of several pushes this is, say.
    beside
        How the names of the files begin that hold its examples, relative to the page; None where
        there are no such files.
    """
    plots = [
        Markup(draw(plot.model_copy(update={"title": f"{check.exercise}: {plot.title}"})))
        for check in result.checks
        for plot in check.plots
    ]
    return render(
        "student.html",
        title=f"{result.student}: {result.assignment}",
        result=result,
        files=_files_at_fault(result),
        sections=_sections(result),
        says_something_new=_says_something_new,
        said=_said,
        most_notes=MOST_NOTES,
        confinement=_CONFINEMENTS[result.confinement],
        plots=plots,
        back=back,
        notice=notice,
        beside=beside,
        example_sentence=example_sentence,
        example_file_name=example_file_name,
        too_large=too_large_sentence,
    )


def _files_at_fault(result: Result) -> list[CheckResult]:
    """For each file that has a problem as a whole, one check that says so.

    Why nothing at all can be graded is told before.
    """
    found: dict[str, CheckResult] = {}
    for check in result.checks:
        nothing = result.submission.nothing_to_grade
        is_told = bool(nothing) and (
            check.status is Status.MISSING or _without_start(check.message) in nothing
        )
        if check.whole_file and not is_told:
            found.setdefault(check.file, check)
    return list(found.values())


def _without_start(message: str) -> str:
    """A message as it stands within another sentence."""
    return message[1:].rstrip(".")


def _sections(result: Result) -> list[_Section]:
    """What is wrong, what is not there yet or waits, and what passed."""
    wrong, waiting, passed = [], [], []
    for one in exercises(result):
        if one.status is Status.PASSED:
            passed.append(one)
        elif all(check.status in {Status.PASSED, *_WAITING} for check in one.checks):
            waiting.append(one)
        else:
            wrong.append(one)
    sections = [
        _Section("What to fix", wrong, is_open=True),
        _Section("Not there yet, or waiting for another exercise", waiting),
        _Section("What passed", passed),
    ]
    return [section for section in sections if section.exercises]


def _said(checks: Sequence[CheckResult]) -> str:
    """How checks ended, in a few words."""
    if any(check.whole_file for check in checks):
        return "see above"
    return row_words(checks) or words(Status.PASSED)


def _says_something_new(exercise: ExercisePoints, check: CheckResult) -> bool:
    """Whether a check's message was not shown before: above for its file, or for its exercise."""
    if not check.message or check.whole_file:
        return False
    first = next(one for one in exercise.checks if one.message == check.message)
    return first is check
