"""Assignments, exercises, checks and cases: the words in which a course is written."""

from grader.course.assignment import Assignment, Exercise, StudentFile
from grader.course.case import Case, Expectation, backward_case, case, script
from grader.course.course_forward import course_forward
from grader.course.independence import independent
from grader.course.misconception import Misconception, misconception
from grader.course.step import step
from grader.course.trivial_model import trivial_model
from grader.wire import Rng

__all__ = [
    "Assignment",
    "Case",
    "Exercise",
    "Expectation",
    "Misconception",
    "Rng",
    "StudentFile",
    "backward_case",
    "case",
    "course_forward",
    "independent",
    "misconception",
    "script",
    "step",
    "trivial_model",
]
