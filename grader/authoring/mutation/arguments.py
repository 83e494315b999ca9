"""Arguments in the wrong order, or one that was forgotten."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from grader.authoring.mutation.axes import AXIS_KEYWORDS
from grader.authoring.mutation.build import call_with, function_name, value_of

_COMMUTATIVE = {
    "add",
    "allclose",
    "array_equal",
    "isclose",
    "logaddexp",
    "logical_and",
    "logical_or",
    "max",
    "maximum",
    "min",
    "minimum",
    "multiply",
    "print",
    "zip",
}
NO_MATTER = {"data_format", "dtype", "like", "name", "strict", "verbose"}
"""Keywords that say where or how to compute, but not what."""


def changes(node: cst.CSTNode, ancestors: tuple[cst.CSTNode, ...]) -> Iterator[cst.CSTNode]:
    """Swap neighbouring arguments given by position, and drop one given by keyword."""
    if not isinstance(node, cst.Call):
        return
    arguments = list(node.args)
    name = function_name(node)
    if name not in _COMMUTATIVE:
        for index in range(len(arguments) - 1):
            pair = arguments[index : index + 2]
            if all(item.keyword is None and not item.star for item in pair):
                one, other = pair
                if name == "swapaxes" and value_of(one.value) is not None:
                    continue  # two axes, in either order
                swapped = list(arguments)
                swapped[index] = one.with_changes(value=other.value)
                swapped[index + 1] = other.with_changes(value=one.value)
                yield node.with_changes(args=swapped)
    for item in arguments:
        if item.keyword is not None and item.keyword.value not in AXIS_KEYWORDS | NO_MATTER:
            yield call_with(node, [one for one in arguments if one is not item])
