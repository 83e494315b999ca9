"""Are the thresholds of train checks fair? What right solutions reach, beside what is asked."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader.authoring.trials import REFERENCE, Trial, train_checks
from grader.checks.measures import MEASURES, Measure
from grader.course.assignment import Check
from grader.course.prepare import LiveCourse

COLUMNS = (
    "",
    "exercise, check",
    "measure",
    "reference",
    "honest solutions",
    "graded",
    "stated",
    "nothing at",
    "margin",
    "CPU seconds",
)


@dataclass(frozen=True)
class Row:
    """One train check with its trials."""

    assignment: str
    exercise: str
    check: Check
    reference: list[Trial]
    honest: list[Trial]

    @property
    def measure(self) -> Measure:
        """What is measured."""
        return MEASURES[self.check.settings["measure"]]

    @property
    def margin(self) -> float:
        """How far the worst of all trials lies on the right side of the graded threshold."""
        distance = worst((*self.reference, *self.honest), self.measure)
        distance -= float(self.check.settings["threshold"])
        return -distance if self.measure.lower_is_better else distance

    def cells(self) -> list[str]:
        """The row's cells, in the order of `COLUMNS`."""
        settings = self.check.settings
        slowest = max(trial.cpu_seconds for trial in (*self.reference, *self.honest))
        return [
            self.assignment.partition("_")[0],
            f"`{self.exercise}`, {self.check.name.replace('_', ' ')}",
            self.measure.title + (" (less is better)" if self.measure.lower_is_better else ""),
            *(_spread(trials, self.measure) for trials in (self.reference, self.honest)),
            *(f"{settings[name]:g}" for name in ("threshold", "stated", "baseline")),
            _short(self.margin),
            f"{slowest:.1f} of {settings['cpu_seconds']:g}",
        ]


def rows_of(course: LiveCourse, trials: Iterable[Trial]) -> list[Row]:
    """The rows of one assignment: its train checks that were tried."""
    rows = []
    for _, check in train_checks(course):
        own = [
            trial
            for trial in trials
            if (trial.assignment, trial.exercise, trial.check)
            == (course.assignment.name, check.exercise, check.name)
        ]
        reference = [trial for trial in own if trial.solution == REFERENCE]
        honest = [trial for trial in own if trial.solution != REFERENCE]
        if reference:
            row = Row(course.assignment.name, check.exercise, check, reference, honest)
            rows.append(row)
    return rows


def worst(trials: Iterable[Trial], measure: Measure) -> float:
    """The worst quality of several trials, whichever way the measure grows."""
    qualities = [trial.quality for trial in trials]
    return max(qualities) if measure.lower_is_better else min(qualities)


def table(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table."""
    lines = [f"| {' | '.join(COLUMNS)} |", f"|{'|'.join('---' for _ in COLUMNS)}|"]
    return "\n".join([*lines, *(f"| {' | '.join(row.cells())} |" for row in rows)])


def _spread(trials: Sequence[Trial], measure: Measure) -> str:
    """The worst and the median quality."""
    if not trials:
        return "—"
    median = statistics.median(trial.quality for trial in trials)
    return f"{_short(worst(trials, measure))} · {_short(median)}"


def _short(quality: float) -> str:
    return f"{quality:.3f}" if abs(quality) >= 0.05 else f"{quality:.2g}"
