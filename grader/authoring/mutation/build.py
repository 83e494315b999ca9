"""Small pieces of new code that several families need."""

from __future__ import annotations

from typing import TypeVar

import libcst as cst

_ATOMS = (cst.Name, cst.Integer, cst.Float, cst.Attribute, cst.Call, cst.Subscript)
Expression = TypeVar("Expression", bound=cst.BaseExpression)


def grouped(node: Expression) -> Expression:
    """The expression, in parentheses unless it can do without them anywhere."""
    if isinstance(node, _ATOMS) or node.lpar:
        return node
    return node.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def number(value: int | float) -> cst.BaseExpression:
    """A number as code; a negative one is a minus before a positive."""
    literal = repr(abs(value))
    positive = cst.Integer(literal) if isinstance(value, int) else cst.Float(literal)
    return cst.UnaryOperation(cst.Minus(), positive) if value < 0 else positive


def value_of(node: cst.CSTNode | None) -> int | None:
    """The whole number that a literal stands for, with its sign; None for anything else."""
    if isinstance(node, cst.Integer):
        return int(node.evaluated_value)
    if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Minus):
        positive = value_of(node.expression)
        return None if positive is None else -positive
    return None


def function_name(call: cst.CSTNode) -> str:
    """The last part of the name that is called: `mean` of ``np.mean(x)`` and of ``x.mean()``."""
    function = call.func if isinstance(call, cst.Call) else None
    if isinstance(function, cst.Attribute):
        return function.attr.value
    return function.value if isinstance(function, cst.Name) else ""


def call_with(call: cst.Call, arguments: list[cst.Arg]) -> cst.Call:
    """The call with other arguments; after the last one stands what stood after the last before."""
    if not arguments:
        return call.with_changes(args=[], whitespace_before_args=cst.SimpleWhitespace(""))
    last = arguments[-1].with_changes(
        comma=call.args[-1].comma, whitespace_after_arg=call.args[-1].whitespace_after_arg
    )
    return call.with_changes(args=[*arguments[:-1], last])


def keyword_of(ancestors: tuple[cst.CSTNode, ...]) -> str:
    """The keyword whose value a node belongs to, in the nearest call around it; or nothing."""
    for ancestor in reversed(ancestors):
        if isinstance(ancestor, cst.Arg):
            return ancestor.keyword.value if ancestor.keyword else ""
        if isinstance(ancestor, cst.Call | cst.BaseCompoundStatement):
            return ""
    return ""
