"""`grader new`: begin an assignment of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from grader.authoring.new import write_skeleton
from grader.course.catalogue import course_root
from grader.sanitise.terminal import say


def command(
    assignment: Annotated[str, typer.Argument(help="Its name, such as a7_diffusion.")],
    title: Annotated[str | None, typer.Option(help="Its title. Default: from the name.")] = None,
    course: Annotated[
        Path | None, typer.Option(help="The folder for solutions/ and assignments/. Default: here.")
    ] = None,
) -> None:
    """Write the skeleton of an assignment: a reference, its checks, misconceptions, a handout.

    It has one exercise and works at once; docs/new_assignment.md goes on from there.
    """
    root = course or course_root() or Path()
    words = assignment.partition("_")[2].replace("_", " ")
    files = write_skeleton(root, assignment, title or words.capitalize())
    console = Console(highlight=False)
    for file in files:
        say(console, f"{file} written", wrap=False)
    steps = [f"grader freeze {assignment}", f"grader audit {assignment}"]
    if (course_root() or Path()).resolve() != root.resolve():
        steps.insert(0, f"cd {root}")
    say(console, f"Next: {', then '.join(steps)}.", "dim")
