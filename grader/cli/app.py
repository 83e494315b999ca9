"""The `grader` command: its subcommands, and how a problem becomes one clear sentence."""

from __future__ import annotations

import importlib
import io
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from grader import __version__
from grader.cli.commands import COMMANDS, lacks
from grader.cli.problems import UsageProblem, authors_problem
from grader.problems import GraderProblem, MachineProblem, advice, installing
from grader.sanitise.workflow import all_muted

USAGE_ERROR = 2
MACHINE_FAILED = 3

_HELP = """Check your own work, or grade a whole class.

Students use list, check and hint, CI servers ci; instructors collect, batch, report, export, diff,
similarity, notebooks, hook and demo-class; authors new, freeze, release, seal, gradescope,
thresholds and audit. doctor says what works on this machine.
"""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; no problem that is known ends with a traceback.

    A wrong call ends with exit code 2, and what the machine refused with 3.
    """
    given = sys.argv[1:] if arguments is None else arguments
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # what it cannot write is no reason to stop
            stream.reconfigure(errors="replace")
    with _as_text(given):
        _run(given)


def _as_text(arguments: list[str]) -> AbstractContextManager[None]:
    """Where a workflow runs us, keep it from obeying what students wrote.

    ``ci`` has commands of its own for it, and mutes the rest itself.
    """
    called = _called(arguments)
    if called in {"", "ci"}:
        return nullcontext()
    given = " ".join(arguments).replace("=", " ")
    return all_muted(is_data=called == "check" and "--json -" in given)


def _run(given: list[str]) -> None:
    try:
        _application(given)(args=given, prog_name="grader")
    except MachineProblem as problem:
        _end(str(problem), MACHINE_FAILED)
    except GraderProblem as problem:
        _end(str(problem), USAGE_ERROR)
    except BrokenPipeError:  # whoever reads our output has seen enough
        raise
    except OSError as error:
        where = f"{error.filename}: " if error.filename is not None else ""
        what = f"{where}{error.strerror or error}"
        _end(
            f"This machine refused a file or a folder ({what}). What was written before is kept. "
            f"{advice(error)} and run the same command again.",
            MACHINE_FAILED,
        )
    except Exception as error:
        told = authors_problem(error)
        if told is None:
            raise
        _end(told, USAGE_ERROR)


def _end(problem: str, code: int) -> NoReturn:
    from grader.sanitise.terminal import say

    say(Console(stderr=True), f"grader: {problem}", "red")
    sys.exit(code)


def _called(arguments: list[str]) -> str:
    return next((item for item in arguments if not item.startswith("-")), "")


def _application(arguments: list[str]) -> typer.Typer:
    """Build the application; only the command that is called is imported, to stay quick."""
    called = _called(arguments)
    application = typer.Typer(
        help=_HELP,
        add_completion=False,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    application.callback()(_root)
    if called in COMMANDS:
        _add(application, called)
    else:  # they are listed, or told to who mistypes one
        for name, command in COMMANDS.items():
            _add_described(application, name, command.described())
    return application


def _add(application: typer.Typer, name: str) -> None:
    """Add a command that is going to run."""
    try:
        module = importlib.import_module(f"grader.cli.{COMMANDS[name].module}")
    except ModuleNotFoundError as error:
        if (error.name or "grader").partition(".")[0] == "grader":
            raise
        application.command(name=name, context_settings=_ANYTHING)(_needing(str(error.name)))
    else:
        if hasattr(module, "group"):  # a command with subcommands
            application.add_typer(module.group, name=name)
        else:
            application.command(name=name)(module.command)


def _add_described(application: typer.Typer, name: str, description: str) -> None:
    """Add a command that is only told of, without its imports, which take most of a second."""

    @application.command(name=name, help=description)
    def command() -> None:
        raise AssertionError(f"{name} is told of and cannot run")


_ANYTHING = {"ignore_unknown_options": True, "allow_extra_args": True}


def _needing(package: str) -> Callable[[typer.Context], None]:
    """A command that only says what it lacks: students install less than instructors."""

    def command(context: typer.Context) -> None:
        raise UsageProblem(
            f"grader {context.info_name} needs {package}, which is not installed. "
            f"Install what instructors need: {installing('instructor')}"
        )

    command.__doc__ = lacks(package)
    return command


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
