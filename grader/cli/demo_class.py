"""`grader demo-class`: a synthetic class to try the grader on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from grader.authoring.demo_class import write_class
from grader.cli.places import root_folder
from grader.course.catalogue import choose, live_assignments, load_live


def command(
    students: Annotated[int, typer.Option(min=1, help="How many students.")] = 30,
    course: Annotated[Path, typer.Option(help="The course directory to write into.")] = Path(
        "demo"
    ),
    assignment: Annotated[
        list[str] | None, typer.Option(help="Such as a1_least_squares. Default: all.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Another seed makes another class.")] = 1,
) -> None:
    """Make a class of synthetic students from references and misconceptions.

    Nothing of it comes from real students. The same seed makes the same class.
    """
    known = live_assignments(root_folder())
    folders = [choose(name, known) for name in assignment] if assignment else list(known.values())
    console = Console(highlight=False)
    for folder in folders:
        count = write_class(load_live(folder), course, students=students, seed=seed)
        console.print(f"{folder.name}: {count} submissions under {course / 'submitted'}")
