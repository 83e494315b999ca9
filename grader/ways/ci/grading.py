"""Grade the assignments of a push: public cases for the explanation, hidden ones for the points."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.confine import Launcher
from grader.course.expected import expected_of
from grader.course.frozen import FrozenError
from grader.course.prepared import PreparedAssignment
from grader.judge.grading import GradingOptions, written_files
from grader.judge.processes import grade_apart
from grader.judge.public_cases import WRONG
from grader.problems import GraderProblem
from grader.result import PUBLIC_SEED, CheckResult, Example, Kind, Result, Status
from grader.student.checking import load_public
from grader.submissions import Submission, read_path

WITHOUT_NAME = "me"


class PushProblem(GraderProblem):
    """The push cannot be graded; the message says why and how to fix it."""


@dataclass(frozen=True)
class Graded:
    """One assignment of a push.

    Attributes
    ----------
    folder
        Where its files lie.
    public
        How it does on the cases that the student has, too.
    hidden
        How it does on the sealed cases; None where they stay closed.
    """

    folder: Path
    submission: Submission
    public: Result
    hidden: Result | None = None

    @property
    def counted(self) -> Result:
        """The result whose points count."""
        return self.public if self.hidden is None else self.hidden

    @property
    def shown(self) -> Result:
        """The counted result, explained on public cases where they fail as well.

        A student can run those, and their messages may name inputs and expected values.
        """
        if self.hidden is None:
            return self.public
        known = {(one.exercise, one.check): one for one in self.public.checks}
        checks = [
            _explained(one, known.get((one.exercise, one.check))) for one in self.hidden.checks
        ]
        return self.hidden.model_copy(update={"checks": checks})

    @property
    def passes_publicly(self) -> bool:
        """Whether every public check passes."""
        return all(one.status is Status.PASSED for one in self.public.checks)

    @property
    def grader_failed(self) -> bool:
        """Whether the grader or the machine failed, on whichever cases."""
        return self.public.has_grader_error or self.counted.has_grader_error

    def line_of(self, check: CheckResult) -> int | None:
        """The line that a check speaks of, or else the one on which its exercise begins."""
        if check.cell:
            return None  # it is counted within the cell
        if check.line is not None or check.file not in self.submission.files:
            return check.line
        text = self.submission.files[check.file].decode("utf-8", "replace")
        pattern = rf"^[ \t]*(?:def|class)[ \t]+{re.escape(check.exercise)}\b"
        found = re.search(pattern, text, re.MULTILINE)
        return text.count("\n", 0, found.start()) + 1 if found else None

    def path_of(self, check: CheckResult) -> Path:
        """The student's own file that a check speaks of: the module, or its notebook."""
        source = self.submission.sources.get(check.file)
        if source is None:
            return self.folder / check.file if check.file else self.folder
        path = self.folder / source
        return path if path.is_file() else self.folder  # in an archive no line can be shown


def _explained(check: CheckResult, public: CheckResult | None) -> CheckResult:
    """A hidden check as its public cases explain it; nothing here makes further inputs."""
    if public is None or check.status is Status.PASSED:
        return check
    if public.status is Status.PASSED and _has_inputs(check):
        example = Example(right=public.cases.passed, only_public=True)
        return check.model_copy(update={"example": example})
    if check.status is not public.status:
        if public.status not in WRONG or not _has_inputs(check):
            return check
        example = Example(seed=PUBLIC_SEED, message=public.message)
        return check.model_copy(update={"example": example})
    return public.model_copy(update={"points": check.points, "max_points": check.max_points})


def _has_inputs(check: CheckResult) -> bool:
    """Whether an input might show what is wrong with a check."""
    is_wrong = check.status in WRONG and not check.waits_for
    return is_wrong and check.kind not in {Kind.TRAIN, Kind.SRC}


def grade_push(
    folder: Path,
    launcher: Launcher,
    student: str = "",
    hidden: PreparedAssignment | None = None,
    course: str = "",
) -> Graded:
    """Grade an assignment's folder on its public cases, and on hidden ones where there are some.

    Raises
    ------
    FrozenError
        When the public cases cannot be read.
    """
    public = load_public(folder)
    submission = _read(folder, public, student)
    return grade_work(folder, submission, public, launcher, hidden, GradingOptions(course=course))


def grade_work(
    folder: Path,
    submission: Submission,
    public: PreparedAssignment,
    launcher: Launcher,
    hidden: PreparedAssignment | None,
    options: GradingOptions,
) -> Graded:
    """Grade a submission that was read already."""
    result = grade_apart(submission, public, launcher, options)
    counted = None if hidden is None else grade_apart(submission, hidden, launcher, options)
    return Graded(folder, submission, result, counted)


def needs_keras(folders: Sequence[Path], launcher: Launcher) -> bool:
    """Whether some of the assignments has a Keras part in which something is written."""
    for folder in folders:
        try:
            public = load_public(folder)
        except FrozenError:  # who grades it is told
            continue
        if _needs_keras(_read(folder, public, ""), public, launcher):
            return True
    return False


def _read(folder: Path, assignment: PreparedAssignment, student: str) -> Submission:
    found = read_path(
        folder,
        expected_of(assignment),
        student=student or WITHOUT_NAME,
        assignment=assignment.name,
        dated=False,
    )
    # A checkout gives every file the time of the checkout: that is no time of handing in.
    return replace(found, submitted_at=None)


def _needs_keras(
    submission: Submission, assignment: PreparedAssignment, launcher: Launcher
) -> bool:
    numpy = [file.name for file in assignment.files if file.backend == "numpy"]
    keras = {file.name for file in assignment.files if file.backend == "keras"}
    handed_in = keras & submission.files.keys()
    if not handed_in:
        return False
    if not any(name in submission.files for name in numpy):
        return True  # whatever reads the sources would itself be a Keras worker
    return bool(keras & written_files(submission, assignment, launcher))
