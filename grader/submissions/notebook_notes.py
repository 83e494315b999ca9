"""What was odd in a notebook, one sentence for all cells of which it is true."""

from __future__ import annotations

from collections.abc import Collection

from grader.submissions.names import listing

_MAX_SENTENCES = 20


class NotebookNotes:
    """Sentences, each with the cells that it speaks of.

    Parameters
    ----------
    silent
        Cells of which nothing is to be said.
    """

    def __init__(self, silent: Collection[int] = ()) -> None:
        self._silent = silent
        self._cells: dict[str, list[int]] = {}
        self._more = 0

    def add(self, cell: int, sentence: str) -> None:
        """Note a sentence of a cell; a notebook of ten thousand oddities keeps the first few."""
        if cell in self._silent:
            return
        if sentence not in self._cells and len(self._cells) >= _MAX_SENTENCES:
            self._more += 1
            return
        cells = self._cells.setdefault(sentence, [])
        if cell not in cells[-1:]:
            cells.append(cell)

    def sentences(self) -> list[str]:
        """``cells 2 and 5: …``, in the order in which they were first noted."""
        found = [f"{_cells(cells)}: {sentence}" for sentence, cells in self._cells.items()]
        return [*found, f"and {self._more} more like these"] if self._more else found


def _cells(numbers: list[int]) -> str:
    return f"cell {numbers[0]}" if len(numbers) == 1 else f"cells {listing(numbers)}"
