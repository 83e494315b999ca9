"""What a student reached so far in an assignment's folder: the last results and the hints given.

Both are kept in the folder's ``.grader``. A folder that cannot be written is no reason to
complain: nothing is remembered there then.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from grader.course.prepared import PreparedAssignment, PreparedExercise
from grader.files.atomic import write_atomically
from grader.files.foreign_json import read_json
from grader.files.private_folder import FILE_MODE, FOLDER, private_folder
from grader.result import Result, Status, total

PROGRESS_FILE = f"{FOLDER}/progress.json"
_COUNTS = f"{FOLDER}/hints.json"


def last_result(folder: Path) -> Result | None:
    """What was found when the exercises were last checked; None when there is none to read."""
    try:
        return Result.model_validate_json((folder / PROGRESS_FILE).read_bytes())
    except (OSError, ValidationError):
        return None


def remember(folder: Path, assignment: PreparedAssignment, result: Result) -> Result:
    """Keep what was found; exercises that were not checked now stay as they were last found.

    Returns
    -------
    Result
        All that is known now.
    """
    known = _merged(assignment, last_result(folder), result)
    _write(folder / PROGRESS_FILE, known.model_dump_json())
    return known


def _merged(assignment: PreparedAssignment, last: Result | None, result: Result) -> Result:
    if last is None or last.assignment_sha256 != result.assignment_sha256:
        return result
    checked = {check.exercise for check in result.checks}
    kept = [check for check in last.checks if check.exercise not in checked]
    order = {one.name: number for number, one in enumerate(assignment.exercises)}
    found = [check for check in (*kept, *result.checks) if check.exercise in order]
    found.sort(key=lambda check: order[check.exercise])
    points, max_points = total(found)
    update = {"checks": found, "points": points, "max_points": max_points}
    return result.model_copy(update=update)


def next_exercise(
    assignment: PreparedAssignment, known: Result | None, after: str | None = None
) -> PreparedExercise | None:
    """The first exercise that did not pass when it was last checked; None when all passed.

    Parameters
    ----------
    after
        Begin behind this exercise; those before it come last.
    """
    checks = known.checks if known is not None else []
    checked = {check.exercise for check in checks}
    not_passed = {check.exercise for check in checks if check.status is not Status.PASSED}
    exercises = assignment.exercises
    names = [one.name for one in exercises]
    start = names.index(after) + 1 if after in names else 0
    for exercise in (*exercises[start:], *exercises[:start]):
        if exercise.name not in checked or exercise.name in not_passed:
            return exercise
    return None


@dataclass(frozen=True)
class Hint:
    """One hint for an exercise: which one it is, counted from 1, of how many."""

    text: str
    number: int
    count: int

    @property
    def is_last(self) -> bool:
        """Whether there is none after it."""
        return self.number == self.count


def next_hint(folder: Path, exercise: PreparedExercise, *, again: bool = False) -> Hint | None:
    """Give the next hint and count it; after the last one, the last one. None when there is none.

    Parameters
    ----------
    again
        Start with the first hint.
    """
    if not exercise.hints:
        return None
    counts = _counts(folder)
    given = 0 if again else counts.get(exercise.name, 0)
    number = min(given, len(exercise.hints) - 1) + 1
    _write(folder / _COUNTS, json.dumps({**counts, exercise.name: number}))
    return Hint(exercise.hints[number - 1], number, len(exercise.hints))


def _counts(folder: Path) -> dict[str, int]:
    try:
        counts = read_json((folder / _COUNTS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(counts, dict):
        return {}
    return {key: value for key, value in counts.items() if isinstance(value, int) and value >= 0}


def _write(file: Path, text: str) -> None:
    try:
        private_folder(file.parent.parent)
        write_atomically(file, text.encode(), mode=FILE_MODE)
    except OSError:
        return
