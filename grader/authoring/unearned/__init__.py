"""What do answers earn that nobody worked for? Constants, replayed public answers, look-ups."""

from grader.authoring.unearned.listed import ByNature, read_by_nature
from grader.authoring.unearned.plan import ANSWERS, SEEDS, Mode, Task, plan_unearned
from grader.authoring.unearned.report import UnearnedReport, markdown, report_of
from grader.authoring.unearned.run import Earned, Graded, run_unearned

__all__ = [
    "ANSWERS",
    "SEEDS",
    "ByNature",
    "Earned",
    "Graded",
    "Mode",
    "Task",
    "UnearnedReport",
    "markdown",
    "plan_unearned",
    "read_by_nature",
    "report_of",
    "run_unearned",
]
