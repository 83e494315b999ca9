"""`grader seal`: hidden cases that lie in the students' repositories and only CI can read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from grader.batch.hidden import hidden_assignment
from grader.cli.places import root_folder
from grader.cli.problems import UsageProblem, cannot_write
from grader.confine import quickest_launcher
from grader.course.catalogue import choose, live_assignments, load_live
from grader.course.sealed import (
    KEY_VARIABLE,
    SUFFIX,
    SealError,
    key_from_text,
    key_text,
    new_key,
    seal,
)
from grader.files.atomic import write_atomically
from grader.files.private_folder import FILE_MODE, FOLDER, private_folder
from grader.sanitise.terminal import say
from grader.submissions import CourseDirectory

KEY_FILE = f"{FOLDER}/seal.key"
"""Below the course directory, readable for its owner alone."""


def command(
    assignments: Annotated[list[str], typer.Argument(help="Such as a1_least_squares, or a1.")],
    course: Annotated[
        Path, typer.Option(help="The course directory, whose grader.toml holds the secret seed.")
    ] = Path(),
    output: Annotated[
        Path, typer.Option(help="Where the bundles go: sealed/ of the student edition.")
    ] = Path("sealed"),
) -> None:
    """Encrypt the hidden cases of assignments for grader ci.

    The key is made once and kept in .grader/seal.key of the course. Give it to CI as the secret
    GRADER_SEAL_KEY; without it the bundles reveal nothing, and only public cases are graded.
    """
    console = Console(highlight=False)
    directory = CourseDirectory(course)
    known = live_assignments(root_folder())
    folders = [choose(name, known) for name in assignments]
    key = _key(directory.path)
    with quickest_launcher() as launcher:
        for folder in folders:
            with console.status(f"Preparing hidden cases of {folder.name} …"):
                prepared = hidden_assignment(directory, load_live(folder), launcher)
            bundle = output / f"{folder.name}{SUFFIX}"
            _write(bundle, seal(prepared, key), 0o644)
            say(console, f"{bundle}: {len(prepared.checks)} checks")
    say(
        console,
        f"\nThe key lies in {directory.path / KEY_FILE}. Keep it secret, and give it to CI as "
        f"{KEY_VARIABLE}:\n"
        f"  GitHub: gh secret set {KEY_VARIABLE} < {directory.path / KEY_FILE}\n"
        f"  GitLab: Settings, CI/CD, Variables: {KEY_VARIABLE}, masked",
        wrap=False,
    )


def _key(course: Path) -> bytes:
    """The course's key, made when there is none."""
    file = course / KEY_FILE
    try:
        private_folder(course)
    except OSError as error:
        raise cannot_write(file, error, named=False) from None
    try:
        return key_from_text(file.read_text(encoding="ascii"))
    except FileNotFoundError:
        key = new_key()
        _write(file, key_text(key).encode("ascii"), FILE_MODE)
        return key
    except (OSError, UnicodeDecodeError, SealError) as problem:
        raise UsageProblem(
            f"{file} holds no key that can be used ({problem}). Put the key back; or move the file "
            "away, seal everything again and give CI the new key."
        ) from None


def _write(file: Path, content: bytes, mode: int) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, content, mode=mode)
    except OSError as error:
        raise cannot_write(file, error) from None
