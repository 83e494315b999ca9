"""Results in a terminal: for a student what to do next, for an instructor the class."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console, Group
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from grader.render.examples import example_text
from grader.render.explaining import (
    Explanation,
    bounded_notes,
    explained_check,
    explanations,
    row_words,
)
from grader.render.rows import Rows, bar, mark, speaks_unicode
from grader.render.summary import (
    ExercisePoints,
    exercises,
    graded,
    mean_points,
    median_points,
    mistakes,
    nothing_to_grade,
    whose_figures,
)
from grader.result import CheckResult, Result, Status, Visibility
from grader.sanitise.printed import shortened
from grader.sanitise.terminal import say

_MAX_PRINTED = 400


def print_result(
    console: Console, result: Result, *, failures: int = 3, more: str = "; --all explains them all"
) -> None:
    """Print a student's result: a line for each exercise, then the first failures explained.

    Parameters
    ----------
    failures
        How many failing exercises to explain.
    more
        How to see the others, put after their number.
    """
    print_notes(console, result.submission.nothing_to_grade, result.submission.notes)
    found = exercises(result)
    rows = Rows(console, [exercise.name for exercise in found])
    for exercise in found:
        rows.print(exercise)
    print_outcome(console, result, failures=failures, more=more)


def print_notes(
    console: Console,
    reason: str,
    notes: Sequence[str],
    *,
    more: str = "",
    every: bool = False,
) -> None:
    """Print what a student is to know first.

    Parameters
    ----------
    reason
        Why nothing can be graded; "" when something can.
    more
        How to see the other notes, put after their number.
    every
        Print all notes, not only the first ones.
    """
    if reason:
        say(console, reason, "bold red")
    for note in bounded_notes(notes, more, every=every):
        say(console, f"note: {note}", "yellow")


def print_outcome(
    console: Console,
    result: Result,
    *,
    failures: int = 3,
    more: str = "",
    every: bool = False,
    upcoming: str = "",
) -> None:
    """Print what comes after the rows: what is wrong, the points, and what to do next.

    Parameters
    ----------
    every
        Explain each failing check, not the first one of each exercise.
    upcoming
        The exercise to go on with when all of these passed.
    """
    unicode = speaks_unicode(console)
    found = explanations(result, every=every)
    shown = found if every else found[:failures]
    for explanation in shown:
        console.print()
        console.print(_explanation(explanation, unicode))
    if len(found) > len(shown):
        console.print()
        rest = len(found) - len(shown)
        what = "exercise" if rest == 1 else "exercises"
        console.print(Text(f"… and {rest} more {what}{more}.", style="dim"))
    console.print(Rule(style="dim", characters="─" if unicode else "-"))
    line = Text(f"{result.points:g} of {result.max_points:g} points", style="bold")
    if any(check.visibility is Visibility.PUBLIC for check in result.checks):
        line.append(" on the public cases; the grade comes from hidden ones.", style="dim")
    console.print(line)
    console.print(_next_step(result, upcoming))


def print_exercise(console: Console, result: Result) -> None:
    """Print the checks of one exercise, one of those that fail explained, and its points."""
    unicode = speaks_unicode(console)
    explained = explained_check(result)
    for check in result.checks:
        console.print(_check_line(check, unicode))
        if check is explained:
            console.print(_body(check, unicode))
    console.print(Text(f"{result.points:g} of {result.max_points:g} points", style="bold"))


def print_case(console: Console, result: Result) -> None:
    """Print how the one case ended that a file brought; it is worth no points of its own."""
    unicode = speaks_unicode(console)
    for check in result.checks:
        console.print()
        if check.status is Status.PASSED:
            text = f"{check.exercise} gives the right answer on this input now."
            console.print(Text.assemble(mark(check.status, unicode), f" {text}"))
        else:
            console.print(_explanation(Explanation(check), unicode))


def _check_line(check: CheckResult, unicode: bool) -> Text:
    line = Text.assemble(mark(check.status, unicode), f" {check.title}")
    said = row_words([check])
    return line.append(f"  [{said}]", style="dim") if said else line


def _explanation(explanation: Explanation, unicode: bool) -> Group:
    check = explanation.check
    head = Text.assemble(mark(check.status, unicode))
    head.append(f" {explanation.subject}", style="bold")
    if not check.whole_file:
        head.append(f" {check.title}", style="default")
        head.append(f"  [{row_words([check])}]", style="dim")
    parts: list[Text | Padding | Group] = [head, _body(check, unicode)]
    if explanation.more:
        more = "more check" if explanation.more == 1 else "more checks"
        text = Text(f"and {explanation.more} {more} of it", style="dim")
        parts.append(Padding(text, (0, 0, 0, 4)))
    return Group(*parts)


def _body(check: CheckResult, unicode: bool) -> Group:
    """The message of a check, the hint and what was printed, indented."""
    parts = [Padding(Text(check.message), (0, 0, 0, 4))]
    if example := example_text(check):
        parts.append(Padding(Text(example), (0, 0, 0, 4)))
    if check.diagnosis is not None:
        arrow = "→" if unicode else "->"
        hint = Text(f"{arrow} {check.diagnosis.hint}", style="cyan")
        parts.append(Padding(hint, (0, 0, 0, 4)))
    if check.printed:
        shown = shortened(check.printed, _MAX_PRINTED)
        parts.append(Padding(Text(f"your code printed:\n{shown}", style="dim"), (0, 0, 0, 4)))
    return Group(*parts)


def _next_step(result: Result, upcoming: str = "") -> Text:
    """What to do now, in one sentence."""
    if result.has_grader_error:
        return Text("The grader failed on some checks; `grader doctor` says more.", "magenta")
    wrong = [check for check in result.checks if check.status is not Status.PASSED]
    if not wrong:
        return _after_passing(result, upcoming)
    silent = {Status.MISSING, Status.SKIPPED}
    # What waits needs no work of its own, so it is named only where there is nothing else.
    first = next((check for check in wrong if check.status not in silent), None)
    first = first or next((check for check in wrong if check.status is Status.MISSING), wrong[0])
    name = first.exercise
    if first.status is Status.SKIPPED:
        return _what_is_waited_for(first)
    if first.whole_file and first.status is not Status.MISSING:
        return Text(f"Next: fix {first.file}.")
    if first.status is Status.MISSING:
        return Text(f"Next: write {name} in {first.file}; grader hint {name} helps.")
    return Text(f"Next: fix {name}; grader hint {name} helps.")


def _what_is_waited_for(check: CheckResult) -> Text:
    """What to do where all that is shown waits for something else."""
    name = check.waits_for
    if not name:
        return Text(f"Next: fix {check.exercise}; grader hint {check.exercise} helps.")
    verb = "write" if "not written yet" in check.message else "fix"
    return Text(f"Next: {verb} {name}, which {check.exercise} needs; grader hint {name} helps.")


def _after_passing(result: Result, upcoming: str) -> Text:
    passed = list(dict.fromkeys(check.exercise for check in result.checks))
    if not upcoming:
        return Text("Everything passed. Well done!", style="green")
    names = f"{', '.join(passed[:-1])} and {passed[-1]}" if len(passed) > 1 else passed[0]
    text = Text(f"{names} passed.", style="green")
    return text.append(f" Next: {upcoming}; grader hint {upcoming} helps.", style="default")


def print_class(console: Console, results: Sequence[Result], report: Path | None = None) -> None:
    """Print a class: a line for each student, the mean, the most frequent mistakes."""
    if not results:
        console.print("There are no results.")
        return
    unicode = speaks_unicode(console)
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
    unicode = speaks_unicode(console)
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
                marks.append_text(mark(exercise.status, unicode))
        table.add_row(Text(result.student), f"{result.points:.1f}", bar(whole, console), marks)
    return table
