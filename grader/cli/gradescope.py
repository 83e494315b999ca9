"""`grader gradescope`: an autograder for Gradescope."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from grader.authoring.gradescope.bundle import autograder_zip
from grader.batch.hidden import hidden_assignment
from grader.cli.places import root_folder
from grader.cli.problems import UsageProblem, cannot_write
from grader.confine import quickest_launcher
from grader.course.catalogue import choose, frozen_assignments, live_assignments, load_live
from grader.files.atomic import write_atomically
from grader.sanitise.terminal import say
from grader.student.checking import load_public
from grader.submissions import CourseDirectory

Part = Literal["both", "numpy", "keras"]
"""Which files of the assignment are handed in there."""


def command(
    assignment: Annotated[str, typer.Argument(help="Such as a1_least_squares, or a1.")],
    course: Annotated[
        Path,
        typer.Option(
            help="The course directory, whose grader.toml holds the secret seed and the limits."
        ),
    ] = Path(),
    part: Annotated[
        Part, typer.Option(help="Grade this part alone; NumPy parts need no TensorFlow.")
    ] = "both",
    output: Annotated[
        Path | None, typer.Option(help="The zip. Default: ASSIGNMENT-gradescope.zip.")
    ] = None,
) -> None:
    """Write the autograder of an assignment for Gradescope.

    The zip holds hidden cases with their answers: it is for the course's staff alone. Upload it
    under Configure Autograder, and build it again after a change of checks, seed or limits.
    """
    root, console = root_folder(), Console(highlight=False)
    name = choose(assignment, live_assignments(root)).name
    directory = CourseDirectory(course)
    public = load_public(choose(name, frozen_assignments(root)))
    with quickest_launcher() as launcher, console.status("Preparing hidden cases …"):
        hidden = hidden_assignment(directory, load_live(root / "solutions" / name), launcher)
    if part != "both":
        public, hidden = public.part(part), hidden.part(part)
        if not hidden.files:
            raise UsageProblem(f"{name} has no part for {part}.")
    target = output or Path(f"{name}-gradescope.zip")
    content = autograder_zip(root, public, hidden, directory.settings.limits)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(target, content, mode=0o600)
    except OSError as error:
        raise cannot_write(target, error) from None
    files = ", ".join(file.name for file in hidden.files)
    say(
        console,
        f"{target}: {len(hidden.checks)} checks, {hidden.points:g} points, for {files}.\n"
        "It holds hidden cases with their answers: keep it among the staff. On Gradescope, upload "
        "it under Configure Autograder.",
        wrap=False,
    )
