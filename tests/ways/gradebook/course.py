"""A course with a graded class of the small assignment, for tests of nbgrader's side."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path

from grader.result import Result, Status
from grader.submissions import CourseDirectory
from grader.ways.gradebook.course import NbgraderCourse, read_course
from grader.ways.gradebook.opening import opened
from grader.ways.gradebook.sync import SyncReport, write_gradebook
from tests.mini import REFERENCE, body, grade_mini, mini

NAME = "m1_mini"


def graded(student: str, text: str, **submission: object) -> Result:
    """Grade a text of `student`; `submission` changes what is known of the submission."""
    result = grade_mini(text)
    record = result.submission.model_copy(update=submission)
    return result.model_copy(update={"student": student, "submission": record})


def right(student: str = "ada", **submission: object) -> Result:
    return graded(student, REFERENCE, **submission)


def wrong(student: str = "bob", **submission: object) -> Result:
    """`predict` forgets the bias, and with it most of the others."""
    return graded(student, body("return X @ w"), **submission)


def failed(student: str = "eve") -> Result:
    """The reference, with one check on which the grader failed."""
    result = right(student)
    checks = [
        check.model_copy(update={"status": Status.GRADER_ERROR, "points": 0.0, "message": "broken"})
        if check.exercise == "solve"
        else check
        for check in result.checks
    ]
    return result.model_copy(update={"checks": checks})


@lru_cache
def empty_gradebook() -> bytes:
    """A new gradebook; nbgrader takes seconds to make one."""
    with tempfile.TemporaryDirectory() as folder:
        course = read_course(CourseDirectory(Path(folder)))
        with opened(course):
            pass
        return (Path(folder) / "gradebook.db").read_bytes()


def course_in(folder: Path, toml: str = "", config: str = "") -> NbgraderCourse:
    (folder / "gradebook.db").write_bytes(empty_gradebook())
    (folder / "grader.toml").write_text('seed = "mini seed"\n' + toml, encoding="utf-8")
    if config:
        text = f"c = get_config()\n{config}\n"
        (folder / "nbgrader_config.py").write_text(text, encoding="utf-8")
    return read_course(CourseDirectory(folder))


def written(course: NbgraderCourse, *results: Result, **options: object) -> SyncReport:
    return write_gradebook(course, mini(), results, options.pop("stamps", {}), **options)
