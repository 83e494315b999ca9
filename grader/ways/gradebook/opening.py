"""Open nbgrader's database: of the right version, and without its tools on the PATH."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import nbgrader
from alembic.script import ScriptDirectory
from nbgrader.api import Gradebook
from sqlalchemy import create_engine, inspect, text

from grader.ways.gradebook.course import NbgraderCourse
from grader.ways.gradebook.problems import GradebookError, explained, shown


@contextmanager
def opened(course: NbgraderCourse) -> Iterator[Gradebook]:
    """Open the gradebook of a course; what is made new is made as nbgrader makes it.

    Raises
    ------
    GradebookError
        When it cannot be opened, or is of another version of nbgrader; also for what the
        database complains of later, inside the block.
    """
    with explained(course.database):
        with _tools_on_path():
            _require_version(course.database)
            gradebook = Gradebook(course.database, course.course_id)
        try:
            yield gradebook
        except BaseException:
            gradebook.db.rollback()
            raise
        finally:
            gradebook.close()


@contextmanager
def _tools_on_path() -> Iterator[None]:
    """Nbgrader asks the command `alembic` for its schema; it lies beside this interpreter."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before])
    try:
        yield
    finally:
        os.environ["PATH"] = before


@lru_cache
def _own_version() -> str | None:
    """The schema of the nbgrader that is installed, without a process of its own."""
    return ScriptDirectory(str(Path(nbgrader.__file__).with_name("alembic"))).get_current_head()


def _require_version(database: str) -> None:
    """Refuse a database of another nbgrader before anything is written into it."""
    engine = create_engine(database)
    try:
        with engine.connect() as connection:
            tables = inspect(connection).get_table_names()
            if not tables:
                return
            found: str | None = "none"
            if "alembic_version" in tables:
                found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    finally:
        engine.dispose()
    wanted = _own_version()
    if found != wanted:
        raise GradebookError(
            f"The gradebook {shown(database)} belongs to another version of nbgrader (schema "
            f"{found}, expected {wanted}). Run `nbgrader db upgrade`, which keeps a backup."
        )
