"""Answers without the work in a terminal: the table, then the verdict."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.authoring.unearned.report import HEADINGS, UnearnedReport, about, remarks, verdict


def print_unearned(console: Console, report: UnearnedReport) -> None:
    """Print what was earned, and the verdict last."""
    console.print(Text(about(report)))
    for remark in remarks(report):
        console.print(Text(remark, style="yellow"))
    if report.rows:
        table = Table(box=None, pad_edge=False)
        for number, heading in enumerate(HEADINGS):
            table.add_column(heading, justify="right" if 0 < number < 4 else "left")
        for row in (*report.rows, report.total):
            table.add_row(*row.cells(), style="bold" if row is report.total else "")
        console.print(table)
    console.print(Text(verdict(report), style="green" if report.is_good else "red"))
