"""The hidden cases of an assignment, prepared once for a course and kept beside its seed."""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import shutil
from collections.abc import Callable
from pathlib import Path

from grader.batch.grader_fingerprint import PREPARING, grader_fingerprint
from grader.confine import Launcher
from grader.course import frozen
from grader.course.prepare import LiveCourse, prepare
from grader.course.prepared import PreparedAssignment
from grader.files.atomic import MAKING, folder_in_making, sweep_folders
from grader.files.private_folder import FOLDER, close_to_others, private_folder
from grader.result import Visibility
from grader.submissions import CourseDirectory

_KEPT = "hidden"
"""Below the private folder of the course, which holds the seed: no worker ever sees either."""


def hidden_assignment(
    directory: CourseDirectory, live: LiveCourse, launcher: Launcher, jobs: int = 1
) -> PreparedAssignment:
    """Return the assignment with hidden cases of the course's seed.

    References and misconceptions answer once; what they said is kept until a check, a
    reference, the seed, the grader or a library that computes is another.

    Raises
    ------
    CourseError
        When there is no seed and none can be written.
    PreparationError
        When a reference fails on its own case.
    """
    seed = directory.seed()
    kept = directory.path / FOLDER / _KEPT / live.assignment.name / key_of(live, seed, launcher)
    with contextlib.suppress(OSError):
        private_folder(directory.path)
    for folder in (directory.path / FOLDER / _KEPT).glob("*"):
        sweep_folders(folder)
    with contextlib.suppress(frozen.FrozenError):
        return frozen.load(kept)
    prepared = prepare(live, seed, Visibility.HIDDEN, launcher, with_slips=True, jobs=jobs)
    with contextlib.suppress(OSError):  # a full disk or a read-only course costs time alone
        folder = private_folder(directory.path, _KEPT, live.assignment.name)
        keep(prepared, folder, kept, lambda name: name == kept.name)
    return prepared


def key_of(live: LiveCourse, seed: str, launcher: Launcher) -> str:
    """A digest of all that decides on cases of a seed, and on what references say of them."""
    known = [
        grader_fingerprint(launcher.engine, PREPARING),
        live.sha256,
        seed,
        platform.python_version(),
    ]
    return hashlib.sha256("\n".join(known).encode()).hexdigest()[:32]


def keep(
    prepared: PreparedAssignment, folder: Path, kept: Path, holds: Callable[[str], bool]
) -> None:
    """Write cases whole or not at all, and forget those in the folder that hold no longer."""
    with folder_in_making(folder) as made:
        frozen.save(prepared, made)
        close_to_others(made)
        shutil.rmtree(kept, ignore_errors=True)
        os.replace(made, kept)
    for other in folder.iterdir():
        if not holds(other.name) and not other.name.startswith(MAKING):
            shutil.rmtree(other, ignore_errors=True)
