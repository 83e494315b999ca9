"""Figures of a class that more than one renderer shows."""

from __future__ import annotations

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from grader.judge.repairs import PREFIX
from grader.result import CheckResult, Kind, Result, Status

SYMBOLS = {
    Status.PASSED: "✓",
    Status.FAILED: "✗",
    Status.ERROR: "✗",
    Status.TIMEOUT: "∞",
    Status.OUT_OF_MEMORY: "✗",
    Status.CRASHED: "✗",
    Status.FORBIDDEN: "!",
    Status.MISSING: "·",
    Status.SKIPPED: "→",
    Status.GRADER_ERROR: "?",
}
"""A sign for each status; each is in the fonts that come with every system."""
_BINS = 10
_FEWEST_OF_A_CLASS = 2
"""Of fewer students a mistake is their own, not the class's."""
_SILENT = {Status.PASSED, Status.SKIPPED, Status.MISSING}


@dataclass(frozen=True)
class Mistake:
    """A diagnosis and the students who got it."""

    id: str
    exercise: str
    hint: str
    students: tuple[str, ...]


@dataclass(frozen=True)
class CheckRate:
    """How a check went in the class."""

    exercise: str
    check: str
    title: str
    kind: Kind
    max_points: float
    statuses: dict[Status, int]
    count: int

    @property
    def share(self) -> float:
        """The part of the class that passed."""
        return self.statuses.get(Status.PASSED, 0) / self.count if self.count else 0.0


@dataclass(frozen=True)
class ExercisePoints:
    """One exercise of one result."""

    name: str
    points: float
    max_points: float
    checks: tuple[CheckResult, ...] = field(default=())

    @property
    def status(self) -> Status:
        """The first status that is not `passed`, with the grader's own failures first."""
        statuses = [check.status for check in self.checks]
        if Status.GRADER_ERROR in statuses:
            return Status.GRADER_ERROR
        return next((one for one in statuses if one is not Status.PASSED), Status.PASSED)


def exercises(result: Result) -> list[ExercisePoints]:
    """A result's checks by exercise, in order."""
    groups: dict[str, list[CheckResult]] = defaultdict(list)
    for check in result.checks:
        groups[check.exercise].append(check)
    return [
        ExercisePoints(
            name,
            round(sum(check.points for check in checks), 2),
            round(sum(check.max_points for check in checks), 2),
            tuple(checks),
        )
        for name, checks in groups.items()
    ]


def failures(result: Result) -> list[CheckResult]:
    """The checks worth explaining, each whole-file failure once."""
    seen: set[tuple[str, str]] = set()
    found = []
    for check in result.checks:
        if check.status in _SILENT:
            continue
        key = (check.file, check.message) if check.status is not Status.FAILED else ("", "")
        if key != ("", "") and key in seen:
            continue
        seen.add(key)
        found.append(check)
    return found


def graded(results: Sequence[Result]) -> list[Result]:
    """The results that the figures of a class are made of.

    Who handed in nothing that can be graded has no points and says nothing about the checks.
    """
    return [one for one in results if not one.submission.nothing_to_grade]


def nothing_to_grade(results: Sequence[Result]) -> list[Result]:
    """The results that `graded` leaves out, by student."""
    found = [one for one in results if one.submission.nothing_to_grade]
    return sorted(found, key=lambda one: one.student.casefold())


def whose_figures(results: Sequence[Result]) -> str:
    """Say whom the figures leave out, without a full stop; "" where they leave out nobody."""
    left_out = len(nothing_to_grade(results))
    if not left_out:
        return ""
    counted = len(results) - left_out
    start = f"Mean and median of {counted}; " if counted else ""
    return f"{start}{left_out} handed in nothing that can be graded"


def mistakes(results: Sequence[Result]) -> list[Mistake]:
    """The diagnoses that students of a class share, the most frequent first.

    Each student counts once. What only one of them got is no mistake of the class.
    """
    who: dict[str, dict[str, None]] = defaultdict(dict)
    about: dict[str, CheckResult] = {}
    for result in graded(results):
        for check in result.checks:
            if check.diagnosis is not None and check.status is not Status.SKIPPED:
                key = check.diagnosis.id
                if key.startswith("generic."):
                    key = f"{key} in {check.exercise}"
                who[key][result.student] = None
                about.setdefault(key, check)
    found = []
    for key, students in who.items():
        if len(students) < _FEWEST_OF_A_CLASS:
            continue
        diagnosis = about[key].diagnosis
        assert diagnosis is not None
        hint = _of_repair(diagnosis.id) or diagnosis.hint
        found.append(Mistake(key, about[key].exercise, hint, tuple(students)))
    return sorted(found, key=lambda one: (-len(one.students), one.id))


def _of_repair(identifier: str) -> str:
    """What is said to a class of a repair, whose line is one student's own; "" for others."""
    kind = identifier.removeprefix(PREFIX)
    if kind == identifier:
        return ""
    return f"One small change of their code makes it right (kind: {kind}); see their own pages."


def check_rates(results: Sequence[Result]) -> list[CheckRate]:
    """How every check went, in the order of the assignment."""
    counts: dict[tuple[str, str], Counter[Status]] = defaultdict(Counter)
    about: dict[tuple[str, str], CheckResult] = {}
    for result in graded(results):
        for check in result.checks:
            key = (check.exercise, check.check)
            counts[key][check.status] += 1
            about.setdefault(key, check)
    return [
        CheckRate(
            one.exercise,
            one.check,
            one.title,
            one.kind,
            one.max_points,
            dict(counts[key]),
            counts[key].total(),
        )
        for key, one in about.items()
    ]


def mean_points(results: Sequence[Result]) -> float:
    """The class's mean; 0 where there is nobody to count."""
    points = [result.points for result in graded(results)]
    return statistics.fmean(points) if points else 0.0


def median_points(results: Sequence[Result]) -> float:
    """The class's median; 0 where there is nobody to count."""
    points = [result.points for result in graded(results)]
    return statistics.median(points) if points else 0.0


def share_of_points(result: Result) -> float:
    """The part of the points that a student has; 0 where there are none."""
    return result.points / result.max_points if result.max_points else 0.0


@dataclass(frozen=True)
class Bin:
    """One bar of a histogram of shares, in percent; `share` is its height to the highest."""

    low: int
    high: int
    count: int
    share: float


def histogram(shares: Sequence[float]) -> list[Bin]:
    """Count shares between 0 and 1 in ten bins."""
    counts = [0] * _BINS
    for share in shares:
        counts[min(_BINS - 1, math.floor(share * _BINS + 1e-9))] += 1
    most = max([*counts, 1])
    return [
        Bin(100 * i // _BINS, 100 * (i + 1) // _BINS, count, count / most)
        for i, count in enumerate(counts)
    ]
