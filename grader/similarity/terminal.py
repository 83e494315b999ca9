"""A summary of the pairs for a terminal."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text as Line

from grader.similarity.comparison import ClassComparison

_ROWS = 15


def print_comparison(console: Console, comparison: ClassComparison, page: Path) -> None:
    """Print the most similar pairs, what was not compared, and what the numbers mean."""
    unusual = comparison.unusual
    count = f"{len(comparison.texts)} submissions, {comparison.pair_count:,} pairs: "
    console.print(Line(f"{count}{len(unusual)} unusually similar", style="bold"))
    if unusual:
        table = Table(box=None, pad_edge=False)
        table.add_column("similarity", justify="right", no_wrap=True)
        table.add_column("of the first", justify="right", no_wrap=True)
        table.add_column("of the second", justify="right", no_wrap=True)
        table.add_column("pair", overflow="fold")
        for one in unusual[:_ROWS]:
            first, second = comparison.texts[one.first], comparison.texts[one.second]
            shares = (one.similarity, *one.shares)
            table.add_row(
                *(f"{100 * share:.0f} %" for share in shares),
                Line(_in_one_line(f"{first.label} and {second.label}")),
            )
        console.print(table)
        if len(unusual) > _ROWS:
            console.print(Line(f"and {len(unusual) - _ROWS} more", style="dim"))
    if comparison.ordinary:
        console.print(
            Line(
                f"{len(comparison.ordinary):,} more pairs are similar, as much of the class is: "
                "they share the obvious answers.",
                style="dim",
            )
        )
    for text, reason in comparison.left_out[:_ROWS]:
        console.print(Line(_in_one_line(f"not compared: {text.label}: {reason}"), style="yellow"))
    if len(comparison.left_out) > _ROWS:
        console.print(
            Line(f"and {len(comparison.left_out) - _ROWS} more not compared", style="yellow")
        )
    console.print(
        Line(
            "A high number is a reason to read both texts and to talk, never a verdict: short "
            "exercises have few right answers. Nothing was sent anywhere.",
        )
    )
    console.print(Line(f"Pages: {page}", style="bold"), soft_wrap=True)


def _in_one_line(text: str) -> str:
    return " ".join(text.split())
