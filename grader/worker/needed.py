"""What exercises need that is not there when their file has run, and where it may be taken from.

A function that stands inside of another one by its indentation alone; a constant that only the
block below ``if __name__ == "__main__"`` sets: where the student ran the file, they were there.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.worker.bindings import bindings, script_body
from grader.worker.parts import Part, names_of, part_of
from grader.worker.stubs import Definition, is_stub

_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
_RECEIVERS = {"self", "cls"}
_MAX_NEEDED = 5_000


@dataclass(frozen=True)
class Nested:
    """A definition inside of another one.

    Attributes
    ----------
    inside
        The name of that one.
    is_free
        Whether it needs nothing of it, so that it may as well stand at the margin.
    """

    node: Definition
    inside: str
    is_free: bool


def global_names(node: ast.AST) -> set[str]:
    """The names that a definition reads and does not bind itself."""
    if isinstance(node, ast.ClassDef):  # a method's name is nothing that other methods see
        return set().union(*map(global_names, node.body))
    read: set[str] = set()
    bound: set[str] = set()
    for item in _nodes_in(node):
        if isinstance(item, ast.Name):
            (read if type(item.ctx) is ast.Load else bound).add(item.id)
        elif isinstance(item, ast.arg):
            bound.add(item.arg)
        elif isinstance(item, ast.FunctionDef) and item is not node:
            bound.add(item.name)
        elif isinstance(item, ast.Global):
            read.update(item.names)
    return read - bound


def _nodes_in(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a tree, in any order; `ast.walk`, which keeps one, takes three times as long."""
    waiting = [node]
    while waiting:
        item = waiting.pop()
        yield item
        if type(item) is ast.Name:
            continue
        for value in vars(item).values():
            if type(value) is list:
                waiting += [one for one in value if isinstance(one, ast.AST)]
            elif isinstance(value, ast.AST):
                waiting.append(value)


def nodes_of(statements: Iterable[ast.stmt]) -> dict[str, list[ast.stmt]]:
    """By name, the statements that bind it to what may be a function."""
    nodes: dict[str, list[ast.stmt]] = {}
    for one in bindings(statements):
        nodes.setdefault(one.name, []).append(one.node)
    return nodes


def needed_by(wanted: Iterable[str], nodes: Mapping[str, Sequence[ast.stmt]]) -> set[str]:
    """Some names, and those that their definitions need, directly or through others."""
    needed = set(wanted)
    waiting = list(needed)
    while waiting and len(needed) < _MAX_NEEDED:
        for node in nodes.get(waiting.pop(), ()):
            fresh = global_names(node) - needed
            needed |= fresh
            waiting += fresh
    return needed


def is_missing(name: str, there: Mapping[str, Any]) -> bool:
    """Whether a name is neither in a module nor one of Python's."""
    return name not in there and not hasattr(builtins, name)


def nested_in(statements: Iterable[ast.stmt], names: Collection[str]) -> dict[str, Nested]:
    """Where definitions of some names stand inside of others; the best of each name."""
    found: dict[str, Nested] = {}
    waiting: list[tuple[ast.AST, str, frozenset[str]]] = [
        (one, "", frozenset()) for one in statements
    ]
    waiting.reverse()
    while waiting:
        node, inside, bound = waiting.pop()
        if isinstance(node, Definition) and inside and node.name in names and not is_stub(node):
            before = found.get(node.name)
            if before is None or not before.is_free:
                is_free = not _is_method(node) and bound.isdisjoint(global_names(node))
                found[node.name] = Nested(node, inside, is_free)
        if isinstance(node, Definition):
            inside = node.name
            bound |= _bound_by(node) if isinstance(node, _FUNCTION) else frozenset()
        if isinstance(node, ast.stmt | ast.excepthandler | ast.match_case):
            waiting += [(one, inside, bound) for one in reversed(list(ast.iter_child_nodes(node)))]
    return found


def _is_method(node: Definition) -> bool:
    if isinstance(node, ast.ClassDef):
        return False
    first = [*node.args.posonlyargs, *node.args.args][:1]
    return bool(first) and first[0].arg in _RECEIVERS


def _bound_by(function: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str]:
    """The names that belong to a function itself, and not to what stands in it."""
    found: set[str] = set()
    waiting: list[ast.AST] = [function.args, *function.body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        if not isinstance(node, Definition | ast.Lambda):
            waiting += ast.iter_child_nodes(node)
    return frozenset(found)


class Script:
    """What a file does only where it is run as a script.

    Parameters
    ----------
    parts
        The statements of the file.
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        self._statements = [one.node for one in parts if one.node is not None]
        self._block = [node for one in self._statements for node in script_body(one)]
        self._functions = {
            one.name: one
            for one in [*self._statements, *self._block]
            if isinstance(one, ast.FunctionDef)
        }

    def lines_for(self, wanted: Iterable[str], there: Mapping[str, Any]) -> list[tuple[int, Part]]:
        """The statements that set what exercises need and what these statements need, numbered.

        Parameters
        ----------
        wanted
            The exercises.
        there
            What is defined without the block.
        """
        offered = {name for one in self._block for name in self._binds(one)}
        if all(not is_missing(name, there) for name in offered):
            return []
        nodes = nodes_of([*self._statements, *self._block])
        needed = {name for name in needed_by(wanted, nodes) if is_missing(name, there)}
        found = []
        for number in reversed(range(len(self._block))):
            node = self._block[number]
            if needed.isdisjoint(self._binds(node)) and needed.isdisjoint(_changes(node)):
                continue
            found.append((number, part_of(node)))
            read = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)} - needed
            needed |= {name for name in needed_by(read, nodes) if is_missing(name, there)}
        return found[::-1]

    def _binds(self, node: ast.stmt) -> list[str]:
        """The names that a statement sets, also by calling a function that sets them."""
        found = names_of(part_of(node))
        if isinstance(node, ast.Expr | ast.Assign) and isinstance(node.value, ast.Call):
            function = node.value.func
            called = self._functions.get(function.id) if isinstance(function, ast.Name) else None
            for one in ast.walk(called) if called is not None else ():
                found += one.names if isinstance(one, ast.Global) else []
        return found


def _changes(node: ast.stmt) -> Iterator[str]:
    """The names whose values a statement changes in place, or one in its blocks."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Definition):
            continue
        waiting += [inner for inner in ast.iter_child_nodes(one) if isinstance(inner, ast.stmt)]
        targets: list[ast.expr] = []
        if isinstance(one, ast.Expr) and isinstance(one.value, ast.Call):
            targets = [one.value.func]
        elif isinstance(one, ast.Assign):
            targets = one.targets
        elif isinstance(one, ast.AugAssign):
            targets = [one.target]
        for target in targets:
            base = target
            while isinstance(base, ast.Attribute | ast.Subscript):
                base = base.value
            if isinstance(base, ast.Name) and base is not target:
                yield base.id
