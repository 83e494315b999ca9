"""What a batch has to do: which submissions there are and which results still hold."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from grader import __version__
from grader.batch.attempts import Attempt, counted, digest_of
from grader.course.prepared import PreparedAssignment
from grader.result import Result
from grader.store import ResultStore
from grader.submissions import CourseDirectory, Submission, read_path
from grader.submissions.course_directory import earlier_attempts


@dataclass(frozen=True)
class Job:
    """One submission to grade."""

    student: str
    path: Path
    submission: Submission
    earlier: tuple[Attempt, ...] = ()
    """Attempts before this one, where the best of all counts."""
    share: float = 1.0
    """The part of its points that its lateness leaves."""

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """All attempts that are graded, the latest last."""
        return (*self.earlier, Attempt(self.path, self.submission, self.share))


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
    for student, path in course.submitted(assignment.name):
        job = _job(course, assignment, student, path)
        known, damaged = store.read_checked(student)
        if damaged:
            plan.damaged.append(student)
        if known is not None and not fresh and _still_true(known, job, assignment):
            plan.kept[known.student] = counted(job.attempts, known).path
        else:
            plan.jobs.append(job)
    return plan


def _job(course: CourseDirectory, assignment: PreparedAssignment, student: str, path: Path) -> Job:
    expected = [file.name for file in assignment.files]

    def read(folder: Path) -> Attempt:
        found = read_path(folder, expected, student=student, assignment=assignment.name)
        late = course.late_seconds(assignment.name, student, found.submitted_at)
        share = 1 - course.settings.late.share_lost(late)
        return Attempt(folder, replace(found, late_seconds=late), share)

    earlier: tuple[Attempt, ...] = ()
    if course.settings.submissions.attempts == "best":
        others = earlier_attempts(course.path, path.parent.name, assignment.name)
        earlier = tuple(map(read, others))
    latest = read(path)
    return Job(student, path, latest.submission, earlier, latest.share)


def _still_true(result: Result, job: Job, assignment: PreparedAssignment) -> bool:
    submission = counted(job.attempts, result).submission
    return (
        result.submission.sha256 == submission.sha256
        and result.submission.attempts_sha256 == digest_of(job.attempts)
        and result.seed == assignment.seed
        and result.assignment_sha256 == assignment.sha256
        and result.grader_version == __version__
        and result.submission.late_seconds == submission.late_seconds
        and not result.has_grader_error
    )
