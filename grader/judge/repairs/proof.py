"""Whether an exercise is right with a change: it is graded with it, as ever."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from grader.checks.rightness import of_values
from grader.course.prepared import PreparedAssignment
from grader.result import CheckResult, Kind, Status
from grader.submissions import Submission


@dataclass(frozen=True)
class Proof:
    """Grades an exercise with a changed file, without what trains.

    Parameters
    ----------
    grade
        Grades the exercise alone.
    """

    submission: Submission
    assignment: PreparedAssignment
    exercise: str
    before: Iterable[CheckResult]
    grade: Callable[[Submission, PreparedAssignment], Sequence[CheckResult]]

    def right_with(self, file: str, content: bytes) -> str:
        """What is right when a file has this content; "" unless all values are.

        What the exercise earned it has to earn again.
        """
        own = self.assignment.checks_of(self.exercise)
        checks = {one.name: one for one in own if one.kind is not Kind.TRAIN}
        before = {one.check: one for one in self.before}
        rest = tuple(
            one
            for one in self.assignment.checks
            if one.exercise != self.exercise or one.name in checks
        )
        found = self.grade(
            replace(self.submission, files={**self.submission.files, file: content}),
            replace(self.assignment, checks=rest),
        )
        wrong = [one for one in found if one.status is not Status.PASSED]
        if any(of_values(checks[one.check]) or not before[one.check].lost_points for one in wrong):
            return ""
        if wrong:
            return "every value"
        return "every case" if len(checks) == len(own) else "every case that was tried"
