"""What answers without the work came to, by exercise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from grader.authoring.unearned.listed import ByNature
from grader.authoring.unearned.plan import Mode
from grader.authoring.unearned.run import Earned, Graded

HEADINGS = ("exercise", "points", "earned", "by nature", "answers", "checks")


_SHOWN = 4
"""So many answers are named in a row."""
_LISTED = "list what is so by nature in unearned.toml, with the reason (docs/audit.md)."
_ADVICE = {
    Mode.THOUGHTLESS: "Declare what is easy to satisfy with edge=True, or draw cases from the seed "
    f"that no constant and no argument answers, or {_LISTED}",
    Mode.REPLAY: f"Draw more of the cases from the seed, sizes too, or {_LISTED}",
    Mode.CONSTANTS: "Disguise the data by the seed and ask for more than a trivial model reaches, "
    f"or {_LISTED}",
}


@dataclass(frozen=True)
class Row:
    """One exercise.

    Attributes
    ----------
    points
        What the checks that were asked are worth.
    most
        What the best of all answers earned, without what is listed.
    by_nature
        What the best of all answers earned of what is listed.
    answers
        Which answers earned something that is not listed, and how much, the best first.
    checks
        On which checks.
    """

    exercise: str
    points: float
    most: float
    by_nature: float
    answers: tuple[str, ...]
    checks: tuple[str, ...]

    def cells(self) -> tuple[str, ...]:
        """The row's cells, in the order of `HEADINGS`."""
        numbers = (f"{one:g}" for one in (self.points, self.most, self.by_nature))
        shown = list(self.answers[:_SHOWN])
        if len(self.answers) > _SHOWN:
            shown.append(f"{len(self.answers) - _SHOWN} more")
        return (self.exercise, *numbers, ", ".join(shown), ", ".join(self.checks))


@dataclass(frozen=True)
class UnearnedReport:
    """What one mode came to.

    Attributes
    ----------
    submissions
        How many were graded.
    rows
        The exercises in which something was earned.
    total
        All exercises together.
    failures
        Why some could not be graded, each reason once.
    unmeasured
        How many could not be graded: whether they earn something is not known.
    stale
        Entries of the author's list that nothing was earned of.
    """

    assignment: str
    mode: Mode
    seeds: tuple[str, ...]
    submissions: int
    rows: tuple[Row, ...]
    total: Row
    failures: tuple[str, ...]
    unmeasured: int
    stale: tuple[ByNature, ...]

    @property
    def is_good(self) -> bool:
        """Whether every answer was measured and earned nothing that is not listed."""
        return not self.total.most and not self.unmeasured


def report_of(
    assignment: str, mode: Mode, graded: Sequence[Graded], listed: Sequence[ByNature]
) -> UnearnedReport:
    """Add up what was earned."""
    points: dict[str, float] = {}
    for one in graded:
        for exercise in one.task.part.exercises:
            checks = one.task.part.checks_of(exercise.name)
            points[exercise.name] = round(sum(check.points for check in checks), 2)
    earned = [one for each in graded for one in each.earned]
    rows = [_row(name, points[name], mode, earned, listed) for name in points]
    total = Row(
        "all",
        round(sum(points.values()), 2),
        round(sum(row.most for row in rows), 2),
        round(sum(row.by_nature for row in rows), 2),
        (),
        (),
    )
    return UnearnedReport(
        assignment=assignment,
        mode=mode,
        seeds=tuple(dict.fromkeys(one.task.seed for one in graded)),
        submissions=len(graded),
        rows=tuple(row for row in rows if row.most or row.by_nature),
        total=total,
        failures=tuple(
            dict.fromkeys(f"{one.task.answer.name}: {one.failed}" for one in graded if one.failed)
        ),
        unmeasured=sum(bool(one.failed) for one in graded),
        stale=tuple(
            entry
            for entry in listed
            if entry.mode == mode
            and entry.exercise in points
            and not any(entry.means(mode, one.exercise, one.check) for one in earned)
        ),
    )


def _row(
    exercise: str,
    points: float,
    mode: Mode,
    earned: Sequence[Earned],
    listed: Sequence[ByNature],
) -> Row:
    own = [one for one in earned if one.exercise == exercise]
    allowed = [
        one for one in own if any(entry.means(mode, exercise, one.check) for entry in listed)
    ]
    others = [one for one in own if one not in allowed]
    return Row(
        exercise,
        points,
        max(_sums(others).values(), default=0.0),
        max(_sums(allowed).values(), default=0.0),
        _best_first(others),
        tuple(dict.fromkeys(one.check for one in others)),
    )


def _sums(earned: Sequence[Earned]) -> dict[tuple[str, str], float]:
    """By answer and seed, all that was earned."""
    sums: defaultdict[tuple[str, str], float] = defaultdict(float)
    for one in earned:
        sums[one.answer, one.seed] += one.points
    return {key: round(points, 2) for key, points in sums.items()}


def _best_first(earned: Sequence[Earned]) -> tuple[str, ...]:
    """The answers with what each earned on its best seed."""
    best: dict[str, float] = {}
    for (answer, _), points in _sums(earned).items():
        best[answer] = max(points, best.get(answer, 0.0))
    names = sorted(best, key=lambda name: -best[name])
    return tuple(f"{name} {best[name]:g}" for name in names)


def about(report: UnearnedReport) -> str:
    """Which answers were graded on what."""
    seeds = " and ".join(repr(seed) for seed in report.seeds)
    checks = "train checks" if report.mode is Mode.CONSTANTS else "all checks but training"
    return (
        f"{report.assignment}, --{report.mode}: {report.submissions} submissions on {checks}, "
        f"cases of seed{'s' if len(report.seeds) > 1 else ''} {seeds}.{_unmeasured(report)}"
    )


def _unmeasured(report: UnearnedReport) -> str:
    """At the head, since nothing below speaks of these."""
    number = report.unmeasured
    if not number:
        return ""
    return f" {number} of them {'was' if number == 1 else 'were'} not measured."


def verdict(report: UnearnedReport) -> str:
    """The last sentence."""
    total = report.total
    nature = f" beside the {total.by_nature:g} that are listed" if total.by_nature else ""
    if report.unmeasured and not total.most:
        return (
            f"Of {report.submissions} submissions {report.unmeasured} could not be graded: whether "
            "they earn something is not known. Run the audit again, on a machine that is less busy."
        )
    if report.is_good:
        return f"Answers without the work earn nothing of {total.points:g} points{nature}."
    return (
        f"Answers without the work earn up to {total.most:g} of {total.points:g} points{nature}. "
        f"{_ADVICE[report.mode]}"
    )


def remarks(report: UnearnedReport) -> list[str]:
    """What is wrong with the author's list, and what could not be graded."""
    return [
        *(f"listed, but it earned nothing: {one}" for one in report.stale),
        *(f"not measured: {one}" for one in report.failures),
    ]


def markdown(report: UnearnedReport) -> str:
    """The report as Markdown."""
    rows = [*report.rows, report.total]
    lines = [
        about(report),
        "",
        f"| {' | '.join(HEADINGS)} |",
        "|---|---:|---:|---:|---|---|",
        *(f"| {' | '.join(row.cells())} |" for row in rows),
        "",
        verdict(report),
    ]
    if notes := remarks(report):
        lines += ["", *(f"- {note}" for note in notes)]
    return "\n".join(lines) + "\n"
