"""Assignments, exercises, checks and cases: the words in which a course is written."""

from grader.course.assignment import Assignment, Exercise, StudentFile
from grader.course.case import Case, Expectation, case, script, step
from grader.course.misconception import Misconception, misconception
from grader.wire import Rng

__all__ = [
    "Assignment",
    "Case",
    "Exercise",
    "Expectation",
    "Misconception",
    "Rng",
    "StudentFile",
    "case",
    "misconception",
    "script",
    "step",
]
