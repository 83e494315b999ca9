"""The cells of a notebook as it was read, kept for those who show what was graded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from grader.submissions.notebook_json import source_of

MAX_CELLS = 2_000
MAX_TEXT = 5 * 2**20
"""Characters kept of all cells together; no browser shows a page of more."""


@dataclass(frozen=True)
class NotebookCell:
    """A cell without its outputs, attachments and metadata.

    Attributes
    ----------
    is_code
        Whether it is a code cell; all others are text.
    grade_id
        The name that nbgrader's metadata give it, unchecked; "" where they give none.
    """

    is_code: bool
    source: str
    grade_id: str = ""


def kept_cells(cells: Sequence[Any]) -> tuple[NotebookCell, ...]:
    """The cells that are not damaged, as many as a page can show; the last says what is left out.

    Parameters
    ----------
    cells
        As they stand in the notebook's JSON, unchecked.
    """
    found: list[NotebookCell] = []
    left = MAX_TEXT
    for number, cell in enumerate(cells):
        source = source_of(cell)
        if source is None:
            continue
        left -= len(source)
        if left < 0 or len(found) == MAX_CELLS:
            more = f"{len(cells) - number:,} more cells are not shown here."
            return (*found, NotebookCell(False, more))
        found.append(NotebookCell(cell.get("cell_type", "code") == "code", source, _name(cell)))
    return tuple(found)


def _name(cell: dict[str, Any]) -> str:
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    return name if isinstance(name, str) else ""
