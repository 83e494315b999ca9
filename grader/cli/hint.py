"""`grader hint`: the next hint for an exercise, one at a time."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from grader.cli.places import assignment_here, root_folder
from grader.cli.problems import UsageProblem
from grader.course.catalogue import course_root, frozen_assignments
from grader.course.prepared import PreparedExercise
from grader.sanitise.terminal import say
from grader.student.checking import load_public, near_names
from grader.student.progress import last_result, next_exercise, next_hint


def command(
    exercise: Annotated[
        str | None,
        typer.Argument(
            help="Such as predict, or a1.predict. Default: the first that does not pass yet."
        ),
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Start with the first hint.")] = False,
) -> None:
    """Give the next hint for an exercise.

    Hints come one by one: each call gives the next one.
    """
    folder, found = _current() if exercise is None else _find(exercise)
    console = Console(highlight=False)
    hint = next_hint(folder, found, again=again)
    if hint is None:
        say(console, f"There is no hint for {found.name}; the handout README.md explains it.")
        return
    say(console, f"{found.name}, hint {hint.number} of {hint.count}", "bold")
    say(console, hint.text)
    if hint.is_last:
        console.print("That was the last hint; --again starts with the first one.", style="dim")
    else:
        console.print("Are you stuck? Ask again for the next hint.", style="dim")


def _current() -> tuple[Path, PreparedExercise]:
    """The first exercise of this folder's assignment that did not pass when it was checked."""
    folder = assignment_here()
    if folder is None:
        raise UsageProblem(
            "A hint for which exercise? Change into an assignment's folder, or name the exercise, "
            "such as: grader hint a1.predict"
        )
    assignment = load_public(folder)
    found = next_exercise(assignment, last_result(folder))
    if found is None:
        raise UsageProblem(
            f"Every exercise of {assignment.name} passed when it was last checked. Name the one "
            f"that you want a hint for, such as: grader hint {assignment.exercises[0].name}"
        )
    return folder, found


def _find(name: str) -> tuple[Path, PreparedExercise]:
    prefix, _, bare = name.rpartition(".")
    candidates = []
    names: dict[Path, list[str]] = {}
    here = assignment_here()
    for key, folder in _folders(here).items():
        exercises = load_public(folder).exercises
        names[folder] = [exercise.name for exercise in exercises]
        candidates += [
            (folder, exercise)
            for exercise in exercises
            if exercise.name == bare and key.startswith(prefix)
        ]
    candidates = [item for item in candidates if item[0] == here] or candidates
    if len(candidates) == 1:
        return candidates[0]
    if candidates:
        ways = " or ".join(f"{folder.name.partition('_')[0]}.{bare}" for folder, _ in candidates)
        raise UsageProblem(f"Several assignments have {bare}. Say which one: {ways}.")
    own = names[here] if here is not None else []
    near = near_names(bare, own) or near_names(bare, chain.from_iterable(names.values()))
    advice = f" Did you mean: {', '.join(near)}?" if near else " `grader list` shows them."
    raise UsageProblem(f"There is no exercise {name!r}.{advice}")


def _folders(here: Path | None) -> dict[str, Path]:
    """The course's assignments, and the one that the user stands in wherever it lies."""
    if here is None:
        return frozen_assignments(root_folder())
    root = course_root()
    known = frozen_assignments(root) if root is not None else {}
    return {**known, here.name: here}
