"""One line for each exercise: how it ended, its points and a few words."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from grader.render.explaining import file_line, row_words
from grader.render.summary import SYMBOLS, ExercisePoints
from grader.result import CheckResult, Status

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
_BAR = 8
_MOST_NAME = 32
_POINTS = 9


class Rows:
    """Prints rows below each other, in columns, one at a time.

    Parameters
    ----------
    names
        The exercises that will come: the columns begin where the longest of them ends.
    """

    def __init__(self, console: Console, names: Sequence[str]) -> None:
        self.console = console
        self._width = min(max(map(len, names), default=0), _MOST_NAME)
        self._files: set[str] = set()

    def print(self, exercise: ExercisePoints) -> None:
        """Print an exercise's row, and before the first of a file what is wrong with all of it."""
        whole = next((check for check in exercise.checks if check.whole_file), None)
        if whole is not None and whole.file not in self._files:
            self._files.add(whole.file)
            self.console.print(self._file_line(whole))
        self.console.print(self._row(exercise), no_wrap=True, crop=True)

    def _file_line(self, check: CheckResult) -> Text:
        line = Text.assemble(mark(check.status, speaks_unicode(self.console)))
        return line.append(f"  {file_line(check)}", style="bold")

    def _row(self, exercise: ExercisePoints) -> Text:
        unicode = speaks_unicode(self.console)
        name = _cut(exercise.name, self._width, unicode)
        points = f"{exercise.points:g}/{exercise.max_points:g}"
        row = Text.assemble(mark(exercise.status, unicode))
        row.append(f"  {name:<{self._width}}  {points:>{_POINTS}}  ")
        row.append_text(bar(exercise, self.console, _BAR))
        about = row_words(exercise.checks)
        if about:
            room = self.console.width - row.cell_len - 2
            row.append(f"  {_cut(about, room, unicode)}", style="dim")
        return row


def _cut(text: str, room: int, unicode: bool) -> str:
    if len(text) <= room:
        return text
    ending = "…" if unicode else "..."
    return text[: max(0, room - len(ending))] + ending


def mark(status: Status, unicode: bool) -> Text:
    """The sign of a status, coloured."""
    plain, style = _STYLES[status]
    return Text(SYMBOLS[status] if unicode else plain, style=style)


def bar(exercise: ExercisePoints, console: Console, cells: int = 12) -> Text:
    """The share of the points as a bar."""
    unicode, coloured = speaks_unicode(console), console.color_system is not None
    rest = ("━" if coloured else "╌") if unicode else "."  # colour alone tells two ━ apart
    share = exercise.points / exercise.max_points if exercise.max_points else 0.0
    full = int(share * cells + 1e-9)
    drawn = Text(("━" if unicode else "#") * full, style="green")
    drawn.append(rest * (cells - full), style="bright_black")
    return drawn


def speaks_unicode(console: Console) -> bool:
    """Whether the terminal can be told signs beyond ASCII."""
    return (console.encoding or "").lower().replace("-", "") in {"utf8", "utf16"}
