"""Values returned, or taken apart, in the wrong order."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst


def changes(node: cst.CSTNode, ancestors: tuple[cst.CSTNode, ...]) -> Iterator[cst.CSTNode]:
    """Swap neighbours in ``return a, b`` and in ``a, b = …``."""
    if not isinstance(node, cst.Tuple) or not ancestors:
        return
    if not isinstance(ancestors[-1], cst.Return | cst.AssignTarget):
        return
    elements = list(node.elements)
    for index in range(len(elements) - 1):
        one, other = elements[index : index + 2]
        swapped = list(elements)
        swapped[index] = one.with_changes(value=other.value)
        swapped[index + 1] = other.with_changes(value=one.value)
        yield node.with_changes(elements=swapped)
