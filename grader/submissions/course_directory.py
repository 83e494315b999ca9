"""A course directory as nbgrader lays it out, with ``grader.toml`` beside it."""

from __future__ import annotations

import difflib
import os
import secrets
import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from grader.store import write_atomically

CONFIGURATION = "grader.toml"
SUBMITTED = "submitted"


class CourseError(Exception):
    """The course directory or its configuration is not as it must be."""


class LimitSettings(BaseModel):
    """``[limits]``: what one question to a student's code may cost."""

    model_config = ConfigDict(extra="forbid")

    seconds: float = Field(10.0, gt=0)
    cpu_seconds: float = Field(10.0, gt=0)
    numpy_megabytes: int = Field(2_048, ge=256)


class CourseSettings(BaseModel):
    """``grader.toml``; every entry is optional."""

    model_config = ConfigDict(extra="forbid")

    name: str = ""
    seed: str = ""
    limits: LimitSettings = LimitSettings()
    late: dict[str, Any] = {}


class CourseDirectory:
    """``submitted/{student}/{assignment}/``, ``results/`` and ``grader.toml``.

    Raises
    ------
    CourseError
        When the directory is not there or ``grader.toml`` cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.is_dir():
            raise CourseError(f"There is no course directory {path}.")
        self.settings = _read_settings(path / CONFIGURATION)
        self.name = self.settings.name or path.resolve().name

    @property
    def results(self) -> Path:
        """Where results are kept."""
        return self.path / "results"

    def seed(self) -> str:
        """The secret seed; a missing one is made and kept in ``grader.toml``.

        Raises
        ------
        CourseError
            When it cannot be written.
        """
        if not self.settings.seed:
            made = secrets.token_urlsafe(24)
            file = self.path / CONFIGURATION
            try:
                old = file.read_text(encoding="utf-8") if file.exists() else ""
                # A key must stand above the first table, so it goes to the top.
                write_atomically(file, f'seed = "{made}"\n{old}'.encode())
            except OSError as error:
                raise CourseError(f"The seed cannot be kept in {file}: {error.strerror}.") from None
            self.settings.seed = made
        return self.settings.seed

    def submitted(self, assignment: str) -> list[tuple[str, Path]]:
        """All submissions of an assignment, as (student, folder), in the order of students.

        Raises
        ------
        CourseError
            When there is no ``submitted/``, or nobody handed this assignment in.
        """
        folder = self.path / SUBMITTED
        if not folder.is_dir():
            raise CourseError(
                f"There is no folder {folder}. Expected submissions in "
                f"{SUBMITTED}/{{student}}/{assignment}/. Name the course directory with --course."
            )
        students = sorted(entry for entry in folder.iterdir() if _is_real_folder(entry))
        found = [
            (student_id(student.name), student / assignment)
            for student in students
            if _is_real_folder(student / assignment)
        ]
        if not found:
            others = sorted(
                {one.name for student in students for one in student.iterdir() if one.is_dir()}
            )
            near = difflib.get_close_matches(assignment, others, n=3, cutoff=0.3) or others[:5]
            handed = f" Handed in: {', '.join(near)}." if near else " The folder is empty."
            raise CourseError(f"Nobody handed in {assignment} under {folder}.{handed}")
        return found


def student_id(name: str) -> str:
    """A folder's name as a student id; bytes that are no UTF-8 become replacement characters."""
    return os.fsencode(name).decode("utf-8", "replace")


def _is_real_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink() and not path.name.startswith(".")


def _read_settings(file: Path) -> CourseSettings:
    if not file.exists():
        return CourseSettings()
    try:
        return CourseSettings.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CourseError(f"{file} cannot be read: {error}.") from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        known = [*CourseSettings.model_fields, *(f"limits.{n}" for n in LimitSettings.model_fields)]
        near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
        advice = f" Did you mean {near[0]}?" if near else f" Known: {', '.join(known)}."
        raise CourseError(f"{file}, {key}: {first['msg']}.{advice}") from None
