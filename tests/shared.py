"""What takes long to make is made by one of the test processes that run side by side."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

_MADE = ".made"


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """The temporary folder that all processes of this run have in common."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def made_once(folder: Path, make: Callable[[Path], None]) -> Path:
    """Have `make` fill a folder, or wait until another process has done so."""
    with FileLock(folder.with_name(f"{folder.name}.lock")):
        if not (folder / _MADE).exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            (folder / _MADE).touch()
    return folder
