"""An audit as Markdown, for `docs/audit.md`."""

from __future__ import annotations

from collections.abc import Mapping

from grader.authoring.audit.report import AuditReport
from grader.authoring.audit.wording import (
    HEADINGS,
    about,
    cells,
    diff,
    place,
    remarks,
    why_ungraded,
)


def markdown(report: AuditReport, references: Mapping[str, str]) -> str:
    """A table, and each survivor as a diff."""
    rows = [*report.rows, report.total] if len(report.rows) > 1 else report.rows
    lines = [
        about(report),
        "",
        f"| {' | '.join(HEADINGS)} |",
        f"|---|{'---:|' * (len(HEADINGS) - 1)}",
        *(f"| {' | '.join(cells(row))} |" for row in rows),
    ]
    for outcome in report.survivors:
        shown = diff(outcome.mutant, references[outcome.mutant.file])
        lines += ["", f"Survived: {place(outcome.mutant)}", "", "```diff", *shown, "```"]
    notes = [*remarks(report), *(f"not graded: {why_ungraded(one)}" for one in report.ungraded)]
    if notes:
        lines += ["", *(f"- {note}" for note in notes)]
    return "\n".join(lines) + "\n"


def begin(assignment: str) -> str:
    """The line after which a page keeps an assignment's part."""
    return f"<!-- audit {assignment} -->"


END = "<!-- end of audit -->"
"""The line before which that part ends."""
