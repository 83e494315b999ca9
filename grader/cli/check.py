"""`grader check`: a student's own files against the public cases."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from grader.cli.options import DeviceOption
from grader.cli.places import assignment_folder
from grader.cli.problems import UsageProblem
from grader.confine import Engine
from grader.course.prepared import PreparedAssignment
from grader.local import check_folder, load_public
from grader.render.terminal import print_result
from grader.result import Result, Status
from grader.store import write_atomically

PROGRESS_FILE = ".grader/progress.json"
_WATCHING = "\nWatching for changes; Ctrl+C ends it."
_LOOK_AFTER = 200
"""Milliseconds after which the watcher comes back when nothing was saved."""


def command(
    assignment: Annotated[
        str | None, typer.Argument(help="Such as a1_least_squares, or a1. Default: this folder's.")
    ] = None,
    exercises: Annotated[
        list[str] | None, typer.Argument(help="Check these exercises alone, such as predict.")
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Check again whenever a file is saved.")
    ] = False,
    json: Annotated[
        Path | None,
        typer.Option("--json", help="Write the result to this file, too (- prints it)."),
    ] = None,
    path: Annotated[
        Path | None, typer.Option("--path", help="Where your files are, if not in the folder.")
    ] = None,
    all_failures: Annotated[
        bool, typer.Option("--all", help="Explain every failure, not the first three.")
    ] = False,
    device: DeviceOption = "cpu",
) -> None:
    """Check my files and explain what is wrong.

    Runs the public checks of an assignment on your files. Nothing is sent anywhere.
    Ends with exit code 0 when all passed, 1 when something failed, 2 for a wrong call.
    """
    chosen = list(exercises or [])
    folder, chosen = _folder_and_exercises(assignment, chosen)
    prepared = load_public(folder)
    only = _known_exercises(prepared, chosen)
    if path is not None and not path.exists():
        raise UsageProblem(f"There is no {path}.")
    engine = Engine.from_environment(device)
    engine.require()
    options: dict[str, Any] = {"only": only, "path": path, "engine": engine}
    check = _watch if watch else _check
    result = check(folder, prepared, json, all_failures, options)
    raise typer.Exit(0 if all(one.status is Status.PASSED for one in result.checks) else 1)


def _folder_and_exercises(name: str | None, exercises: list[str]) -> tuple[Path, list[str]]:
    """`grader check predict` inside an assignment's folder means the exercise."""
    from grader.course.catalogue import UnknownAssignment

    try:
        return assignment_folder(name), exercises
    except UnknownAssignment:
        try:
            here = assignment_folder(None)
        except UsageProblem:
            pass
        else:
            if name in {exercise.name for exercise in load_public(here).exercises}:
                return here, [name, *exercises]
        raise


def _known_exercises(prepared: PreparedAssignment, names: list[str]) -> frozenset[str] | None:
    known = [exercise.name for exercise in prepared.exercises]
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=3, cutoff=0.4) or known
            raise UsageProblem(
                f"{prepared.name} has no exercise {name!r}. Did you mean: {', '.join(near)}?"
            )
    return frozenset(names) or None


def _check(
    folder: Path,
    prepared: PreparedAssignment,
    json: Path | None,
    all_failures: bool,
    options: dict[str, Any],
) -> Result:
    result = check_folder(folder, prepared, **options)
    if json is not None and str(json) == "-":
        print(result.model_dump_json(indent=1))
        return result
    print_result(Console(), result, failures=10_000 if all_failures else 3)
    if json is not None:
        try:
            write_atomically(json, result.model_dump_json(indent=1).encode())
        except OSError as error:
            raise UsageProblem(f"{json} cannot be written: {error.strerror}.") from None
    if options["only"] is None:
        _remember(folder, result)
    return result


def _remember(folder: Path, result: Result) -> None:
    """Keep the points for `grader list`; a read-only folder is no reason to complain."""
    file = folder / PROGRESS_FILE
    try:
        file.parent.mkdir(exist_ok=True)
        write_atomically(file, result.model_dump_json().encode())
    except OSError:
        return


def _watch(
    folder: Path,
    prepared: PreparedAssignment,
    json: Path | None,
    all_failures: bool,
    options: dict[str, Any],
) -> Result:
    """Check, and again whenever a file is saved, until Ctrl+C; return the last result."""
    from watchfiles import watch

    console = Console()
    watched = options["path"] or folder
    saved = watch(watched, recursive=False, rust_timeout=_LOOK_AFTER, yield_on_timeout=True)
    next(saved)  # from here on it watches: what is saved while the first check runs is not lost
    result = _check(folder, prepared, json, all_failures, options)
    try:
        console.print(_WATCHING, style="dim")
        for changes in saved:
            if any(name.endswith((".py", ".ipynb")) for _, name in changes):
                console.clear()
                result = _check(folder, prepared, json, all_failures, options)
                console.print(_WATCHING, style="dim")
    except KeyboardInterrupt:
        console.print()
    return result
