"""`grader diff`: what differs between two runs over a class."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from pydantic_core import from_json, to_json
from rich.console import Console

from grader.batch.store import ResultStore, StoreError
from grader.cli.problems import UsageProblem, cannot_write
from grader.files.atomic import write_atomically
from grader.render.difference import as_json, compare, print_difference
from grader.result import Result
from grader.sanitise.text import safe_text

DIFFERENT = 1


def command(
    run_a: Annotated[
        Path, typer.Argument(help="A folder of results, such as a copy of results/a1_…, or a file.")
    ],
    run_b: Annotated[
        Path, typer.Argument(help="The other: a folder, or what grader batch --json wrote.")
    ],
    json: Annotated[Path | None, typer.Option(help="Write the difference to this file.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many students and checks to show.")] = 30,
) -> None:
    """Compare two runs: who moves, by how much, on which checks.

    Points and the outcome of each check count; messages and times do not. Ends with exit code
    0 when the runs are the same, 1 when they differ, 2 for a wrong call.
    """
    difference = compare(_read(run_a), _read(run_b))
    print_difference(Console(), difference, limit=limit)
    if json is not None:
        try:
            write_atomically(json, to_json(as_json(difference), indent=1) + b"\n")
        except OSError as error:
            raise cannot_write(json, error) from None
    raise typer.Exit(0 if difference.is_same else DIFFERENT)


def _read(path: Path) -> list[Result]:
    """All results of a run; a run that is not whole is refused, since it would seem the same."""
    results = _of_folder(path) if path.is_dir() else _of_file(path)
    if not results:
        raise UsageProblem(f"There are no results in {path}.")
    places = Counter((one.assignment, one.student) for one in results)
    (assignment, student), count = places.most_common(1)[0]
    if count > 1:
        raise UsageProblem(f"{path} has {count} results of {student} for {assignment}.")
    return results


def _of_folder(path: Path) -> list[Result]:
    """The results of one assignment, or of several in subfolders."""
    results: list[Result] = []
    for folder in (path, *sorted(one for one in path.iterdir() if one.is_dir())):
        try:
            found, damaged = ResultStore(folder).read_all()
        except StoreError as error:
            raise UsageProblem(str(error)) from None
        if damaged:
            raise UsageProblem(f"{folder} is not complete: {', '.join(damaged[:3])}.")
        results += found
    return results


def _of_file(path: Path) -> list[Result]:
    try:
        content: Any = from_json(path.read_bytes())
    except OSError as error:
        raise UsageProblem(f"{path} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise UsageProblem(f"{path} is not complete JSON: {error}.") from None
    records = content if isinstance(content, list) else [content]
    results = []
    for number, record in enumerate(records, start=1):
        try:
            results.append(Result.model_validate_json(to_json(record)))
        except ValidationError as error:
            place = ".".join(str(part) for part in error.errors()[0]["loc"])
            raise UsageProblem(
                f"{path}: entry {number} is not a result of this version "
                f"({safe_text(place, 100)}). Expected what grader batch --json wrote."
            ) from None
    return results
