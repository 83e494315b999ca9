"""Read a submission from a folder, one Python file or a notebook.

What cannot be read becomes a problem of an expected file or a note, never an error: one
odd folder must not end the grading of a class.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from grader.submissions.folder import read_folder
from grader.submissions.model import Submission
from grader.submissions.names import nearest, notebook_target, shown
from grader.submissions.taking import Taken
from grader.submissions.times import iso_time


def read_path(
    path: Path, expected_files: Sequence[str], *, student: str, assignment: str
) -> Submission:
    """Read what lies at `path`.

    Parameters
    ----------
    path
        A folder, a ``.py`` file or an ``.ipynb`` notebook. The folder itself is the caller's
        choice and may be reached through a link; what lies in it may not be one.
    expected_files
        Names of the files that the assignment asks for, the NumPy part first.

    Raises
    ------
    ValueError
        When no file is expected at all.
    """
    if not expected_files:
        raise ValueError("expected_files is empty; an assignment asks for at least one file")
    path = Path(path)
    taken = Taken()
    if path.is_dir():
        read_folder(path, expected_files, assignment, taken)
    else:
        _read_one(path, expected_files, assignment, taken)
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
    )


def _read_one(path: Path, expected_files: Sequence[str], assignment: str, taken: Taken) -> None:
    first, suffix = expected_files[0], path.suffix.lower()
    near = nearest(path.name, expected_files)
    if path.name in expected_files:
        taken.take(path, path.name)
    elif near is not None:
        taken.notes.append(f"{shown(path.name)} was taken as {near}")
        taken.take(path, near)
    elif suffix == ".ipynb":
        target = notebook_target(path.name, expected_files, assignment)
        if target is None:
            taken.notes.append(f"{shown(path.name)} was taken for {first}")
        taken.take_notebook(path, expected_files, target or first)
    elif suffix == ".py":
        taken.notes.append(f"{shown(path.name)} was taken as {first}")
        taken.take(path, first)
    else:
        taken.problems[first] = (
            f"{shown(path.name)} is no .py file, no notebook (.ipynb) and no folder"
            if path.exists()
            else f"there is no file or folder {shown(path.name)}"
        )
