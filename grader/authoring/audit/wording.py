"""An audit in words that terminal and Markdown share."""

from __future__ import annotations

from grader.authoring.audit.examine import Outcome
from grader.authoring.audit.report import AuditReport, Row
from grader.authoring.mutation import Mutant

HEADINGS = ("file", "mutants", "graded", "killed", "survived", "equivalent", "not graded", "share")
_CONTEXT = 1


def cells(row: Row) -> tuple[str, ...]:
    """One row of the table, under `HEADINGS`."""
    counts = (row.every, row.graded, row.killed, row.survived, row.equivalent, row.ungraded)
    return (row.name, *(f"{count:,}" for count in counts), percent(row.share))


def percent(share: float) -> str:
    """A share, rounded down: 100 % is said of all alone."""
    return f"{int(1000 * share) / 10:.1f} %"


def place(mutant: Mutant) -> str:
    """Where the mistake is, and of which family."""
    return f"{mutant.file}:{mutant.line}, {mutant.scope} ({mutant.family})"


def diff(mutant: Mutant, reference: str) -> list[str]:
    """The lines that differ and one on each side, with `+`, `-` or a blank in front."""
    old, new = reference.splitlines(), mutant.text.splitlines()
    start = mutant.line - 1
    shorter = min(len(old), len(new)) - start
    same = next((n for n in range(shorter) if old[-1 - n] != new[-1 - n]), shorter)
    end = len(old) - same
    return [
        *(f" {line}" for line in old[max(0, start - _CONTEXT) : start]),
        *(f"-{line}" for line in old[start:end]),
        *(f"+{line}" for line in new[start : len(new) - same]),
        *(f" {line}" for line in old[end : end + _CONTEXT]),
    ]


def about(report: AuditReport) -> str:
    """On which cases and checks the mutants were graded."""
    without = "" if report.training else ", without train checks"
    return f"{report.assignment}: cases of seed {report.seed!r}{without}."


def remarks(report: AuditReport) -> list[str]:
    """What is wrong with the author's list."""
    return [
        *(f"listed, but there is no such mutant: {one}" for one in report.unmatched),
        *(f"listed as equivalent, but the checks kill it: {one}" for one in report.refuted),
    ]


def why_ungraded(outcome: Outcome) -> str:
    """Which mutant could not be graded, and why."""
    return f"{place(outcome.mutant)}: {outcome.check or 'the grader'}: {outcome.detail}"
