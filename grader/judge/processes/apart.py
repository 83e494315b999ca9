"""Grade one submission that was read already, in a judge's own process."""

from __future__ import annotations

from dataclasses import dataclass

from grader.confine import Confinement, Launcher
from grader.course.prepared import PreparedAssignment
from grader.judge.grading import GradingOptions, grade
from grader.judge.processes.diagnosis_log import records_name
from grader.judge.processes.judges import Judges
from grader.judge.processes.limits import JudgeLimits
from grader.judge.processes.slate import Slate
from grader.judge.processes.work import Past, options_for
from grader.judge.records import ungraded
from grader.result import Result
from grader.submissions import Submission


def grade_apart(
    submission: Submission,
    assignment: PreparedAssignment,
    launcher: Launcher,
    options: GradingOptions,
) -> Result:
    """Grade as `grade` does; what an answer does to its judge does not reach this process."""
    work = _Alone(submission, assignment, options, launcher.confinement)
    patient = JudgeLimits().patient(options.limits.longest_submission)
    with Judges(launcher, patient) as judges:
        return Result.model_validate_json(judges.judge(work))


@dataclass(frozen=True)
class _Alone:
    """A submission without a class."""

    submission: Submission
    assignment: PreparedAssignment
    options: GradingOptions
    confinement: Confinement

    def judge(self, launcher: Launcher, slate: Slate, past: Past) -> Result:
        options = options_for(self.options, slate, past, 0)
        with records_name(f"{self.submission.student}, {self.assignment.name}"):
            return grade(self.submission, self.assignment, launcher, options)

    def ungraded(self, reason: str) -> Result:
        return ungraded(self.submission, self.assignment, reason, self.confinement)

    def deliver(self, result: Result) -> bytes:
        return result.model_dump_json().encode()
