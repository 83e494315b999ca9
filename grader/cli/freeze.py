"""`grader freeze`: generate what students get, or tell whether it is stale."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from typing import Annotated

import typer
from rich.console import Console

from grader.authoring.freeze import freeze, stale_files
from grader.authoring.schema import SCHEMA_FILE, result_schema, write_schema
from grader.cli.places import root_folder
from grader.confine import quickest_launcher
from grader.course.catalogue import choose, live_assignments
from grader.sanitise.terminal import say


def command(
    assignments: Annotated[
        list[str] | None, typer.Argument(help="Such as a1_least_squares. Default: all.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit code 1 when something is stale.")
    ] = False,
) -> None:
    """Generate stubs, handouts and public cases from solutions/.

    For authors: run it after every change of a reference, check or handout.
    """
    console = Console(highlight=False)
    root = root_folder()
    known = live_assignments(root)
    folders = [choose(name, known) for name in assignments] if assignments else known.values()
    stale = 0
    with quickest_launcher() as chosen:
        for folder in folders:
            target = root / "assignments" / folder.name
            if check:
                names = stale_files(folder, target, chosen)
                stale += len(names)
                text = f"stale: {', '.join(names)}; run grader freeze" if names else "up to date"
                say(console, f"{folder.name}: {text}")
            else:
                with _tells_what_is_logged(console):
                    freeze(folder, target, chosen)
                say(console, f"{folder.name}: written to {target.relative_to(root)}")
    schema = root / SCHEMA_FILE
    # Only this repository publishes the schema; a course of somebody else gets none.
    if schema.exists() and not check:
        write_schema(root)
    elif schema.exists() and schema.read_text(encoding="utf-8") != result_schema():
        stale += 1
        say(console, f"{SCHEMA_FILE}: stale; run grader freeze")
    raise typer.Exit(1 if stale else 0)


@contextlib.contextmanager
def _tells_what_is_logged(console: Console) -> Iterator[None]:
    """Tell what a student's copy goes without, such as diagnoses."""
    logger, handler = logging.getLogger("grader.diagnose"), logging.Handler()
    handler.emit = lambda record: say(console, record.getMessage(), "yellow")  # type: ignore[method-assign]
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.propagate = True
