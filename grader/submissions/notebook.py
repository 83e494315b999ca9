"""A notebook's code cells as modules, with a map from their lines back to the cells.

The notebook is read as the JSON that it is, formats 3 and 4, without nbformat: a student
need not have that library, and a student's own check must see the very source that the
course grades.

Whether a cell parses is not asked here. Source text alone can exhaust memory and stack of
the compiler, so it is parsed in the worker, which is limited anyway: every cell begins with
the line `CELL_MARK`, and where a module begins with it `grader.worker.cells` takes the
module cell by cell. A broken cell costs that cell, and no second limited process is needed
for each submission.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from grader.submissions.magics import clean
from grader.submissions.model import LineOrigins
from grader.submissions.names import is_importable, listing, nearest, shown
from grader.worker.parts import CELL_MARK

MAX_NOTEBOOK = 25 * 2**20
"""Bytes of a notebook that is read whole; reading JSON takes many times its size in memory."""
MAX_SOURCE = 5 * 2**20
"""Bytes of the modules that one notebook makes."""

_FILE_LINE = re.compile(r"#\s*file:\s*(\S+\.py)\s*$", re.IGNORECASE)
_ENCODING_LINE = re.compile(r"[ \t\f]*#.*?coding[:=]")
_DISGUISED_MARK = CELL_MARK.replace("# ", "#  ", 1)


class NotebookError(Exception):
    """The bytes are no notebook; the message completes "the notebook x.ipynb …"."""


@dataclass
class NotebookModules:
    """What a notebook's code cells make."""

    files: dict[str, bytes] = field(default_factory=dict)
    line_origins: dict[str, LineOrigins] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def modules_of_notebook(
    content: bytes, expected_files: Sequence[str], first: str | None = None
) -> NotebookModules:
    """Return the modules that a notebook's code cells make.

    Cells belong to `first` (by default the first expected file) until a cell begins with
    ``# file: name.py``. All code is kept, in order; the last definition of a name wins, as in
    Jupyter. What only a notebook understands becomes a comment.

    Raises
    ------
    NotebookError
        When the bytes are not JSON, or not a notebook, or hold no or too much code.
    """
    result = NotebookModules()
    builders: dict[str, _Builder] = {}
    left_out, running = [], []
    name = first or expected_files[0]
    for number, source in _code_cells(content, result.notes):
        lines = _lines(source)
        name = _named_file(number, lines, expected_files, result.notes) or name
        cell = clean(lines)
        if cell.cell_magic:
            result.notes.append(
                f"cell {number} is a {shown(cell.cell_magic)} cell and was left out"
            )
            continue
        if not any(line.strip() for line in cell.lines):
            continue
        if cell.left_out:
            left_out.append(number)
        if cell.runs:
            running.append(number)
        builders.setdefault(name, _Builder()).add(number, cell.lines)
    if not builders:
        raise NotebookError("has no cell with Python code")
    for name, builder in builders.items():
        result.files[name] = "".join(builder.parts).encode("utf-8", "replace")
        result.line_origins[name] = builder.origins()
    size = sum(map(len, result.files.values()))
    if size > MAX_SOURCE:
        raise NotebookError(
            f"holds {size / 2**20:.1f} MB of code, the limit is {MAX_SOURCE // 2**20} MB"
        )
    if left_out:
        result.notes.append(f"{_cells(left_out)}: notebook commands (%, !, ?) were left out")
    if running:
        result.notes.append(
            f"{_cells(running)}: code outside functions runs each time the file is imported; "
            'what trains or plots belongs under `if __name__ == "__main__":`'
        )
    return result


class _Builder:
    """Joins the cells of one module and remembers where each begins."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.line = 1
        self.starts: list[int] = []
        self.cells: list[int] = []
        self.lengths: list[int] = []

    def add(self, number: int, lines: list[str]) -> None:
        if self.line == 1 and _ENCODING_LINE.match(lines[0]):
            # On a module's second line it would still count; what is written here is UTF-8.
            lines = ["# left out: a declared encoding", *lines[1:]]
        self.parts.append(f"{CELL_MARK}{number}\n" + "\n".join(lines) + "\n")
        self.starts.append(self.line + 1)
        self.cells.append(number)
        self.lengths.append(len(lines))
        self.line += 1 + len(lines)

    def origins(self) -> LineOrigins:
        return LineOrigins(tuple(self.starts), tuple(self.cells), tuple(self.lengths))


def _lines(source: str) -> list[str]:
    """Lines as the compiler counts them, none of which the worker can take for a cell's start."""
    text = (
        source.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\N{REPLACEMENT CHARACTER}")
    )
    return text.replace(CELL_MARK, _DISGUISED_MARK).removesuffix("\n").split("\n")


def _named_file(
    number: int, lines: list[str], expected_files: Sequence[str], notes: list[str]
) -> str | None:
    """The file that a cell starts, when its first line that is not blank names one."""
    first_line = next((line.strip() for line in lines if line.strip()), "")
    match = _FILE_LINE.match(first_line)
    if match is None:
        return None
    name = match[1]
    if name in expected_files:
        return name
    near = nearest(name, expected_files)
    if near is not None:
        notes.append(f"cell {number} names {shown(name)}; it was taken as {near}")
        return near
    if not is_importable(name):
        notes.append(f"cell {number} names {shown(name)}, which is no name of a module; ignored")
        return None
    notes.append(f"cell {number} names {shown(name)}, which the assignment does not ask for")
    return name


def cells_of_notebook(content: bytes) -> list[Any]:
    """The cells of a notebook as they stand in its JSON; not one of them is checked.

    Raises
    ------
    NotebookError
        When the bytes are not JSON, or not a notebook.
    """
    return _all_cells(_parsed(content))


def source_of(cell: Any) -> str | None:
    """The text of a cell as it stands in the JSON; None when the cell is damaged."""
    if not isinstance(cell, dict):
        return None
    source: Any = cell.get("source", cell.get("input", ""))  # `input` in format 3
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    return source if isinstance(source, str) else None


def _code_cells(content: bytes, notes: list[str]) -> list[tuple[int, str]]:
    found, damaged = [], []
    for number, cell in enumerate(cells_of_notebook(content), start=1):
        if isinstance(cell, dict) and cell.get("cell_type") != "code":
            continue
        source = source_of(cell)
        if source is not None:
            found.append((number, source))
        else:
            damaged.append(number)
    if damaged:
        notes.append(f"{_cells(damaged)}: damaged and left out")
    return found


def _parsed(content: bytes) -> dict[str, Any]:
    if not content.strip():
        raise NotebookError("is empty")
    try:
        notebook = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise NotebookError("is not UTF-8 text; save it again in Jupyter") from None
    except json.JSONDecodeError as error:
        raise NotebookError(
            f"is not valid JSON (line {error.lineno}); it was cut off or edited by hand. "
            "Save it again in Jupyter"
        ) from None
    except (ValueError, RecursionError, MemoryError):
        raise NotebookError("cannot be read as JSON; save it again in Jupyter") from None
    if not isinstance(notebook, dict):
        raise NotebookError("is JSON but no notebook; save it again in Jupyter")
    return notebook


def _all_cells(notebook: dict[str, Any]) -> list[Any]:
    cells = notebook.get("cells")
    if isinstance(cells, list):
        return cells
    sheets = notebook.get("worksheets")  # format 3 and before
    if cells is None and isinstance(sheets, list):
        of_sheets = [sheet.get("cells") if isinstance(sheet, dict) else None for sheet in sheets]
        if all(isinstance(one, list) for one in of_sheets):
            return [cell for one in of_sheets for cell in one or []]
    raise NotebookError("has no list of cells; save it again in Jupyter, as notebook format 4")


def _cells(numbers: list[int]) -> str:
    return f"cell {numbers[0]}" if len(numbers) == 1 else f"cells {listing(numbers)}"
