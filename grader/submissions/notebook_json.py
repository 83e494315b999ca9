"""A notebook's JSON: its cells, and the text of those that hold code.

The notebook is read as the JSON that it is, formats 1 to 4, without nbformat: a student need
not have that library, and a student's own check must see the very source that the course
grades. The kernel that the notebook names does not matter.
"""

from __future__ import annotations

import json
import re
from typing import Any

from grader.files.foreign_json import read_json
from grader.submissions.cell_magics import OTHER_LANGUAGES
from grader.submissions.names import shown
from grader.submissions.notebook_notes import NotebookNotes
from grader.submissions.text import NotText, text_of

_CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7})(?=\s|$)", re.MULTILINE)
_DEFINITION = re.compile(r"^(?:def|class) +\w+ *[(:]", re.MULTILINE)
_PYTHON = re.compile(r"^(?:def|class|import|from) +\w|^\w+ *= *\S", re.MULTILINE)
_LANGUAGES = (
    ("vscode", "languageId"),
    ("polyglot_notebook", "kernelName"),
    ("dotnet_interactive", "language"),
)


class NotebookError(Exception):
    """The bytes are no notebook; the message completes "the notebook x.ipynb …"."""


def notebook_text(content: bytes) -> tuple[str, str]:
    """Decode a notebook, and say how when it was not plain UTF-8.

    Raises
    ------
    NotebookError
        When the bytes are no text.
    """
    try:
        return text_of(content)
    except NotText as error:
        raise NotebookError(str(error)) from None


def is_plain_python(text: str) -> bool:
    """Whether a text under a notebook's name is no JSON but Python, by how its lines begin."""
    start = text.lstrip()[:3]
    is_json = start[:1] in set('{["<') and start != '"""'  # many files begin with a docstring
    return not is_json and not _CONFLICT.search(text) and bool(_PYTHON.search(text))


def cells_of_json(text: str) -> list[Any]:
    """The cells that a notebook's JSON lists.

    Raises
    ------
    NotebookError
        When the text is not JSON, or not a notebook.
    """
    notebook = _parsed(text)
    cells = notebook.get("cells")
    if isinstance(cells, list):
        return cells
    sheets = notebook.get("worksheets")  # formats 2 and 3
    if cells is None and isinstance(sheets, list):
        of_sheets = [sheet.get("cells") if isinstance(sheet, dict) else None for sheet in sheets]
        if all(isinstance(one, list) for one in of_sheets):
            return [cell for one in of_sheets for cell in one or []]
    raise NotebookError("has no list of cells; save it again in Jupyter, as notebook format 4")


def source_of(cell: Any) -> str | None:
    """The text of a cell as it stands in the JSON; None when the cell is damaged."""
    if not isinstance(cell, dict):
        return None
    # `input` in formats 2 and 3, `code` in format 1
    source: Any = cell.get("source", cell.get("input", cell.get("code", "")))
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        # Programs that write notebooks themselves often forget the line ends.
        forgotten = len(source) > 1 and not any("\n" in line for line in source)
        source = ("\n" if forgotten else "").join(source)
    return source if isinstance(source, str) else None


def code_cells(cells: list[Any], notes: NotebookNotes) -> list[tuple[int, str]]:
    """The number and the text of each cell that holds Python code; the others are noted."""
    found = []
    for number, cell in enumerate(cells, start=1):
        kind, source = _kind(cell), source_of(cell)
        if not kind or (source is None and kind == "code"):
            notes.add(number, "damaged and left out")
        elif source is None:
            continue
        elif kind != "code":
            if _holds_code(source):
                notes.add(number, f"code in a {kind} cell was left out")
        elif language := _other_language(cell):
            notes.add(number, f"marked as {shown(language[:30])}, not Python, and left out")
        else:
            found.append((number, source))
    return found


def _kind(cell: Any) -> str:
    """The type of a cell; "" when it has none and nothing shows that it ran."""
    if not isinstance(cell, dict):
        return ""
    kind = cell.get("cell_type")
    if kind is None and ("outputs" in cell or "execution_count" in cell):
        return "code"
    return shown(kind[:30]) if isinstance(kind, str) else ""


def _holds_code(source: str) -> bool:
    return "```" not in source and bool(_DEFINITION.search(source))


def _other_language(cell: dict[str, Any]) -> str:
    """The language that a cell's metadata name, when it is known to be another than Python."""
    metadata = cell.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    parts = [(metadata.get(part), key) for part, key in _LANGUAGES]
    named = [part.get(key) for part, key in parts if isinstance(part, dict)]
    for one in (*named, metadata.get("kernel"), cell.get("language")):
        if isinstance(one, str) and one.casefold() in OTHER_LANGUAGES:
            return one
    return ""


def _parsed(text: str) -> dict[str, Any]:
    if not text.strip():
        raise NotebookError("is empty")
    try:
        notebook = read_json(text)
    except json.JSONDecodeError as error:
        raise NotebookError(_what_is_wrong(text, error.pos, error.msg)) from None
    except ValueError:
        raise NotebookError("cannot be read as JSON; save it again in Jupyter") from None
    if not isinstance(notebook, dict):
        raise NotebookError("is JSON but not a notebook; save it again in Jupyter")
    return notebook


def _what_is_wrong(text: str, position: int, message: str) -> str:
    """Say why the JSON is broken; the same on every version of Python."""
    conflict = _CONFLICT.search(text)
    if conflict is not None:
        return (
            f"holds the marks of a merge conflict ({conflict[0]} in line "
            f"{_line(text, conflict.start())}); resolve the conflict, open the notebook in "
            "Jupyter and save it again"
        )
    if position >= len(text.rstrip()) or message.startswith("Unterminated string"):
        return (
            f"is not valid JSON: it ends in the middle, after line {_line(text.rstrip(), None)}. "
            "It was not saved or sent whole; save it again in Jupyter and hand in that file"
        )
    before = len(text[:position].rstrip()) - 1
    comma = next((at for at in (position, before) if text[at : at + 1] == ","), None)
    if comma is not None and text[comma + 1 :].lstrip()[:1] in {"]", "}"}:
        return (
            f"is not valid JSON: line {_line(text, comma)} ends with a comma that nothing follows. "
            "It was changed outside of Jupyter; take the comma out and save it again in Jupyter"
        )
    return (
        f"is not valid JSON (line {_line(text, position)}). It was changed outside of Jupyter; "
        "save it again in Jupyter"
    )


def _line(text: str, position: int | None) -> int:
    return text.count("\n", 0, position) + 1
