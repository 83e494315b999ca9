"""One exercise as the output of a notebook's cell: HTML for Jupyter, text for everything else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

from rich.console import Console
from rich.text import Text

from grader.render.blocks import blocks, words
from grader.render.examples import example_text
from grader.render.explaining import bounded_notes, explained_check, row_words
from grader.render.summary import SYMBOLS
from grader.render.terminal import print_exercise, print_notes
from grader.result import CheckResult, Result, Status, Visibility
from grader.sanitise.html import NOT_TYPESET, escaped

_COLOURS = {Status.PASSED: "#1a7f37", Status.MISSING: "#6e7781", Status.SKIPPED: "#9a6700"}
_WRONG = "#cf222e"
_MUTED = "color:#6e7781;"
_WIDTH = 100


@dataclass(frozen=True)
class Aside:
    """What is shown with an exercise's result to somebody who still works on it.

    Attributes
    ----------
    exercise
        Its name.
    notes
        Whether to show how the submission was read.
    hints
        The exercise's hints; they are shown where it does not pass.
    given
        How many of them were asked for.
    upcoming
        The exercise to go on with once this one passes.
    """

    exercise: str = ""
    notes: bool = False
    hints: Sequence[str] = ()
    given: int = 0
    upcoming: str = ""


def cell_text(result: Result, aside: Aside | None = None) -> str:
    """The exercise as plain text."""
    aside = aside or Aside()
    text = StringIO()
    # In a kernel, a console would show its lines itself instead of writing them into the text.
    console = Console(file=text, width=_WIDTH, color_system=None, force_jupyter=False)
    if aside.notes:
        print_notes(console, result.submission.nothing_to_grade, result.submission.notes)
    print_exercise(console, result)
    for line in _advice(result, aside):
        console.print(Text(line))
    return "".join(f"{line.rstrip()}\n" for line in text.getvalue().splitlines())


def _advice(result: Result, aside: Aside) -> list[str]:
    """What to do next, in plain text."""
    if _passes(result):
        return [f"{aside.exercise} passed. Next: {aside.upcoming}."] if aside.upcoming else []
    lines, count = [], len(aside.hints)
    if aside.given:
        lines.append(f"Hint {aside.given} of {count}: {aside.hints[aside.given - 1]}")
    if aside.given < count:
        which = "next" if aside.given else "first"
        lines.append(f'check("{aside.exercise}", hint=True) gives the {which} hint.')
    return lines


def _passes(result: Result) -> bool:
    return all(check.status is Status.PASSED for check in result.checks)


def cell_html(result: Result, aside: Aside | None = None) -> str:
    """The exercise as HTML with its styles inline: notebooks travel without style sheets."""
    aside = aside or Aside()
    share = 100 * result.points / result.max_points if result.max_points else 0.0
    head = (
        f"<b>{result.points:g} of {result.max_points:g} points</b>"
        '<span style="display:inline-block;width:8em;height:.5em;margin-left:.8em;'
        f'background:linear-gradient(to right,{_COLOURS[Status.PASSED]} {share:.1f}%,#d0d7de 0)">'
        "</span>"
    )
    explained = explained_check(result)
    rows = "".join(_row(check, is_explained=check is explained) for check in result.checks)
    public = any(check.visibility is Visibility.PUBLIC for check in result.checks)
    foot = (
        f'<div style="{_MUTED}">on the public cases; the grade comes from hidden ones</div>'
        if public
        else ""
    )
    notes = _notes(result) if aside.notes else ""
    content = f"{notes}{head}{rows}{_help(result, aside)}{foot}"
    return f'<div class="{NOT_TYPESET}" style="line-height:1.5">{content}</div>'


def _notes(result: Result) -> str:
    record = result.submission
    first = [record.nothing_to_grade] if record.nothing_to_grade else []
    lines = [*first, *bounded_notes(record.notes, "")]
    return "".join(f'<div style="{_MUTED}">{_sentence(line)}</div>' for line in lines)


def _row(check: CheckResult, *, is_explained: bool) -> str:
    colour = _COLOURS.get(check.status, _WRONG)
    points = f"{check.points:g}/{check.max_points:g}"
    said = row_words([check])
    parts = [
        f'<div><span style="color:{colour};font-weight:bold">{SYMBOLS[check.status]}</span> '
        f'{_sentence(check.title)} <span style="{_MUTED}">{points}'
        f"{f' · {escaped(said)}' if said else ''}</span></div>"
    ]
    if not is_explained:
        return parts[0]
    parts += [_message(text) for text in (check.message, example_text(check)) if text]
    if check.diagnosis is not None:
        parts.append(_indented(f"→ {_sentence(check.diagnosis.hint)}", "color:#0969da;"))
    if check.printed:
        printed = f'<pre style="margin:0">{escaped(check.printed)}</pre>'
        parts.append(_indented(f"your code printed:{printed}", _MUTED))
    return "".join(parts)


def _help(result: Result, aside: Aside) -> str:
    """Hints that open one by one, or the exercise to go on with."""
    if _passes(result):
        return "".join(f"<div>{_sentence(line)}</div>" for line in _advice(result, aside))
    content = ""
    for number in range(len(aside.hints), 0, -1):  # each lies within the one before
        is_open = " open" if number <= aside.given else ""
        content = (
            f"<details{is_open}><summary>Hint {number} of {len(aside.hints)}</summary>"
            f"{_indented(_sentence(aside.hints[number - 1]))}{content}</details>"
        )
    return content


def _message(text: str) -> str:
    parts = [
        f'<pre style="margin:0">{escaped(block.text)}</pre>'
        if block.is_code
        else f"<div>{_sentence(block.text)}</div>"
        for block in blocks(text)
    ]
    return _indented("".join(parts)) if parts else ""


def _sentence(text: str) -> str:
    return "".join(
        f"<code>{escaped(piece.text)}</code>" if piece.is_code else escaped(piece.text)
        for piece in words(text)
    )


def _indented(content: str, style: str = "") -> str:
    return f'<div style="{style}margin-left:1.6em;white-space:pre-wrap">{content}</div>'
