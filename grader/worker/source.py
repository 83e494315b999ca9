"""What the syntax tree says of a student's file, before any of it runs.

Parsing happens here, in the limited process, since a source text can exhaust the
compiler. What is found is a teaching aid; what must not be used is also guarded
at run time by `grader.worker.guards`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from grader.worker.bindings import Binding
from grader.worker.calls import CallGraph
from grader.worker.needed import nested_in
from grader.worker.numpy_uses import numpy_aliases, numpy_uses
from grader.worker.parts import parts_of, problem_of
from grader.worker.stubs import Definition, is_half_written, is_name, is_stub
from grader.worker.written import bound_in, own_file, statements_of


def inspect_source(
    path: Path, forbidden: dict[str, list[str]], exercises: Collection[str] = ()
) -> dict[str, Any]:
    """Describe the file: its syntax error or its definitions.

    Parameters
    ----------
    forbidden
        Dotted names that a definition may not use. Uses are looked for in these definitions
        alone, and only where the text names anything forbidden at all: looking takes time.
    exercises
        Names that are told of even where an assignment or an import binds them; a definition may
        call them although another file of the student's defines them.

    Returns
    -------
    dict
        ``problem`` (None, or ``message``, ``line``, ``column``, ``text``) when nothing of the
        file parses, and ``definitions``: by name, ``line``, ``end_line``, ``stub`` (or
        ``half`` of it is written), ``certain``, whether it surely can be called, ``calls`` and
        ``perhaps``, what it calls and what it may call (see `grader.worker.calls`), ``uses``, the
        dotted names that it reaches, directly or through other definitions, with their lines; of
        one that is imported, ``imported``, the student's file (or "") and the name in there; of a
        class, ``open``, the methods that are not written, with their lines, ``methods``, the names
        of all that it defines itself, and ``numpy``, what of NumPy's is called with tensors; of one
        that stands inside of another definition, ``inside`` and whether it needs nothing of that
        one (``free``); and, for one that does not parse, ``problem``.
    """
    source = path.read_bytes()
    try:
        parts = parts_of(source)
    except SyntaxError as error:
        return {"problem": problem_of(error), "definitions": {}}
    except ValueError as error:
        return _failure(f"the file cannot be parsed ({error})")
    statements = list(statements_of(parts, source))
    bound = bound_in(path, path.parent, statements)
    wanted = {
        name: one
        for name, one in bound.items()
        if isinstance(one.node, Definition) or name in exercises
    }
    known = bound.keys() | {name for part in parts for name in part.names}
    absent = [name for name in exercises if name not in known and name.encode() in source]
    nested = nested_in(statements, absent) if absent else {}
    wanted = {name: Binding(name, one.node, True) for name, one in nested.items()} | wanted
    definitions = _definitions(wanted, ast.Module(statements, []), source, forbidden)
    nodes = {name: one.node for name, one in wanted.items()}
    graph = CallGraph(path, path.parent, statements, source, nodes, exercises)
    for name in wanted:
        called = graph.of(name)
        definitions[name] |= {"calls": called.surely, "perhaps": called.perhaps}
    for name, found in nested.items():
        definitions[name] |= {"inside": found.inside, "free": found.is_free}
    for name, one in wanted.items():
        if one.origin is not None:
            file = own_file(path, path.parent, *one.origin[:2])
            place = file.relative_to(path.parent).as_posix() if file is not None else ""
            definitions[name]["imported"] = [place, one.origin[2]]
    for part in parts:
        for name in part.names:
            broken = {"line": part.line, "end_line": part.end_line, "problem": part.problem}
            definitions.setdefault(name, {**broken, "stub": False, "uses": {}, "calls": []})
    return {"problem": None, "definitions": definitions}


def _suspects(source: bytes, forbidden: dict[str, list[str]]) -> set[str]:
    """The definitions for which the text holds the last part of some forbidden name."""
    return {
        name
        for name, dotted_names in forbidden.items()
        if any(dotted.rpartition(".")[2].encode() in source for dotted in dotted_names)
    }


def _failure(message: str) -> dict[str, Any]:
    problem = {"message": message, "line": None, "column": None, "text": ""}
    return {"problem": problem, "definitions": {}}


def _definitions(
    bound: Mapping[str, Binding],
    tree: ast.Module,
    source: bytes,
    forbidden: dict[str, list[str]],
) -> dict[str, Any]:
    wanted = _suspects(source, forbidden)
    aliases = _aliases(tree, source) if wanted else {}
    nodes = {name: one.node for name, one in bound.items()}
    numpy = numpy_aliases(tree.body)
    own_uses = cache(lambda name: _dotted_names(nodes[name], aliases))
    return {
        name: {
            "line": one.node.lineno,
            "end_line": one.node.end_lineno,
            "stub": not one.written and not one.half,
            "half": one.half,
            "certain": one.certain,
            "uses": _reached(name, nodes, own_uses) if name in wanted else {},
            **_open_methods(one.node),
            **_of_class(one.node, numpy),
        }
        for name, one in bound.items()
    }


def _open_methods(node: ast.stmt) -> dict[str, dict[str, int]]:
    """The methods of a class that are stubs or half written, with their lines."""
    found = {
        one.name: one.lineno
        for one in (node.body if isinstance(node, ast.ClassDef) else ())
        if isinstance(one, ast.FunctionDef) and (is_stub(one) or is_half_written(one))
    }
    return {"open": found} if found else {}


def _of_class(node: ast.stmt, numpy: frozenset[str]) -> dict[str, Any]:
    """The methods that a class defines, and what it calls of NumPy's with tensors."""
    if not isinstance(node, ast.ClassDef):
        return {}
    own = [one.name for one in node.body if isinstance(one, ast.FunctionDef)]
    return {"methods": own, "numpy": numpy_uses(node, numpy)}


def _aliases(tree: ast.Module, source: bytes) -> dict[str, str]:
    """Map every imported or re-assigned module-level name to the dotted name it stands for."""
    aliases: dict[str, str] = {}
    lines = source.splitlines()
    for statement in tree.body:
        if any(b"import" in line for line in lines[statement.lineno - 1 : statement.end_lineno]):
            for node in ast.walk(statement):
                _add_imports(node, aliases)
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target, dotted = statement.targets[0], _dotted(statement.value, aliases)
            if isinstance(target, ast.Name) and dotted and "." in dotted:
                aliases[target.id] = dotted
    return aliases


def _add_imports(node: ast.AST, aliases: dict[str, str]) -> None:
    if isinstance(node, ast.Import):
        for item in node.names:
            if item.asname:
                aliases[item.asname] = item.name
            else:
                root = item.name.partition(".")[0]
                aliases[root] = root
    elif isinstance(node, ast.ImportFrom) and node.module:
        for item in node.names:
            aliases[item.asname or item.name] = f"{node.module}.{item.name}"


def _dotted(node: ast.AST, aliases: dict[str, str]) -> str | None:
    attributes: list[str] = []
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute):
            attributes.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Call) and is_name(node.func, "getattr") and len(node.args) >= 2:
            attribute = node.args[1]
            if not isinstance(attribute, ast.Constant):
                return None
            attributes.append(str(attribute.value))
            node = node.args[0]
        else:
            return None
    return ".".join([aliases.get(node.id, node.id), *reversed(attributes)])


def _dotted_names(node: ast.AST, aliases: dict[str, str]) -> dict[str, int]:
    names: dict[str, int] = {}
    for item in ast.walk(node):
        dotted = _dotted(item, aliases)
        if dotted:
            names.setdefault(dotted, getattr(item, "lineno", 0))
    return names


def _reached(
    name: str, nodes: Collection[str], own_uses: Callable[[str], dict[str, int]]
) -> dict[str, int]:
    reached: dict[str, int] = {}
    waiting, seen = [name], {name}
    while waiting:
        for dotted, line in own_uses(waiting.pop()).items():
            if dotted in nodes and dotted not in seen:
                seen.add(dotted)
                waiting.append(dotted)
            reached.setdefault(dotted, line)
    return reached
