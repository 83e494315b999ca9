"""A module as a worker would make it of a text."""

from __future__ import annotations

import math
import tempfile
import types
from pathlib import Path

from grader.worker.allowance import Allowance
from grader.worker.loading import Loader


def run(source: bytes, module: types.ModuleType, name: str) -> None:
    """Run a file's statements in a module; one that fails is left out."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / name).write_bytes(source)
        loader = Loader(folder, lambda seconds: None)
        loader.load(name, module, allowance=Allowance(math.inf))
