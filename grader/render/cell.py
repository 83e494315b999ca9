"""One exercise as the output of a notebook's cell: HTML for Jupyter, text for everything else."""

from __future__ import annotations

from html import escape
from io import StringIO

from rich.console import Console

from grader.render.summary import SYMBOLS
from grader.render.terminal import print_exercise
from grader.result import CheckResult, Result, Status, Visibility

_COLOURS = {Status.PASSED: "#1a7f37", Status.MISSING: "#6e7781", Status.SKIPPED: "#9a6700"}
_WRONG = "#cf222e"
_WIDTH = 100


def cell_text(result: Result) -> str:
    """The exercise as plain text."""
    text = StringIO()
    print_exercise(Console(file=text, width=_WIDTH, color_system=None), result)
    return text.getvalue()


def cell_html(result: Result) -> str:
    """The exercise as HTML with its styles inline: notebooks travel without style sheets."""
    share = 100 * result.points / result.max_points if result.max_points else 0.0
    head = (
        f"<b>{result.points:g} of {result.max_points:g} points</b>"
        '<span style="display:inline-block;width:8em;height:.5em;margin-left:.8em;'
        f'background:linear-gradient(to right,{_COLOURS[Status.PASSED]} {share:.1f}%,#d0d7de 0)">'
        "</span>"
    )
    rows = "".join(map(_row, result.checks))
    public = any(check.visibility is Visibility.PUBLIC for check in result.checks)
    foot = (
        '<div style="color:#6e7781">on the public cases; the grade comes from hidden ones</div>'
        if public
        else ""
    )
    return f'<div style="line-height:1.5">{head}{rows}{foot}</div>'


def _row(check: CheckResult) -> str:
    colour = _COLOURS.get(check.status, _WRONG)
    points = f"{check.points:g}/{check.max_points:g}"
    parts = [
        f'<div><span style="color:{colour};font-weight:bold">{SYMBOLS[check.status]}</span> '
        f'{escape(check.title)} <span style="color:#6e7781">{points}</span></div>'
    ]
    if check.status is not Status.PASSED and check.message:
        parts.append(_indented(escape(check.message)))
    if check.diagnosis is not None:
        parts.append(_indented(f"→ {escape(check.diagnosis.hint)}", "color:#0969da;"))
    if check.printed:
        printed = f'<pre style="margin:0">{escape(check.printed)}</pre>'
        parts.append(_indented(f"your code printed:{printed}", "color:#6e7781;"))
    return "".join(parts)


def _indented(content: str, style: str = "") -> str:
    return f'<div style="{style}margin-left:1.6em;white-space:pre-wrap">{content}</div>'
