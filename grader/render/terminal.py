"""Results in a terminal: for a student what to do next, for an instructor the class."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console, Group
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from grader.render.summary import (
    SYMBOLS,
    ExercisePoints,
    exercises,
    failures,
    graded,
    mean_points,
    median_points,
    mistakes,
    nothing_to_grade,
    whose_figures,
)
from grader.result import CheckResult, Result, Status

_STYLES = {
    Status.PASSED: ("+", "green"),
    Status.FAILED: ("x", "red"),
    Status.ERROR: ("x", "red"),
    Status.TIMEOUT: ("t", "red"),
    Status.OUT_OF_MEMORY: ("m", "red"),
    Status.CRASHED: ("c", "red"),
    Status.FORBIDDEN: ("!", "red"),
    Status.MISSING: (".", "dim"),
    Status.SKIPPED: (">", "yellow"),
    Status.GRADER_ERROR: ("?", "magenta"),
}
"""The sign where the terminal speaks no Unicode, and the colour."""
_BAR = 12
_MAX_PRINTED = 400


def print_result(
    console: Console, result: Result, *, failures: int = 3, more: str = "; --all explains them all"
) -> None:
    """Print a student's result: a line for each exercise, then the first failures explained.

    Parameters
    ----------
    failures
        How many failing checks to explain.
    more
        How to see the others, put after their number.
    """
    unicode = _speaks_unicode(console)
    for note in result.submission.notes:
        console.print(Text(f"note: {note}", style="yellow"))
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, overflow="ellipsis")
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="ellipsis")
    for exercise in exercises(result):
        table.add_row(*_exercise_row(exercise, console))
    console.print(table)
    _print_failures(console, result, failures, unicode, more)
    console.print(Rule(style="dim", characters="─" if unicode else "-"))
    line = Text(f"{result.points:g} of {result.max_points:g} points", style="bold")
    if result.checks and result.checks[0].visibility == "public":
        line.append(" on the public cases; the grade comes from hidden ones.", style="dim")
    console.print(line)
    console.print(_next_step(result))


def print_exercise(console: Console, result: Result) -> None:
    """Print the checks of one exercise, with what is wrong with each, and its points."""
    unicode = _speaks_unicode(console)
    for check in result.checks:
        if check.status is Status.PASSED:
            console.print(Text.assemble(_mark(check.status, unicode), f" {check.title}"))
        else:
            console.print(_explanation(check, unicode))
    console.print(Text(f"{result.points:g} of {result.max_points:g} points", style="bold"))


def _exercise_row(exercise: ExercisePoints, console: Console) -> tuple[Text, ...]:
    mark = _mark(exercise.status, _speaks_unicode(console))
    points = Text(f"{exercise.points:g}/{exercise.max_points:g}")
    wrong = [check for check in exercise.checks if check.status is not Status.PASSED]
    if not wrong:
        about = Text("")
    elif len({check.status for check in wrong}) == 1 and len(wrong) == len(exercise.checks):
        about = Text(_words(wrong[0].status), style="dim")
    else:
        about = Text(", ".join(check.check for check in wrong), style="dim")
    return mark, Text(exercise.name), points, _bar(exercise, console), about


def _mark(status: Status, unicode: bool) -> Text:
    plain, style = _STYLES[status]
    return Text(SYMBOLS[status] if unicode else plain, style=style)


def _bar(exercise: ExercisePoints, console: Console) -> Text:
    unicode, coloured = _speaks_unicode(console), console.color_system is not None
    rest = ("━" if coloured else "╌") if unicode else "."  # colour alone tells two ━ apart
    share = exercise.points / exercise.max_points if exercise.max_points else 0.0
    full = int(share * _BAR + 1e-9)
    bar = Text(("━" if unicode else "#") * full, style="green")
    bar.append(rest * (_BAR - full), style="bright_black")
    return bar


def _words(status: Status) -> str:
    return {
        Status.MISSING: "not written yet",
        Status.SKIPPED: "waits for another exercise",
        Status.OUT_OF_MEMORY: "out of memory",
        Status.GRADER_ERROR: "the grader failed; not your fault",
        Status.TIMEOUT: "takes too long",
    }.get(status, str(status))


def _print_failures(console: Console, result: Result, limit: int, unicode: bool, how: str) -> None:
    found = failures(result)
    for check in found[:limit]:
        console.print()
        console.print(_explanation(check, unicode))
    if len(found) > limit:
        more = len(found) - limit
        console.print()
        console.print(Text(f"… and {more} more{how}.", style="dim"))


def _explanation(check: CheckResult, unicode: bool) -> Group:
    head = Text.assemble(_mark(check.status, unicode))
    head.append(f" {check.exercise}", style="bold")
    head.append(f" {check.title}", style="default")
    head.append(f"  [{_words(check.status)}]", style="dim")
    parts: list[Text | Padding] = [head, Padding(Text(check.message), (0, 0, 0, 4))]
    if check.diagnosis is not None:
        arrow = "→" if unicode else "->"
        hint = Text(f"{arrow} {check.diagnosis.hint}", style="cyan")
        parts.append(Padding(hint, (0, 0, 0, 4)))
    if check.printed:
        shown = check.printed[:_MAX_PRINTED].rstrip()
        parts.append(Padding(Text(f"your code printed:\n{shown}", style="dim"), (0, 0, 0, 4)))
    return Group(*parts)


def _next_step(result: Result) -> Text:
    for check in result.checks:
        if check.status is Status.GRADER_ERROR:
            return Text("The grader failed on some checks; grader doctor tells more.", "magenta")
    found = failures(result)
    if found:
        return Text(f"Next: mend {found[0].exercise}; grader hint {found[0].exercise} helps.")
    missing = [check for check in result.checks if check.status is Status.MISSING]
    if missing:
        name = missing[0].exercise
        return Text(f"Next: write {name} in {missing[0].file}; grader hint {name} helps.")
    return Text("Everything passed. Well done!", style="green")


def print_class(console: Console, results: Sequence[Result], report: Path | None = None) -> None:
    """Print a class: a line for each student, the mean, the most frequent mistakes."""
    if not results:
        console.print("There are no results.")
        return
    unicode = _speaks_unicode(console)
    console.print()
    console.print(_class_table(results, console))
    top = results[0].max_points
    line = Text(f"{len(results)} students", style="bold")
    if graded(results):
        figures = f", mean {mean_points(results):.1f}, median {median_points(results):.1f}"
        line.append(f"{figures} of {top:g}")
    console.print(line)
    if left_out := nothing_to_grade(results):
        console.print(Text(f"{whose_figures(results)}:", style="yellow"))
        for result in left_out:
            text = f"  {result.student}: {result.submission.nothing_to_grade}"
            console.print(Text(text, style="yellow"))
    broken = [result for result in results if result.has_grader_error]
    if broken:
        text = f"The grader failed on {len(broken)} of them; run the same command again."
        console.print(Text(text, style="bold magenta"))
    if any(result.confinement == "unconfined" for result in results):
        text = "Students' code ran unconfined, with all that this account may do."
        console.print(Text(text, style="yellow"))
    common = [one for one in mistakes(results) if one.id.startswith("misconception.")][:5]
    if common:
        console.print(Text("\nWhat the class misunderstood", style="bold"))
        for one in common:
            count = Text(f"{len(one.students):>3} × " if unicode else f"{len(one.students):>3} x ")
            count.append(one.hint.partition(". ")[0].removeprefix("Most likely your "))
            console.print(count)
    if report is not None:
        console.print()
        console.print(Text(f"Report: {report}", style="bold"), soft_wrap=True)


def _class_table(results: Sequence[Result], console: Console) -> Table:
    unicode = _speaks_unicode(console)
    table = Table(box=None, pad_edge=False, title=results[0].assignment, title_justify="left")
    table.add_column("student", overflow="ellipsis", no_wrap=True, max_width=24)
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("exercises", overflow="ellipsis", no_wrap=True)
    for result in results:
        whole = ExercisePoints("", result.points, result.max_points)
        marks = Text()
        if result.submission.nothing_to_grade:
            marks.append("nothing that can be graded", style="dim")
        else:
            for exercise in exercises(result):
                marks.append_text(_mark(exercise.status, unicode))
        table.add_row(Text(result.student), f"{result.points:.1f}", _bar(whole, console), marks)
    return table


def _speaks_unicode(console: Console) -> bool:
    return (console.encoding or "").lower().replace("-", "") in {"utf8", "utf16"}
