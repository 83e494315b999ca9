"""`grader hint`: the next hint for an exercise, one at a time."""

from __future__ import annotations

import difflib
import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from grader.cli.places import root_folder
from grader.cli.problems import UsageProblem
from grader.course.catalogue import frozen_assignments
from grader.course.prepared import PreparedExercise
from grader.local import load_public
from grader.store import write_atomically

_COUNTS = ".grader/hints.json"


def command(
    exercise: Annotated[str, typer.Argument(help="Such as predict, or a1.predict.")],
    again: Annotated[bool, typer.Option("--again", help="Start with the first hint.")] = False,
) -> None:
    """Give the next hint for an exercise.

    Hints come one by one: each call goes a step further.
    """
    folder, found = _find(exercise)
    console = Console(highlight=False)
    if not found.hints:
        console.print(f"There is no hint for {found.name}; the handout README.md explains it.")
        return
    file = folder / _COUNTS
    counts = {} if again else _read(file)
    number = min(counts.get(found.name, 0), len(found.hints) - 1)
    console.print(f"{found.name}, hint {number + 1} of {len(found.hints)}", style="bold")
    console.print(found.hints[number], markup=False)
    if number + 1 < len(found.hints):
        console.print("Stuck? Ask again for the next one.", style="dim")
    else:
        console.print("That was the last one; --again starts over.", style="dim")
    try:
        file.parent.mkdir(exist_ok=True)
        write_atomically(file, json.dumps({**counts, found.name: number + 1}).encode())
    except OSError:
        return  # a read-only folder just gives the same hint again


def _find(name: str) -> tuple[Path, PreparedExercise]:
    prefix, _, bare = name.rpartition(".")
    candidates = []
    names = []
    here = Path.cwd().resolve()
    for key, folder in frozen_assignments(root_folder()).items():
        for exercise in load_public(folder).exercises:
            names.append(exercise.name)
            if exercise.name == bare and key.startswith(prefix):
                candidates.append((folder, exercise))
    inside = [item for item in candidates if here == item[0] or item[0] in here.parents]
    candidates = inside or candidates
    if len(candidates) == 1:
        return candidates[0]
    if candidates:
        ways = " or ".join(f"{folder.name.partition('_')[0]}.{bare}" for folder, _ in candidates)
        raise UsageProblem(f"Several assignments have {bare}. Say which one: {ways}.")
    near = difflib.get_close_matches(bare, names, n=3, cutoff=0.4)
    advice = f" Did you mean: {', '.join(near)}?" if near else " grader list shows them."
    raise UsageProblem(f"There is no exercise {name!r}.{advice}")


def _read(file: Path) -> dict[str, int]:
    try:
        counts = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(counts, dict):
        return {}
    return {key: value for key, value in counts.items() if isinstance(value, int) and value >= 0}
