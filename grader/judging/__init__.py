"""The judge of each submission as a process of its own: an odd answer costs no neighbour."""

from grader.judging.apart import grade_apart
from grader.judging.diagnosis_log import DiagnosisLog, records_name
from grader.judging.judges import Judges, JudgesClosed
from grader.judging.limits import JudgeLimits
from grader.judging.slate import Slate
from grader.judging.work import Past, Work, options_for

__all__ = [
    "DiagnosisLog",
    "JudgeLimits",
    "Judges",
    "JudgesClosed",
    "Past",
    "Slate",
    "Work",
    "grade_apart",
    "options_for",
    "records_name",
]
