"""What an assignment asks for, as those who read submissions want to know it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache, partial
from pathlib import Path

from grader.course.catalogue import PUBLIC_FOLDER, course_root, frozen_assignments
from grader.course.frozen import FrozenError, read_exercises
from grader.course.prepared import PreparedAssignment
from grader.submissions.expected import Exercises, Expected


def expected_of(assignment: PreparedAssignment, root: Path | None = None) -> Expected:
    """The files of an assignment with their exercises.

    Parameters
    ----------
    root
        The folder that holds ``assignments/``, by default the one around the current folder. The
        course's other assignments are read there when a submission looks like one of them.
    """
    exercises: dict[str, tuple[str, ...]] = {file.name: () for file in assignment.files}
    for one in assignment.exercises:
        exercises[one.file] = (*exercises.get(one.file, ()), one.name)
    files = tuple(file.name for file in assignment.files)
    return Expected(files, exercises, partial(_other_exercises, assignment.name, root))


def _other_exercises(name: str, root: Path | None) -> Mapping[str, Exercises]:
    place = root or course_root()
    if place is None:
        return {}
    known = frozen_assignments(place)
    return {other: _exercises(folder) for other, folder in known.items() if other != name}


@lru_cache(maxsize=64)
def _exercises(folder: Path) -> Exercises:
    """The names of a frozen assignment's exercises by file, and no more of it."""
    try:
        return read_exercises(folder / PUBLIC_FOLDER)
    except FrozenError:  # who checks that assignment is told
        return {}
