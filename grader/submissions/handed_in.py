"""The notebook that a graded file was made from, for those who show it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from grader.submissions.large_notebook import read_notebook
from grader.submissions.names import notebook_target
from grader.submissions.notebook import NotebookError, cells_of_notebook
from grader.submissions.regular import Unreadable


def notebook_of(path: Path, file: str, assignment: str) -> list[Any] | None:
    """The cells of the notebook in a submission's folder that stands for `file`.

    None when there is none that can be read; where it had several, the grader's own rule
    decided which of them counts, and this finds the one of the expected name.
    """
    if path.is_dir():
        try:
            names = sorted(os.listdir(path))
        except OSError:
            return None
        found = [name for name in names if notebook_target(name, [file], assignment) == file]
        exact = file.removesuffix(".py") + ".ipynb"
        chosen = [path / name for name in ([exact] if exact in found else found[:1])]
    else:
        chosen = [path] if path.suffix.lower() == ".ipynb" else []
    for one in chosen:
        try:
            return cells_of_notebook(read_notebook(one)[0])
        except (Unreadable, NotebookError):
            continue
    return None
