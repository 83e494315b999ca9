"""`moodle`: grades and comments for Moodle, alone or in its grading worksheet.

Relied upon: the worksheet of an assignment ("Download grading worksheet") has the columns
``Identifier`` ("Participant 1234"), ``Full name``, perhaps ``ID number``, ``Username`` and
``Email address``, then ``Grade``, ``Maximum grade`` (``Scale`` for a scale), ``Grade can be
changed``, ``Last modified (grade)`` and ``Feedback comments``. Moodle takes it back when the
columns are there and the dates are as they were. The import of the gradebook takes any CSV and
asks what its columns are.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.render.exports.filling import Filled, Wishes, factor, fill, only_column
from grader.render.exports.grades import ExportProblem, StudentGrade
from grader.render.exports.matching import (
    Key,
    downloaded_number,
    identifier,
    name,
    participant_number,
)
from grader.render.exports.table import Table, read_table
from grader.sanitise.spreadsheet import csv_text, inert, inert_html, number

IDENTIFIER, GRADE, FEEDBACK = "Identifier", "Grade", "Feedback comments"
_MAXIMUM = "Maximum grade"
_CAN_BE_CHANGED = "Grade can be changed"


def moodle_csv(grades: Sequence[StudentGrade]) -> Filled:
    """Grades as a CSV file of its own, for the import of Moodle's gradebook."""
    filled = Filled()
    rows = [[IDENTIFIER, GRADE, FEEDBACK]]
    for grade in grades:
        if not grade.handed_in:
            continue
        if grade.final is None:
            names = ", ".join(grade.ungraded[:5])
            filled.problems.append(f"{grade.student} was left out: nobody has graded {names} yet")
            continue
        rows.append([inert(grade.student), number(grade.final), feedback(grade)])
        filled.written.append(grade.student)
    filled.content = csv_text(rows).encode("utf-8")
    return filled


def fill_moodle(
    content: bytes, file: str, grades: Sequence[StudentGrade], wishes: Wishes
) -> Filled:
    """Fill grades and comments into the grading worksheet of an assignment.

    Raises
    ------
    ExportProblem
        When it is no worksheet, or its maximum is another than ours.
    """
    table = read_table(content, file)
    column = only_column(table, wishes.column or GRADE, "--column")
    comments = table.columns(FEEDBACK)
    locked = table.columns(_CAN_BE_CHANGED)
    rows = [row for row in range(1, len(table.rows)) if any(table.rows[row])]
    times = _factor(table, rows, grades, wishes)

    def put(row: int, grade: StudentGrade) -> str:
        if any(table.cell(row, place).strip().casefold() == "no" for place in locked):
            return "Moodle has locked the grade"
        if grade.final is not None:
            table.put(row, column, number(grade.final * times))
        for place in comments:
            table.put(row, place, feedback(grade))
        return ""

    filled = fill(table, rows, _keys(table, wishes), grades, wishes, put)
    if not comments:
        filled.problems.append(
            f"comments were left out: the worksheet has no column {FEEDBACK!r}; enable feedback "
            "comments in the assignment's settings"
        )
    return filled


def feedback(grade: StudentGrade) -> str:
    """What a student reads in Moodle, which takes it for HTML."""
    lines = [f"{number(grade.points)} of {number(grade.max_points)} points"]
    if grade.penalty:
        lines.append(f"late: {number(grade.penalty)} points less")
    return inert_html("\n".join([*lines, "", grade.comment]).rstrip())


def _factor(
    table: Table, rows: Sequence[int], grades: Sequence[StudentGrade], wishes: Wishes
) -> float:
    if not table.columns(_MAXIMUM):
        if table.columns("Scale"):
            raise ExportProblem(
                "The assignment is graded by a scale in Moodle. Choose points in its settings and "
                "download the worksheet again."
            )
        return 1.0  # in another language the column has another name
    column = only_column(table, _MAXIMUM, "--column")
    found = {table.cell(row, column).strip() for row in rows}
    if len(found) != 1:
        raise ExportProblem(f"{_MAXIMUM} of the worksheet differs from row to row.")
    return factor(found.pop(), grades, wishes, _MAXIMUM)


def _keys(table: Table, wishes: Wishes) -> list[Key]:
    if wishes.match:
        return []
    keys = []
    for title in (IDENTIFIER, "ID number", "Username", "Email address", "Full name"):
        for place in table.columns(title):
            keys.append(Key(title, (place,), name if title == "Full name" else identifier))
    first, last = table.columns("First name"), table.columns("Last name")
    if first and last:
        keys.append(Key("First name, Last name", (first[0], last[0]), name))
    for place in table.columns(IDENTIFIER):
        title = "folders as Moodle names them"
        keys.append(Key(title, (place,), participant_number, downloaded_number))
    if not keys:
        raise _no_key(table)
    return keys


def _no_key(table: Table) -> ExportProblem:
    """Say that no column tells who is who."""
    names = "; ".join(one.strip() for one in table.header[:12])
    return ExportProblem(
        f"The worksheet has none of the columns {IDENTIFIER}, ID number, Username, Email address, "
        f"Full name. It has: {names}. Name the one with your students' ids with --match."
    )
