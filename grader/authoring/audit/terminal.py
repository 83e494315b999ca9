"""An audit in a terminal: each survivor as a diff, then the table."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.authoring.audit.report import GOOD_SHARE, AuditReport
from grader.authoring.audit.wording import (
    HEADINGS,
    cells,
    diff,
    percent,
    place,
    remarks,
    why_ungraded,
)

_STYLES = {"+": "green", "-": "red"}


def print_audit(console: Console, report: AuditReport, references: Mapping[str, str]) -> None:
    """Print what is to be done first, and the verdict last."""
    for outcome in report.survivors:
        console.print(Text(f"survived: {place(outcome.mutant)}", style="bold"))
        for line in diff(outcome.mutant, references[outcome.mutant.file]):
            console.print(Text(f"  {line}", style=_STYLES.get(line[:1], "")), soft_wrap=True)
        console.print()
    for outcome in report.ungraded:
        console.print(Text(f"not graded: {why_ungraded(outcome)}", style="magenta"))
    for remark in remarks(report):
        console.print(Text(remark, style="yellow"))
    console.print(_table(report))
    console.print(_verdict(report))


def _table(report: AuditReport) -> Table:
    table = Table(box=None, pad_edge=False)
    for number, heading in enumerate(HEADINGS):
        table.add_column(heading, justify="right" if number else "left")
    for row in report.rows:
        table.add_row(*cells(row))
    if len(report.rows) > 1:
        table.add_row(*cells(report.total), style="bold")
    return table


def _verdict(report: AuditReport) -> Text:
    total = report.total
    text = f"The checks kill {percent(total.share)} of {total.killed + total.survived} mutants"
    if report.is_good:
        return Text(f"{text}.", style="green")
    return Text(f"{text}; good ones kill {GOOD_SHARE:.0%}.", style="red")
