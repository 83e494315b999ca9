"""Where in a definition something may be changed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from grader.repairs.scope import Module, Scope
from grader.repairs.source import Definition, Source

_NOT_IN = {"decorator_list", "returns", "annotation", "ctx", "op", "ops", "type_comment"}
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
    waiting: list[tuple[ast.AST, Scope]] = [(top, Scope(outermost))]
    while waiting:
        parent, scope = waiting.pop()
        found: list[tuple[ast.AST, Scope]] = []
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
                if hasattr(node, "lineno"):
                    yield Place(
                        node, parent, field, block, scope, source, module, definition, most_rank
                    )
                if isinstance(node, ast.FunctionDef):
                    found.append((node, Scope((*scope.functions, node))))
                else:
                    found.append((node, scope))
        waiting += found[::-1]


def _is_docstring(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
