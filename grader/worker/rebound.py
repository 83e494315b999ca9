"""Functions whose names a later statement of the file takes: for a value, or for a stub.

Of names that are Python's or an import's see `grader.worker.taken_names`.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from grader.worker.bindings import bindings
from grader.worker.parts import Part, names_of, parts_of
from grader.worker.stubs import Definition, is_stub
from grader.worker.taken_names import TakenNames
from grader.worker.written import written_in

_KEEPING = ast.Import | ast.ImportFrom | ast.Assign | ast.AnnAssign
"""Statements that take no name away."""
_MAX_NAMES = 2_000
"""Of how many names a module keeps track of what is deleted."""


class WrittenFunctions:
    """What the statements of one module bind to functions and classes.

    In a script, a function that has been called may lend its name to what it returned. Nobody
    means to hand that value in, so that the function has its name back in the end. A later
    function, and whatever else can be called, takes the place of the one above, as in Python;
    the stub of the handout alone never does.

    Parameters
    ----------
    path, folder
        Its file, and where the submission lies. The file is looked into once a stub is met.
    """

    def __init__(self, path: Path, folder: Path) -> None:
        self._path, self._folder = path, folder
        self._functions: dict[str, tuple[Any, int]] = {}
        self._rebound: dict[str, tuple[int, bool]] = {}
        self._stubs: dict[str, Any] = {}
        self._kept: dict[str, Any] = {}
        self._before: dict[str, Any] = {}
        self._taken = TakenNames()
        self.deleted: dict[str, tuple[Any, int]] = {}
        """By name, what a statement deleted that can be called or is a module, and its line."""

    def is_second_stub(self, part: Part, module: ModuleType) -> bool:
        """Whether a stub of the handout would take the place of what is written above it.

        Within a block, where it cannot be left out alone, the names are given back by `see`.
        """
        node = part.node
        if isinstance(node, Definition):
            return is_stub(node) and self._is_there(node.name, module)
        is_small = len(vars(module)) < _MAX_NAMES and not isinstance(node, _KEEPING)
        self._before = dict(vars(module)) if is_small else {}
        self._kept = {
            name: vars(module)[name]
            for name in self._stubs_in(node)
            if self._is_there(name, module)
        }
        return False

    def see(self, part: Part, module: ModuleType) -> None:
        """Look at a statement of the file that has just run."""
        node = part.node
        for name, value in self._kept.items():
            setattr(module, name, value)
        self._kept = {}
        for name in self._before.keys() - vars(module).keys():
            value = self._before[name]
            if callable(value) or isinstance(value, ModuleType):
                self.deleted[name] = value, part.line
        self._before = {}
        found = list(bindings([node])) if node is not None else []
        written = {one.name for one in found if one.written or one.half}
        if isinstance(node, Definition) and node.name in vars(module):
            written.add(node.name)
            if is_stub(node):
                self._stubs[node.name] = vars(module)[node.name]
        for name in written:
            if isinstance(node, Definition) or callable(vars(module).get(name)):
                self._functions[name] = vars(module).get(name), part.line
                self._rebound.pop(name, None)
        names = names_of(part)
        self._taken.see(node, part.line, names, vars(module))
        if isinstance(node, Definition):
            return
        for name in names:
            if name in self._functions and self._functions[name][1] != part.line:
                self._rebound[name] = part.line, _is_its_own_answer(node, name)

    def is_stub(self, name: str, value: Any) -> bool:
        """Whether a value is what the stub of that name made."""
        return name in self._stubs and value is self._stubs[name]

    @cached_property
    def _written(self) -> dict[str, bool]:
        """The names that are bound somewhere in the module, below or above the stub."""
        return written_in(self._path, self._folder)

    def _is_there(self, name: str, module: ModuleType) -> bool:
        """Whether a name is bound by now to what is written."""
        value = vars(module).get(name)
        if name in self.deleted and name not in vars(module):
            value = self.deleted[name][0]
        is_bound = callable(value) and value is not self._stubs.get(name)
        return is_bound and self._written.get(name, False)

    def _stubs_in(self, node: ast.stmt | None) -> set[str]:
        """The names that a compound statement binds to nothing but stubs."""
        if not isinstance(node, ast.If | ast.Try | ast.With | ast.For | ast.While):
            return set()
        found = list(bindings([node]))
        written = {one.name for one in found if one.written or one.half}
        return {one.name for one in found} - written

    def give_back(self, module: ModuleType) -> list[dict[str, Any]]:
        """Give functions their names back; return whose, and the lines that had taken them."""
        found = []
        for name, (line, is_own_answer) in self._rebound.items():
            function, first = self._functions[name]
            value = vars(module).get(name, function)
            if value is not function and (is_own_answer or not callable(value)):
                setattr(module, name, function)
                is_open = function is self._stubs.get(name)
                kind = "stub" if is_open else "function"
                found.append({"name": name, "line": line, "function_line": first, "kind": kind})
        return [*found, *self._taken.give_back(module, self._statements())]

    def _statements(self) -> Iterator[ast.stmt]:
        try:
            parts = parts_of(self._path.read_bytes())
        except (OSError, SyntaxError, ValueError):
            return
        yield from (one.node for one in parts if one.node is not None)

    def bring_back(self, module: ModuleType, needed: Collection[str]) -> list[dict[str, Any]]:
        """Give back what is needed and was deleted; return its names and the lines."""
        found = []
        for name, (value, line) in self.deleted.items():
            if name in needed and name not in vars(module):
                setattr(module, name, value)
                found.append({"name": name, "line": line})
        return found


def _is_its_own_answer(node: ast.stmt | None, name: str) -> bool:
    """Whether this is ``name = name(…)``: a model, say, which can be called as well."""
    value = getattr(node, "value", None)
    return (
        isinstance(node, ast.Assign | ast.AnnAssign)
        and isinstance(value, ast.Call)
        and isinstance(value.func, ast.Name)
        and value.func.id == name
    )
