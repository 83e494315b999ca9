"""A university's git server for tests: real bare repositories, real pushes, a real server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grader.batch.store import ResultStore
from grader.result import Result
from grader.ways.push.install import Installation, install
from grader.ways.push.place import is_served
from grader.ways.push.queue import Queue
from tests.conftest import ROOT
from tests.mini import REFERENCE
from tests.ready import run_ready

CHECKS = "from tests.mini import mini_course\n\nassignment = mini_course().assignment\n"
NAME = "m1_mini"
PATIENCE = 60
"""Seconds; a bound for a broken test, never what is measured."""
_PAUSE = 0.02


def git(folder: Path, *arguments: str, given: bytes = b"", check: bool = True):
    """Run a student's git; nobody's configuration has a say."""
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    done = subprocess.run(
        ["git", *identity, "-c", "init.defaultBranch=main", *arguments],
        cwd=folder,
        input=given,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=PATIENCE * 2,
        check=False,
    )
    output = done.stdout.decode("utf-8", "replace")
    assert not check or done.returncode == 0, output
    return output


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {**kept, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


@dataclass
class University:
    """A course directory, the root with its assignment, and the students' repositories."""

    base: Path

    def __post_init__(self) -> None:
        self.course.mkdir(parents=True, exist_ok=True)
        solutions = self.base / "root" / "solutions" / NAME
        solutions.mkdir(parents=True, exist_ok=True)
        (solutions / "checks.py").write_text(CHECKS, encoding="utf-8")
        (solutions / "mini.py").write_text(REFERENCE, encoding="utf-8")
        (self.course / "grader.toml").write_text(
            'seed = "for tests"\n[limits]\nnumpy_megabytes = 1024\n', encoding="utf-8"
        )

    @property
    def course(self) -> Path:
        return self.base / "course"

    def grader(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run_ready("grader", "hook", *arguments, cwd=self.base, env=self.environment())

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "grader", "hook", *arguments]

    def environment(self) -> dict[str, str]:
        return {
            **environment(),
            "GRADER_COURSE": str(self.base / "root"),
            "PYTHONPATH": str(ROOT),
        }

    def start(self, *options: str) -> subprocess.Popen[bytes]:
        """Start a server and wait until it grades."""
        log = (self.base / "server.log").open("ab")
        before = (self.base / "server.log").read_bytes().count(b" ready")
        process = subprocess.Popen(
            self.command("serve", "--course", str(self.course), "--warm", NAME, *options),
            cwd=self.base,
            env=self.environment(),
            stdout=log,
            stderr=log,
        )
        end = time.monotonic() + PATIENCE
        while (self.base / "server.log").read_bytes().count(b" ready") <= before:
            assert process.poll() is None and time.monotonic() < end, self.log()
            time.sleep(_PAUSE)
        assert is_served(self.course)
        return process

    def log(self) -> str:
        return (self.base / "server.log").read_text(encoding="utf-8", errors="replace")

    def enrol(self, student: str, **how) -> tuple[Path, Path]:
        """A bare repository with the hook, and the student's clone with a first file in it."""
        bare, clone = self.base / "git" / f"{student}.git", self.base / "homes" / student
        bare.mkdir(parents=True)
        clone.parent.mkdir(exist_ok=True)
        git(bare, "init", "-q", "--bare")
        how = {"seconds": PATIENCE, "assignments": (NAME,), **how}
        install(Installation(self.course, bare, student, **how))
        git(clone.parent, "clone", "-q", str(bare), student)
        git(clone, "checkout", "-q", "-B", "main")
        return bare, clone

    def result(self, student: str) -> Result | None:
        return ResultStore(self.course / "results" / NAME).read(student)

    def states(self) -> dict[str, int]:
        queue = Queue(self.course)
        try:
            return queue.counts()
        finally:
            queue.close()


def write(clone: Path, text: str | bytes, path: str = f"assignments/{NAME}/mini.py") -> Path:
    file = clone / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def push(clone: Path, *arguments: str) -> str:
    """Commit all there is and push it; return what the student sees."""
    git(clone, "add", "-A")
    git(clone, "commit", "-q", "--allow-empty", "-m", "work")
    return git(clone, "push", "origin", *(arguments or ("main",)))


def stop(process: subprocess.Popen[bytes], how: int = signal.SIGTERM) -> int:
    process.send_signal(how)
    return process.wait(PATIENCE)


def wait_until(holds: Callable[[], bool], university: University) -> None:
    """Look again and again; a bound that no working server meets ends it."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, university.log()
        time.sleep(_PAUSE)
