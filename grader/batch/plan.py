"""What a batch has to do: which submissions there are and which results still hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from grader.batch.attempts import Attempt, counted, digest_of
from grader.batch.grader_fingerprint import grader_fingerprint
from grader.batch.store import ResultStore
from grader.confine import Engine
from grader.course.expected import expected_of
from grader.course.fingerprint import exercise_fingerprints
from grader.course.prepared import PreparedAssignment
from grader.result import Result, SubmissionRecord
from grader.submissions import CourseDirectory, read_path
from grader.submissions.course_directory import earlier_attempts


@dataclass(frozen=True)
class Job:
    """One submission to grade.

    What was handed in is read when the job starts, and let go of when it ends: a class may hold
    more than the memory does.

    Attributes
    ----------
    read
        Reads all attempts that are graded, the latest last; there is always one.
    known
        A result that holds for all exercises but those of `only`.
    only
        The exercises to grade again; None for all.
    """

    student: str
    path: Path
    read: Callable[[], tuple[Attempt, ...]]
    known: Result | None = None
    only: frozenset[str] | None = None


@dataclass
class BatchPlan:
    """Jobs to do, results that are kept, and what was odd."""

    jobs: list[Job] = field(default_factory=list)
    kept: dict[str, Path] = field(default_factory=dict)
    """Students whose result still holds, and where their submission lies."""
    damaged: list[str] = field(default_factory=list)
    """Students whose result file could not be read and who are graded again."""
    regraded: list[str] = field(default_factory=list)
    """Students whose result would hold, had not another grader graded it."""
    fingerprints: dict[str, str] = field(default_factory=dict)
    """Those of the assignment's exercises."""
    grader: str = ""
    """That of the grader."""


def plan_batch(
    course: CourseDirectory,
    assignment: PreparedAssignment,
    store: ResultStore,
    *,
    fresh: bool = False,
    engine: Engine | None = None,
) -> BatchPlan:
    """List all submissions and keep the results that are still true.

    A result is kept when the same files were graded with the same seed, checks and grader,
    and nothing failed on the grader's side. Where only some exercises have other checks, they
    alone are graded again.

    Parameters
    ----------
    engine
        What Keras computes with; by default what the environment says.
    """
    fingerprints = exercise_fingerprints(assignment)
    grader = grader_fingerprint(engine or Engine.from_environment())
    plan = BatchPlan(fingerprints=fingerprints, grader=grader)
    for student, path in course.submitted(assignment.name):
        job = make_job(course, assignment, student, path)
        known, damaged = store.read_checked(student)
        if damaged:
            plan.damaged.append(student)
        attempts = () if known is None or fresh else _readable(job)
        if known is None or not attempts or not _same_conditions(known, attempts, assignment):
            plan.jobs.append(job)
            continue
        if known.grader_sha256 != grader:
            plan.regraded.append(student)
            plan.jobs.append(job)
            continue
        changed = _changed(known, assignment, fingerprints)
        if not changed:
            plan.kept[known.student] = counted(attempts, known).path
        elif len(attempts) > 1 or changed >= fingerprints.keys():
            plan.jobs.append(job)
        else:
            plan.jobs.append(replace(job, known=known, only=frozenset(changed)))
    return plan


def make_job(
    course: CourseDirectory, assignment: PreparedAssignment, student: str, path: Path
) -> Job:
    """The job of grading what a student handed in, all attempts where the best of them counts."""
    return Job(student, path, partial(read_attempts, course, assignment, student, path))


def read_attempts(
    course: CourseDirectory, assignment: PreparedAssignment, student: str, path: Path
) -> tuple[Attempt, ...]:
    """Read what a student handed in, the latest attempt last."""
    expected = expected_of(assignment)

    def read(folder: Path) -> Attempt:
        found = read_path(folder, expected, student=student, assignment=assignment.name)
        late = course.late_seconds(assignment.name, student, found.submitted_at)
        share = 1 - course.settings.late.share_lost(late)
        return Attempt(folder, replace(found, late_seconds=late), share)

    earlier: list[Path] = []
    if course.settings.submissions.attempts == "best":
        earlier = earlier_attempts(course.path, path.parent.name, assignment.name)
    return tuple(map(read, [*earlier, path]))


def path_of(job: Job, result: Result) -> Path:
    """Where the attempt lies that a job's result is of."""
    if not result.submission.attempts_sha256:  # there is but one
        return job.path
    return counted(job.read(), result).path


def _readable(job: Job) -> tuple[Attempt, ...]:
    """What was handed in; nothing where reading fails: who grades it tells of that."""
    try:
        return job.read()
    except Exception:
        return ()


def _same_conditions(
    result: Result, attempts: tuple[Attempt, ...], assignment: PreparedAssignment
) -> bool:
    """Whether the same files were graded with the same seed, and nothing failed."""
    submission = counted(attempts, result).submission
    return (
        result.submission.sha256 == submission.sha256
        and result.submission.attempts_sha256 == digest_of(attempts)
        and result.seed == assignment.seed
        and result.submission.late_seconds == submission.late_seconds
        and result.submission.nothing_to_grade == _told(submission.nothing_to_grade)
        and not result.has_grader_error
    )


def _told(nothing_to_grade: str) -> str:
    """The reason as a result keeps it. No file that is graded changes where it does."""
    record = SubmissionRecord(files=[], sha256="", nothing_to_grade=nothing_to_grade)
    return record.nothing_to_grade


def _changed(
    result: Result, assignment: PreparedAssignment, fingerprints: dict[str, str]
) -> set[str]:
    """The exercises whose checks are others than those that graded the result."""
    if result.assignment_sha256 == assignment.sha256:
        return set()
    if result.exercise_sha256.keys() != fingerprints.keys():
        return set(fingerprints)
    return {name for name in fingerprints if result.exercise_sha256[name] != fingerprints[name]}
