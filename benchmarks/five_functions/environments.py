"""Virtual environments of the other tools: each its own, made on first use and kept."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np


def default_cache() -> Path:
    """Where a user's caches lie."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "grader-benchmarks"


class Environment:
    """An environment with some requirements and our version of NumPy.

    The first requirement names it. Every version has a folder of its own, so raising a pin
    makes a new one.
    """

    def __init__(self, cache: Path, *requirements: str) -> None:
        wanted = [*requirements, f"numpy=={np.__version__}"]
        python = f"python{sys.version_info.major}.{sys.version_info.minor}"
        # Without `resolve`, a relative path would not hold in the folder of a submission.
        folder = cache.resolve() / "-".join(one.replace("==", "-") for one in (*wanted, python))
        self.python = str(folder / "bin" / "python")
        # nbgrader looks for its own programs there.
        self.variables = {"PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"}
        complete = folder / "complete"
        if not complete.exists():
            print(f"installing {requirements[0]} into {folder} …", file=sys.stderr)
            _run([sys.executable, "-m", "venv", "--clear", str(folder)], Path(), os.environ)
            options = ["--quiet", "--disable-pip-version-check"]
            self.run(folder, "-m", "pip", "install", *options, *wanted)
            complete.touch()

    def run(self, folder: Path, *arguments: str) -> str:
        """Run this environment's Python in a folder and return what it prints.

        Raises
        ------
        SystemExit
            When it fails, with all that it said.
        """
        return _run([self.python, *arguments], folder, {**os.environ, **self.variables})


def _run(command: list[str], folder: Path, variables: Mapping[str, str]) -> str:
    ended = subprocess.run(
        command, cwd=folder, env=variables, capture_output=True, text=True, check=False
    )
    if ended.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed:\n{ended.stdout}{ended.stderr}")
    return ended.stdout
