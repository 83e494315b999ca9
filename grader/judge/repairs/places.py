"""Where in a definition something may be changed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from grader.judge.repairs.scope import Module, Scope
from grader.judge.repairs.source import Definition, Source

_NOT_IN = {"decorator_list", "returns", "annotation", "ctx", "op", "ops", "type_comment"}
_SIMPLE = (ast.Assign, ast.AugAssign, ast.Return, ast.Expr)
_LONGEST, _MOST_FACTORS = 30, 6
_LEFT_ALONE = (ast.Raise, ast.JoinedStr, ast.Assert, ast.Import, ast.ImportFrom)


@dataclass(frozen=True)
class Place:
    """A node, what it stands in, and what can be named there.

    Attributes
    ----------
    field
        The parent's field that holds it.
    siblings
        The statements of its block, where it is a statement.
    """

    node: ast.AST
    parent: ast.AST
    field: str
    siblings: tuple[ast.stmt, ...]
    scope: Scope
    source: Source
    module: Module
    definition: Definition
    most_rank: int
    """What is less likely is not wanted."""
    neighbours: tuple[str, ...]
    """What is multiplied or divided in the same statement."""

    @property
    def text(self) -> str:
        """The node's own text."""
        return self.source.of(self.node)

    @property
    def line(self) -> int:
        """The line on which it begins."""
        return int(self.node.lineno)  # type: ignore[attr-defined]

    @property
    def is_whole(self) -> bool:
        """Whether it is all that a statement computes, or one of several such results."""
        return isinstance(
            self.parent, ast.Assign | ast.AugAssign | ast.Return | ast.Tuple | ast.List | ast.Dict
        )


def places_of(
    definition: Definition, source: Source, module: Module, most_rank: int
) -> Iterator[Place]:
    """Every place of a definition, from its beginning to its end."""
    top = definition.node
    outermost = (top,) if isinstance(top, ast.FunctionDef) else ()
    waiting: list[tuple[ast.AST, Scope, tuple[str, ...]]] = [(top, Scope(outermost), ())]
    while waiting:
        parent, scope, factors = waiting.pop()
        found: list[tuple[ast.AST, Scope, tuple[str, ...]]] = []
        for field, value in ast.iter_fields(parent):
            if field in _NOT_IN:
                continue
            nodes = value if isinstance(value, list) else [value]
            block = tuple(one for one in nodes if isinstance(one, ast.stmt))
            for node in nodes:
                if not isinstance(node, ast.AST) or isinstance(node, _LEFT_ALONE):
                    continue
                if _is_docstring(node):
                    continue
                inner = _factors(node, source) if isinstance(node, _SIMPLE) else factors
                if hasattr(node, "lineno"):
                    yield Place(
                        node,
                        parent,
                        field,
                        block,
                        scope,
                        source,
                        module,
                        definition,
                        most_rank,
                        inner,
                    )
                if isinstance(node, ast.FunctionDef):
                    found.append((node, Scope((*scope.functions, node)), ()))
                else:
                    found.append((node, scope, inner))
        waiting += found[::-1]


def _factors(statement: ast.stmt, source: Source) -> tuple[str, ...]:
    """What is multiplied or divided by in a statement, each once."""
    found = [
        source.of(operand)
        for node in ast.walk(statement)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.MatMult | ast.Div)
        for operand in (node.left, node.right)
        if not isinstance(operand, ast.Constant)
    ]
    return tuple(dict.fromkeys(one for one in found if len(one) <= _LONGEST))[:_MOST_FACTORS]


def _is_docstring(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
