"""Results as Markdown: GitHub's job summary, or any page that reads it."""

from __future__ import annotations

from collections.abc import Sequence

from grader.render.examples import with_example
from grader.render.summary import SYMBOLS, exercises, failures
from grader.result import CheckResult, Result, Status, Visibility
from grader.sanitise.markdown import fenced, inline
from grader.sanitise.spreadsheet import number
from grader.sanitise.text import safe_text

MOST_EXPLAINED = 30
"""Failures explained for each assignment; GitHub drops a summary of more than 1 MiB."""
_MAX_MESSAGE = 3_000


def markdown(results: Sequence[Result], notes: Sequence[str] = ()) -> str:
    """A section for each assignment: points by exercise, then what is wrong and where to look."""
    parts = [f"> {inline(note)}\n" for note in notes]
    for result in results:
        parts += _assignment(result)
    return "\n".join(parts)


def _assignment(result: Result) -> list[str]:
    points = f"{number(result.points)} of {number(result.max_points)}"
    lines = [f"## {inline(result.assignment)}: {points} points", ""]
    if result.checks and result.checks[0].visibility is Visibility.PUBLIC:
        lines += ["On the public cases; the grade comes from hidden ones.", ""]
    lines += [f"> {inline(note)}\n" for note in result.submission.notes]
    lines += ["| | exercise | points | not right yet |", "|---|---|---:|---|"]
    for one in exercises(result):
        wrong = [check.check for check in one.checks if check.status is not Status.PASSED]
        row = (
            SYMBOLS[one.status],
            f"`{one.name}`",
            f"{number(one.points)} / {number(one.max_points)}",
            inline(", ".join(wrong)),
        )
        lines.append(f"| {' | '.join(row)} |")
    lines.append("")
    found = failures(result)
    for check in found[:MOST_EXPLAINED]:
        lines += _explanation(check)
    if len(found) > MOST_EXPLAINED:
        lines += [f"… and {len(found) - MOST_EXPLAINED} more.", ""]
    return lines


def _explanation(check: CheckResult) -> list[str]:
    status = str(check.status).replace("_", " ")
    lines = [f"**{inline(f'{check.exercise}: {check.title}')}** ({inline(status)})", ""]
    if said := with_example(check):
        lines += [fenced(safe_text(said, _MAX_MESSAGE)), ""]
    if check.diagnosis is not None:
        lines += [f"→ {inline(check.diagnosis.hint)}", ""]
    return lines
