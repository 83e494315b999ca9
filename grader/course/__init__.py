"""Assignments, exercises, checks and cases: the words in which a course is written."""

from grader.course.assignment import Assignment, Exercise, StudentFile
from grader.course.case import Case, Expectation, case, script
from grader.course.course_forward import course_forward
from grader.course.independence import independent, unrelated
from grader.course.interleaved import another_layer, backward_case, others
from grader.course.misconception import Misconception, misconception
from grader.course.step import LEARNS, step
from grader.course.trivial_model import trivial_model
from grader.course.usage import USED, as_used
from grader.wire.encoding import Rng

__all__ = [
    "LEARNS",
    "USED",
    "Assignment",
    "Case",
    "Exercise",
    "Expectation",
    "Misconception",
    "Rng",
    "StudentFile",
    "another_layer",
    "as_used",
    "backward_case",
    "case",
    "course_forward",
    "independent",
    "misconception",
    "others",
    "script",
    "step",
    "trivial_model",
    "unrelated",
]
