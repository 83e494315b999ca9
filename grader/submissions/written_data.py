"""Files that cells of a notebook write and that hold no code: tables and settings that it opens."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from grader.submissions.cell_magics import Cell
from grader.submissions.names import shown
from grader.submissions.notebook_notes import NotebookNotes

_PART = re.compile(r"[\w\-][\w .\-]{0,99}")
_MAX_PARTS, _MAX_FILES = 6, 20
_ELSEWHERE = re.compile(r"[/~]|\w:")
"""How a path begins that does not lie in the notebook's own folder."""


class WrittenData:
    """What such cells write, while the cells are read."""

    def __init__(self) -> None:
        self._lines: dict[str, list[str]] = {}
        self._cells: list[tuple[int, str, str]] = []

    def take(self, number: int, cell: Cell) -> None:
        """Take note of what a cell writes."""
        place = _place_of(cell.writes)
        if place and (place in self._lines or len(self._lines) < _MAX_FILES):
            before = self._lines.get(place, []) if cell.appends else []
            self._lines[place] = before + cell.body
        self._cells.append((number, place, cell.writes))

    def opened(self, modules: Iterable[bytes], notes: NotebookNotes) -> dict[str, bytes]:
        """The files that one of the notebook's modules speaks of; of all cells there is a note."""
        texts = list(modules) if self._cells else []
        named = {one for one in self._lines if _is_named(one, texts)}
        for number, place, said in self._cells:
            label = shown(said)
            if place in named:
                notes.add(number, f"written to {label}, which the code may open")
            else:
                notes.add(number, f"written to {label}, which is no .py file; left out")
        return {
            place: "".join(f"{line}\n" for line in self._lines[place]).encode("utf-8", "replace")
            for place in self._lines
            if place in named
        }


def _place_of(path: str) -> str:
    """Where a file lies, seen from the notebook; "" for what no system could write."""
    parts = [one for one in path.replace("\\", "/").split("/") if one != "."]
    if _ELSEWHERE.match(path) or ".." in parts or len(parts) > _MAX_PARTS:
        parts = parts[-1:]
    return "/".join(parts) if all(map(_PART.fullmatch, parts)) else ""


def _is_named(place: str, texts: Collection[bytes]) -> bool:
    """Whether a text has the name of a file elsewhere than in the line that writes it."""
    name = place.rpartition("/")[2].encode()
    return any(name in text for text in texts)
