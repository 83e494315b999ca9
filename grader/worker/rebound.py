"""Functions whose names a later statement of the file takes: for a value, or for a stub.

The stub may as well come from another file: by an import, by ``exec`` or ``%run``.

Of names that are Python's or an import's see `grader.worker.taken_names`.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from grader.worker.bindings import bindings
from grader.worker.parts import Part, names_of, parts_of
from grader.worker.stubs import Definition, is_made_by_stub, is_stub
from grader.worker.taken_names import TakenNames
from grader.worker.written import written_in

_MAX_NAMES = 2_000
"""Of how many names a module keeps track of what is deleted or replaced."""


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
    of_all
        What the stubs of all modules made, by identity: behind a decorator it is something else.
    """

    def __init__(self, path: Path, folder: Path, of_all: dict[int, Any] | None = None) -> None:
        self._of_all = {} if of_all is None else of_all
        self._path, self._folder = path, folder
        self._functions: dict[str, tuple[Any, int]] = {}
        self._rebound: dict[str, tuple[int, bool]] = {}
        self._stubs: dict[str, Any] = {}
        self._before: dict[str, Any] = {}
        self._outdone: list[dict[str, Any]] = []
        self._taken = TakenNames()
        self.deleted: dict[str, tuple[Any, int]] = {}
        """By name, what a statement deleted that can be called or is a module, and its line."""

    def is_second_stub(self, part: Part, module: ModuleType) -> bool:
        """Whether a stub of the handout would take the place of what is written above it.

        Where it cannot be left out alone, the names are given back by `see`.
        """
        node = part.node
        if isinstance(node, Definition):
            self._before = {}
            value = vars(module).get(node.name)
            if node.name in self.deleted and node.name not in vars(module):
                value = self.deleted[node.name][0]
            return is_stub(node) and self._is_written(node.name, value)
        self._before = dict(vars(module)) if len(vars(module)) < _MAX_NAMES else {}
        return False

    def see(self, part: Part, module: ModuleType) -> None:
        """Look at a statement of the file that has just run."""
        node = part.node
        self._outdo_stubs(part, module)
        taken = self._taken_by_values(vars(module))
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
                self._stubs[node.name] = made = vars(module)[node.name]
                self._of_all[id(made)] = made
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
        self._rebound |= {name: (part.line, False) for name in taken if name not in names}

    def _taken_by_values(self, names: Mapping[str, Any]) -> list[str]:
        """Functions whose names a statement has taken that does not say so: ``import *``, say."""
        return [
            name
            for name in self._functions
            if name in self._before
            and names.get(name, self._before[name]) is not self._before[name]
            and not callable(names[name])
        ]

    def is_stub(self, name: str, value: Any) -> bool:
        """Whether a value is what the stub of that name made."""
        return name in self._stubs and value is self._stubs[name]

    @cached_property
    def _written(self) -> dict[str, bool]:
        """The names that are bound somewhere in the module, below or above the stub."""
        return written_in(self._path, self._folder)

    def _is_written(self, name: str, value: Any) -> bool:
        """Whether a value that a name has is more than its stub, and is the student's own."""
        if not callable(value) or value is self._stubs.get(name) or is_made_by_stub(value):
            return False
        return self._written.get(name, False) or self._is_own(value)

    def _is_own(self, value: Any) -> bool:
        """Whether a function was made by the text of the student's, perhaps by `exec`."""
        file = value.__code__.co_filename if type(value) is FunctionType else ""
        return file == "<string>" or file.startswith(str(self._folder))

    def _outdo_stubs(self, part: Part, module: ModuleType) -> None:
        """Give back what a statement replaced by stubs, which come from another file or a block."""
        names = vars(module)
        for name, value in self._before.items():
            if (
                name in names
                and names[name] is not value
                and (is_made_by_stub(names[name]) or id(names[name]) in self._of_all)
                and self._is_written(name, value)
            ):
                names[name] = value
                first = self._functions[name][1] if name in self._functions else 0
                where = {"line": part.line, "function_line": first}
                self._outdone.append({"name": name, **where, "kind": "unwritten"})

    def give_back(self, module: ModuleType) -> list[dict[str, Any]]:
        """Give functions their names back; return whose, and the lines that had taken them."""
        found, self._outdone = self._outdone, []
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
