"""The exceptions of lower floors that a user is to read as a sentence."""

from __future__ import annotations


def known_problems() -> tuple[type[Exception], ...]:
    """Collect them without importing what the command did not need anyway."""
    from grader.course.catalogue import UnknownAssignment
    from grader.course.frozen import FrozenError
    from grader.course.prepare import PreparationError
    from grader.submissions import CourseError

    return (UnknownAssignment, FrozenError, PreparationError, CourseError)
