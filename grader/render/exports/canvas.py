"""`canvas`: the gradebook that Canvas exported, with one assignment's column filled.

Relied upon (Canvas's own exporter and importer): a header that starts with ``Student`` or with
``LastName, FirstName``, then ``ID`` and, where they are shown, ``SIS User ID``, ``SIS Login ID``,
``Section``; assignments as ``Title (number)``; perhaps a row that says "Manual Posting"; a row
whose first cell holds "Points Possible"; ``EX`` for who is excused, ``N/A`` for who is not
assigned.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.render.exports.filling import Filled, Wishes, factor, fill, no_column
from grader.render.exports.grades import ExportProblem, StudentGrade
from grader.render.exports.matching import Key, identifier, name
from grader.render.exports.table import Table, read_table
from grader.sanitise.spreadsheet import number

_POINTS_POSSIBLE = "Points Possible"
_ABOUT_STUDENTS = {
    "Student",
    "LastName",
    "FirstName",
    "ID",
    "SIS User ID",
    "SIS Login ID",
    "Integration ID",
    "Root Account",
    "Section",
}
_KEPT = {"EX": "Canvas has excused them", "N/A": "the assignment is not theirs in Canvas"}
_LOOK_AHEAD = 5
"""Rows among which that of the maximal points is."""


def fill_canvas(
    content: bytes, file: str, grades: Sequence[StudentGrade], wishes: Wishes
) -> Filled:
    """Fill the assignment's column of a gradebook, and nothing else.

    Parameters
    ----------
    content, file
        What Canvas exported, and how messages name it.
    grades
        Of one assignment.

    Raises
    ------
    ExportProblem
        When it is not a gradebook from Canvas, or has not one column of the assignment.
    """
    table = read_table(content, file)
    keys = _keys(table, file)
    assignment = grades[0].assignment if grades else ""
    column = _column(table, wishes.column or assignment)
    first = _points_row(table, file)
    where = f"{_POINTS_POSSIBLE} of {table.header[column]!r}"
    times = factor(table.cell(first, column), grades, wishes, where)

    def put(row: int, grade: StudentGrade) -> str:
        kept = _KEPT.get(table.cell(row, column).strip().upper())
        if kept is None and grade.final is not None:
            table.put(row, column, number(grade.final * times))
        return kept or ""

    rows = [row for row in range(first + 1, len(table.rows)) if any(table.rows[row])]
    return fill(table, rows, keys, grades, wishes, put)


def _keys(table: Table, file: str) -> list[Key]:
    header = [one.strip() for one in table.header]
    names = (0, 1) if header[:2] == ["LastName", "FirstName"] else (0,)
    if "ID" not in header or (len(names) == 1 and header[0] != "Student"):
        raise ExportProblem(
            f"{file} is not a gradebook from Canvas: expected the columns Student and ID, received "
            f"{', '.join(header[:4])}. In Canvas: Grades, Export, Export Entire Gradebook."
        )
    keys = [
        Key(title, (header.index(title),), identifier)
        for title in ("SIS User ID", "SIS Login ID", "ID")
        if title in header
    ]
    # Two columns are joined as "First Last", which is what the form makes of "Last, First".
    return [*keys, Key("Student", tuple(reversed(names)), name)]


def _column(table: Table, wanted: str) -> int:
    columns = [i for i, title in enumerate(table.header) if title.strip() not in _ABOUT_STUDENTS]
    found = [i for i in columns if table.header[i].strip() == wanted.strip()]
    found = found or [i for i in columns if _is_titled(table.header[i], wanted.strip())]
    if len(found) > 1:
        titles = "; ".join(table.header[i].strip() for i in found)
        raise ExportProblem(f"Several columns could be {wanted!r}: {titles}. --column names one.")
    if not found:
        raise no_column([table.header[i] for i in columns], wanted, "--column")
    return found[0]


def _is_titled(header: str, wanted: str) -> bool:
    """Whether a header is ``Title (number)`` of this title or this number."""
    parts = re.fullmatch(r"(.*?)\s*\((\d+)\)", header.strip(), re.DOTALL)
    return parts is not None and wanted.casefold() in (parts[1].casefold(), parts[2])


def _points_row(table: Table, file: str) -> int:
    for row in range(1, min(_LOOK_AHEAD, len(table.rows))):
        if _POINTS_POSSIBLE in table.cell(row, 0):
            return row
    raise ExportProblem(
        f"{file} has no row {_POINTS_POSSIBLE!r} below its header, which every gradebook that "
        "Canvas exports has. Export it again and give it as it is."
    )
