"""`grader demo-class`: a synthetic class to try the grader on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from grader.authoring.demo_class import write_class
from grader.authoring.notebooks import edition_exercises
from grader.cli.places import root_folder
from grader.course import frozen
from grader.course.catalogue import (
    PUBLIC_FOLDER,
    choose,
    frozen_assignments,
    live_assignments,
    load_live,
)
from grader.sanitise.terminal import say


def command(
    students: Annotated[int, typer.Option(min=1, help="How many students.")] = 30,
    course: Annotated[Path, typer.Option(help="The course directory to write into.")] = Path(
        "demo"
    ),
    assignment: Annotated[
        list[str] | None, typer.Option(help="Such as a1_least_squares. Default: all.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Another seed makes another class.")] = 1,
    notebooks: Annotated[
        bool, typer.Option("--notebooks", help="They hand in notebooks, not plain files.")
    ] = False,
) -> None:
    """Make a class of synthetic students from references and misconceptions.

    None of it comes from real students. The same seed makes the same class.
    """
    root = root_folder()
    known = live_assignments(root)
    folders = [choose(name, known) for name in assignment] if assignment else list(known.values())
    console = Console(highlight=False)
    for folder in folders:
        live, editions = load_live(folder), None
        if notebooks:
            public = frozen.load(choose(folder.name, frozen_assignments(root)) / PUBLIC_FOLDER)
            editions = {one.name: edition_exercises(public, one.name) for one in public.files}
        count = write_class(live, course, students=students, seed=seed, editions=editions)
        say(console, f"{folder.name}: {count} submissions under {course / 'submitted'}")
