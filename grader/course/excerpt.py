"""The part of a reference that some of its names need: a forward pass without the training."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Mapping


def forward_files(forward: str, references: Mapping[str, str], name: str) -> dict[str, str]:
    """The files of a forward pass: its own, and of the references what it imports from them.

    Parameters
    ----------
    forward
        The text of the assignment's ``forward.py``.
    references
        The references by file name.
    name
        What the file with that text is called.

    Raises
    ------
    ValueError
        When it imports a name that a reference does not define.
    """
    files = {name: forward}
    for node in ast.parse(forward).body:
        file = f"{node.module}.py" if isinstance(node, ast.ImportFrom) else ""
        if isinstance(node, ast.ImportFrom) and file in references:
            files[file] = excerpt(references[file], [one.name for one in node.names])
    return files


def excerpt(source: str, names: Collection[str]) -> str:
    """The statements of a file that define some names, and what these need, without docstrings.

    Raises
    ------
    ValueError
        When a name is not defined at the top of the file.
    """
    statements = ast.parse(source).body
    defined: dict[str, list[ast.stmt]] = {}
    for node in statements:
        for name in _bound(node):
            defined.setdefault(name, []).append(node)
    if unknown := sorted(set(names) - defined.keys()):
        raise ValueError(f"Expected names that the reference defines. Received: {unknown}")
    kept: set[int] = set()
    waiting = list(names)
    while waiting:
        for node in defined.pop(waiting.pop(), []):
            kept.add(id(node))
            waiting += [one.id for one in ast.walk(node) if isinstance(one, ast.Name)]
    found = [_without_docstrings(node) for node in statements if id(node) in kept]
    return ast.unparse(ast.Module(found, [])) + "\n"


def _bound(node: ast.stmt) -> Iterable[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [(one.asname or one.name).partition(".")[0] for one in node.names]
    return [
        one.id
        for one in ast.walk(node)
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
    ]


def _without_docstrings(node: ast.stmt) -> ast.stmt:
    for one in ast.walk(node):
        has_one = isinstance(one, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(one)
        if has_one and isinstance(one, ast.FunctionDef | ast.ClassDef):
            one.body = one.body[1:] or [ast.Pass()]
    return node
