"""A graded class into an nbgrader course: first the gradebook, then formgrader's notebooks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from nbgrader.utils import parse_utc

from grader.authoring.notebooks import notebook_name
from grader.batch import BatchPlan
from grader.batch.plan import path_of
from grader.course.expected import expected_of
from grader.course.prepared import PreparedAssignment
from grader.result import Result
from grader.sanitise.nbgrader import gradebook_id
from grader.submissions import CourseDirectory, read_path
from grader.submissions.folder import TIMESTAMP
from grader.submissions.regular import Unreadable, read_regular
from grader.ways.gradebook.autograded import write_autograded
from grader.ways.gradebook.course import NbgraderCourse, read_course
from grader.ways.gradebook.sync import SyncReport, write_gradebook


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
    graded = {
        job.student: path_of(job, by_student[job.student])
        for job in plan.jobs
        if job.student in by_student
    }
    paths = plan.kept | graded
    stamps = {student: moment for student, path in paths.items() if (moment := _stamp(path))}
    report = write_gradebook(course, prepared, results, stamps, progress)
    expected = expected_of(prepared)
    for student, path in paths.items():
        folder, result = _folder(course, prepared, student), by_student.get(student)
        if result is not None and (student in graded or not _is_there(folder, prepared)):
            submission = read_path(path, expected, student=student, assignment=prepared.name)
            write_autograded(folder, path, submission, prepared, result, report.roles)
    return report


def _is_there(folder: Path, prepared: PreparedAssignment) -> bool:
    """Whether the notebooks of a submission that was graded before are written."""
    return (folder / notebook_name(prepared.files[0].name)).is_file()


def _folder(course: NbgraderCourse, prepared: PreparedAssignment, student: str) -> Path:
    return course.autograded / gradebook_id(student) / prepared.name


def _stamp(path: Path) -> datetime | None:
    """The time in a submission's ``timestamp.txt`` as nbgrader itself reads it."""
    try:
        text = read_regular(path / TIMESTAMP, 4_096)[0].decode("utf-8")
        return parse_utc(text.strip())
    except (Unreadable, ValueError, OverflowError):
        return None
