"""Which definitions are stubs, as the handout has them."""

from __future__ import annotations

import ast

from grader.worker.parts import parts_of

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def is_stub(node: Definition) -> bool:
    """Whether nothing but a docstring and `raise NotImplementedError` (or `pass`) is there."""
    if isinstance(node, ast.ClassDef):
        methods = [item for item in node.body if isinstance(item, ast.FunctionDef)]
        if not methods and not node.bases:
            return all(isinstance(item, ast.Pass) or _is_constant(item) for item in node.body)
        return bool(methods) and all(is_stub(method) for method in methods)
    body = [item for item in node.body if not _is_constant(item)]
    if not body or all(isinstance(item, ast.Pass) for item in body):
        return True
    return isinstance(body[0], ast.Raise) and _raises_not_implemented(body[0])


def _is_constant(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _raises_not_implemented(node: ast.Raise) -> bool:
    error = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return is_name(error, "NotImplementedError")


def is_name(node: ast.AST | None, name: str) -> bool:
    """Whether a node is nothing but this name."""
    return isinstance(node, ast.Name) and node.id == name


def stubs_of(source: bytes) -> set[str]:
    """The definitions at the top level of which there is nothing but the stub.

    None of a text that cannot be read at all.
    """
    try:
        nodes = [part.node for part in parts_of(source)]
    except (SyntaxError, ValueError):
        return set()
    defined = [one for one in nodes if isinstance(one, Definition)]
    return {one.name for one in defined if is_stub(one)} - {
        one.name for one in defined if not is_stub(one)
    }
