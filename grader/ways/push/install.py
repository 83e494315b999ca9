"""Put the hook into a bare repository."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

import grader
from grader.files.atomic import write_atomically
from grader.files.unpack.items import Refused
from grader.problems import GraderProblem, MachineProblem, advice
from grader.sanitise.text import safe_text
from grader.submissions.intake.folders import folder_of
from grader.submissions.names import shown
from grader.submissions.student_ids import student_id
from grader.ways.push.git import GitProblem, ask, default_branch

HOOK = "post-receive"
_MARK = "# Written by grader hook install; install again to change it."


class HookProblem(GraderProblem):
    """The hook cannot be installed or served; the message says why and how to fix it."""


class CannotWriteHook(HookProblem, MachineProblem):
    """The machine refuses a file or a folder of the hook or of the pages."""


@dataclass(frozen=True)
class Installation:
    """What the hook of one repository does."""

    course: Path
    repository: Path
    student: str
    assignments: tuple[str, ...]
    branch: str = ""
    """Empty for the one that HEAD names."""
    seconds: float = 20.0


def student_of(repository: Path) -> str:
    """The student whose repository it is: the folder's name without ``.git``."""
    return repository.resolve().name.removesuffix(".git")


def install(wanted: Installation, *, force: bool = False) -> Path:
    """Write the hook and return its file; an older one of ours is replaced.

    Raises
    ------
    HookProblem
        When there is no bare repository, or a hook of somebody else's.
    """
    _check_student(wanted.student)
    _check_bare(wanted.repository)
    folder = wanted.repository / "hooks"
    configured = _configured_hooks(wanted.repository)
    if configured:
        raise HookProblem(
            f"{wanted.repository} takes its hooks from {configured} (core.hooksPath), so one of "
            "its own would never run. Remove that setting: git config --unset core.hooksPath"
        )
    hook = folder / HOOK
    if os.path.lexists(hook) and not force and _MARK not in _text_of(hook):
        raise HookProblem(
            f"{hook} already exists and is not ours. Move it away, or replace it with --force."
        )
    try:
        folder.mkdir(exist_ok=True)
        write_atomically(hook, script(wanted).encode("utf-8", "surrogateescape"), mode=0o755)
    except OSError as error:
        raise CannotWriteHook(
            f"{hook} cannot be written: {error.strerror}. {advice(error)} and install it again."
        ) from None
    return hook


def graded_branch(wanted: Installation) -> str:
    """The name of the branch that is graded."""
    name = wanted.branch or default_branch(wanted.repository)
    return safe_text(name.removeprefix("refs/heads/"), 100)


def script(wanted: Installation) -> str:
    """The hook: this Python, this grader, and nothing of the repository on its path."""
    # With "=", a name that begins with a dash is a name still.
    arguments = [
        f"--course={wanted.course.resolve()}",
        f"--repository={wanted.repository.resolve()}",
        f"--student={wanted.student}",
        *(f"--assignment={name}" for name in wanted.assignments),
        f"--branch={wanted.branch}",
        f"--seconds={wanted.seconds:g}",
    ]
    source = Path(grader.__file__).resolve().parents[1]
    line = [sys.executable, "-P", "-m", "grader.ways.push.receive", *arguments]
    return (
        f"#!/bin/sh\n{_MARK}\nPYTHONPATH={shlex.quote(str(source))} exec "
        f"{' '.join(map(shlex.quote, line))}\n"
    )


def _check_student(student: str) -> None:
    try:
        folder_of(student)
    except Refused as reason:
        raise HookProblem(
            f"{shown(student_id(student))!r} is not the name of a folder in submitted/: it "
            f"{reason}. Name the student with --student."
        ) from None


def _check_bare(repository: Path) -> None:
    if not repository.is_dir():
        raise HookProblem(f"There is no folder {repository}. Expected a bare git repository.")
    try:
        answer = ask(repository, "rev-parse", "--is-bare-repository").strip()
    except GitProblem as problem:
        if "not installed" in str(problem):
            raise HookProblem(str(problem)) from None
        if (repository / ".git").exists():
            answer = b"false"
        else:
            raise HookProblem(
                f"{repository} is not a git repository. Make one: git init --bare {repository}"
            ) from None
    if answer != b"true":
        raise HookProblem(
            f"{repository} is not a bare repository; students push to bare ones. Make one: "
            f"git clone --bare {repository} {student_of(repository)}.git"
        )


def _configured_hooks(repository: Path) -> str:
    try:
        return ask(repository, "config", "--get", "core.hooksPath").decode("utf-8", "replace")[:-1]
    except GitProblem:  # not set
        return ""


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
