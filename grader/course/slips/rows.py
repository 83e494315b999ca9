"""Slips of a loop over the rows, whether the reference has one or not."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.course.slips.places import Changed, Definition

_PARTS = {
    "1, None": "the first row is left out",
    "None, -1": "the last row is left out",
    "-1, None": "only the last row counts: each overwrites the one before",
    "None, 1": "only the first row counts: the others are never reached",
}
"""Which rows are taken, as bounds of a slice, and what is said of it."""


def slips_of_rows(definition: Definition) -> Iterator[Changed]:
    """The exercise itself, asked about some of the rows; divided by the number of all or of these.

    They go by the driver's `of_some_rows`, which knows at run time which arguments have rows.
    """
    if not isinstance(definition, ast.FunctionDef) or not definition.args.args:
        return
    for bounds, said in _PARTS.items():
        for is_scaled in (True, False):
            source = (
                f"def {definition.name}(*arguments, **options):\n"
                f"    return of_some_rows(WHOLE, arguments, options, slice({bounds}), {is_scaled})"
            )
            yield Changed("rows", said, source)
