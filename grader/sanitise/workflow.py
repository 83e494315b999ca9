"""The output of a step in GitHub Actions, where a line that begins with two colons is a command.

Relied upon: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands.
A command counts wherever it comes from, and spaces before it do not help, so whatever a student may
have written is printed between `muted` lines, or as the data of a command of ours.
"""

from __future__ import annotations

import os
import secrets
import stat
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, suppress
from typing import TextIO

from grader.sanitise.text import safe_text

_MAX_DATA = 4_000


def is_workflow(variables: Mapping[str, str] = os.environ) -> bool:
    """Whether what is printed is read by a runner that obeys it."""
    return variables.get("GITHUB_ACTIONS") == "true"


@contextmanager
def muted(stream: TextIO | None = None) -> Iterator[None]:
    """Print what is printed inside as text: no line of it is a command."""
    token = secrets.token_hex(16)
    print(f"::stop-commands::{token}", file=stream, flush=True)
    try:
        yield
    finally:
        with suppress(BrokenPipeError):  # whoever reads has gone, and obeys nothing
            print(f"\n::{token}::", file=stream, flush=True)


@contextmanager
def all_muted(*, is_data: bool = False) -> Iterator[None]:
    """Mute all that a command prints, where a workflow runs it.

    Errors go the way of the output: the runner reads two streams in no certain order, and would
    obey the one while the other says that it must not. Output that goes into a file is left as it
    is, since no runner reads it there.

    Parameters
    ----------
    is_data
        Whether the output is JSON for a program, which must stay JSON.
    """
    if not is_workflow():
        yield
        return
    stream = sys.stderr if is_data or _is_file(sys.stdout) else sys.stdout
    with muted(stream), redirect_stderr(stream):
        yield


def _is_file(stream: TextIO) -> bool:
    try:
        return stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    except (OSError, ValueError):  # a stream of a test's, say
        return False


def inert_json(text: str) -> str:
    """The same JSON without the older commands, which count anywhere in a line."""
    return text.replace("##[", "##\\u005b")


def workflow_command(name: str, properties: Mapping[str, str], data: str) -> str:
    """One line that is this command and no other."""
    given = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {given}::{_data(safe_text(data, _MAX_DATA))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(safe_text(text)).replace(":", "%3A").replace(",", "%2C")
