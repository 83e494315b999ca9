"""The notebooks that formgrader shows: what was handed in, with our checks' outputs.

A student's notebook is data here: what nbgrader's metadata say in it is not believed (points,
names and locks come from the gradebook), outputs are taken out (they may hold scripts, and
nobody knows which code made them), and nothing of it runs.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

from grader.authoring.notebooks import (
    KERNEL,
    check_cell_id,
    check_cell_source,
    notebook_name,
    solution_cell_id,
)
from grader.course.prepared import PreparedAssignment, PreparedFile
from grader.gradebook.problems import KEPT, GradebookError
from grader.gradebook.structure import Role
from grader.machine_problem import advice
from grader.render.cell import cell_html
from grader.result import Result
from grader.sanitise import safe_text
from grader.store import write_atomically
from grader.submissions import Submission
from grader.submissions.folder import TIMESTAMP
from grader.submissions.handed_in import notebook_of
from grader.submissions.notebook import source_of
from grader.submissions.regular import Unreadable, read_regular

_READ_ONLY = 0o444
_OF_THE_EXCHANGE = (TIMESTAMP, "submission_secret.txt")
"""What nbgrader's exchange wrote beside a submission, and asks for when feedback is released."""
_MAX_TEXT = 200_000
"""Characters of one cell; a page must stay one that a browser can show."""
_MAX_CELLS = 2_000


def write_autograded(
    folder: Path,
    path: Path,
    submission: Submission,
    prepared: PreparedAssignment,
    result: Result,
    roles: dict[str, dict[str, Role]],
) -> None:
    """Write one submission's graded notebooks, and what the exchange knows of it, into `folder`.

    Parameters
    ----------
    folder
        ``autograded/{student}/{assignment}``.
    path
        Where the submission lies.
    roles
        What the gradebook knows of the cells, by notebook and name.

    Raises
    ------
    GradebookError
        When a file cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in prepared.files:
            name = notebook_name(file.name)
            known = roles.get(name.removesuffix(".ipynb"), {})
            cells = _handed_in(path, submission, file, known)
            content = _notebook(cells, file, prepared, result, known)
            write_atomically(folder / name, content, mode=_READ_ONLY)
        for name in _OF_THE_EXCHANGE:
            with contextlib.suppress(Unreadable):  # handed in without the exchange
                content = read_regular(path / name, 4_096)[0]
                write_atomically(folder / name, content, mode=_READ_ONLY)
    except OSError as error:
        raise GradebookError(
            f"The graded notebooks of {submission.student} cannot be written to {folder}: "
            f"{error.strerror or error}. {advice(error)}. {KEPT}"
        ) from None


def _handed_in(
    path: Path, submission: Submission, file: PreparedFile, known: dict[str, Role]
) -> list[dict[str, Any]]:
    """The cells of the notebook that was graded; for a plain file, one cell with its text."""
    if file.name in submission.line_origins:
        cells = notebook_of(path, submission.sources.get(file.name, ""))
        if cells is not None:
            return _with_roles(cells[:_MAX_CELLS], known)
    if file.name in submission.files:
        text = submission.files[file.name].decode("utf-8", "replace")
        return [_cell("code", _text(f"# {file.name}, as it was handed in\n\n{text}"))]
    problem = submission.problems.get(file.name, f"{file.name} was not handed in")
    return [_cell("markdown", _text(f"**{problem}**"))]


def _with_roles(cells: list[Any], known: dict[str, Role]) -> list[dict[str, Any]]:
    """Cells without outputs; the last of each name has its role, as the last definition wins."""
    made = []
    taken: set[str] = set()
    for cell in reversed(cells):
        source = source_of(cell)
        if source is None:
            continue
        name = _grade_id(cell)
        role = known.get(name) if name not in taken else None
        if role is None:
            kind = cell.get("cell_type")
            made.append(_cell(kind if kind in {"markdown", "raw"} else "code", _text(source)))
            continue
        taken.add(name)
        kind = "markdown" if role.cell_type == "markdown" else "code"
        text = role.source if role.locked and role.source is not None else source
        made.append(_cell(kind, _text(text), {"nbgrader": role.metadata(name)}))
    made.reverse()
    return made


def _notebook(
    cells: list[dict[str, Any]],
    file: PreparedFile,
    prepared: PreparedAssignment,
    result: Result,
    known: dict[str, Role],
) -> bytes:
    by_name = {
        cell["metadata"]["nbgrader"]["grade_id"]: cell
        for cell in cells
        if "nbgrader" in cell["metadata"]
    }
    for exercise in prepared.exercises:
        if exercise.file != file.name:
            continue
        check, solution = check_cell_id(exercise.name), solution_cell_id(exercise.name)
        if check not in by_name:
            by_name[check] = _missing(check, check_cell_source(exercise.name), known)
            if solution not in by_name:  # the comment needs a cell to stand at
                text = f"# {exercise.name} has no cell of its own in what was handed in."
                by_name[solution] = _missing(solution, text, known)
                cells.append(by_name[solution])
            cells.append(by_name[check])
        cell, graded = by_name[check], result.of_exercise(exercise.name)
        cell["source"] = check_cell_source(exercise.name)
        cell["execution_count"] = 1
        shown = {"text/plain": repr(float(graded.points)), "text/html": cell_html(graded)}
        cell["outputs"] = [
            {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": shown}
        ]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    metadata = {"kernelspec": dict(KERNEL)}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}
    return (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _missing(name: str, text: str, known: dict[str, Role]) -> dict[str, Any]:
    role = known.get(name)
    metadata = {"nbgrader": role.metadata(name)} if role else {}
    return _cell("code", text, metadata)


def _cell(kind: str, source: str, metadata: dict[str, Any] | None = None) -> dict[str, Any]:
    """A cell of format 4.5.

    Nbformat's own makers validate each cell, which takes longer than all the rest; the tests
    validate whole notebooks.
    """
    cell = {"cell_type": kind, "id": "", "metadata": metadata or {}, "source": source}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def _grade_id(cell: Any) -> str:
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    return name if isinstance(name, str) else ""


def _text(source: str) -> str:
    return safe_text(source, _MAX_TEXT)
