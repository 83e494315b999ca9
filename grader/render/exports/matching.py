"""Which row of a platform's file is which student: one row for one student, or none."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from grader.render.exports.table import Table
from grader.sanitise.text import safe_text


@dataclass(frozen=True)
class Key:
    """A column that tells who a row is about.

    Attributes
    ----------
    title
        How messages name it.
    columns
        The columns; several are joined by a space, as first and last names.
    form
        How cells and student ids are compared.
    asked
        How student ids are, where it is another way; an empty text is in no row.
    """

    title: str
    columns: tuple[int, ...]
    form: Callable[[str], str]
    asked: Callable[[str], str] | None = None


@dataclass
class Matches:
    """Rows by student, and a sentence for each student without one."""

    rows: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def identifier(text: str) -> str:
    """An id as it is compared: composed letters, no spaces around."""
    return unicodedata.normalize("NFC", text).strip()


def name(text: str) -> str:
    """A name as it is compared: "Lovelace, Ada" is "Ada Lovelace"."""
    last, comma, first = identifier(text).partition(",")
    return " ".join((f"{first} {last}" if comma else last).split())


def participant_number(text: str) -> str:
    """The number of Moodle's "Participant 1234", in whatever language."""
    found = re.search(r"(?:^|\D)(\d+)$", identifier(text))
    return found.group(1) if found else ""


def downloaded_number(student: str) -> str:
    """The participant's number in the name of a folder that Moodle made, else nothing.

    Folders of downloaded submissions are called "Ada Lovelace_1234_assignsubmission_file". A
    bare number is no participant: it may well be somebody else's ID number.
    """
    found = re.search(r"_(\d+)_assignsubmission_", student)
    return found.group(1) if found else ""


def match(
    students: Sequence[str], table: Table, rows: Sequence[int], keys: Sequence[Key]
) -> Matches:
    """Find each student's row by any of the keys; capitals count only where they decide.

    A student who could be several rows gets none, and neither do several students who could be
    the same row: a grade in a wrong row is worse than one that is missing.
    """
    exact = _index(table, rows, keys, lambda text: text)
    folded = _index(table, rows, keys, str.casefold)
    candidates: dict[str, set[int]] = {}
    for student in students:
        found = _look(exact, student, keys, lambda text: text)
        candidates[student] = found or _look(folded, student, keys, str.casefold)
    matches = Matches()
    claimed: dict[int, list[str]] = defaultdict(list)
    for student, found in candidates.items():
        for row in found:
            claimed[row].append(student)
    titles = ", ".join(key.title for key in keys)
    for student, found in candidates.items():
        rivals = [one for row in found for one in claimed[row] if one != student]
        if not found:
            matches.problems.append(f"{student} is in no row of the file; looked in {titles}")
        elif len(found) > 1:
            places = " and ".join(_shown(table, row) for row in sorted(found)[:3])
            matches.problems.append(
                f"{student} could be {places}; --match names the column that decides"
            )
        elif rivals:
            (row,) = found
            matches.problems.append(
                f"{student} and {', '.join(rivals[:3])} could all be {_shown(table, row)}"
            )
        else:
            (matches.rows[student],) = found
    return matches


def _index(
    table: Table, rows: Sequence[int], keys: Sequence[Key], fold: Callable[[str], str]
) -> list[dict[str, set[int]]]:
    made: list[dict[str, set[int]]] = []
    for key in keys:
        index: dict[str, set[int]] = defaultdict(set)
        for row in rows:
            text = " ".join(table.cell(row, column) for column in key.columns)
            # A student's id in a result has passed `safe_text`, and so must its like here.
            form = fold(key.form(safe_text(text)))
            if form:
                index[form].add(row)
        made.append(index)
    return made


def _look(
    indices: list[dict[str, set[int]]],
    student: str,
    keys: Sequence[Key],
    fold: Callable[[str], str],
) -> set[int]:
    found: set[int] = set()
    for index, key in zip(indices, keys, strict=True):
        asked = key.asked or key.form
        found |= index.get(fold(asked(student)), set())
    return found


def _shown(table: Table, row: int) -> str:
    return f"row {row + 1} ({safe_text(table.cell(row, 0), 60).strip()})"
