"""Another comparison: the border on the wrong side, or the wrong way round."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

_OTHERS: dict[type[cst.BaseCompOp], tuple[type[cst.BaseCompOp], ...]] = {
    cst.LessThan: (cst.LessThanEqual, cst.GreaterThan),
    cst.LessThanEqual: (cst.LessThan, cst.GreaterThanEqual),
    cst.GreaterThan: (cst.GreaterThanEqual, cst.LessThan),
    cst.GreaterThanEqual: (cst.GreaterThan, cst.LessThanEqual),
    cst.Equal: (cst.NotEqual,),
    cst.NotEqual: (cst.Equal,),
    cst.In: (cst.NotIn,),
    cst.NotIn: (cst.In,),
    cst.Is: (cst.IsNot,),
    cst.IsNot: (cst.Is,),
}


def changes(node: cst.CSTNode, ancestors: tuple[cst.CSTNode, ...]) -> Iterator[cst.CSTNode]:
    """Change one operator of a comparison, which may be a chain."""
    if isinstance(node, cst.ComparisonTarget):
        for other in _OTHERS.get(type(node.operator), ()):
            yield node.with_changes(operator=other())
