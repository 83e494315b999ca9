"""`grader list`: assignments, exercises, points, my progress."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from grader.cli.places import root_folder
from grader.course.catalogue import PUBLIC_FOLDER, choose, frozen_assignments
from grader.course.frozen import Outline, read_outline
from grader.student.progress import last_result


def command(
    assignment: Annotated[
        str | None, typer.Argument(help="Show the exercises of this one, such as a1.")
    ] = None,
) -> None:
    """Show assignments, exercises, points and my progress."""
    known = frozen_assignments(root_folder())
    if assignment is None:
        _print_assignments(known)
    else:
        _print_exercises(choose(assignment, known))


def _print_assignments(known: dict[str, Path]) -> None:
    table = Table(box=None, pad_edge=False)
    for title, justify in (("assignment", "left"), ("exercises", "right"), ("my points", "right")):
        table.add_column(title, justify=justify)  # type: ignore[arg-type]
    table.add_column("about")
    for name, folder in known.items():
        outline = _outline(folder)
        last = last_result(folder)
        earned = f"{last.points:g} of {outline.points:g}" if last else f"- of {outline.points:g}"
        table.add_row(name, str(len(outline.exercises)), earned, outline.summary)
    console = Console()
    console.print(table)
    console.print("\nNext: change into a folder under assignments/ and run `grader check`.")


def _print_exercises(folder: Path) -> None:
    outline = _outline(folder)
    last = last_result(folder)
    table = Table(box=None, pad_edge=False, title=outline.title, title_justify="left")
    for column in ("exercise", "file"):
        table.add_column(column)
    table.add_column("points", justify="right")
    table.add_column("mine", justify="right")
    for exercise in outline.exercises:
        earned = (
            [one.points for one in last.checks if one.exercise == exercise.name] if last else []
        )
        mine = f"{sum(earned):g}" if earned else "-"
        table.add_row(exercise.name, exercise.file, f"{exercise.points:g}", mine)
    Console().print(table)


def _outline(folder: Path) -> Outline:
    return read_outline(folder / PUBLIC_FOLDER)
