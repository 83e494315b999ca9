"""The notebooks that formgrader shows: what was graded, with our checks' outputs.

A student's notebook is data here: what nbgrader's metadata say in it is not believed (points,
names and locks come from the gradebook), outputs are left out (they may hold scripts, and
nobody knows which code made them), text stands in fences, and nothing of it runs.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
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
from grader.files.atomic import write_atomically
from grader.problems import advice
from grader.render.cell import cell_html
from grader.result import Result
from grader.sanitise.notebook import (
    Cell,
    code_cell,
    notebook_content,
    own_markdown_cell,
    put_output,
    text_cell,
)
from grader.submissions import Submission
from grader.submissions.cells import NotebookCell
from grader.submissions.folder import TIMESTAMP
from grader.submissions.regular import Unreadable, read_regular
from grader.ways.gradebook.graded_code import (
    cell_of_graded,
    graded_code,
    is_shown,
    other_files,
    within_limits,
)
from grader.ways.gradebook.problems import KEPT, GradebookError
from grader.ways.gradebook.structure import Role

_READ_ONLY = 0o444
_OF_THE_EXCHANGE = (TIMESTAMP, "submission_secret.txt")
"""What nbgrader's exchange wrote beside a submission, and asks for when feedback is released."""
_CHANGED = (
    "What was handed in has changed since it was graded, so it is not shown: points and comments "
    "are of what was there before. Run grader batch again to grade what is there now."
)


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
    submission
        What was read there. Where it is not what the result is of, the notebook says so instead
        of showing code that nobody graded.
    roles
        What the gradebook knows of the cells, by notebook and name.

    Raises
    ------
    GradebookError
        When a file cannot be written.
    """
    is_graded = submission.sha256 == result.submission.sha256
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in prepared.files:
            name = notebook_name(file.name)
            known = roles.get(name.removesuffix(".ipynb"), {})
            cells = [text_cell(_CHANGED)]
            code = _Code(file, prepared, submission if is_graded else None, result)
            if is_graded:
                cells = [*_handed_in(submission, file, known), *code.others()]
            content = _notebook(cells, code, known)
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


def _handed_in(submission: Submission, file: PreparedFile, known: dict[str, Role]) -> list[Cell]:
    """The cells of the notebook that was graded; for a plain file, one cell with its text."""
    if file.name in submission.cells:
        return _with_roles(submission.cells[file.name], known)
    if file.name in submission.files:
        text = submission.files[file.name].decode("utf-8", "replace")
        return [_code(f"# {file.name}, as it was handed in\n\n{text}")]
    return [text_cell(submission.problems.get(file.name, f"{file.name} was not handed in"))]


def _with_roles(cells: Sequence[NotebookCell], known: dict[str, Role]) -> list[Cell]:
    """Cells as they are shown; the last of each name has its role, as the last definition wins."""
    made = []
    taken: set[str] = set()
    for cell in reversed(cells):
        role = known.get(cell.grade_id) if cell.grade_id not in taken else None
        if role is None:
            made.append((_code if cell.is_code else text_cell)(cell.source))
            continue
        taken.add(cell.grade_id)
        metadata = {"nbgrader": role.metadata(cell.grade_id)}
        is_text = role.cell_type == "markdown"
        if role.locked and role.source is not None:  # the course's own, whatever the copy says
            make = own_markdown_cell if is_text else code_cell
            made.append(make(role.source, metadata))
        else:
            made.append((text_cell if is_text else _code)(cell.source, metadata))
    made.reverse()
    return made


def _code(source: str, metadata: dict[str, Any] | None = None) -> Cell:
    return code_cell(within_limits(source), metadata)


@dataclass(frozen=True)
class _Code:
    """What was graded of one file, wherever it stands; of no submission, nothing can be shown."""

    file: PreparedFile
    prepared: PreparedAssignment
    submission: Submission | None
    result: Result

    def others(self) -> list[Cell]:
        """Cells with the other files that this one takes code from."""
        if self.submission is None:
            return []
        expected = {one.name for one in self.prepared.files}
        return other_files(self.file.name, expected, self.submission)

    def hidden(self, exercise: str, cells: list[Cell]) -> str:
        """The source of a cell with the code of an exercise that no cell shows; else ""."""
        if self.submission is None:
            return ""
        found = graded_code(exercise, self.file.name, self.submission, self.result)
        if found is None or is_shown(found, cells):
            return ""
        return cell_of_graded(exercise, found, self.submission)


def _notebook(cells: list[Cell], code: _Code, known: dict[str, Role]) -> bytes:
    by_name = {
        cell["metadata"]["nbgrader"]["grade_id"]: cell
        for cell in cells
        if "nbgrader" in cell["metadata"]
    }
    handed_in = list(cells)
    for exercise in code.prepared.exercises:
        if exercise.file != code.file.name:
            continue
        hidden = code.hidden(exercise.name, handed_in)
        check, solution = check_cell_id(exercise.name), solution_cell_id(exercise.name)
        if check not in by_name:
            by_name[check] = _missing(check, check_cell_source(exercise.name), known)
            if solution not in by_name:  # the comment needs a cell to stand at
                text = f"# {exercise.name} has no cell of its own in what was handed in."
                by_name[solution] = _missing(solution, hidden or text, known)
                cells.append(by_name[solution])
                hidden = ""
            cells.append(by_name[check])
        if hidden:  # before the comment on it
            cells.insert(_index(cells, by_name[check]), code_cell(hidden))
        cell, graded = by_name[check], code.result.of_exercise(exercise.name)
        cell["source"] = check_cell_source(exercise.name)
        put_output(cell, text=repr(float(graded.points)), html=cell_html(graded))
    return notebook_content(cells, KERNEL)


def _index(cells: list[Cell], wanted: Cell) -> int:
    return next(index for index, cell in enumerate(cells) if cell is wanted)


def _missing(name: str, text: str, known: dict[str, Role]) -> Cell:
    role = known.get(name)
    return code_cell(text, {"nbgrader": role.metadata(name)} if role else {})
