"""From folders, files and notebooks to a `Submission`: bytes, names, and what was odd."""

from grader.submissions.course_directory import CourseDirectory
from grader.submissions.model import LineOrigins, Submission
from grader.submissions.reading import read_path
from grader.submissions.settings import CourseError, CourseSettings

__all__ = [
    "CourseDirectory",
    "CourseError",
    "CourseSettings",
    "LineOrigins",
    "Submission",
    "read_path",
]
