"""An audit in words that terminal and Markdown share."""

from __future__ import annotations

import difflib

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
    return f"{mutant.file}:{mutant.line}, {mutant.definition} ({mutant.family})"


def diff(mutant: Mutant, reference: str) -> list[str]:
    """The lines that differ and one on each side, with `+`, `-` or a blank in front."""
    lines = difflib.unified_diff(
        reference.splitlines(), mutant.text.splitlines(), lineterm="", n=_CONTEXT
    )
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def remarks(report: AuditReport) -> list[str]:
    """What is wrong with the list of equivalent mutants."""
    return [
        *(f"listed as equivalent, but there is no such mutant: {one}" for one in report.unmatched),
        *(f"listed as equivalent, but the checks kill it: {one}" for one in report.refuted),
    ]


def why_ungraded(outcome: Outcome) -> str:
    """Which mutant could not be graded, and why."""
    return f"{place(outcome.mutant)}: {outcome.check or 'the grader'}: {outcome.detail}"
