"""The `grader` command: its subcommands, and how a problem becomes one clear sentence."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click
import typer
from rich.console import Console

from grader import __version__

_COMMANDS = {
    "list": "list_assignments",
    "check": "check",
    "hint": "hint",
    "batch": "batch",
    "report": "report",
    "freeze": "freeze",
    "demo-class": "demo_class",
    "doctor": "doctor",
}
"""Command names and the modules of this package that define them, in the order of `--help`."""

USAGE_ERROR = 2


class UsageProblem(Exception):
    """The command cannot do what was asked; the message says why and how to mend it."""


class _LazyGroup(click.Group):
    """Imports a command when it is used, so that `grader check` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        module = importlib.import_module(f"grader.cli.{_COMMANDS[name]}")
        single = typer.Typer(add_completion=False, rich_markup_mode=None)
        single.command(name=name)(module.command)
        return typer.main.get_command(single)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            import difflib

            near = difflib.get_close_matches(args[0], _COMMANDS, n=2, cutoff=0.5)
            advice = f" Did you mean {' or '.join(near)}?" if near else " See grader --help."
            error.message += advice
            raise


@click.group(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="""Check your own work, or grade a whole class.

    Students:    grader list, grader check, grader hint

    Instructors: grader batch, grader report, grader demo-class

    Authors:     grader freeze, grader doctor
    """,
)
@click.version_option(__version__, prog_name="grader")
def _root() -> None:
    pass


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; a known problem ends with exit code 2 and without a traceback."""
    from grader.cli.problems import known_problems

    try:
        _root.main(args=arguments, prog_name="grader", standalone_mode=True)
    except (UsageProblem, *known_problems()) as problem:
        Console(stderr=True).print(f"grader: {problem}", style="red", markup=False, highlight=False)
        sys.exit(USAGE_ERROR)
