"""Collect a few files, and see what lies in the course directory then."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from grader.submissions.course_directory import ATTEMPTS, SUBMITTED
from grader.submissions.expected import Expected
from grader.submissions.intake import CollectReport, Wanted, collect
from tests.submissions.intake.packing import FIRST, Files, write_zip

ASSIGNMENT = "a3_mlp"
WANTED = Wanted(ASSIGNMENT, Expected(("mlp.py", "keras_mlp.py")))
BLACKBOARD = "gradebook_DL_2026_A_3"


def run(
    course: Path, files: Files, wanted: Wanted = WANTED, moment: datetime = FIRST
) -> CollectReport:
    """Collect a download that holds these files."""
    target = write_zip(course.parent / "download.zip", files, moment)
    return collect(course, [target], wanted)


def tree(course: Path) -> dict[str, str]:
    """Everything below submitted/ and .attempts/, timestamps aside."""
    return {
        path.relative_to(course).as_posix(): path.read_text()
        for path in sorted(course.rglob("*"))
        if path.is_file()
        and path.name != "timestamp.txt"
        and path.relative_to(course).parts[0] in (SUBMITTED, ATTEMPTS)
    }
