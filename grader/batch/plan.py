"""What a batch has to do: which submissions there are and which results still hold."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from grader import __version__
from grader.course.prepared import PreparedAssignment
from grader.result import Result
from grader.store import ResultStore
from grader.submissions import CourseDirectory, Submission, read_path


@dataclass(frozen=True)
class Job:
    """One submission to grade."""

    student: str
    path: Path
    submission: Submission


@dataclass
class BatchPlan:
    """Jobs to do, results that are kept, and what was odd."""

    jobs: list[Job] = field(default_factory=list)
    kept: dict[str, Path] = field(default_factory=dict)
    """Students whose result still holds, and where their submission lies."""
    damaged: list[str] = field(default_factory=list)
    """Students whose result file could not be read and who are graded again."""


def plan_batch(
    course: CourseDirectory,
    assignment: PreparedAssignment,
    store: ResultStore,
    *,
    fresh: bool = False,
) -> BatchPlan:
    """Read all submissions and keep the results that are still true.

    A result is kept when the same files were graded with the same seed, checks and grader,
    and nothing failed on the grader's side.
    """
    plan = BatchPlan()
    expected = [file.name for file in assignment.files]
    for student, path in course.submitted(assignment.name):
        read = read_path(path, expected, student=student, assignment=assignment.name)
        late = course.late_seconds(assignment.name, student, read.submitted_at)
        submission = replace(read, late_seconds=late)
        known, damaged = store.read_checked(student)
        if damaged:
            plan.damaged.append(student)
        if known is not None and not fresh and _still_true(known, submission, assignment):
            plan.kept[known.student] = path
        else:
            plan.jobs.append(Job(student, path, submission))
    return plan


def _still_true(result: Result, submission: Submission, assignment: PreparedAssignment) -> bool:
    return (
        result.submission.sha256 == submission.sha256
        and result.seed == assignment.seed
        and result.assignment_sha256 == assignment.sha256
        and result.grader_version == __version__
        and result.submission.late_seconds == submission.late_seconds
        and not result.has_grader_error
    )
