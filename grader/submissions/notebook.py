"""A notebook's code cells as modules: magics out, one broken cell costs that cell."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from grader.worker.cells import CELL_MARK

_FILE_LINE = re.compile(r"^#\s*file:\s*([\w.]+\.py)\s*$")
_MAGIC = re.compile(r"^\s*(%|!|\?)")
_HELP = re.compile(r"^[\w.]+\?{1,2}\s*$")


class NotebookError(Exception):
    """The bytes are no notebook; the message completes "the notebook x.ipynb …"."""


def modules_of_notebook(
    content: bytes, expected: Sequence[str]
) -> tuple[dict[str, bytes], list[str]]:
    """Return the modules that a notebook's code cells make, and notes on what was left out.

    Cells belong to the first of `expected` until a cell begins with ``# file: name.py``.
    Every cell starts with the line ``# %% cell N``; where the whole does not parse, or a cell
    fails while it is imported, the worker takes such a file cell by cell, so that one broken
    cell costs that cell. The last definition wins, as in Jupyter.

    Raises
    ------
    NotebookError
        When the bytes are not JSON, or not a notebook.
    """
    cells = _code_cells(content)
    sources: dict[str, list[str]] = {}
    notes: list[str] = []
    name = expected[0]
    for number, source in cells:
        lines = source.splitlines()
        if lines and (named := _FILE_LINE.match(lines[0].strip())):
            name = named[1]
            if name not in expected:
                notes.append(f"cell {number} names {name}, which the assignment does not ask for")
        cleaned = [_without_magic(line) for line in lines]
        if lines and lines[0].lstrip().startswith("%%"):
            notes.append(f"cell {number} is a cell magic and was left out")
            cleaned = []
        if any(line.strip() for line in cleaned):
            sources.setdefault(name, []).append(
                f"{CELL_MARK}{number}\n" + "\n".join(cleaned) + "\n"
            )
    return {
        key: "\n".join(parts).encode("utf-8", "replace") for key, parts in sources.items()
    }, notes


def _code_cells(content: bytes) -> list[tuple[int, str]]:
    try:
        notebook = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise NotebookError("is not valid JSON; save it again in Jupyter") from None
    cells: Any = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        raise NotebookError("has no list of cells; it must be of notebook format 4")
    found = []
    for number, cell in enumerate(cells, start=1):
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source = cell.get("source", "")
        if isinstance(source, list) and all(isinstance(line, str) for line in source):
            source = "".join(source)
        if isinstance(source, str):
            found.append((number, source))
    return found


def _without_magic(line: str) -> str:
    """A magic, shell or help line becomes a comment, so that line numbers stay."""
    if _MAGIC.match(line) or _HELP.match(line):
        return line[: len(line) - len(line.lstrip())] + "pass  # left out: " + line.strip()
    return line
