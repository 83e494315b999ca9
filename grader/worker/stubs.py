"""Which definitions are stubs, as the handout has them."""

from __future__ import annotations

import ast
from collections.abc import Sequence

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def is_stub(node: Definition) -> bool:
    """Whether nothing but a docstring and `raise NotImplementedError` (or `pass`) is there."""
    if isinstance(node, ast.ClassDef):
        methods = [item for item in node.body if isinstance(item, ast.FunctionDef)]
        if not methods and not node.bases:
            return all(isinstance(item, ast.Pass) or _is_constant(item) for item in node.body)
        return bool(methods) and all(is_stub(method) for method in methods)
    return is_open_body(node.body)


def is_open_body(statements: Sequence[ast.stmt]) -> bool:
    """Whether some statements do nothing but say that they are not written yet."""
    body = [item for item in statements if not _is_constant(item)]
    if not body or all(isinstance(item, ast.Pass) for item in body):
        return True
    return isinstance(body[0], ast.Raise) and _raises_not_implemented(body[0])


def is_half_written(node: ast.stmt) -> bool:
    """Whether a function ends as the stub does, behind some code that returns nothing."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or is_stub(node):
        return False
    last = node.body[-1]
    if not isinstance(last, ast.Raise) or not _raises_not_implemented(last):
        return False
    return not any(
        isinstance(one, ast.Return | ast.Yield | ast.YieldFrom) for one in ast.walk(node)
    )


def _is_constant(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _raises_not_implemented(node: ast.Raise) -> bool:
    error = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return is_name(error, "NotImplementedError")


def is_name(node: ast.AST | None, name: str) -> bool:
    """Whether a node is nothing but this name."""
    return isinstance(node, ast.Name) and node.id == name
