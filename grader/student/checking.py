"""A student's own checks: the public cases of one folder, from the terminal or from pytest."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path

from grader.confine import Engine, SpawnedLauncher
from grader.course import frozen
from grader.course.catalogue import PUBLIC_FOLDER
from grader.course.expected import expected_of
from grader.course.prepared import PreparedAssignment
from grader.judge.grading import GradingOptions, grade
from grader.judge.repairs import ALONE
from grader.result import CheckResult, Result, Status
from grader.submissions import Submission, read_path

LOCAL_STUDENT = "me"


def load_public(folder: Path) -> PreparedAssignment:
    """Read the public checks of an assignment's folder; raises `frozen.FrozenError`."""
    return frozen.load(folder / PUBLIC_FOLDER)


def exercise_names(folder: Path) -> list[str]:
    """The exercises of an assignment's folder, without reading a case, which takes longer."""
    found = frozen.read_outline(folder / PUBLIC_FOLDER).by_file()
    return [name for names in found.values() for name in names]


def name_problem(assignment: PreparedAssignment, exercise: str) -> str:
    """Why there is no such exercise, with the nearest names; "" when there is one."""
    known = [one.name for one in assignment.exercises]
    if exercise in known:
        return ""
    near = near_names(exercise, known) or known
    return f"{assignment.name} has no exercise {exercise!r}. Did you mean: {', '.join(near)}?"


def near_names(name: str, known: Iterable[str], likeness: float = 0.4) -> list[str]:
    """The names that may have been meant, the nearest first; case does not matter."""
    import difflib  # of use to those alone who mistype

    folded = {one.casefold(): one for one in known}
    found = difflib.get_close_matches(str(name).casefold(), folded, n=3, cutoff=likeness)
    return [folded[one] for one in found]


def read_own(folder: Path, assignment: PreparedAssignment, path: Path | None = None) -> Submission:
    """Read a student's own files.

    Parameters
    ----------
    path
        Where the files are, when not in `folder`.
    """
    expected = expected_of(assignment)
    return read_path(path or folder, expected, student=LOCAL_STUDENT, assignment=assignment.name)


def check_own(
    submission: Submission,
    assignment: PreparedAssignment,
    *,
    only: frozenset[str] | None = None,
    engine: Engine | None = None,
    on_check: Callable[[CheckResult], None] | None = None,
) -> Result:
    """Grade a student's own files on the public cases.

    Parameters
    ----------
    only
        Exercises to judge; None for all.
    engine
        What Keras computes with; by default what the environment says.
    on_check
        Told of each check as soon as it is judged.
    """
    options = GradingOptions(only=only, on_check=on_check, repairs=ALONE)
    return grade(submission, assignment, SpawnedLauncher(engine), options)


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
    assignment = load_public(folder)
    result = check_own(read_own(folder, assignment), assignment)
    return {f"{check.exercise}.{check.check}": check for check in result.checks}
