"""What is asked of git, on a bare repository whose content a student chose.

Only plumbing that reads objects: no checkout, no filter, no hook, no file of the pushed tree
decides anything. What a pusher named (branches, paths) never becomes an argument.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from grader.problems import GraderProblem

OBJECT_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
"""In full: SHA-1 or SHA-256."""
_SECONDS = 60


class GitProblem(GraderProblem):
    """Git did not answer, or not as it must; the message says what."""


def environment() -> dict[str, str]:
    """The environment for git: nothing that a caller's git left behind, no configuration.

    ``refs/replace`` can be pushed and would show other objects than those asked for.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {
        **kept,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }


def command(repository: Path, *arguments: str) -> list[str]:
    """The command line of one question about a repository."""
    return ["git", f"--git-dir={repository}", *arguments]


def ask(repository: Path, *arguments: str, given: bytes = b"") -> bytes:
    """What git prints.

    Raises
    ------
    GitProblem
        When git is not there, fails or takes too long.
    """
    code, output, error = _run(repository, arguments, given)
    if code:
        last = error.decode("utf-8", "replace").strip().splitlines()[-1:] or [f"exit code {code}"]
        raise GitProblem(f"git {arguments[0]} failed in {repository}: {last[0]}")
    return output


def default_branch(repository: Path) -> str:
    """The full name of the branch that HEAD of the bare repository names."""
    return ask(repository, "symbolic-ref", "HEAD").decode("utf-8", "surrogateescape").strip()


def folders(repository: Path, commit: str, paths: list[str]) -> dict[str, str]:
    """The ids of those paths of a commit that are true folders: no link, no submodule."""
    checked = _checked(commit)
    lines = "".join(f"{checked}:{path}\n" for path in paths).encode()
    answer = ask(
        repository, "cat-file", "--batch-check=%(objecttype) %(objectname)", given=lines
    ).splitlines()
    found = {}
    for path, line in zip(paths, answer, strict=True):
        kind, _, name = line.decode("utf-8", "replace").partition(" ")
        if kind == "tree" and OBJECT_ID.fullmatch(name):
            found[path] = name
    return found


def is_ancestor(repository: Path, old: str, new: str) -> bool:
    """Whether a push only added commits; False as well when the old commit is gone."""
    arguments = ("merge-base", "--is-ancestor", _checked(old), _checked(new))
    return _run(repository, arguments, b"")[0] == 0


def _checked(name: str) -> str:
    if OBJECT_ID.fullmatch(name) is None:
        raise GitProblem(f"Expected a full object id. Received: {name[:80]!r}")
    return name


def _run(repository: Path, arguments: tuple[str, ...], given: bytes) -> tuple[int, bytes, bytes]:
    try:
        done = subprocess.run(
            command(repository, *arguments),
            input=given,
            capture_output=True,
            env=environment(),
            timeout=_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise GitProblem("git is not installed here, or not found by this process.") from None
    except subprocess.TimeoutExpired:
        raise GitProblem(f"git {arguments[0]} took more than {_SECONDS} s.") from None
    return done.returncode, done.stdout, done.stderr
