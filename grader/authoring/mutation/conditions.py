"""A condition turned round, one of its parts forgotten, or a choice that is none."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from grader.authoring.mutation.build import grouped

_OTHER: dict[type[cst.CSTNode], type[cst.CSTNode]] = {
    cst.And: cst.Or,
    cst.Or: cst.And,
    cst.BitAnd: cst.BitOr,
    cst.BitOr: cst.BitAnd,
}


def changes(node: cst.CSTNode, ancestors: tuple[cst.CSTNode, ...]) -> Iterator[cst.CSTNode]:
    """Negate what is tested, swap and with or, drop an operand or a branch."""
    if isinstance(node, cst.If | cst.While | cst.IfExp | cst.CompIf):
        yield node.with_changes(test=_negated(node.test))
    if isinstance(node, cst.IfExp):
        yield node.body
        yield node.orelse
    if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.BitInvert | cst.Not):
        yield node.expression
    if isinstance(node, cst.BooleanOperation | cst.BinaryOperation):
        other = _OTHER.get(type(node.operator))
        if other is not None:
            yield node.with_changes(
                left=grouped(node.left), operator=other(), right=grouped(node.right)
            )
            yield node.left
            yield node.right


def _negated(test: cst.BaseExpression) -> cst.BaseExpression:
    if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
        return test.expression
    return cst.UnaryOperation(cst.Not(), grouped(test))
