"""Notebooks of an assignment, one for each file: with solutions, and without for students.

The cells are those that nbgrader knows: what the student writes is a *manually editable
solution* cell between ``### BEGIN SOLUTION`` and ``### END SOLUTION``, and the cell behind it,
which calls `grader.check`, is a locked cell of autograder tests worth the points of the exercise.
Names of cells are ``solution-NAME`` and ``check-NAME``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import jupytext
import nbformat
from nbformat import NotebookNode

from grader.authoring.notebooks.parts import Parts, cut
from grader.authoring.stubs import make_stub
from grader.course.prepared import PreparedAssignment

KERNEL = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
_HOW = (
    "Write each exercise in its cell, run it, then run the cell below it: it checks your code and "
    "says what to look at next. Cells that check are locked; your own cells may stand anywhere."
)


@dataclass(frozen=True)
class EditionExercise:
    """What a notebook tells about an exercise."""

    name: str
    points: float
    checks: tuple[tuple[str, float], ...]
    """Titles and points."""
    needs: tuple[str, ...] = ()


def notebook_name(file: str) -> str:
    """``mlp.ipynb`` for ``mlp.py``."""
    return file.removesuffix(".py") + ".ipynb"


def solution_cell_id(exercise: str) -> str:
    """The name of the cell in which an exercise is written."""
    return f"solution-{exercise}"


def check_cell_id(exercise: str) -> str:
    """The name of the cell that checks an exercise, and has its points."""
    return f"check-{exercise}"


def check_cell_source(exercise: str) -> str:
    """The code of the cell that checks an exercise."""
    return f'from grader import check\n\ncheck("{exercise}")'


def edition_exercises(assignment: PreparedAssignment, file: str) -> list[EditionExercise]:
    """The exercises of a file, in order."""
    return [
        EditionExercise(
            one.name,
            round(sum(check.points for check in assignment.checks_of(one.name)), 2),
            tuple((check.title, check.points) for check in assignment.checks_of(one.name)),
            one.needs,
        )
        for one in assignment.exercises
        if one.file == file
    ]


def source_edition(file: str, reference: str, exercises: Sequence[EditionExercise]) -> NotebookNode:
    """Return the instructor's notebook of a file, with solutions: nbgrader's ``source``.

    Raises
    ------
    EditionError
        When the reference cannot be cut into cells.
    """
    return _notebook(_percent(cut(reference, [one.name for one in exercises], file), exercises))


def student_edition(
    file: str, reference: str, exercises: Sequence[EditionExercise]
) -> NotebookNode:
    """Return the student's notebook of a file: the same cells, each solution a friendly stub.

    Raises
    ------
    EditionError
        When the reference cannot be cut into cells.
    """
    parts = cut(reference, [one.name for one in exercises], file)
    stubs = {
        name: make_stub(text, f"{file}, {name}").rstrip("\n")
        for name, text in parts.solutions.items()
    }
    return _notebook(_percent(Parts(parts.introduction, parts.given, stubs), exercises))


def notebook_text(notebook: NotebookNode) -> str:
    """The notebook as the text of its file."""
    text: str = nbformat.writes(notebook)
    return text.rstrip("\n") + "\n"


def _percent(parts: Parts, exercises: Sequence[EditionExercise]) -> str:
    """The notebook as a script in Jupytext's percent format."""
    return "\n\n".join(_percent_cells(parts, exercises)) + "\n"


def _percent_cells(parts: Parts, exercises: Sequence[EditionExercise]) -> Iterator[str]:
    title, _, more = parts.introduction.partition("\n")
    yield _markdown(f"# {title.rstrip('.')}\n{more}\n\n{_HOW}", "introduction")
    for one in exercises:
        if parts.given[one.name]:
            yield _code(parts.given[one.name], f"given-{one.name}")
        yield _markdown(_description(one), f"exercise-{one.name}")
        solution = {"grade": False, "solution": True, "locked": False}
        yield _code(parts.solutions[one.name], solution_cell_id(one.name), solution)
        check = {"grade": True, "solution": False, "locked": True, "points": one.points}
        yield _code(check_cell_source(one.name), check_cell_id(one.name), check)


def _description(one: EditionExercise) -> str:
    unit = "point" if one.points == 1 else "points"
    after = ", after " + ", ".join(f"`{need}`" for need in one.needs) if one.needs else ""
    checks = "\n".join(f"- {title} ({points:g})" for title, points in one.checks)
    return f"## `{one.name}`\n\n{one.points:g} {unit}{after}. It\n\n{checks}"


def _markdown(text: str, name: str) -> str:
    lines = (f"# {line}".rstrip() for line in text.splitlines())
    return f'# %% [markdown] name="{name}"\n' + "\n".join(lines)


def _code(text: str, name: str, role: dict[str, Any] | None = None) -> str:
    nbgrader = f" nbgrader={_role(name, role)}" if role else ""
    return f'# %% name="{name}"{nbgrader}\n{text}'


def _role(name: str, role: dict[str, Any]) -> str:
    return json.dumps({"grade_id": name, "schema_version": 3, "task": False, **role})


def _notebook(percent: str) -> NotebookNode:
    notebook = jupytext.reads(percent, fmt="py:percent")
    notebook.metadata = NotebookNode({"kernelspec": NotebookNode(KERNEL)})
    notebook.nbformat_minor = 5
    for cell in notebook.cells:
        # Made from the name, the ids are the same on every run; Jupytext draws them.
        cell.id = cell.metadata.pop("name")[:64]
    return notebook
