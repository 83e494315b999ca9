"""A statement that was forgotten: a guard, a change in place, a call for its effect."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst


def changes(node: cst.CSTNode, ancestors: tuple[cst.CSTNode, ...]) -> Iterator[cst.CSTNode]:
    """Leave out an ``if`` with all in it, or one statement that returns nothing."""
    if isinstance(node, cst.If):
        if node.orelse is None and not _continues(ancestors):
            yield _nothing(node)
        else:
            yield node.with_changes(test=cst.Name("True"))
            yield node.with_changes(test=cst.Name("False"))
    elif isinstance(node, cst.SimpleStatementLine) and _is_forgettable(node):
        yield _nothing(node)


def _continues(ancestors: tuple[cst.CSTNode, ...]) -> bool:
    """Whether the `if` is the ``elif`` of another."""
    return bool(ancestors) and isinstance(ancestors[-1], cst.If)


def _is_forgettable(line: cst.SimpleStatementLine) -> bool:
    statement, *others = line.body
    if others:
        return False
    if isinstance(statement, cst.Expr):
        return isinstance(statement.value, cst.Call)
    if isinstance(statement, cst.Assign):
        return isinstance(statement.targets[0].target, cst.Subscript)
    return isinstance(statement, cst.AugAssign)


def _nothing(instead_of: cst.If | cst.SimpleStatementLine) -> cst.SimpleStatementLine:
    return cst.SimpleStatementLine([cst.Pass()], leading_lines=instead_of.leading_lines)
