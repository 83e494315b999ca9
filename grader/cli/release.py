"""`grader release`: write the student edition."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from grader.authoring.release import release
from grader.cli.places import root_folder
from grader.course.catalogue import choose, frozen_assignments
from grader.sanitise.terminal import say


def command(
    assignments: Annotated[
        list[str] | None, typer.Argument(help="Such as a1_least_squares. Default: all.")
    ] = None,
    output: Annotated[Path, typer.Option(help="A new folder, or that of the last release.")] = Path(
        "student-edition"
    ),
    title: Annotated[str, typer.Option(help="The heading of its README.")] = "Deep learning",
) -> None:
    """Write what students get: assignments, data, the grader, a pinned installation.

    No solution, no hidden case and no secret is in it. Zip the folder or push it to a
    repository of its own.
    """
    root = root_folder()
    known = frozen_assignments(root)
    names = [choose(name, known).name for name in assignments] if assignments else list(known)
    files = release(root, names, output, title)
    say(
        Console(),
        f"{output}: {len(names)} assignments, {len(files)} files. Students begin with README.md.",
    )
