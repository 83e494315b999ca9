"""Which assignments a push changed, as git tells it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grader.ways.ci.environment import Environment, Server

_SECONDS = 60
_MOST_STRAY = 10
_DIFF = ("diff", "--name-only", "--no-renames", "--no-ext-diff", "--no-textconv", "-z")
"""Nothing that the tree's attributes name is run for it."""


@dataclass(frozen=True)
class Changes:
    """The assignments to grade, and in a sentence why these.

    Attributes
    ----------
    since
        The commit that was compared with; "" where all are graded.
    stray
        Files that were pushed outside of the folder in which they are graded, each with its
        assignment. That assignment is graded: it is what the push was about.
    """

    names: tuple[str, ...]
    reason: str
    since: str = ""
    stray: tuple[tuple[str, str], ...] = ()

    @property
    def notes(self) -> list[str]:
        """What to tell of files that lie in a wrong place."""
        return [
            f"{path} is not graded, because it lies outside of its assignment's folder. Move it "
            f"into assignments/{name}."
            for path, name in self.stray
        ]


class _NoAnswer(Exception):
    """Git cannot tell; the message says why."""


def changed_assignments(
    root: Path,
    known: Sequence[str],
    environment: Environment,
    expected: Mapping[str, str] | None = None,
) -> Changes:
    """Name the assignments below ``root/assignments`` that differ from before the push.

    Where git cannot tell, all of them are named, with the reason: a grade too many costs a
    minute, one too few hides a mistake.

    Parameters
    ----------
    expected
        The assignment of each file name that some assignment asks for.
    """
    try:
        since = _compared_with(root, environment)
        # A server's checkout is its commit; on somebody's own machine, work not committed counts.
        until = () if environment.server is Server.PLAIN else ("HEAD",)
        paths = _git(root, *_DIFF, since, *until, "--", ".")
    except _NoAnswer as reason:
        return Changes(tuple(known), f"{reason}, so every assignment is graded")
    inside = _git(root, "rev-parse", "--show-prefix").rstrip("\n")
    changed, stray = set(), []
    for path in paths.split("\0"):
        path = path.removeprefix(inside)
        parts = PurePosixPath(path).parts
        if len(parts) > 2 and parts[0] == "assignments" and parts[1] in known:
            changed.add(parts[1])
        elif parts and parts[-1] in (expected or {}) and (root / path).is_file():
            stray.append((path, (expected or {})[parts[-1]]))
    changed |= {name for _, name in stray}
    names = tuple(name for name in known if name in changed)
    return Changes(names, f"changed since {since[:10]}", since, tuple(stray[:_MOST_STRAY]))


def _compared_with(root: Path, environment: Environment) -> str:
    if shutil.which("git") is None:
        raise _NoAnswer("Git is not installed")
    try:
        _git(root, "rev-parse", "--git-dir")
    except _NoAnswer as reason:
        if "dubious ownership" in str(reason):
            raise _NoAnswer(
                "Git refuses this folder because it belongs to another account (git config "
                "--global --add safe.directory '*' allows it)"
            ) from None
        raise _NoAnswer(f"{root} is not a git repository") from None
    if environment.is_new:
        raise _NoAnswer("The branch is new")
    before = environment.before
    if not before and environment.server is not Server.PLAIN:
        raise _NoAnswer("The CI server names no commit before the push")
    if _has_commit(root, before or "HEAD^"):
        return before or _git(root, "rev-parse", "HEAD^").strip()
    if _git(root, "rev-parse", "--is-shallow-repository").strip() == "true":
        raise _NoAnswer(
            "This clone is shallow and lacks the commit before the push (fetch-depth: 0 on "
            "GitHub, GIT_DEPTH: 0 on GitLab brings it)"
        )
    if before:
        raise _NoAnswer(f"The commit before the push, {before[:10]}, is gone (a force push)")
    raise _NoAnswer("There is no earlier commit")


def _has_commit(root: Path, commit: str) -> bool:
    try:
        _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}^{{commit}}")
    except _NoAnswer:
        return False
    return True


def _git(root: Path, *arguments: str) -> str:
    """What git says; raises `_NoAnswer`."""
    command = ["git", "-c", "core.fsmonitor=false", *arguments]
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        ended = subprocess.run(
            command,
            cwd=root,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _NoAnswer(f"Git did not answer within {_SECONDS} s") from None
    if ended.returncode:
        said = (
            ended.stderr.decode("utf-8", "replace").strip() or f"git ended with {ended.returncode}"
        )
        raise _NoAnswer(said)
    return ended.stdout.decode("utf-8", "surrogateescape")
