"""Points into a platform's file: where they may go, and what is said when they may not."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from grader.render.exports.grades import ExportProblem, StudentGrade
from grader.render.exports.matching import Key, identifier, match
from grader.render.exports.table import Table
from grader.sanitise.spreadsheet import number
from grader.sanitise.text import safe_text


@dataclass(frozen=True)
class Wishes:
    """What the caller says about the platform's file; empty texts leave it to the format.

    Attributes
    ----------
    column
        The column of the assignment.
    match
        The column by which alone students are matched.
    scale
        Convert points where the platform's maximum is another.
    """

    column: str = ""
    match: str = ""
    scale: bool = False


@dataclass
class Filled:
    """A finished file.

    Attributes
    ----------
    written
        The students whose points are in it.
    problems
        A sentence for each student whose points are not, and should be looked at.
    untouched
        How many rows of students stayed as they were.
    """

    content: bytes = b""
    written: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    untouched: int = 0


def fill(
    table: Table,
    rows: Sequence[int],
    keys: Sequence[Key],
    grades: Sequence[StudentGrade],
    wishes: Wishes,
    put: Callable[[int, StudentGrade], str],
) -> Filled:
    """Find each student's row and let `put` fill it.

    Parameters
    ----------
    rows
        Which rows are students'.
    put
        Fills a row; returns why it did not, or an empty text.
    """
    if wishes.match:
        place = only_column(table, wishes.match, "--match")
        keys = [Key(table.header[place].strip(), (place,), identifier)]
    filled = Filled()
    handed_in = {grade.student: grade for grade in grades if grade.handed_in}
    matches = match(list(handed_in), table, rows, keys)
    filled.problems += matches.problems
    for student, row in matches.rows.items():
        grade = handed_in[student]
        if grade.ungraded:
            names = ", ".join(grade.ungraded[:5])
            problem = f"nobody has graded {names} yet: the grader failed, or a person still has to"
        else:
            problem = put(row, grade)
        if problem:
            filled.problems.append(f"{student} was left as it was: {problem}")
        else:
            filled.written.append(student)
    filled.untouched = len(rows) - len(filled.written)
    filled.content = table.content()
    return filled


def only_column(table: Table, title: str, option: str) -> int:
    """The one column of a name.

    Raises
    ------
    ExportProblem
        When there is none, or more than one.
    """
    found = table.columns(title)
    if len(found) == 1:
        return found[0]
    if found:
        raise ExportProblem(f"The file has {len(found)} columns {title!r}; expected one.")
    raise no_column(table.header, title, option)


def no_column(known: Sequence[str], title: str, option: str) -> ExportProblem:
    """Say that a column is missing, and which come near."""
    names = [safe_text(one, 80).strip() for one in known if one.strip()]
    near = difflib.get_close_matches(title, names, n=5, cutoff=0.4) or names[:12]
    return ExportProblem(
        f"The file has no column {title!r}. It has: {'; '.join(near)}. Name the right one with "
        f"{option}."
    )


def factor(maximum: str, grades: Sequence[StudentGrade], wishes: Wishes, where: str) -> float:
    """What points are multiplied by, to be out of the platform's maximum.

    Raises
    ------
    ExportProblem
        When the maximum is another than ours and nobody asked for conversion, or is no number.
    """
    ours = {grade.max_points for grade in grades}
    theirs = _number(maximum)
    if theirs is None or theirs <= 0:
        raise ExportProblem(f"{where} is {safe_text(maximum, 40)!r}; expected a number above 0.")
    if all(math.isclose(one, theirs, abs_tol=0.005) for one in ours):
        return 1.0
    shown = ", ".join(number(one) for one in sorted(ours))
    if not wishes.scale or len(ours) != 1:
        raise ExportProblem(
            f"{where} is {number(theirs)}, but the results are out of {shown}. Make both the same, "
            "or give --scale to convert the points."
        )
    (one,) = ours
    if one <= 0:
        raise ExportProblem(f"The results are out of {shown} and cannot be converted.")
    return theirs / one


def _number(text: str) -> float | None:
    """A platform's number; in some languages its decimal sign is a comma."""
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None
