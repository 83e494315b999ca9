"""Read a submission from a folder, an archive, one Python file or a notebook.

What cannot be read becomes a problem of an expected file or a note, never an error: one
odd folder must not end the grading of a class.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from grader.files.unpack.opening import is_archive
from grader.submissions.expected import Expected
from grader.submissions.folder import read_timestamp, take_all
from grader.submissions.likeness import code_ending
from grader.submissions.model import Submission
from grader.submissions.names import shown
from grader.submissions.times import iso_time
from grader.submissions.tree import Tree
from grader.submissions.within_limits import Taken


def read_path(
    path: Path,
    expected: Expected | Sequence[str],
    *,
    student: str,
    assignment: str,
    dated: bool = True,
) -> Submission:
    """Read what lies at `path`.

    Parameters
    ----------
    path
        A folder, an archive, a ``.py`` file or an ``.ipynb`` notebook. The folder itself is the
        caller's choice and may be reached through a link; what lies in it may not be one.
    expected
        What the assignment asks for. Of bare names nobody knows the exercises: files are then
        told by their names alone.
    dated
        Whether the files' times say which of two is newer; those of a checkout do not.

    Raises
    ------
    ValueError
        When no file is expected at all.
    """
    expected = Expected.of(expected)
    path = Path(path)
    taken = Taken()
    with Tree(dated=dated) as tree:
        nothing = _read(path, tree, expected, assignment, taken)
    submitted_at = taken.timestamp
    if submitted_at is None and taken.newest is not None:
        submitted_at = iso_time(taken.newest)
    return Submission(
        student=student,
        assignment=assignment,
        files=taken.files,
        problems=taken.problems,
        notes=taken.bounded_notes(),
        submitted_at=submitted_at,
        line_origins=taken.line_origins,
        sources=taken.sources,
        cells=taken.cells,
        nothing_to_grade=nothing,
        unread=taken.unread,
    )


def _read(path: Path, tree: Tree, expected: Expected, assignment: str, taken: Taken) -> str:
    first = expected.files[0]
    if path.is_dir():
        try:
            tree.add_folder(path)
        except OSError as error:
            problem = f"the folder cannot be read: {error.strerror}"
            taken.problems.update(dict.fromkeys(expected.files, problem))
            return f"There is nothing to grade here: {problem}."
        read_timestamp(path, taken)
        return take_all(tree, expected, assignment, taken)
    tree.add_file(path)
    nothing = take_all(tree, expected, assignment, taken)
    if nothing and first not in taken.problems and not code_ending(path.name):
        taken.problems[first] = _no_code(path, tree)
    return nothing


def _no_code(path: Path, tree: Tree) -> str:
    label = shown(path.name)
    if not os.path.lexists(path):
        return f"there is no file or folder {label}"
    if is_archive(path.name) and path.name in tree.unopened:
        return f"{label} {tree.unopened[path.name]}"
    return f"{label} is not a .py file, a notebook (.ipynb), an archive (.zip, .tar.gz) or a folder"
