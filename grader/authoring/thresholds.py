"""Are the thresholds of train checks fair? What right solutions reach, beside what is asked."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader.authoring.trials import REFERENCE, TRIVIAL, Trial, train_checks
from grader.checks.measures import MEASURES, Measure
from grader.checks.training import bounds_of, share_of
from grader.course.assignment import Check
from grader.course.case import Case
from grader.course.prepare import LiveCourse, case_generator

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
    "best trivial model",
    "it earns",
    "CPU seconds",
)


@dataclass(frozen=True)
class Row:
    """One case of a train check with its trials."""

    assignment: str
    exercise: str
    check: Check
    case: Case
    alone: bool
    """Whether the check has no other case."""
    reference: list[Trial]
    honest: list[Trial]
    trivial: list[Trial]
    earned: float
    """The largest share of the check's points that a trivial model earned."""

    @property
    def measure(self) -> Measure:
        """What is measured."""
        return MEASURES[self.check.settings["measure"]]

    @property
    def bounds(self) -> tuple[float, float, float]:
        """The baseline, the threshold and the stated quality."""
        return bounds_of(self.check.settings, self.case)

    @property
    def margin(self) -> float:
        """How far the worst of all trials lies on the right side of the graded threshold."""
        _, threshold, _ = self.bounds
        distance = worst((*self.reference, *self.honest), self.measure) - threshold
        return -distance if self.measure.lower_is_better else distance

    def cells(self) -> list[str]:
        """The row's cells, in the order of `COLUMNS`."""
        baseline, threshold, stated = self.bounds
        slowest = max(trial.cpu_seconds for trial in (*self.reference, *self.honest))
        name = f"`{self.exercise}`, {self.check.name.replace('_', ' ')}"
        return [
            self.assignment.partition("_")[0],
            name if self.alone else f"{name}: {self.case.label}",
            self.measure.title + (" (less is better)" if self.measure.lower_is_better else ""),
            *(_spread(trials, self.measure) for trials in (self.reference, self.honest)),
            *(f"{quality:g}" for quality in (threshold, stated, baseline)),
            _short(self.margin),
            self._best_trivial(),
            f"{self.earned:.0%}" if self.trivial else "—",
            f"{slowest:.1f} of {self.check.settings['cpu_seconds']:g}",
        ]

    def _best_trivial(self) -> str:
        """The trivial model that did best on any seed, and how well."""
        if not self.trivial:
            return "—"
        choose = min if self.measure.lower_is_better else max
        best = choose(self.trivial, key=lambda trial: trial.quality)
        name = best.solution.removeprefix(TRIVIAL).replace("_", " ")
        return f"{name} {_short(best.quality)}"


def rows_of(course: LiveCourse, trials: Iterable[Trial]) -> list[Row]:
    """The rows of one assignment: the cases of its train checks that were tried."""
    rows = []
    for _, check in train_checks(course):
        own = [
            trial
            for trial in trials
            if (trial.assignment, trial.exercise, trial.check)
            == (course.assignment.name, check.exercise, check.name)
        ]
        cases = cases_of(check) if own else []
        earned = _earned_by_trivial(check, cases, own)
        for case in cases:
            of_case = [trial for trial in own if trial.case == case.label]
            reference = [trial for trial in of_case if trial.solution == REFERENCE]
            trivial = [trial for trial in of_case if trial.solution.startswith(TRIVIAL)]
            honest = [trial for trial in of_case if trial not in reference and trial not in trivial]
            if reference:
                about = (course.assignment.name, check.exercise, check, case, len(cases) == 1)
                rows.append(Row(*about, reference, honest, trivial, earned))
    return rows


def cases_of(check: Check) -> list[Case]:
    """The cases of a train check: their labels and bounds are the same for every seed."""
    return list(check.cases(case_generator("labels", check.exercise, check.name)))


def _earned_by_trivial(check: Check, cases: Sequence[Case], trials: Iterable[Trial]) -> float:
    """The largest share of the points on any seed; of a check's cases the worst counts."""
    bounds = {case.label: bounds_of(check.settings, case) for case in cases}
    shares: dict[tuple[str, str], list[float]] = {}
    for trial in trials:
        if trial.solution.startswith(TRIVIAL) and trial.case in bounds:
            baseline, threshold, _ = bounds[trial.case]
            share = share_of(trial.quality, baseline, threshold)
            shares.setdefault((trial.solution, trial.seed), []).append(share)
    return max((min(several) for several in shares.values()), default=0.0)


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
