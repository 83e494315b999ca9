"""`grader notebooks`: put the notebook editions into an nbgrader course."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from grader.authoring.nbgrader_source import write_configuration, write_source
from grader.cli.places import root_folder
from grader.course.catalogue import choose, frozen_assignments, live_assignments, load_live
from grader.sanitise.formgrader import CONFIGURATION, unescaped
from grader.sanitise.terminal import say


def command(
    assignments: Annotated[
        list[str] | None, typer.Argument(help="Such as a1_least_squares. Default: all.")
    ] = None,
    course: Annotated[Path, typer.Option(help="nbgrader's course directory.")] = Path(),
) -> None:
    """Write notebooks with solutions into source/, for nbgrader generate_assignment.

    For instructors who use nbgrader. A configuration is written where there is none.
    """
    console = Console(highlight=False)
    root = root_folder()
    known, copies = live_assignments(root), frozen_assignments(root)
    folders = [choose(name, known) for name in assignments] if assignments else known.values()
    course.mkdir(parents=True, exist_ok=True)
    if write_configuration(course):
        say(console, f"{course / CONFIGURATION} written")
    elif missing := unescaped(course):
        say(console, missing, "yellow", wrap=False)
    for folder in folders:
        written = write_source(load_live(folder), choose(folder.name, copies), course)
        say(console, f"{folder.name}: written to {written}")
        say(console, f"Next, in {course}: nbgrader generate_assignment {folder.name}", "dim")
