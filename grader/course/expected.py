"""What an assignment asks for, as those who read submissions want to know it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from grader.course.catalogue import PUBLIC_FOLDER, course_root, frozen_assignments
from grader.course.frozen import FrozenError, read_outline
from grader.course.prepared import PreparedAssignment
from grader.submissions.expected import Exercises, Expected

if TYPE_CHECKING:
    from grader.course.assignment import Assignment


def expected_of(assignment: PreparedAssignment, root: Path | None = None) -> Expected:
    """The files of an assignment with their exercises.

    Parameters
    ----------
    root
        The folder that holds ``assignments/``, by default the one around the current folder. The
        course's other assignments are read there when a submission looks like one of them.
    """
    pairs = ((one.file, one.name) for one in assignment.exercises)
    expected = _expected(assignment.name, (file.name for file in assignment.files), pairs, root)
    aside = tuple(one.name for one in assignment.files_aside)
    names = partial(_exercises_aside, assignment.name, aside, root)
    return replace(expected, aside=aside, exercises_aside=names)


def expected_of_live(live: Assignment, root: Path | None = None) -> Expected:
    """The same for an assignment in `solutions/`, none of whose cases are made."""
    pairs = ((one.file, one.name) for one in live.exercises())
    return _expected(live.name, (file.name for file in live.files), pairs, root)


def _expected(
    name: str, files: Iterable[str], pairs: Iterable[tuple[str, str]], root: Path | None
) -> Expected:
    exercises: dict[str, tuple[str, ...]] = {file: () for file in files}
    expected = tuple(exercises)
    for file, exercise in pairs:
        exercises[file] = (*exercises.get(file, ()), exercise)
    return Expected(expected, exercises, partial(_other_exercises, name, root))


def _other_exercises(name: str, root: Path | None) -> Mapping[str, Exercises]:
    place = root or course_root()
    if place is None:
        return {}
    known = frozen_assignments(place)
    return {other: _exercises(folder) for other, folder in known.items() if other != name}


def _exercises_aside(name: str, files: Iterable[str], root: Path | None) -> frozenset[str]:
    place = root or course_root()
    folder = frozen_assignments(place).get(name) if place is not None else None
    known = _exercises(folder) if folder is not None else {}
    return frozenset(one for file in files for one in known.get(file, ()))


@lru_cache(maxsize=64)
def _exercises(folder: Path) -> Exercises:
    """The names of a frozen assignment's exercises by file, and no more of it."""
    try:
        return read_outline(folder / PUBLIC_FOLDER).by_file()
    except FrozenError:  # who checks that assignment is told
        return {}
