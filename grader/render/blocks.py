"""Our sentences taken apart: what is prose and what is code, for media that show them apart."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from itertools import groupby

_QUOTED = re.compile(r"`([^`\n]+)`")
_INDENT = "  "


@dataclass(frozen=True)
class Piece:
    """A part of a message: a block of lines, or a few words within one."""

    text: str
    is_code: bool


def blocks(message: str) -> list[Piece]:
    """The blocks of a message: lines that are indented are code, arrays or a place in a file."""
    found = []
    for is_code, lines in groupby(message.splitlines(), lambda line: line.startswith(_INDENT)):
        text = "\n".join(lines)
        found.append(Piece(textwrap.dedent(text) if is_code else text, is_code))
    return [one for one in found if one.text.strip()]


def words(text: str) -> list[Piece]:
    """The parts of a sentence: what stands between backticks is code."""
    pieces = _QUOTED.split(text)  # sentences and code by turns
    return [Piece(piece, number % 2 == 1) for number, piece in enumerate(pieces) if piece]
