"""A graded class into an nbgrader course: first the gradebook, then formgrader's notebooks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from nbgrader.utils import parse_utc

from grader.authoring.notebooks import notebook_name
from grader.batch import BatchPlan
from grader.batch.attempts import Attempt, counted
from grader.course.expected import expected_of
from grader.course.prepared import PreparedAssignment
from grader.gradebook.autograded import write_autograded
from grader.gradebook.course import NbgraderCourse, read_course
from grader.gradebook.sync import SyncReport, write_gradebook
from grader.result import Result
from grader.submissions import CourseDirectory, Submission, read_path
from grader.submissions.folder import TIMESTAMP
from grader.submissions.regular import Unreadable, read_regular


def publish(
    directory: CourseDirectory,
    prepared: PreparedAssignment,
    plan: BatchPlan,
    results: Sequence[Result],
    progress: Callable[[int], None] = lambda count: None,
) -> SyncReport:
    """Write all results into the gradebook, and the notebooks of those that are new.

    Raises
    ------
    GradebookError
        When the gradebook or a notebook cannot be written; the next run completes both.
    """
    course = read_course(directory)
    by_student = {result.student: result for result in results}
    graded = [
        counted(job.attempts, by_student[job.submission.student])
        for job in plan.jobs
        if job.submission.student in by_student
    ]
    paths = {one.submission.student: one.path for one in graded} | plan.kept
    stamps = {student: moment for student, path in paths.items() if (moment := _stamp(path))}
    report = write_gradebook(course, prepared, results, stamps, progress)
    for path, submission in _to_show(course, prepared, plan, graded):
        result = by_student.get(submission.student)
        if result is not None:
            folder = _folder(course, prepared, submission.student)
            write_autograded(folder, path, submission, prepared, result, report.roles)
    return report


def _to_show(
    course: NbgraderCourse,
    prepared: PreparedAssignment,
    plan: BatchPlan,
    graded: Sequence[Attempt],
) -> Iterator[tuple[Path, Submission]]:
    """What was graded now, and what was graded before but has no notebooks yet."""
    for attempt in graded:
        yield attempt.path, attempt.submission
    expected = expected_of(prepared)
    for student, path in plan.kept.items():
        first = notebook_name(prepared.files[0].name)
        if not (_folder(course, prepared, student) / first).is_file():
            yield path, read_path(path, expected, student=student, assignment=prepared.name)


def _folder(course: NbgraderCourse, prepared: PreparedAssignment, student: str) -> Path:
    return course.autograded / student / prepared.name


def _stamp(path: Path) -> datetime | None:
    """The time in a submission's ``timestamp.txt`` as nbgrader itself reads it."""
    try:
        text = read_regular(path / TIMESTAMP, 4_096)[0].decode("utf-8")
        return parse_utc(text.strip())
    except (Unreadable, ValueError, OverflowError):
        return None
