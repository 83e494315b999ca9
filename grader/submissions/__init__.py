"""From folders, files and notebooks to a `Submission`: bytes, names, and what was odd."""

from grader.submissions.course_directory import CourseDirectory, CourseError
from grader.submissions.model import Submission
from grader.submissions.reading import read_path

__all__ = ["CourseDirectory", "CourseError", "Submission", "read_path"]
