"""What the figures of a class say about its checks: the hardest, and those that tell little."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from grader.render.discrimination import FEWEST, POOR, item_rest_correlation
from grader.render.summary import graded
from grader.result import CheckResult, Result, Status

_HARDEST = 8
_UNTRIED = {Status.MISSING, Status.SKIPPED}


@dataclass(frozen=True)
class CheckInsight:
    """How a check went among those on whom the grader did not fail.

    Attributes
    ----------
    passed, count
        How many passed, of how many.
    tried
        How many wrote the exercise and were not stopped by another one.
    correlation
        Between passing and the rest of the points; None when there is none.
    reason
        The most frequent diagnosis of those who failed, or "".
    reason_count
        How many got it.
    """

    exercise: str
    check: str
    title: str
    passed: int
    tried: int
    count: int
    correlation: float | None = None
    reason: str = ""
    reason_count: int = 0

    @property
    def share(self) -> float:
        """The part that passed of those who tried."""
        return self.passed / self.tried if self.tried else 0.0


@dataclass(frozen=True)
class ClassInsight:
    """What stands out, each list in the order in which it is read.

    Of each exercise only the hardest check is among the hardest.
    """

    hardest: tuple[CheckInsight, ...]
    everybody: tuple[CheckInsight, ...]
    nobody: tuple[CheckInsight, ...]
    poor: tuple[CheckInsight, ...]
    students: int
    enough: bool
    """Whether there are enough students for correlations to mean something."""


def insight(results: Sequence[Result]) -> ClassInsight:
    """Look at all checks of a class.

    Students on whom the grader failed are left out of correlations: their points are not whole.
    """
    counted = graded(results)
    checks = check_insights(counted)
    tried = [one for one in checks if one.tried]
    whole = sum(not result.has_grader_error for result in counted)
    several = len(counted) > 1
    failing: dict[str, CheckInsight] = {}
    for one in sorted(tried, key=lambda one: (one.share, -one.tried)):
        if one.passed < one.tried:
            failing.setdefault(one.exercise, one)
    return ClassInsight(
        hardest=tuple(failing.values())[:_HARDEST],
        everybody=tuple(one for one in tried if several and one.passed == one.count),
        nobody=tuple(one for one in tried if several and one.passed == 0),
        poor=tuple(
            sorted(
                (one for one in checks if _is_poor(one) and whole >= FEWEST),
                key=lambda one: one.correlation or 0.0,
            )
        ),
        students=whole,
        enough=whole >= FEWEST,
    )


def check_insights(results: Sequence[Result]) -> list[CheckInsight]:
    """All checks of a class, in the order of the assignment."""
    outcomes: dict[tuple[str, str], list[tuple[CheckResult, float | None]]] = {}
    for result in graded(results):
        points = None if result.has_grader_error else result.points
        for check in result.checks:
            outcomes.setdefault((check.exercise, check.check), []).append((check, points))
    return [_insight(pairs) for pairs in outcomes.values()]


def _insight(pairs: list[tuple[CheckResult, float | None]]) -> CheckInsight:
    """Look at a check, given with the student's points in all, where these are whole."""
    judged = [one for one, _ in pairs if one.status is not Status.GRADER_ERROR]
    whole = [(one, points) for one, points in pairs if points is not None]
    reasons = Counter(
        one.diagnosis.hint
        for one in judged
        if one.diagnosis is not None and one.status is not Status.PASSED
    )
    reason, reason_count = reasons.most_common(1)[0] if reasons else ("", 0)
    about = pairs[0][0]
    return CheckInsight(
        about.exercise,
        about.check,
        about.title,
        passed=sum(one.status is Status.PASSED for one in judged),
        tried=sum(one.status not in _UNTRIED for one in judged),
        count=len(judged),
        correlation=item_rest_correlation(
            [one.status is Status.PASSED for one, _ in whole],
            [points - one.points for one, points in whole],
        ),
        reason=reason,
        reason_count=reason_count,
    )


def _is_poor(one: CheckInsight) -> bool:
    return one.correlation is not None and one.correlation < POOR
