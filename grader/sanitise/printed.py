"""What code printed for a terminal, as plain text: what a person would have seen there.

Progress bars go back to the start of their line and write over it, and colours are sequences of
control characters. Here the line keeps its last state, and the sequences are carried out or
removed. The time this takes grows with the length of the text, whatever the text is.
"""

from __future__ import annotations

import re

_SEQUENCE = (
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # colours, moves, erasing
    r"|\x1b[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)?"  # titles, links
    r"|\x1b[ -/]*[0-~]"
)
_SEQUENCES = re.compile(_SEQUENCE)
_TOKENS = re.compile(
    rf"(?P<sequence>{_SEQUENCE})|(?P<move>[\n\r\b])|(?P<text>[^\n\r\b\x1b\x9b]+|.)"
)
_CONTROL = re.compile(r"(?:\x1b\[|\x9b)(?P<first>\d*)[;\d]*(?P<action>[A-HJKf])", re.ASCII)
_MOVES_OR_SEQUENCES = re.compile(r"[\r\b\x1b\x9b]")


def as_shown(text: str) -> str:
    """Return what a terminal without end would show once all of `text` was printed.

    Carriage returns, backspaces and the sequences that move the cursor or erase are carried out;
    other sequences (colours, titles, links) are removed.
    """
    if _MOVES_OR_SEQUENCES.search(text) is None:
        return text
    screen = _Screen()
    for token in _TOKENS.finditer(text.replace("\r\n", "\n")):
        if token["text"] is not None:
            screen.write(token["text"])
        elif token["move"] is not None:
            screen.move(token["move"])
        else:
            screen.carry_out(token["sequence"])
    return screen.text()


def without_sequences(text: str) -> str:
    """Return `text` without terminal control sequences, and nothing of it overwritten.

    For a sentence of ours that quotes a student: no sequence in the quotation may reach the rest.
    """
    if _MOVES_OR_SEQUENCES.search(text) is None:
        return text
    plain = _SEQUENCES.sub("", text).replace("\b", "")
    return plain.replace("\r\n", "\n").replace("\r", "\n")


def shortened(text: str, limit: int) -> str:
    """The beginning of a text: whole lines, else whole words, and how much is not shown.

    Parameters
    ----------
    limit
        Characters that are shown at most, but for the note.
    """
    plain = text.rstrip()
    if len(plain) <= limit:
        return plain
    ends = (plain.rfind(mark, limit // 2, limit + 1) for mark in "\n ")
    end = next((one for one in ends if one > 0), limit)
    shown = plain[:end].rstrip()
    joint = "\n" if "\n" in shown else " "
    return f"{shown}{joint}… ({len(plain) - len(shown):,} more characters)"


class _Screen:
    """Lines of characters and a cursor, which never stands behind the end of its line."""

    def __init__(self) -> None:
        self.lines: list[list[str]] = [[]]
        self.row, self.column = 0, 0

    def text(self) -> str:
        return "\n".join("".join(line).rstrip(" ") for line in self.lines)

    def write(self, text: str) -> None:
        line = self.lines[self.row]
        self.column = min(self.column, len(line))
        line[self.column : self.column + len(text)] = text
        self.column += len(text)

    def move(self, character: str) -> None:
        if character == "\b":
            self.column = max(0, self.column - 1)
            return
        self.column = 0
        if character == "\n":
            self._down(1)

    def carry_out(self, sequence: str) -> None:
        """Do what a control sequence asks for; one that only colours asks for nothing."""
        control = _CONTROL.fullmatch(sequence)
        if control is None:
            return
        given = int(control["first"][:4] or 0)
        count = given or 1
        match control["action"]:
            case "A":
                self.row = max(0, self.row - count)
            case "B":
                self._down(count)
            case "C":
                self._right(count)
            case "D":
                self.column = max(0, self.column - count)
            case "E":
                self._down(count)
                self.column = 0
            case "F":
                self.row, self.column = max(0, self.row - count), 0
            case "G":
                self.column = count - 1
            case "H" | "f":
                self.row, self.column = 0, 0
            case "J":
                self._erase_in_screen(given)
            case "K":
                self._erase_in_line(given)

    def _down(self, count: int) -> None:
        # One line at most is added: blank space that nobody wrote on is not worth keeping.
        self.row += count
        if self.row >= len(self.lines):
            self.lines.append([])
            self.row = len(self.lines) - 1

    def _right(self, count: int) -> None:
        line = self.lines[self.row]
        self.column = min(self.column, len(line)) + count
        if self.column > len(line):
            line.append(" ")  # what was aligned stays apart
            self.column = len(line)

    def _erase_in_line(self, what: int) -> None:
        """Erase from the cursor on (0) or all (2); up to the cursor (1), nobody does."""
        line = self.lines[self.row]
        self.column = min(self.column, len(line))
        if what != 1:
            del line[0 if what == 2 else self.column :]

    def _erase_in_screen(self, what: int) -> None:
        """Erase from the cursor on (0) or all (2, 3)."""
        if what == 0:
            self._erase_in_line(0)
            del self.lines[self.row + 1 :]
        elif what != 1:
            self.lines, self.row, self.column = [[]], 0, 0
