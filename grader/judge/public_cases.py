"""Whether what fails on hidden cases fails on the public ones, too, which a student can run.

The worker that was graded is asked at the end, so that this costs next to nothing. It may know
hidden cases by then, so nothing of what it says is shown: only whether it is right.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field

from grader.checks import Verdict
from grader.course.prepared import PreparedAssignment, PreparedCheck
from grader.judge.asking import Deadline
from grader.judge.interview import FileInterview
from grader.result import PUBLIC_SEED, CheckResult, Example, Status, Visibility

Name = tuple[str, str]
"""Exercise and check."""
MOST_CHECKS = 3
"""How many checks of a submission are explained by an input."""
WRONG = {Status.FAILED, Status.ERROR}
_SECONDS = 2.0


@dataclass
class PublicCases:
    """The public cases, while one submission is graded.

    Attributes
    ----------
    assignment
        The checks that an input can explain, with the cases that students have.
    """

    assignment: PreparedAssignment
    left: int = MOST_CHECKS
    deadline: Deadline = field(default_factory=lambda: Deadline(_SECONDS))

    def examples(
        self,
        judged: Iterable[CheckResult],
        interview: FileInterview,
        judge: Callable[[PreparedCheck], Verdict],
    ) -> Iterator[tuple[CheckResult, Example]]:
        """Yield the first checks of a file that hidden cases fail, with what public ones say.

        Where code reaches beyond its own names, what it was asked before may have a say in it:
        then nothing is asked, and a fresh worker has to find out.
        """
        chosen = failures_to_explain(judged, self.assignment, self.left)
        self.left -= len(chosen)
        reaches = interview.loading is None or interview.loading.reaches
        interview.deadline = self.deadline
        for result in chosen:
            yield result, Example() if reaches else self._example(result, judge)

    def _example(self, result: CheckResult, judge: Callable[[PreparedCheck], Verdict]) -> Example:
        checks = self.assignment.checks_of(result.exercise)
        verdict = judge(next(one for one in checks if one.name == result.check))
        right = verdict.cases.passed
        return Example(seed=PUBLIC_SEED if verdict.status in WRONG else "", right=right)


def failures_to_explain(
    judged: Iterable[CheckResult], assignment: PreparedAssignment, most: int = MOST_CHECKS
) -> list[CheckResult]:
    """The failures to explain: the first of each exercise before any second one."""
    known = {(one.exercise, one.name) for one in assignment.checks}
    by_exercise: dict[str, list[CheckResult]] = {}
    for check in judged:
        if (check.exercise, check.check) in known and _is_unexplained(check):
            by_exercise.setdefault(check.exercise, []).append(check)
    found = [
        checks[turn]
        for turn in range(most)
        for checks in by_exercise.values()
        if turn < len(checks)
    ]
    return found[:most]


def still_open(checks: Collection[CheckResult], exercises: Collection[str] | None) -> list[Name]:
    """The checks that no public input explains so far, where none explains their exercise.

    Parameters
    ----------
    exercises
        Those that were graded now, others were explained when they were; None for all.
    """
    shown = {one.exercise for one in checks if one.example is not None and one.example.seed}
    return [
        (one.exercise, one.check)
        for one in checks
        if one.example is not None
        and one.exercise not in shown
        and (exercises is None or one.exercise in exercises)
    ]


def _is_unexplained(check: CheckResult) -> bool:
    hidden = check.visibility is Visibility.HIDDEN
    return hidden and check.status in WRONG and not check.waits_for and not check.whole_file
