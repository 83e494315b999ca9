"""NumPy of what a layer, a loss or a metric is given: of a tensor it knows no gradient.

Only what the text shows for certain is told: a function of NumPy's that is called, within the
method that Keras calls, with an argument of this method or with what was computed from one.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

_METHODS = {"call", "update_state"}
_NO_TENSORS = {"self", "training", "mask"}
_PLAIN = {"shape", "ndim", "dtype"}
"""Attributes of a tensor that are no tensors."""


def numpy_uses(node: ast.stmt, aliases: frozenset[str]) -> dict[str, int]:
    """The functions of NumPy's that a class calls with tensors, each with its first line.

    Parameters
    ----------
    aliases
        The names under which the file knows NumPy.
    """
    found: dict[str, int] = {}
    for method in node.body if isinstance(node, ast.ClassDef) and aliases else ():
        if isinstance(method, ast.FunctionDef) and method.name in _METHODS:
            for name, line in _in_method(method, aliases):
                found.setdefault(name, line)
    return found


def numpy_aliases(statements: list[ast.stmt]) -> frozenset[str]:
    """The names under which a file imports NumPy itself."""
    names = (one for node in statements if isinstance(node, ast.Import) for one in node.names)
    return frozenset(one.asname or one.name for one in names if one.name == "numpy")


def _in_method(method: ast.FunctionDef, aliases: frozenset[str]) -> Iterator[tuple[str, int]]:
    given = method.args
    names = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    tensors = {one.arg for one in names} - _NO_TENSORS
    for statement in ast.walk(method):  # level by level: what is assigned deeper may be missed
        if isinstance(statement, ast.Assign) and _has_tensor(statement.value, tensors):
            for target in statement.targets:
                tensors |= {one.id for one in ast.walk(target) if isinstance(one, ast.Name)}
    for call in ast.walk(method):
        function = call.func if isinstance(call, ast.Call) else None
        if (
            isinstance(call, ast.Call)
            and isinstance(function, ast.Attribute)
            and isinstance(function.value, ast.Name)
            and function.value.id in aliases
            and any(_has_tensor(one, tensors) for one in call.args)
        ):
            yield function.attr, call.lineno


def _has_tensor(value: ast.expr, tensors: set[str]) -> bool:
    """Whether a tensor is among what an expression is computed from."""
    if isinstance(value, ast.Attribute) and value.attr in _PLAIN:
        return False
    if isinstance(value, ast.Call):
        name = value.func.id if isinstance(value.func, ast.Name) else ""
        parts = [*value.args, *(one.value for one in value.keywords)]
        parts += [value.func.value] if isinstance(value.func, ast.Attribute) else []
        attribute = value.func.attr if isinstance(value.func, ast.Attribute) else ""
        if name in {"len", "isinstance", "int", "float"} or attribute in _PLAIN:
            return False
        return any(_has_tensor(one, tensors) for one in parts)
    if isinstance(value, ast.Name):
        return value.id in tensors
    if isinstance(value, ast.Compare) and isinstance(value.ops[0], ast.Is | ast.IsNot):
        return False
    if isinstance(value, ast.Lambda):
        return False
    return any(
        _has_tensor(one, tensors)
        for one in ast.iter_child_nodes(value)
        if isinstance(one, ast.expr)
    )
