"""The notebook edition of an assignment: generated from its references, graded by nbgrader too."""
# ruff: noqa: E402  # what keeps an import quick stands before it

import sys

# With this package jsonschema, which nbformat brings, compiles 38 grammars of addresses when it is
# imported: seconds, for a format that no notebook has. Without, it goes on.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

from grader.authoring.notebooks.edition import (
    KERNEL,
    EditionExercise,
    check_cell_id,
    check_cell_source,
    edition_exercises,
    notebook_name,
    notebook_text,
    solution_cell_id,
    source_edition,
    student_edition,
)
from grader.authoring.notebooks.parts import EditionError
from grader.authoring.notebooks.submitted import handed_in

__all__ = [
    "KERNEL",
    "EditionError",
    "EditionExercise",
    "check_cell_id",
    "check_cell_source",
    "edition_exercises",
    "handed_in",
    "notebook_name",
    "notebook_text",
    "solution_cell_id",
    "source_edition",
    "student_edition",
]
