"""The judge of each submission as a process of its own: an odd answer costs no neighbour."""

from grader.judging.apart import grade_apart
from grader.judging.judges import Judges, JudgesClosed
from grader.judging.limits import JudgeLimits
from grader.judging.work import Judged, JudgeLog, Work

__all__ = ["JudgeLimits", "JudgeLog", "Judged", "Judges", "JudgesClosed", "Work", "grade_apart"]
