"""One upload on Gradescope: read what its folder holds, grade it, and write what it shows.

Relied upon (https://gradescope-autograders.readthedocs.io/en/latest/specs/ and
…/submission_metadata/): the student's files lie in ``submission/``, who they are in
``submission_metadata.json``; ``results/results.json`` is shown, and where there is none
Gradescope says that the autograder failed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from grader.authoring.gradescope.layout import HIDDEN, LIMITS
from grader.confine import Launcher
from grader.course import frozen
from grader.course.catalogue import frozen_assignments
from grader.course.expected import expected_of
from grader.files.atomic import write_atomically
from grader.files.foreign_json import read_json
from grader.judge.grading import GradingOptions
from grader.render.exports.grades import StudentGrade
from grader.render.exports.gradescope import results_json
from grader.student.checking import load_public
from grader.submissions import read_path
from grader.submissions.limit_settings import LimitSettings
from grader.ways.ci.environment import METADATA
from grader.ways.ci.grading import Graded, PushProblem, grade_work

RESULTS = "results/results.json"
_WITHOUT_NAME = "a student"
_MAX_METADATA = 16 * 2**20


def grade_upload(autograder: Path, root: Path, launcher: Launcher) -> Graded:
    """Grade what ``autograder/submission`` holds, on public and on hidden cases.

    Parameters
    ----------
    root
        Where the unpacked zip lies.

    Raises
    ------
    FrozenError
        When cases cannot be read.
    PushProblem
        When the autograder is not whole, or Keras is missing.
    """
    known = frozen_assignments(root)
    if len(known) != 1:
        raise PushProblem(
            f"One assignment was expected in {root}, received {len(known)}. Upload a zip that "
            "grader gradescope wrote."
        )
    ((name, folder),) = known.items()
    public, hidden = load_public(folder), frozen.load(root / HIDDEN / name)
    metadata = _metadata(autograder / METADATA)
    submission = read_path(
        _handed_in(autograder / "submission", name),
        expected_of(hidden, root),
        student=_who(metadata),
        assignment=name,
    )
    submission = replace(submission, submitted_at=_when(metadata))
    options = GradingOptions(limits=_limits(root / LIMITS).book())
    return grade_work(folder, submission, public, launcher, hidden, options)


def write_results(graded: Graded, autograder: Path) -> bool:
    """Write what Gradescope shows; tell whether there was something to write.

    When the grader failed on some check nothing is written, so that nobody reads a wrong grade.

    Raises
    ------
    OSError
        When the file cannot be written.
    """
    result = graded.shown
    grade = StudentGrade(result.student, result.assignment, result.points, result.max_points)
    content = None if graded.grader_failed else results_json(result, grade)
    if content is None:
        return False
    (autograder / RESULTS).parent.mkdir(parents=True, exist_ok=True)
    write_atomically(autograder / RESULTS, content, mode=0o644)
    return True


def forget_results(autograder: Path) -> None:
    """Remove what an earlier run left: a run that fails is to leave nothing to read."""
    (autograder / RESULTS).unlink(missing_ok=True)


def _handed_in(folder: Path, name: str) -> Path:
    """The folder of the files: a whole repository has the assignment in a folder of its own."""
    own = folder / "assignments" / name
    is_there = own.is_dir() and not own.is_symlink() and not own.parent.is_symlink()
    return own if is_there else folder


def _metadata(file: Path) -> Mapping[str, Any]:
    with contextlib.suppress(OSError, ValueError):
        if file.stat().st_size <= _MAX_METADATA:
            found = read_json(file.read_text(encoding="utf-8"))
            if isinstance(found, dict):
                return found
    return {}


def _who(metadata: Mapping[str, Any]) -> str:
    """The names of all who handed it in together, or their addresses."""
    users = metadata.get("users")
    names = [
        str(user.get("name") or user.get("email") or "")
        for user in (users if isinstance(users, list) else [])
        if isinstance(user, dict)
    ]
    return ", ".join(name for name in names if name) or _WITHOUT_NAME


def _when(metadata: Mapping[str, Any]) -> str | None:
    """When it was handed in, in UTC; None where nobody says."""
    try:
        moment = datetime.fromisoformat(str(metadata.get("created_at")))
        return moment.astimezone(UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError):
        return None


def _limits(file: Path) -> LimitSettings:
    try:
        return LimitSettings.model_validate_json(file.read_bytes())
    except OSError as error:
        raise PushProblem(
            f"{file} cannot be read ({error.strerror}). Upload a zip that grader gradescope wrote."
        ) from None
    except ValidationError as error:
        first = error.errors()[0]
        raise PushProblem(
            f"The course's limits do not fit this machine: {'.'.join(map(str, first['loc']))}, "
            f"{first['msg']}. Give the container more memory in the autograder's settings, or "
            "lower the limit in grader.toml and upload the zip again."
        ) from None
