"""A notebook's code cells as modules, with a map from their lines back to the cells.

Whether a cell parses is not asked here. Source text alone can exhaust memory and stack of
the compiler, so it is parsed in the worker, which is limited anyway: every cell begins with
the line `CELL_MARK`, and where a module begins with it `grader.worker.parts` takes the
module cell by cell. A broken cell costs that cell, and no second limited process is needed
for each submission.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from grader.submissions.cell_magics import Cell, read_cell
from grader.submissions.cells import NotebookCell, kept_cells
from grader.submissions.invisible import without_invisible
from grader.submissions.model import LineOrigins
from grader.submissions.names import is_module_path, nearest, shown
from grader.submissions.notebook_json import (
    NotebookError,
    cells_of_json,
    code_cells,
    is_plain_python,
    notebook_text,
)
from grader.submissions.notebook_notes import NotebookNotes
from grader.submissions.text import python_text, without_declaration
from grader.submissions.written_data import WrittenData
from grader.worker.parts import CELL_MARK

__all__ = [
    "MAX_NOTEBOOK",
    "MAX_SOURCE",
    "NotebookError",
    "NotebookModules",
    "modules_of_notebook",
]

MAX_NOTEBOOK = 25 * 2**20
"""Bytes of a notebook that is read whole; reading JSON takes many times its size in memory."""
MAX_SOURCE = 5 * 2**20
"""Bytes of the modules that one notebook makes."""
MAX_MODULES = 100
"""Modules that one notebook makes."""

_FILE_LINE = re.compile(r"#\s*file:\s*(\S+\.py)\s*$", re.IGNORECASE)
_DEFINITION = re.compile(r"(?:def|class) ")
_DISGUISED_MARK = CELL_MARK.replace("# ", "#  ", 1)


@dataclass
class NotebookModules:
    """What a notebook's code cells make.

    Attributes
    ----------
    files
        Content by name; a module of a package that the notebook writes has ``/`` in its name.
    line_origins
        By name; empty for a file that was plain Python under a notebook's name.
    cells
        All cells of the notebook, for those who show it; none for plain Python.
    notes
        What was odd and how it was taken.
    data
        Files that cells write and the code may open, by their place.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    line_origins: dict[str, LineOrigins] = field(default_factory=dict)
    cells: tuple[NotebookCell, ...] = ()
    notes: list[str] = field(default_factory=list)
    data: dict[str, bytes] = field(default_factory=dict)


def modules_of_notebook(
    content: bytes,
    expected_files: Sequence[str],
    first: str | None = None,
    later: Mapping[int, tuple[int, str]] | None = None,
) -> NotebookModules:
    """Return the modules that a notebook's code cells make.

    Cells belong to `first` (by default the first expected file) until a cell begins with
    ``# file: name.py``; a cell that begins with ``%%writefile name.py`` belongs to that file.
    All code is kept, in order; the last definition of a name wins, as in Jupyter. What only a
    notebook understands becomes Python or a comment.

    Parameters
    ----------
    later
        Of a notebook that runs: see `LineOrigins.later`. Nothing is noted of a past run.

    Raises
    ------
    NotebookError
        When the bytes are not JSON, or not a notebook, or hold no or too much code.
    """
    text, decoding = notebook_text(content)
    first = first or expected_files[0]
    result = NotebookModules(notes=[f"it {decoding}"] if decoding else [])
    if is_plain_python(text):
        result.files[first] = python_text(content)[0]
        result.line_origins[first] = LineOrigins()
        result.notes.append(f"it is not a notebook but plain Python, and was taken as {first}")
    else:
        modules = _Modules(expected_files, first, later or {})
        cells = cells_of_json(text)
        result.cells = kept_cells(cells)
        for number, source in code_cells(cells, modules.notes):
            seen, unseen = without_invisible(source)
            if unseen:
                modules.notes.add(number, f"there are {unseen}")
            modules.take(number, _lines(seen))
        modules.take_what_was_written_elsewhere()
        contents = {name: module.content() for name, module in modules.by_name.items()}
        result.data = modules.data.opened(contents.values(), modules.notes)
        notes = modules.notes.sentences()
        if not modules.by_name:
            raise NotebookError("; ".join(["has no cell with Python code", *notes[:2]]))
        for name, module in modules.by_name.items():
            result.files[name] = contents[name]
            result.line_origins[name] = replace(module.origins(), later=later or {})
        result.notes += notes
    size = sum(map(len, [*result.files.values(), *result.data.values()]))
    if size > MAX_SOURCE:
        raise NotebookError(
            f"holds {size / 2**20:.1f} MB of code, the limit is {MAX_SOURCE // 2**20} MB"
        )
    return result


@dataclass(frozen=True)
class _Part:
    """A cell of a module."""

    cell: int
    lines: list[str]
    written: bool
    """Whether a cell magic writes it into the file."""


class _Module:
    """Joins the cells of one module and tells where each begins."""

    def __init__(self) -> None:
        self.parts: list[_Part] = []

    def add(self, number: int, cell: Cell) -> None:
        written = bool(cell.writes)
        if written and not cell.appends:  # a file that is written anew loses what was in it
            self.parts = [part for part in self.parts if not part.written]
        self.parts.append(_Part(number, cell.lines, written))

    def content(self) -> bytes:
        texts: list[str] = []
        for part in self.parts:
            lines = part.lines
            if not texts:  # a declared encoding on a module's second line still counts
                lines = [without_declaration(lines[0]), *lines[1:]]
            texts.append(f"{CELL_MARK}{part.cell}\n" + "\n".join(lines) + "\n")
        return "".join(texts).encode("utf-8", "replace")

    def origins(self) -> LineOrigins:
        starts, line = [], 1
        for part in self.parts:
            starts.append(line + 1)
            line += 1 + len(part.lines)
        cells = tuple(part.cell for part in self.parts)
        return LineOrigins(tuple(starts), cells, tuple(len(part.lines) for part in self.parts))


class _Modules:
    """The modules of one notebook while its cells are read."""

    def __init__(self, expected_files: Sequence[str], first: str, past: Collection[int]) -> None:
        self.expected = expected_files
        self.first = self.current = first
        self.by_name: dict[str, _Module] = {}
        self.notes = NotebookNotes(past)
        self.data = WrittenData()

    def take(self, number: int, lines: list[str]) -> None:
        """Add a code cell to the module that it belongs to."""
        self.current = self._named_file(number, lines) or self.current
        cell = read_cell(lines)
        for note in cell.notes:
            self.notes.add(number, note)
        if cell.left_out:
            return
        name = self._written_file(number, cell) if cell.writes else self.current
        if name is None or not any(line.strip() for line in cell.lines):
            return
        known = {one.casefold(): one for one in self.by_name}
        name = known.get(name.casefold(), name)  # some file systems do not tell them apart
        if name not in self.by_name and len(self.by_name) >= MAX_MODULES:
            self.notes.add(
                number, f"no more than {MAX_MODULES} files are taken; this one was left out"
            )
            return
        self.by_name.setdefault(name, _Module()).add(number, cell)

    def take_what_was_written_elsewhere(self) -> None:
        """Where all code was written into files of other names, the fullest is the submission."""
        if not self.by_name or any(name in self.by_name for name in (*self.expected, self.first)):
            return
        fullest = max(self.by_name, key=lambda name: _definitions(self.by_name[name]))
        module = self.by_name[self.first] = self.by_name[fullest]
        self.notes.add(
            module.parts[0].cell,
            f"{shown(fullest)} holds most definitions and was taken as {self.first}",
        )

    def _named_file(self, number: int, lines: list[str]) -> str | None:
        """The file that a cell starts, when its first line that is not blank names one."""
        first_line = next((line.strip() for line in lines if line.strip()), "")
        match = _FILE_LINE.match(first_line)
        if match is None:
            return None
        name = match[1]
        if name in self.expected:
            return name
        near = nearest(name, self.expected)
        if near is not None:
            self.notes.add(number, f"`# file: {shown(name)}` was taken as {near}")
            return near
        if not is_module_path(name):
            self.notes.add(number, f"`# file: {shown(name)}` is no name of a module; ignored")
            return None
        self.notes.add(number, f"the assignment does not ask for the file {shown(name)}")
        return name

    def _written_file(self, number: int, cell: Cell) -> str | None:
        """The module that a written file is; None when it is no code to be graded."""
        path = cell.writes.replace("\\", "/").removeprefix("./")
        name = path.rpartition("/")[2]
        label = shown(cell.writes)
        if not name.lower().endswith(".py"):
            self.data.take(number, cell)
            return None
        if name.startswith("test_") or name == "conftest.py":
            self.notes.add(number, f"written to {label}, which is not graded; left out")
            return None
        expected = name if name in self.expected else nearest(name, self.expected)
        if expected is not None:
            self.notes.add(number, f"written to {label}; these lines count as {expected}")
            return expected
        module = path if is_module_path(path) else name
        if is_module_path(module):
            self.notes.add(
                number, f"written to {label}; these lines are the module {shown(module)}"
            )
            return module
        cell.writes = ""
        self.notes.add(
            number, f"written to {label}, which cannot be imported; taken as part of {self.current}"
        )
        return self.current


def _definitions(module: _Module) -> int:
    return sum(bool(_DEFINITION.match(line)) for part in module.parts for line in part.lines)


def _lines(source: str) -> list[str]:
    """Lines as the compiler counts them, none of which the worker can take for a cell's start."""
    text = source.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return text.replace(CELL_MARK, _DISGUISED_MARK).removesuffix("\n").split("\n")
