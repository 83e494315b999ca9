"""A name that nothing reads: an argument, or a value that is kept for something."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from grader.judge.repairs.source import Definition

Unread = tuple[int, str, str]
"""Its line, its name, and what is said of it."""


def only_unread(definitions: Sequence[Definition]) -> Unread | None:
    """The one name that an exercise and its helpers give a value and never read, if it is one.

    What is unpacked from a shape or a cache, or beside what is needed of a call's results, and
    what a loop counts, is often not needed.
    """
    found = [one for definition in definitions for one in _unread_in(definition.node)]
    return found[0] if len(found) == 1 else None


def _unread_in(top: ast.AST) -> Iterator[Unread]:
    inner = top.body if isinstance(top, ast.ClassDef) else [top]
    for function in inner:
        if not isinstance(function, ast.FunctionDef):
            continue
        read = {
            one.id
            for one in ast.walk(function)
            if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Store)
        } | _changed_in_place(function)
        for line, name, is_argument in (*_arguments(function), *_kept(function, read)):
            if name in read or name.startswith("_") or name in {"self", "cls"}:
                continue
            read.add(name)
            said = f"nothing in `{function.name}` reads `{name}`"
            if is_argument:
                said = f"nothing in `{function.name}` reads its argument `{name}`"
            yield line, name, said


def _changed_in_place(function: ast.FunctionDef) -> set[str]:
    """Names of what may be a view of another array: ``part += 1`` changes that as well."""
    return {
        one.target.id
        for one in ast.walk(function)
        if isinstance(one, ast.AugAssign) and isinstance(one.target, ast.Name)
    }


def _arguments(function: ast.FunctionDef) -> Iterator[tuple[int, str, bool]]:
    given = function.args
    for one in (*given.posonlyargs, *given.args, *given.kwonlyargs):
        yield one.lineno, one.arg, True


def _is_read_in_part(node: ast.Assign, read: set[str]) -> bool:
    """Whether some of what a call returns is read: who unpacks it has to name the rest, too."""
    return any(isinstance(one, ast.Name) and one.id in read for one in ast.walk(node.targets[0]))


def _kept(function: ast.FunctionDef, read: set[str]) -> Iterator[tuple[int, str, bool]]:
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            is_unpacked = isinstance(node.targets[0], ast.Tuple | ast.List)
            if is_unpacked and isinstance(node.value, ast.Name | ast.Attribute):
                continue
            if is_unpacked and isinstance(node.value, ast.Call) and _is_read_in_part(node, read):
                continue
            targets = node.targets
        elif isinstance(node, ast.For) and isinstance(node.target, ast.Tuple):
            targets = [node.target]
        else:
            continue
        for target in targets:
            for one in ast.walk(target):
                if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
                    yield one.lineno, one.id, False
