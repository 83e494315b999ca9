"""Which definitions are stubs, as the handout has them."""

from __future__ import annotations

import ast
import dis
from collections.abc import Sequence
from types import FunctionType
from typing import Any

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def is_stub(node: Definition) -> bool:
    """Whether nothing but a docstring and `raise NotImplementedError` is there.

    Or ``pass``, ``return`` or ``return None``: no exercise asks for nothing.
    """
    if isinstance(node, ast.ClassDef):
        methods = [item for item in node.body if isinstance(item, ast.FunctionDef)]
        if not methods and not node.bases:
            return all(isinstance(item, ast.Pass) or _is_constant(item) for item in node.body)
        return bool(methods) and all(is_stub(method) for method in methods)
    return is_open_body(node.body)


def is_open_body(statements: Sequence[ast.stmt]) -> bool:
    """Whether some statements do nothing but say that they are not written yet."""
    body = [one for one in statements if not (_is_constant(one) or isinstance(one, ast.Pass))]
    if not body or _returns_nothing(body[0]):
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


def _returns_nothing(node: ast.stmt) -> bool:
    if not isinstance(node, ast.Return):
        return False
    return node.value is None or (isinstance(node.value, ast.Constant) and node.value.value is None)


def _raises_not_implemented(node: ast.Raise) -> bool:
    error = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return is_name(error, "NotImplementedError")


def is_name(node: ast.AST | None, name: str) -> bool:
    """Whether a node is nothing but this name."""
    return isinstance(node, ast.Name) and node.id == name


def is_made_by_stub(value: Any) -> bool:
    """Whether a function or class is not written, wherever it comes from: judged by what it does.

    A function that is half written counts as well.
    """
    if type(value) is FunctionType:
        inner = value.__dict__.get("__wrapped__")  # behind a decorator
        return _does_nothing(inner if type(inner) is FunctionType else value)
    if not issubclass(type(value), type):
        return False
    members = type.__getattribute__(value, "__dict__").items()
    methods = [one for _, one in members if type(one) is FunctionType]
    if methods:
        return all(map(_does_nothing, methods))
    is_plain = type.__getattribute__(value, "__bases__") == (object,)
    return is_plain and all(name.startswith("__") for name, _ in members)


def _does_nothing(function: FunctionType) -> bool:
    """Whether a function ends in ``raise NotImplementedError``, or has no body at all."""
    code = function.__code__
    steps = [one for one in dis.get_instructions(code) if one.opname not in _SILENT]
    if any("YIELD" in one.opname or one.opname == "RETURN_GENERATOR" for one in steps):
        return False
    if "NotImplementedError" in code.co_names:
        return not any(one.opname.startswith("RETURN") for one in steps)
    return all(
        one.opname.startswith("RETURN") or (one.opname == "LOAD_CONST" and one.argval is None)
        for one in steps
    )


_SILENT = {"RESUME", "NOP", "CACHE", "COPY_FREE_VARS"}
"""Instructions that no statement of the function's asks for."""
