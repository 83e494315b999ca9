"""Problems that a user is to read as one sentence, not as a traceback."""

from __future__ import annotations

import os
import traceback
from pathlib import Path

from grader.machine_problem import MachineProblem, advice, is_wrong_place


class UsageProblem(Exception):
    """The command cannot do what was asked; the message says why and how to fix it."""


KEPT = "The results are kept."


def cannot_write(path: object, error: OSError, kept: str = "", *, named: bool = True) -> Exception:
    """What to raise where a file of ours cannot be written.

    Parameters
    ----------
    kept
        A sentence on what is not lost.
    named
        Whether the caller chose the place: one that does not exist is a wrong call then. What
        the machine refuses is none.
    """
    text = " ".join(filter(None, [f"{path} cannot be written: {error.strerror or error}.", kept]))
    if named and is_wrong_place(error):
        return UsageProblem(text)
    return MachineProblem(f"{text} {advice(error)} and run the same command again.")


def needs(what: str, error: ModuleNotFoundError) -> UsageProblem:
    """What to tell who lacks a library of the extra `instructor`."""
    return UsageProblem(
        f"{what} needs {error.name}: pip install 'deep-learning-grader[instructor]'"
    )


def authors_problem(error: Exception) -> str | None:
    """What to tell the author whose own checks raised this; None where they did not."""
    places = [(one.filename, one.lineno) for one in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError):  # of a file that no line of has run
        places.append((error.filename or "", error.lineno))
    place = next((one for one in reversed(places) if _is_authors(Path(one[0]))), None)
    if place is None:
        return None
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    what = ": ".join(filter(None, [type(error).__name__, " ".join(text.split())]))
    return (
        f"{os.path.relpath(place[0])}, line {place[1]}, raises {what.rstrip('.')}. "
        "Fix that line and run the same command again."
    )


def _is_authors(path: Path) -> bool:
    from grader.course.catalogue import CHECKS_FILE

    return any(
        folder.parent.name == "solutions" and (folder / CHECKS_FILE).is_file()
        for folder in path.parents
    )


def known_problems() -> tuple[type[Exception], ...]:
    """The exceptions of lower floors whose message is meant for the user."""
    from grader.authoring.new import NewAssignmentError
    from grader.authoring.release import ReleaseError
    from grader.ci.grading import PushProblem
    from grader.confine import CannotCompute
    from grader.course.catalogue import UnknownAssignment
    from grader.course.frozen import FrozenError
    from grader.course.prepare import PreparationError
    from grader.course.sealed import SealError
    from grader.intake import CollectError, RosterError
    from grader.push.install import HookProblem
    from grader.render.exports.grades import ExportProblem
    from grader.submissions import CourseError

    return (
        UsageProblem,
        CannotCompute,
        UnknownAssignment,
        FrozenError,
        PreparationError,
        CourseError,
        ExportProblem,
        CollectError,
        RosterError,
        ReleaseError,
        NewAssignmentError,
        PushProblem,
        SealError,
        HookProblem,
    )
