"""Who is who: from a platform's names and numbers to the student ids of the course."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

from grader.files.unpack.names import folded
from grader.problems import GraderProblem
from grader.submissions.intake.platforms import Person
from grader.submissions.names import shown
from grader.submissions.regular import Unreadable, read_regular
from grader.submissions.student_ids import odd_characters, student_id

COLUMNS = ("canvas_id", "sis_id", "email", "name", "username")
_MAX_ROSTER = 16 * 2**20


class RosterError(GraderProblem):
    """The roster cannot be used; the message says why and how to fix it."""


class Roster:
    """Student ids by what a platform calls the same people.

    Parameters
    ----------
    file
        CSV with a column ``student`` and any of `COLUMNS`; others are not looked at.

    Attributes
    ----------
    notes
        Rows that could not be used.

    Raises
    ------
    RosterError
        When it cannot be read or has not these columns.
    """

    def __init__(self, file: Path) -> None:
        self.notes: list[str] = []
        self._students: dict[tuple[str, str], str | None] = {}
        """None: several students have it."""
        self._rows: Counter[str] = Counter()
        try:
            text = read_regular(file.resolve(), _MAX_ROSTER)[0].decode("utf-8-sig")
        except Unreadable as error:
            raise RosterError(f"The roster {file} {error}.") from None
        except UnicodeDecodeError:
            raise RosterError(f"The roster {file} is not UTF-8 text. Save it as UTF-8.") from None
        header = text.partition("\n")[0]
        separator = max(",;\t", key=header.count)
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        try:
            names = [name.strip().casefold() for name in next(rows, [])]
            self._check_header(file, names)
            for number, row in enumerate(rows, start=2):
                self._add(number, dict(zip(names, row, strict=False)))
        except csv.Error as error:
            raise RosterError(
                f"The roster {file}, line {rows.line_num}: not valid CSV ({error})."
            ) from None

    def student_of(self, person: Person) -> str | None:
        """The student id of a person; None for somebody whom the roster does not know.

        Raises
        ------
        LookupError
            When the roster gives the same value to several students.
        """
        known_as = person.known_as
        if person.sure and known_as[0][0] in self._columns:
            known_as = known_as[:1]
        for column, value in known_as:
            for key in _keys(column, value):
                if key not in self._students:
                    continue
                student = self._students[key]
                if student is None:
                    raise LookupError(
                        f"the roster gives the {column} {shown(value)!r} to several students"
                    )
                return student
        return None

    def rows_of(self, student: str) -> int:
        """How many rows a student has: as many accounts of one platform may be the student's."""
        return self._rows[student]

    def _check_header(self, file: Path, names: list[str]) -> None:
        columns = [name for name in names if name in COLUMNS]
        self._columns = set(columns)
        if "student" not in names or not columns or len(set(columns)) != len(columns):
            found = ", ".join(shown(name) for name in names[:8]) or "nothing"
            raise RosterError(
                f"The roster {file} has the columns {found}. Expected in its first line: student, "
                f"and at least one of {', '.join(COLUMNS)}, each once."
            )

    def _add(self, number: int, row: dict[str, str]) -> None:
        student = row.get("student", "").strip()
        values = {name: row[name].strip() for name in COLUMNS if row.get(name, "").strip()}
        if not student:
            if values:
                self.notes.append(f"line {number} of the roster names no student")
            return
        odd = odd_characters(student)
        if odd:
            self.notes.append(
                f"line {number} of the roster: the student id {shown(student_id(student))} has "
                f"characters that nobody sees ({odd}). Type it anew; nothing is collected for it"
            )
        self._rows[student] += 1
        for column, value in values.items():
            for key in _entries(column, value):
                self._enter(key, student)
        self._enter(("id", _plain(student)), student)

    def _enter(self, key: tuple[str, str], student: str) -> None:
        if self._students.setdefault(key, student) != student:
            self._students[key] = None


def _entries(column: str, value: str) -> list[tuple[str, str]]:
    """The keys under which a value of the roster is found."""
    if column != "name":
        return [(column, _plain(value))]
    # Canvas writes the last name first and leaves out what is between: lovelaceada.
    words = _first_name_first(value).split()
    squashed = {_squashed("".join(words[i:] + words[:i])) for i in range(len(words))}
    return [("name", _first_name_first(value)), *(("squashed", one) for one in sorted(squashed))]


def _keys(column: str, value: str) -> list[tuple[str, str]]:
    """The keys to look for, the surest first; a platform may call people by the id itself."""
    if column == "canvas_id":  # a number that somebody else may have as an id
        return [(column, _plain(value))]
    if column != "name":
        return [(column, _plain(value)), ("id", _plain(value))]
    first = _first_name_first(value)
    return [("name", first), ("squashed", _squashed(first)), ("id", _plain(value))]


def _plain(value: str) -> str:
    return " ".join(folded(value).split())


def _first_name_first(value: str) -> str:
    last, comma, first = _plain(value).partition(",")
    return f"{first.strip()} {last.strip()}" if comma else last


def _squashed(value: str) -> str:
    return "".join(one for one in value if one.isalnum())
