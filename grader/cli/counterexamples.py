"""`grader check --case FILE`: one case that a file brings, instead of the public ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from grader.cli.problems import UsageProblem
from grader.course.counterexample import MOST_READ, Counterexample, CounterexampleError
from grader.course.prepared import PreparedAssignment


def read_counterexample(file: Path) -> Counterexample:
    """Read the file; raises `UsageProblem` when it cannot be used."""
    if not file.is_file():
        found = "it is no ordinary file" if file.exists() else "there is no such file"
        raise UsageProblem(
            f"{file} cannot be read: {found}. Expected a file counterexample-….npz that stands "
            "beside a page of the grader."
        )
    try:
        with file.open("rb") as stream:
            content = stream.read(MOST_READ + 1)
    except OSError as error:
        raise UsageProblem(f"{file} cannot be read: {error.strerror or error}.") from None
    try:
        return Counterexample.decode(content)
    except CounterexampleError as error:
        raise UsageProblem(f"{file} cannot be used: {error}") from None


def only_case(
    assignment: PreparedAssignment, counterexample: Counterexample, file: Path
) -> PreparedAssignment:
    """The assignment with this case alone; raises `UsageProblem` when it does not belong there."""
    try:
        return counterexample.within(assignment)
    except CounterexampleError as error:
        raise UsageProblem(f"{file} cannot be used: {error}") from None


def require_alone(exercises: Sequence[str], *, watch: bool) -> None:
    """Raise `UsageProblem` where something is asked for that one case has no room for."""
    if exercises:
        raise UsageProblem(
            f"--case runs one case of one exercise, and {exercises[0]} was named, too. Leave out "
            "the exercise, or --case."
        )
    if watch:
        raise UsageProblem("--case runs once, and --watch again and again. Leave out one of them.")
