"""A course directory as nbgrader lays it out, with ``grader.toml`` beside it."""

from __future__ import annotations

import contextlib
import difflib
import os
from datetime import datetime
from pathlib import Path

from grader.files.private_folder import is_closed
from grader.sanitise.text import safe_text
from grader.submissions.names import shown
from grader.submissions.regular import is_link, is_true_folder, kind_of
from grader.submissions.settings import CourseError, make_seed, read_settings
from grader.submissions.student_ids import look_alikes, odd_characters, student_id

CONFIGURATION = "grader.toml"
SUBMITTED = "submitted"
ATTEMPTS = ".attempts"
"""Where earlier attempts lie: ``.attempts/{student}/{assignment}/{n}/``."""
_SIGNS_OF_NBGRADER = ("nbgrader_config.py", "gradebook.db", "source")

_NOBODY = {
    ".DS_Store",
    ".git",
    ".gitignore",
    ".gitkeep",
    ".ipynb_checkpoints",
    "Thumbs.db",
    "__MACOSX",
    "desktop.ini",
}
"""What systems leave behind in every folder."""


class CourseDirectory:
    """``submitted/{student}/{assignment}/``, ``results/`` and ``grader.toml``.

    Attributes
    ----------
    settings
        What ``grader.toml`` says.
    notes
        What `submitted` passed over: links, files, folders that cannot be read.

    Raises
    ------
    CourseError
        When the directory is not there or ``grader.toml`` cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        if not self.path.is_dir():
            what = "is not a folder" if self.path.exists() else "does not exist"
            raise CourseError(
                f"The course directory {self.path} {what}. Expected a folder with "
                f"{SUBMITTED}/{{student}}/{{assignment}}/ in it. Name it with --course."
            )
        self.settings = read_settings(self.path / CONFIGURATION)
        self.name = self.settings.name or safe_text(self.path.resolve().name)
        self.notes: tuple[str, ...] = ()
        self._open_seed: tuple[str, ...] = ()
        if self.settings.seed is not None:
            self._close_seed()

    @property
    def results(self) -> Path:
        """Where results are kept, one folder per assignment."""
        return self.path / "results"

    def seed(self) -> str:
        """The secret seed; a missing one is made and kept in ``grader.toml``.

        Raises
        ------
        CourseError
            When it cannot be written.
        """
        if self.settings.seed is None:
            made = make_seed(self.path / CONFIGURATION)
            self.settings = self.settings.model_copy(update={"seed": made})
            self._close_seed()
        assert self.settings.seed is not None
        return self.settings.seed

    def _close_seed(self) -> None:
        """Close ``grader.toml`` to other accounts; where that is not ours to do, a note says so.

        All hidden cases follow from its seed. So whatever is done first in a course closes it.
        """
        with contextlib.suppress(OSError):  # it is gone again: nobody reads it
            if not is_closed(self.path / CONFIGURATION):
                self._open_seed = (
                    f"{CONFIGURATION} holds the secret seed, and other accounts of this machine "
                    f"can read it: its owner can close it with chmod 600 {CONFIGURATION}",
                )
                self.notes = self._open_seed

    def late_seconds(self, assignment: str, student: str, submitted_at: str | None) -> float:
        """Seconds after the student's due date; 0 when in time, or one of both is unknown."""
        due = self.settings.late.due_of(assignment, student)
        if due is None or submitted_at is None:
            return 0.0
        return max(0.0, (datetime.fromisoformat(submitted_at) - due).total_seconds())

    def submitted(self, assignment: str) -> list[tuple[str, Path]]:
        """All submissions of an assignment, as (student, folder), in the order of students.

        What else lies in ``submitted/`` is passed over and named in `notes`.

        Raises
        ------
        CourseError
            When there is no ``submitted/``, or nobody handed this assignment in.
        """
        folder = self.path / SUBMITTED
        if not folder.is_dir():
            what = "is not a folder" if folder.exists() else "does not exist"
            raise CourseError(
                f"{folder} {what}. Expected submissions in {SUBMITTED}/{{student}}/{assignment}/. "
                "Make it, or name the course directory with --course."
            )
        if assignment in {"", ".", ".."} or any(mark in assignment for mark in "/\\\0"):
            raise CourseError(f"{shown(assignment)!r} is not the name of an assignment.")
        notes: list[str] = []
        found: list[tuple[str, Path]] = []
        others: set[str] = set()
        for student in _folders(folder, notes):
            below = {path.name: path for path in _folders(student, notes, quiet=assignment)}
            if assignment in below:
                odd = odd_characters(student.name)
                if odd:
                    notes.append(
                        f"{SUBMITTED}/{shown(student_id(student.name))} has characters in its name "
                        f"that nobody sees ({odd}); its id is written with them as escapes. "
                        "Rename the folder if they do not belong there"
                    )
                found.append((student_id(student.name), below[assignment]))
            others.update(below)
        notes += look_alikes(student for student, _ in found)
        self.notes = (*self._open_seed, *notes)
        if not found:
            raise CourseError(_nobody(assignment, folder, sorted(others)))
        return sorted(found, key=lambda pair: pair[0])


def earlier_attempts(course: Path, student: str, assignment: str) -> list[Path]:
    """The folders of a student's attempts before the one in ``submitted/``, in order.

    Parameters
    ----------
    student
        The name of the folder in ``submitted/``.
    """
    folder = course / ATTEMPTS / student / assignment
    try:
        names = [name for name in os.listdir(folder) if name.isascii() and name.isdigit()]
    except OSError:  # most students have none
        return []
    return [folder / one for one in sorted(names, key=int) if is_true_folder(folder / one)]


def is_nbgrader_course(path: Path) -> bool:
    """Whether somebody uses nbgrader here: its configuration, gradebook or sources are there."""
    return any((path / sign).exists() for sign in _SIGNS_OF_NBGRADER)


def _folders(folder: Path, notes: list[str], quiet: str | None = None) -> list[Path]:
    """The folders in a folder; with `quiet`, only an entry of that name is worth a note."""
    where = shown(f"{folder.parent.name}/{folder.name}" if quiet else folder.name)
    try:
        names = os.listdir(folder)
    except OSError as error:
        notes.append(f"{where} cannot be read: {error.strerror}")
        return []
    found = []
    for name in names:
        if name in _NOBODY:
            continue
        path = folder / name
        hidden = name.startswith(".")
        if is_true_folder(path) and not hidden:
            found.append(path)
        elif quiet is None or name == quiet:
            kind = "hidden" if hidden and is_true_folder(path) else _kind(path)
            notes.append(f"{where}/{shown(name)} is {kind} and was passed over")
    return found


def _kind(path: Path) -> str:
    try:
        status = path.lstat()
    except OSError as error:
        return f"unreadable ({error.strerror})"
    return "a link" if is_link(status) else kind_of(status)


def _nobody(assignment: str, folder: Path, others: list[str]) -> str:
    start = f"Nobody handed in {assignment} under {folder}."
    if not others:
        return (
            f"{start} The folder holds no submissions at all; expected "
            f"{SUBMITTED}/{{student}}/{assignment}/."
        )
    near = difflib.get_close_matches(assignment, others, n=3, cutoff=0.6)
    if near:
        return f"{start} Did you mean {' or '.join(map(shown, near))}?"
    more = f" and {len(others) - 5} more" if len(others) > 5 else ""
    return f"{start} Handed in: {', '.join(map(shown, others[:5]))}{more}."
