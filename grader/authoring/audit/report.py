"""What an audit came to, in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.authoring.audit.examine import Fate, Outcome
from grader.authoring.audit.listed import Equivalent, LeftOut
from grader.authoring.audit.plan import AuditPlan

GOOD_SHARE = 0.97
"""Checks are good when they kill at least this share."""


@dataclass(frozen=True)
class Row:
    """The counts of one file, or of all."""

    name: str
    every: int
    """How many mutants there are."""
    graded: int
    """How many were chosen."""
    killed: int
    survived: int
    equivalent: int
    """Survivors that are listed as no mistakes."""
    ungraded: int

    @property
    def share(self) -> float:
        """The share that the checks killed, of those that are mistakes and could be graded."""
        judged = self.killed + self.survived
        return self.killed / judged if judged else 1.0


@dataclass(frozen=True)
class AuditReport:
    """The outcomes of an audit, sorted.

    Attributes
    ----------
    rows
        Counts of each file.
    total
        Counts of all files together.
    survivors
        Those that are not listed as equivalent.
    equivalent
        Those that are, with the reasons.
    refuted
        Entries of the list whose mutants all lost points: they are mistakes, after all.
    unmatched
        Entries that mean no mutant.
    """

    assignment: str
    seed: str
    training: bool
    rows: tuple[Row, ...]
    total: Row
    survivors: tuple[Outcome, ...]
    equivalent: tuple[tuple[Outcome, str], ...]
    ungraded: tuple[Outcome, ...]
    refuted: tuple[Equivalent, ...]
    unmatched: tuple[Equivalent | LeftOut, ...]

    @property
    def is_good(self) -> bool:
        """Whether the checks kill enough."""
        return self.total.share >= GOOD_SHARE


def report_of(plan: AuditPlan, outcomes: Sequence[Outcome]) -> AuditReport:
    """Count outcomes, and hold the author's list against them."""
    reasons = [plan.listed.reason(one.mutant) for one in outcomes]
    listed = list(zip(outcomes, reasons, strict=True))
    files = [(file.name, plan.every[file.name]) for file in plan.files]
    rows = [
        _row(name, every, [pair for pair in listed if pair[0].mutant.file == name])
        for name, every in files
    ]
    return AuditReport(
        assignment=plan.course.assignment.name,
        seed=plan.seed,
        training=plan.training,
        rows=tuple(rows),
        total=_row("all", sum(every for _, every in files), listed),
        survivors=tuple(one for one, why in listed if one.fate is Fate.SURVIVED and not why),
        equivalent=tuple((one, why) for one, why in listed if one.fate is Fate.SURVIVED and why),
        ungraded=tuple(one for one in outcomes if one.fate is Fate.UNGRADED),
        refuted=tuple(entry for entry in plan.listed.equivalent if _is_refuted(entry, outcomes)),
        unmatched=plan.unmatched,
    )


def _row(name: str, every: int, listed: Sequence[tuple[Outcome, str]]) -> Row:
    fates = [one.fate for one, _ in listed]
    equivalent = sum(one.fate is Fate.SURVIVED and bool(why) for one, why in listed)
    return Row(
        name=name,
        every=every,
        graded=len(fates),
        killed=fates.count(Fate.KILLED),
        survived=fates.count(Fate.SURVIVED) - equivalent,
        equivalent=equivalent,
        ungraded=fates.count(Fate.UNGRADED),
    )


def _is_refuted(entry: Equivalent, outcomes: Sequence[Outcome]) -> bool:
    fates = {one.fate for one in outcomes if entry.means(one.mutant)}
    return fates == {Fate.KILLED}
