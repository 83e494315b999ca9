"""The handout: there, with the right total, and about exercises that there are."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from grader.authoring.promises.problem import broken
from grader.course.place import Place, place_in
from grader.course.prepare import LiveCourse
from grader.course.sources import author_text

HANDOUT = "handout.md"
_TOTAL = re.compile(r"^(\d+(?:\.\d+)?) points\b")
"""A line that begins so states what the assignment is worth."""
_HINT = re.compile(r"^\s*grader hint (?:\w+\.)?([A-Za-z_]\w*)")
_DESCRIBED = re.compile(r"^(?:[-*] |#+ )`([A-Za-z_]\w*)\(|^`([A-Za-z_]\w*)\([^`]*\)`:")
"""An entry of a list, a heading or a paragraph that is about one function or class."""


def keep_handout(course: LiveCourse, folder: Path) -> None:
    """Refuse a handout that is missing or says what is not so.

    Raises
    ------
    PreparationError
        At its line, or where the assignment declares its first file.
    """
    path = folder / HANDOUT
    if not path.is_file():
        raise broken(
            next((file.place for file in course.assignment.files), None),
            f"expected {HANDOUT} beside this file. Received none; write what students are to "
            "read, with <!-- points --> where the table of points belongs.",
        )
    defined = _defined(course)
    exercises = {one.name for one in course.assignment.exercises()}
    for number, line in enumerate(author_text(path).splitlines(), start=1):
        place = place_in(path, number)
        _keep_total(line, course.assignment.points, place)
        for name, known in _named(line, defined, exercises):
            if name not in known:
                raise broken(
                    place,
                    f"expected an exercise of this assignment ({', '.join(sorted(exercises))}). "
                    f"Received: {name}; correct the name.",
                )


def _keep_total(line: str, points: float, place: Place) -> None:
    stated = _TOTAL.match(line)
    if stated and float(stated[1]) != points:
        raise broken(
            place,
            f"expected the total of all checks, which is {points:g}. Received: {stated[1]} "
            "points; correct this sentence or the points of the checks.",
        )


def _named(line: str, defined: set[str], exercises: set[str]) -> Iterator[tuple[str, set[str]]]:
    """The names that a line gives as an exercise's, each with those that it may be."""
    if hint := _HINT.match(line):
        yield hint[1], exercises
    if described := _DESCRIBED.match(line):
        yield described[1] or described[2], defined | exercises


def _defined(course: LiveCourse) -> set[str]:
    """Every function, method and class of the references: a handout may describe any of them."""
    return {
        node.name
        for text in course.references.values()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
