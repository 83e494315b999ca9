"""`grader check`: a student's own files against the public cases."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from grader.cli.counterexamples import only_case, read_counterexample, require_alone
from grader.cli.options import DeviceOption
from grader.cli.places import assignment_folder, assignment_here, place_of, root_folder
from grader.cli.problems import UsageProblem, cannot_write
from grader.confine import Engine
from grader.course.catalogue import UnknownAssignment, frozen_assignments
from grader.course.prepared import PreparedAssignment
from grader.files.atomic import write_atomically
from grader.judge.processes import DiagnosisLog
from grader.render.live import LiveRows
from grader.render.terminal import print_case, print_notes, print_outcome
from grader.result import Result, Status
from grader.sanitise.terminal import say
from grader.sanitise.text import shown
from grader.sanitise.workflow import inert_json
from grader.student.checking import (
    check_own,
    exercise_names,
    load_public,
    name_problem,
    near_names,
    read_own,
)
from grader.student.progress import next_exercise, remember

_WATCHING = "\nWatching for changes; Ctrl+C ends it."
_LOOK_AFTER = 200
"""Milliseconds after which the watcher comes back when nothing was saved."""
_LIKE_AN_EXERCISE = 0.6
"""From this likeness on (1 is equal) a name is a mistyped exercise and no assignment."""
_ALL_NOTES = "; --all shows them"


@dataclass(frozen=True)
class _Wanted:
    """What is to be checked, and how it is to be shown."""

    folder: Path
    prepared: PreparedAssignment
    only: frozenset[str] | None
    path: Path | None
    engine: Engine
    json: Path | None
    every: bool
    case: str = ""
    """What the only case is called, where a file brought it."""


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
        Path | None,
        typer.Option(
            "--path", help="Where your files are, if they are not in the assignment's folder."
        ),
    ] = None,
    all_failures: Annotated[
        bool, typer.Option("--all", help="Explain every check that fails, and show every note.")
    ] = False,
    case: Annotated[
        Path | None,
        typer.Option("--case", help="Run the one case of this file, counterexample-….npz, alone."),
    ] = None,
    device: DeviceOption = "cpu",
) -> None:
    """Check my files and explain what is wrong.

    Runs the public checks of an assignment on your files and shows each exercise as soon as it is
    checked. Nothing is sent anywhere. Ends with exit code 0 when everything passed, 1 when
    something did not, 2 when the command was called wrongly.
    """
    counterexample = None if case is None else read_counterexample(case)
    if counterexample is not None and assignment is None and assignment_here() is None:
        assignment = counterexample.assignment
    folder, chosen = _folder_and_exercises(assignment, list(exercises or []))
    prepared = load_public(folder)
    for name in chosen:
        if problem := name_problem(prepared, name):
            raise UsageProblem(problem)
    if path is not None and not path.exists():
        raise UsageProblem(f"There is no {path}.")
    engine = Engine.from_environment(device)
    engine.require()
    called = ""
    if case is not None and counterexample is not None:
        require_alone(chosen, watch=watch)
        prepared = only_case(prepared, counterexample, case)
        chosen, called = (
            [counterexample.exercise],
            f"{shown(case.name)} ({shown(counterexample.seed)})",
        )
    only = frozenset(chosen) or None
    wanted = _Wanted(folder, prepared, only, path, engine, json, all_failures, called)
    with DiagnosisLog.of_course(folder):
        result = (_watch if watch else _check)(wanted)
    raise typer.Exit(0 if all(one.status is Status.PASSED for one in result.checks) else 1)


def _folder_and_exercises(name: str | None, exercises: list[str]) -> tuple[Path, list[str]]:
    """`grader check predict` inside an assignment's folder means the exercise."""
    try:
        return assignment_folder(name), exercises
    except UnknownAssignment:
        if name is None:
            raise
        here = assignment_here()
        if here is None:
            _require_no_exercise(name)
            raise
        known = exercise_names(here)
        # Somebody who stands here and mistypes means an exercise, unless nothing is like it.
        if name in known or near_names(name, known, _LIKE_AN_EXERCISE):
            return here, [name, *exercises]
        raise


def _require_no_exercise(name: str) -> None:
    """Raise `UsageProblem` where an exercise was named without its assignment."""
    holding = [
        assignment
        for assignment, folder in frozen_assignments(root_folder()).items()
        if name in exercise_names(folder)
    ]
    if holding:
        raise UsageProblem(
            f"{name} is an exercise of {' and '.join(holding)}. Name the assignment first, such "
            f"as: grader check {holding[0]} {name}"
        )


def _check(wanted: _Wanted) -> Result:
    is_printed = wanted.json is not None and str(wanted.json) == "-"
    result = _check_silently(wanted) if is_printed else _check_and_show(wanted)
    if is_printed:
        print(inert_json(result.model_dump_json(indent=1)))
    elif wanted.json is not None:
        try:
            write_atomically(wanted.json, result.model_dump_json(indent=1).encode())
        except OSError as error:
            raise cannot_write(wanted.json, error) from None
    return result


def _check_silently(wanted: _Wanted) -> Result:
    submission = read_own(wanted.folder, wanted.prepared, wanted.path)
    return check_own(submission, wanted.prepared, only=wanted.only, engine=wanted.engine)


def _check_and_show(wanted: _Wanted) -> Result:
    """Show each exercise as soon as it is known, and then what to do."""
    console = Console()
    place = place_of(wanted.path or wanted.folder)
    if place or wanted.case:
        beside = f"{place}, {wanted.case}" if place and wanted.case else place or wanted.case
        say(console, f"checking {beside}", "dim", wrap=False)
    submission = read_own(wanted.folder, wanted.prepared, wanted.path)
    told = submission.notes
    print_notes(console, submission.nothing_to_grade, told, more=_ALL_NOTES, every=wanted.every)
    if wanted.case:
        result = _check_silently(wanted)
        print_case(console, result)
        return result
    with LiveRows(console, wanted.prepared, wanted.only) as rows:
        result = check_own(
            submission,
            wanted.prepared,
            only=wanted.only,
            engine=wanted.engine,
            on_check=rows.tell,
        )
    # What only running the code could tell.
    later = [note for note in result.submission.notes if note not in told]
    print_notes(console, "", later, more=_ALL_NOTES, every=wanted.every)
    known = remember(wanted.folder, wanted.prepared, result)
    last = result.checks[-1].exercise if result.checks else None
    upcoming = next_exercise(wanted.prepared, known, after=last)
    print_outcome(
        console,
        result,
        more="; --all explains everything",
        every=wanted.every,
        upcoming=upcoming.name if upcoming is not None else "",
    )
    return result


def _watch(wanted: _Wanted) -> Result:
    """Check, and again whenever a file is saved, until Ctrl+C; return the last result."""
    from watchfiles import watch

    console = Console()
    watched = wanted.path or wanted.folder
    saved = watch(watched, recursive=False, rust_timeout=_LOOK_AFTER, yield_on_timeout=True)
    next(saved)  # from here on it watches: what is saved while the first check runs is not lost
    result = _check(wanted)
    try:
        console.print(_WATCHING, style="dim")
        for changes in saved:
            if any(name.endswith((".py", ".ipynb")) for _, name in changes):
                console.clear()
                result = _check(wanted)
                console.print(_WATCHING, style="dim")
    except KeyboardInterrupt:
        console.print()
    return result
