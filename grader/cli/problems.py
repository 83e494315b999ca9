"""Problems that a user is to read as one sentence, not as a traceback."""

from __future__ import annotations

import os
import traceback
from pathlib import Path

from grader.problems import GraderProblem, MachineProblem, advice, installing, is_wrong_place


class UsageProblem(GraderProblem):
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
    return UsageProblem(f"{what} needs {error.name}: {installing('instructor')}")


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
