"""The public inputs of an assignment: those of a student's copy, and further ones when needed.

They are made once for a class, and kept as hidden cases are. They are no secret: no hidden seed
has a part in them.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.batch.hidden import keep, key_of
from grader.confine import Launcher, LimitBook
from grader.course import frozen
from grader.course.catalogue import PUBLIC_FOLDER
from grader.course.examples import (
    example_checks,
    example_seed,
    for_values,
    plain_check,
)
from grader.course.prepare import LiveCourse, PreparationError, prepare
from grader.course.prepared import PreparedAssignment, PreparedCheck
from grader.course.question import Questions
from grader.files.atomic import sweep_folders
from grader.files.private_folder import FOLDER, private_folder
from grader.judge.asking import Asking
from grader.judge.public_cases import Name
from grader.result import PUBLIC_SEED, Visibility
from grader.submissions import CourseDirectory

_KEPT = "examples"
_OTHER_PLACES = frozenset({"forked", "confined"})
"""Where a worker finds nothing that an earlier one left: see `PublicInputs.of_class`."""
FURTHER_SECONDS = 3.0
"""What a submission's worker may take for all of them."""
_log = logging.getLogger("grader.diagnose")


@dataclass(frozen=True)
class Input:
    """One case of a check, with the public seed that made it."""

    seed: str
    check: PreparedCheck
    """The check with this case alone, under a name of its own."""


@dataclass
class PublicInputs:
    """The public inputs of one assignment, for all submissions of a class.

    Attributes
    ----------
    assignment
        The checks that an input can explain, with the cases that students have.
    questions
        What further inputs ask, encoded once.
    limits
        Those of the course.
    course, live, launcher
        What further inputs are made with.
    """

    assignment: PreparedAssignment
    questions: Questions
    limits: LimitBook
    course: Path
    live: LiveCourse
    launcher: Launcher
    _known: dict[Name, tuple[Input, ...]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def of_class(
        cls, directory: CourseDirectory, live: LiveCourse, launcher: Launcher, root: Path
    ) -> PublicInputs | None:
        """The public inputs for a class; None where they must not be used.

        Messages about them show what the student's code said. So it must not know what hidden
        cases it was asked before: each worker has files and memory of its own, or there are none.

        Parameters
        ----------
        root
            The folder of ``assignments/``: the cases of a student's copy are used when they are
            up to date.
        """
        if launcher.confinement not in _OTHER_PLACES:
            return None
        course, limits = directory.path, directory.settings.limits.book()
        try:
            copy = root / "assignments" / live.assignment.name
            assignment = for_values(_public(course, live, launcher, copy))
        except PreparationError:  # it is told by who freezes the copy; all is graded without
            _log.exception("The public inputs of %s cannot be made", live.assignment.name)
            return None
        return cls(assignment, Questions(), limits, course, live, launcher)

    def further(self, names: Collection[Name]) -> dict[Name, tuple[Input, ...]]:
        """The inputs of some checks, by seed; the first call for a check makes them.

        Raises
        ------
        PreparationError
            When a reference fails on its own case.
        """
        with self._lock:  # whoever needs the same check meanwhile waits for it
            for name in names:
                if name not in self._known:
                    self._known[name] = self._made(name)
            return {name: self._known[name] for name in names}

    def _made(self, name: Name) -> tuple[Input, ...]:
        key = _key(self.live, self.launcher)
        kept = self.course / FOLDER / _KEPT / self.assignment.name / f"{key}.{'.'.join(name)}"
        try:
            checks = frozen.load(kept).checks
        except frozen.FrozenError:
            checks = example_checks(self.live, *name, self.launcher)
            made = replace(self.assignment, checks=checks)
            _keep(self.course, made, kept, key)
        public = [one for one in self.assignment.checks if (one.exercise, one.name) == name]
        inputs = tuple(
            Input(
                example_seed(number) if number else PUBLIC_SEED,
                check.alone(case, f"{check.name} {number}.{index}"),
            )
            for number, check in enumerate([*public, *map(plain_check, checks)])
            for index, case in enumerate(check.cases)
        )
        asked = replace(self.assignment, checks=tuple(one.check for one in inputs))
        bounded = bounded_limits(self.limits, asked.name, FURTHER_SECONDS)
        Asking(asked, bounded, self.launcher.engine, self.questions).encode_all()
        return inputs


def _key(live: LiveCourse, launcher: Launcher) -> str:
    return key_of(live, PUBLIC_SEED, launcher)


def bounded_limits(
    limits: LimitBook, assignment: str, seconds: float, left: float | None = None
) -> LimitBook:
    """The course's limits with so many seconds for all that is asked of a submission.

    Parameters
    ----------
    left
        How many of them are left.
    """
    found = limits.at(assignment)
    return LimitBook(
        replace(
            found,
            submission_seconds=seconds if left is None else left,
            seconds=min(seconds, found.seconds),
            cpu_seconds=min(seconds, found.cpu_seconds),
        )
    )


def _public(course: Path, live: LiveCourse, launcher: Launcher, copy: Path) -> PreparedAssignment:
    """The cases that students have; made anew where the copy is of another version."""
    with contextlib.suppress(frozen.FrozenError):
        found = frozen.load(copy / PUBLIC_FOLDER)
        if found.sha256 == live.sha256:
            return found
    key = _key(live, launcher)
    kept = course / FOLDER / _KEPT / live.assignment.name / key
    for folder in (course / FOLDER / _KEPT).glob("*"):
        sweep_folders(folder)
    with contextlib.suppress(frozen.FrozenError):
        return frozen.load(kept)
    made = prepare(
        live,
        PUBLIC_SEED,
        Visibility.PUBLIC,
        launcher,
        with_mistakes=False,
        with_training=False,
    )
    _keep(course, made, kept, key)
    return made


def _keep(course: Path, made: PreparedAssignment, kept: Path, key: str) -> None:
    with contextlib.suppress(OSError):  # a full disk or a read-only course costs time alone
        folder = private_folder(course, _KEPT, made.name)
        keep(made, folder, kept, lambda name: name.startswith(key))
