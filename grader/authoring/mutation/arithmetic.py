"""Another operator, a dropped term or factor, a forgotten exponent, a lost sign."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

# Both bind equally strongly, so that the operands need no new parentheses.
_OTHER: dict[type[cst.BaseBinaryOp], type[cst.BaseBinaryOp]] = {
    cst.Add: cst.Subtract,
    cst.Subtract: cst.Add,
    cst.Multiply: cst.Divide,
    cst.Divide: cst.Multiply,
    cst.FloorDivide: cst.Divide,
    cst.Modulo: cst.FloorDivide,
    cst.MatrixMultiply: cst.Multiply,
}
_OTHER_ASSIGNMENT: dict[type[cst.BaseAugOp], type[cst.BaseAugOp]] = {
    cst.AddAssign: cst.SubtractAssign,
    cst.SubtractAssign: cst.AddAssign,
    cst.MultiplyAssign: cst.DivideAssign,
    cst.DivideAssign: cst.MultiplyAssign,
}
_KEEPS_RIGHT = (cst.Add, cst.Multiply, cst.MatrixMultiply)


def changes(node: cst.CSTNode, ancestors: tuple[cst.CSTNode, ...]) -> Iterator[cst.CSTNode]:
    """Change sums, products, powers, signs and assignments such as ``+=``."""
    if isinstance(node, cst.BinaryOperation):
        yield from _of_operation(node)
    elif isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Minus):
        yield node.expression
    elif isinstance(node, cst.AugAssign):
        other = _OTHER_ASSIGNMENT.get(type(node.operator))
        if other is not None:
            yield node.with_changes(operator=_spaced(other, node.operator))
            yield cst.Assign([cst.AssignTarget(node.target)], node.value)


def _of_operation(node: cst.BinaryOperation) -> Iterator[cst.CSTNode]:
    operator = node.operator
    if type(operator) in _OTHER:
        yield node.with_changes(operator=_spaced(_OTHER[type(operator)], operator))
    elif not isinstance(operator, cst.Power):
        return
    yield node.left
    if isinstance(operator, _KEEPS_RIGHT):
        yield node.right
    if isinstance(operator, cst.Subtract):
        yield cst.UnaryOperation(cst.Minus(), node.right)


def _spaced(operator: type[cst.CSTNode], like: cst.CSTNode) -> cst.CSTNode:
    """The operator, with the white space of another."""
    return operator(
        whitespace_before=like.whitespace_before,  # type: ignore[attr-defined,call-arg]
        whitespace_after=like.whitespace_after,  # type: ignore[attr-defined]
    )
