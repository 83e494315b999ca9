"""The output of a step in GitHub Actions, where a line that begins with two colons is a command.

Relied upon: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands.
A command counts wherever it comes from, so whatever a student may have written is printed between
`muted` lines, or as the data of a command of ours.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from grader.sanitise import safe_text

_MAX_DATA = 4_000


@contextmanager
def muted() -> Iterator[None]:
    """Print what is printed inside as text: no line of it is a command."""
    token = secrets.token_hex(16)
    print(f"::stop-commands::{token}", flush=True)
    try:
        yield
    finally:
        print(f"\n::{token}::", flush=True)


def workflow_command(name: str, properties: Mapping[str, str], data: str) -> str:
    """One line that is this command and no other."""
    given = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {given}::{_data(safe_text(data, _MAX_DATA))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(safe_text(text)).replace(":", "%3A").replace(",", "%2C")
