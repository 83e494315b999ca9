"""The `grader` command: its subcommands, and how a problem becomes one clear sentence."""

from __future__ import annotations

import importlib
import sys
from typing import Annotated

import typer
from rich.console import Console

from grader import __version__
from grader.cli.problems import known_problems

_COMMANDS = {
    "list": "list_assignments",
    "check": "check",
    "hint": "hint",
    "collect": "collect",
    "batch": "batch",
    "report": "report",
    "export": "export",
    "diff": "diff",
    "similarity": "similarity",
    "new": "new",
    "freeze": "freeze",
    "release": "release",
    "notebooks": "notebooks",
    "thresholds": "thresholds",
    "audit": "audit",
    "demo-class": "demo_class",
    "doctor": "doctor",
}
"""Command names and the modules of this package that define them, in the order of `--help`."""

USAGE_ERROR = 2

_HELP = """Check your own work, or grade a whole class.

Students use list, check and hint; instructors collect, batch, report, export, diff, similarity,
notebooks and demo-class; authors new, freeze, release, thresholds and audit. doctor tells what
works on this machine.
"""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; a known problem ends with exit code 2 and without a traceback."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        _application(given)(args=given, prog_name="grader")
    except known_problems() as problem:
        Console(stderr=True).print(f"grader: {problem}", style="red", markup=False, highlight=False)
        sys.exit(USAGE_ERROR)


def _application(arguments: list[str]) -> typer.Typer:
    """Build the application; only the command that is called is imported, to stay quick."""
    called = next((item for item in arguments if not item.startswith("-")), "")
    names = [called] if called in _COMMANDS else list(_COMMANDS)
    application = typer.Typer(
        help=_HELP,
        add_completion=False,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    application.callback()(_root)
    for name in names:
        module = importlib.import_module(f"grader.cli.{_COMMANDS[name]}")
        application.command(name=name)(module.command)
    return application


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"grader {__version__}")
        raise typer.Exit()


def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """The group itself does nothing; its help text stands in `_HELP`."""
