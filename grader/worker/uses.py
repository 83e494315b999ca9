"""What a statement uses: global names, with the attributes asked of them, and names in texts."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

from grader.worker.bindings import ALL_NAMES

Origin = tuple[int, str, str]
"""Of an import: the level, the module, and the name in there; "" for the module itself."""

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_FUNCTIONS = {ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda}
_DEFINITIONS = {ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef}
_IMPORTS = {ast.Import, ast.ImportFrom}
_PASSED_OVER = frozenset({"annotation", "ctx", "op", "ops"})
"""Parts of a node in which no name is read."""
_NAMING = {ast.ExceptHandler, ast.MatchAs, ast.MatchStar}


@dataclass
class Use:
    """What a statement uses.

    Attributes
    ----------
    names
        The global names that it reads, each with the attributes that are asked of it in a row.
    words
        Names in texts, and attributes of anything else.
    imports
        What a function in it imports, by the name that it gets there.
    """

    names: set[tuple[str, tuple[str, ...]]] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    imports: dict[str, list[Origin]] = field(default_factory=dict)


def use_of(node: ast.AST) -> Use:
    """Read a statement or an expression; nothing recurses, however deep it is."""
    use = Use()
    waiting: list[tuple[ast.AST, frozenset[str]]] = [(node, frozenset())]
    while waiting:
        item, hidden = waiting.pop()
        kind = type(item)
        if kind is ast.Name:
            if type(item.ctx) is ast.Load and item.id not in hidden:  # type: ignore[attr-defined]
                use.names.add((item.id, ()))  # type: ignore[attr-defined]
        elif kind is ast.Constant:
            value = item.value  # type: ignore[attr-defined]
            if type(value) is str and value.isidentifier():
                use.words.add(value)
        elif isinstance(item, ast.Attribute):
            base, attributes = _chain(item)
            if not isinstance(base, ast.Name):
                use.words.update(attributes)
                waiting.append((base, hidden))
            elif base.id not in hidden:
                use.names.add((base.id, attributes))
            else:
                use.words.update(attributes)
        elif kind in _FUNCTIONS:
            function = cast("Function", item)
            inside = hidden | _bound_by(function)
            waiting += [(one, inside) for one in _body(function)]
            waiting += [(one, hidden) for one in _around(function)]
        elif kind in _IMPORTS:
            for name, origin in imported_by(cast("ast.Import | ast.ImportFrom", item)):
                use.imports.setdefault(name, []).append(origin)
        elif not (kind is ast.Expr and type(item.value) is ast.Constant):  # type: ignore[attr-defined]
            waiting += [(one, hidden) for one in _children(item)]
    return use


def root_of(node: ast.expr) -> str:
    """The name at the root of attributes, items and calls; "" where there is none."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def imported_by(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, Origin]]:
    """Yield the names that an import binds, each with what it stands for."""
    for one in node.names:
        if isinstance(node, ast.ImportFrom):
            yield one.asname or one.name, (node.level, node.module or "", one.name)
        elif one.asname:
            yield one.asname, (0, one.name, "")
        else:
            root = one.name.partition(".")[0]
            yield root, (0, root, "")


def _chain(node: ast.Attribute) -> tuple[ast.expr, tuple[str, ...]]:
    attributes = [node.attr]
    base = node.value
    while isinstance(base, ast.Attribute):
        attributes.append(base.attr)
        base = base.value
    return base, tuple(reversed(attributes))


def _around(node: Function) -> list[ast.expr]:
    """What of a function is read where it stands: decorators and defaults, no annotations."""
    defaults = [*node.args.defaults, *(one for one in node.args.kw_defaults if one is not None)]
    return defaults if isinstance(node, ast.Lambda) else [*node.decorator_list, *defaults]


def _children(node: ast.AST) -> list[ast.AST]:
    """What a node consists of, apart from annotations."""
    found: list[ast.AST] = []
    for name in node._fields:
        if name in _PASSED_OVER:
            continue
        value = getattr(node, name, None)
        if type(value) is list:
            found += [one for one in value if isinstance(one, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def _bound_by(function: Function) -> set[str]:
    """The names that are a function's own; what it imports is followed and does not count."""
    given = function.args
    found = {one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)}
    found |= {one.arg for one in (given.vararg, given.kwarg) if one is not None}
    shared: set[str] = set()
    waiting = list(_body(function))
    while waiting:
        node = waiting.pop()
        kind = type(node)
        if kind is ast.Name:
            if type(node.ctx) is not ast.Load:  # type: ignore[attr-defined]
                found.add(node.id)  # type: ignore[attr-defined]
        elif kind in _DEFINITIONS:
            found.add(node.name)  # type: ignore[attr-defined]
        elif isinstance(node, ast.Global):
            shared.update(node.names)
        elif kind is not ast.Lambda and kind is not ast.Constant:
            if kind in _NAMING and node.name:  # type: ignore[attr-defined]
                found.add(node.name)  # type: ignore[attr-defined]
            waiting += _children(node)
    return found - shared


def _body(function: Function) -> list[ast.AST]:
    return [function.body] if isinstance(function, ast.Lambda) else list(function.body)


def is_all(origin: Origin) -> bool:
    """Whether this is a star: all names of a module."""
    return origin[2] == ALL_NAMES
