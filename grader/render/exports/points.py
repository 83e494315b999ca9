"""`csv`: one row for each student and assignment, for spreadsheets and for pandas."""

from __future__ import annotations

from collections.abc import Sequence

from grader.render.exports.grades import StudentGrade
from grader.result import Status
from grader.sanitise.spreadsheet import csv_text, inert, number

COLUMNS = (
    "student",
    "assignment",
    "points",
    "max_points",
    "late_days",
    "late_penalty",
    "final_points",
    "submitted_at",
    "ungraded",
    *(str(status) for status in Status),
)
"""The columns before those of exercises; statuses count checks."""
BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""Without it, spreadsheets on Windows garble names that are not ASCII."""


def points_csv(grades: Sequence[StudentGrade], *, per_exercise: bool = False) -> bytes:
    """Grades as CSV, in UTF-8 with a byte order mark.

    Parameters
    ----------
    per_exercise
        Add a column ``assignment.exercise`` for each exercise, empty where it is not graded.
    """
    names: dict[tuple[str, str], None] = {}
    if per_exercise:
        names = {(one.assignment, name): None for one in grades for name in one.exercises}
    header = [*COLUMNS, *(inert(f"{assignment}.{name}") for assignment, name in names)]
    rows = [_row(grade) + [_points(grade, *place) for place in names] for grade in grades]
    return (BYTE_ORDER_MARK + csv_text([header, *rows])).encode("utf-8")


def _row(grade: StudentGrade) -> list[str]:
    counts = grade.statuses
    return [
        inert(grade.student),
        inert(grade.assignment),
        number(grade.points),
        number(grade.max_points),
        number(grade.late_days),
        number(grade.penalty),
        "" if grade.final is None else number(grade.final),
        inert(grade.submitted_at),
        inert(" ".join(grade.ungraded)),
        *("" if counts is None else str(counts.get(status, 0)) for status in Status),
    ]


def _points(grade: StudentGrade, assignment: str, exercise: str) -> str:
    points = grade.exercises.get(exercise) if grade.assignment == assignment else None
    return "" if points is None else number(points)
