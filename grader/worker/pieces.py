"""Where a text may be cut before it is parsed: lines, cells, and pieces from the margin on."""

from __future__ import annotations

import re
from collections.abc import Iterator

CELL_MARK = "# %% cell "
"""The line that starts each cell of a module that came from a notebook."""
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
"""A line as the compiler counts it; `splitlines` knows more ends of lines."""
CONTINUES = re.compile(r"(?:else|elif|except|finally)\b|[)\]}]")
"""What stands at the margin and belongs to the statement before."""
MERGE_MARK = re.compile(r"(?:<{7}|={7}|>{7})(?:\s|$)")

Line = tuple[int, str]
Piece = list[Line]
"""Lines that belong together, with their numbers."""


def numbered(text: str) -> list[Line]:
    """The lines of a text, with their numbers."""
    return list(enumerate(_LINE.findall(text), start=1))


def cells(text: str) -> Iterator[list[Piece]]:
    """The pieces of each cell: a string that stays open in one does not swallow the next."""
    lines = numbered(text)
    starts = [index for index, (_, line) in enumerate(lines) if line.startswith(CELL_MARK)]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield pieces_of(lines[start:end])


def pieces_of(lines: list[Line]) -> list[Piece]:
    """Cut before each line that may begin a statement.

    A mark of Git's inside of a definition does not end it: its one half is not what was written.
    """
    pieces: list[Piece] = []
    decorated = False
    for index, (number, line) in enumerate(lines):
        at_margin = bool(line.strip()) and not line[0].isspace()
        begins = at_margin and line[0] != "#" and not CONTINUES.match(line)
        if begins and MERGE_MARK.match(line) and _is_inside(lines, index):
            begins = False
        if not pieces or (begins and not decorated):
            pieces.append([])
        pieces[-1].append((number, line))
        if begins:
            decorated = line[0] == "@"
    return pieces


def _is_inside(lines: list[Line], index: int) -> bool:
    """Whether what goes on behind a line is part of a block."""
    behind = (line for _, line in lines[index + 1 : index + 50])
    going_on = next((one for one in behind if one.strip() and not MERGE_MARK.match(one)), "")
    return going_on[:1].isspace()


def text_of(pieces: list[Piece]) -> str:
    """The text of pieces, with as many empty lines before it as there are lines."""
    first = pieces[0][0][0]
    return "\n" * (first - 1) + "".join(line for piece in pieces for _, line in piece)


def piece_of(line: int | None, pieces: list[Piece], start: int, end: int) -> int:
    """The piece in which a line stands, among those from `start` to `end`."""
    wanted = line or 0
    later = [index for index in range(start, end) if pieces[index][0][0] <= wanted]
    return later[-1] if later else start
