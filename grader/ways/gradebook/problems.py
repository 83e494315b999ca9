"""What can go wrong with a gradebook, as one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from grader.problems import GraderProblem

KEPT = "The results are kept in results/; the same command completes the gradebook."


class GradebookError(GraderProblem):
    """The gradebook could not be read or written; what was graded is kept."""


def shown(url: str) -> str:
    """A database's URL without its password."""
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return "the URL of CourseDirectory.db_url"


@contextmanager
def explained(url: str) -> Iterator[None]:
    """Turn what a database complains of into a `GradebookError`."""
    try:
        yield
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise GradebookError(
            f"{shown(url)} is not a database that can be opened here: {error}. Expected "
            "sqlite:///FILE, or postgresql+psycopg://USER:PASSWORD@HOST/NAME. Fix "
            f"CourseDirectory.db_url in nbgrader_config.py. {KEPT}"
        ) from None
    except SQLAlchemyError as error:
        raise GradebookError(f"{_reason(url, error)} {KEPT}") from None


def _reason(url: str, error: SQLAlchemyError) -> str:
    cause = " ".join(str(getattr(error, "orig", None) or error).split())
    if "locked" in cause:
        return (
            f"The gradebook {shown(url)} is locked: another program is writing into it. Close "
            "formgrader's unsaved pages and other nbgrader commands, and try again."
        )
    if "readonly" in cause or "read-only" in cause:
        return f"The gradebook {shown(url)} is read-only. Make it and its folder writable."
    if "no such column" in cause or "does not exist" in cause:
        return (
            f"The gradebook {shown(url)} does not have the tables of this nbgrader: {cause}. "
            "Run `nbgrader db upgrade`, which keeps a backup."
        )
    return f"The gradebook {shown(url)} cannot be used: {cause}."
