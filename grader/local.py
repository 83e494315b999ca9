"""A student's own checks: the public cases of one folder, from the terminal or from pytest."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from grader.confine import Engine, SpawnedLauncher
from grader.course import frozen
from grader.course.catalogue import PUBLIC_FOLDER
from grader.course.expected import expected_of
from grader.course.prepared import PreparedAssignment
from grader.judge import GradingOptions, grade
from grader.result import CheckResult, Result, Status
from grader.submissions import read_path

LOCAL_STUDENT = "me"


def load_public(folder: Path) -> PreparedAssignment:
    """Read the public checks of an assignment's folder; raises `frozen.FrozenError`."""
    return frozen.load(folder / PUBLIC_FOLDER)


def check_folder(
    folder: Path,
    assignment: PreparedAssignment,
    *,
    only: frozenset[str] | None = None,
    path: Path | None = None,
    engine: Engine | None = None,
) -> Result:
    """Grade a student's own files on the public cases.

    Parameters
    ----------
    only
        Exercises to judge; None for all.
    path
        Where the files are, when not in `folder`.
    engine
        What Keras computes with; by default what the environment says.
    """
    expected = expected_of(assignment)
    submission = read_path(
        path or folder, expected, student=LOCAL_STUDENT, assignment=assignment.name
    )
    return grade(submission, assignment, SpawnedLauncher(engine), GradingOptions(only=only))


def pytest_parameters(folder: Path) -> list[str]:
    """The ids of all public checks, as parameters of one pytest test."""
    return [f"{check.exercise}.{check.name}" for check in load_public(folder).checks]


def run_public_check(folder: Path, identifier: str) -> None:
    """Fail with the student's message when a public check does not pass."""
    result = _checked_once(folder)[identifier]
    if result.status is not Status.PASSED:
        hint = f"\n{result.diagnosis.hint}" if result.diagnosis else ""
        printed = f"\nYour code printed:\n{result.printed}" if result.printed else ""
        raise CheckFailed(f"{result.title} [{result.status}]\n{result.message}{hint}{printed}")


class CheckFailed(AssertionError):
    """A public check did not pass; the message is the student's."""

    __module__ = "builtins"  # pytest then shows the bare name


@lru_cache(maxsize=8)
def _checked_once(folder: Path) -> dict[str, CheckResult]:
    result = check_folder(folder, load_public(folder))
    return {f"{check.exercise}.{check.check}": check for check in result.checks}
