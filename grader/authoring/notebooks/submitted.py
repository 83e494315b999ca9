"""A file as a student would hand it in as a notebook: for synthetic classes."""

from __future__ import annotations

from collections.abc import Sequence

from nbformat import NotebookNode

from grader.authoring.notebooks.edition import EditionExercise, solution_cell_id, student_edition
from grader.authoring.notebooks.parts import EditionError, cut
from grader.authoring.stubs import BEGIN, END


def handed_in(
    file: str, reference: str, text: str, exercises: Sequence[EditionExercise]
) -> NotebookNode:
    """Return the student's edition of a file with `text` written into its cells.

    What no longer parses, or lacks an exercise, stands whole in the first cell to write in.

    Parameters
    ----------
    reference
        The reference, from which the edition is made.
    text
        A version of it.
    """
    notebook = student_edition(file, reference, exercises)
    names = [one.name for one in exercises]
    try:
        parts = cut(text, names, file)
        written = dict(parts.solutions)
    except (EditionError, SyntaxError):
        written = {names[0]: text} | dict.fromkeys(names[1:], "")
    for name in names:
        (cell,) = [one for one in notebook.cells if one.id == solution_cell_id(name)[:64]]
        lines = written[name].splitlines()
        cell.source = "\n".join(line for line in lines if line.strip() not in {BEGIN, END})
    return notebook
