"""A platform's own CSV file, which goes back with one column filled and the rest as it was."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from grader.render.exports.grades import ExportProblem
from grader.sanitise.spreadsheet import csv_text

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_DELIMITERS = ",;\t"


@dataclass
class Table:
    """The rows of a file, and how it wrote them.

    Attributes
    ----------
    rows
        All rows, the header first; text exactly as the platform wrote it.
    """

    rows: list[list[str]]
    encoding: str
    delimiter: str
    newline: str

    @property
    def header(self) -> list[str]:
        """The names of the columns."""
        return self.rows[0]

    def cell(self, row: int, column: int) -> str:
        """A cell; empty where a short row has none."""
        found = self.rows[row]
        return found[column] if column < len(found) else ""

    def put(self, row: int, column: int, text: str) -> None:
        """Fill a cell, and nothing else."""
        found = self.rows[row]
        found.extend([""] * (column + 1 - len(found)))
        found[column] = text

    def columns(self, name: str) -> list[int]:
        """Where a column of this name is; capitals and spaces around it do not count."""
        wanted = name.strip().casefold()
        return [i for i, one in enumerate(self.header) if one.strip().casefold() == wanted]

    def content(self) -> bytes:
        """The file, in the encoding and with the separators that it had."""
        text = csv_text(self.rows, delimiter=self.delimiter, newline=self.newline)
        return text.encode(self.encoding)


def read_table(content: bytes, name: str) -> Table:
    """Read a platform's CSV file.

    Raises
    ------
    ExportProblem
        When it is empty, no Unicode text or no CSV.
    """
    encoding = next((one for mark, one in _MARKS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise ExportProblem(
            f"{name} is not UTF-8 text; a spreadsheet may have saved it in another encoding, and "
            "names would be garbled. Download it again and give it as it is."
        ) from None
    delimiter = max(_DELIMITERS, key=lambda one: len(_rows(text, one, name, only_first=True)[0]))
    rows = _rows(text, delimiter, name)
    if len(rows) < 2:
        raise ExportProblem(f"{name} holds no rows of students.")
    return Table(rows, encoding, delimiter, "\r\n" if "\r\n" in text else "\n")


def _rows(text: str, delimiter: str, name: str, only_first: bool = False) -> list[list[str]]:
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))  # a cell may hold an essay
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=not only_first)
    try:
        return [next(reader, [])] if only_first else list(reader)
    except csv.Error as error:
        raise ExportProblem(f"{name}, line {reader.line_num}, is not CSV: {error}.") from None
