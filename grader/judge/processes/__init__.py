"""The judge of each submission as a process of its own: an odd answer costs no neighbour."""

from grader.judge.processes.apart import grade_apart
from grader.judge.processes.diagnosis_log import DiagnosisLog, records_name
from grader.judge.processes.judges import Judges, JudgesClosed
from grader.judge.processes.limits import JudgeLimits
from grader.judge.processes.slate import Slate
from grader.judge.processes.work import Past, Work, options_for

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
