"""The notebook that a graded file was made from, for those who show it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from grader.submissions.large_notebook import read_notebook
from grader.submissions.notebook import NotebookError, cells_of_notebook
from grader.submissions.regular import Unreadable
from grader.submissions.tree import Tree


def notebook_of(path: Path, place: str) -> list[Any] | None:
    """The cells of a notebook; None when there is none that can be read.

    Parameters
    ----------
    path
        Where the submission lies.
    place
        Where in it the notebook was found, as `Submission.sources` says.
    """
    with Tree() as tree:
        try:
            (tree.add_folder if path.is_dir() else tree.add_file)(path)
            tree.open_archives(only_for=place)
            found = [one for one in tree.entries if one.place == place]
            return cells_of_notebook(read_notebook(found[0].path)[0]) if found else None
        except (OSError, Unreadable, NotebookError):
            return None
