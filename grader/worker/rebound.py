"""Functions whose names a later statement of the file gives to a value: ``grid = grid(x)``."""

from __future__ import annotations

import ast
from types import ModuleType
from typing import Any

from grader.worker.parts import Part, names_of
from grader.worker.stubs import Definition


class WrittenFunctions:
    """What the `def` and `class` statements of one module made.

    In a script, a function that has been called may lend its name to what it returned. Nobody
    means to hand that value in, so that the function has its name back in the end. A later
    function, and whatever else can be called, takes the place of the one above, as in Python.
    """

    def __init__(self) -> None:
        self._functions: dict[str, tuple[Any, int]] = {}
        self._rebound: dict[str, tuple[int, bool]] = {}

    def see(self, part: Part, module: ModuleType) -> None:
        """Look at a statement of the file that has just run."""
        if isinstance(part.node, Definition):
            name = part.node.name
            if name in vars(module):
                self._functions[name] = vars(module)[name], part.line
                self._rebound.pop(name, None)
            return
        for name in names_of(part):
            if name in self._functions:
                self._rebound[name] = part.line, _is_its_own_answer(part.node, name)

    def give_back(self, module: ModuleType) -> list[dict[str, Any]]:
        """Give functions their names back; return whose, and the lines that had taken them."""
        found = []
        for name, (line, is_own_answer) in self._rebound.items():
            function, first = self._functions[name]
            value = vars(module).get(name, function)
            if value is not function and (is_own_answer or not callable(value)):
                setattr(module, name, function)
                found.append({"name": name, "line": line, "function_line": first})
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
