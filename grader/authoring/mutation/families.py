"""All families of mistakes, by the name that reports give them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import libcst as cst

from grader.authoring.mutation import (
    arguments,
    arithmetic,
    axes,
    comparisons,
    conditions,
    constants,
    functions,
    order,
    ranges,
    statements,
)

Ancestors = tuple[cst.CSTNode, ...]
Family = Callable[[cst.CSTNode, Ancestors], Iterator[cst.CSTNode]]
"""From a node and what it stands in, outermost first, to what may stand in its place."""

FAMILIES: dict[str, Family] = {
    "arithmetic": arithmetic.changes,
    "comparison": comparisons.changes,
    "condition": conditions.changes,
    "constant": constants.changes,
    "axis": axes.changes,
    "argument": arguments.changes,
    "function": functions.changes,
    "range": ranges.changes,
    "order": order.changes,
    "statement": statements.changes,
}
