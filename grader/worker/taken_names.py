"""Names of Python's functions and of imports that a later statement of the file takes for a value.

``sum = 0`` in some cell, ``np = 3``: a function of the student's that calls what had the name can
only fail then. Where the file's functions need it, the name is given back in the end.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from grader.worker.needed import global_names
from grader.worker.stubs import Definition

_IMPORTS = ast.Import | ast.ImportFrom
_MAX_NAMES = 200


@dataclass
class TakenNames:
    """What the statements of one module did to such names."""

    _imported: dict[str, tuple[Any, int]] = field(default_factory=dict)
    _taken: dict[str, int] = field(default_factory=dict)

    def see(self, node: ast.stmt | None, line: int, names: Iterable[str], there: Any) -> None:
        """Look at the names that a statement has just bound.

        Parameters
        ----------
        there
            The names of the module.
        """
        is_import = isinstance(node, _IMPORTS)
        for name in names:
            value = there.get(name)
            if isinstance(value, ModuleType) and (is_import or name not in self._imported):
                self._imported[name] = value, line
                self._taken.pop(name, None)
            elif is_import:
                self._taken.pop(name, None)
                if isinstance(node, ast.ImportFrom):
                    self._imported[name] = value, line
            elif (
                name in there
                and len(self._taken) < _MAX_NAMES
                and (name in self._imported or hasattr(builtins, name))
            ):
                self._taken.setdefault(name, line)

    def give_back(
        self, module: ModuleType, statements: Iterable[ast.stmt]
    ) -> Iterator[dict[str, Any]]:
        """Give back what the functions of the file need; tell the names and the lines."""
        there = vars(module)
        waiting = {name for name in self._taken if name in there}
        if not waiting:
            return
        needed = _needed(statements, waiting)
        for name in sorted(waiting):
            value, line = there[name], self._taken[name]
            before, first = self._imported.get(name, (getattr(builtins, name, None), 0))
            if value is before or not _is_worse(value, before, needed.get(name, set())):
                continue
            if first:
                setattr(module, name, before)
            else:
                delattr(module, name)
            kind = "import" if first else "builtin"
            yield {"name": name, "line": line, "function_line": first, "kind": kind}


def _is_worse(value: Any, before: Any, needed: set[str]) -> bool:
    """Whether a value cannot do what the name is needed for, and what had the name before can."""
    for use in needed:
        if not use:
            if callable(before) and not callable(value):
                return True
        elif isinstance(before, ModuleType):
            try:
                if hasattr(before, use) and not hasattr(value, use):
                    return True
            except BaseException:  # a value of the student's may do anything when it is asked
                return True
    return False


def _needed(statements: Iterable[ast.stmt], names: set[str]) -> dict[str, set[str]]:
    """By name, the attributes that functions read of it; "" where it is called itself."""
    found: dict[str, set[str]] = {}
    waiting = [one for one in statements]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Definition):
            read = names & global_names(node)
            for one in ast.walk(node) if read else ():
                if isinstance(one, ast.Call) and isinstance(one.func, ast.Name):
                    types = ast.Tuple(one.args[1:]) if one.func.id == "isinstance" else one.func
                    for called in (one.func, *ast.walk(types)):
                        if isinstance(called, ast.Name):
                            found.setdefault(called.id, set()).add("")
                elif isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name):
                    found.setdefault(one.value.id, set()).add(one.attr)
        else:
            waiting += [one for one in ast.iter_child_nodes(node) if isinstance(one, ast.stmt)]
    return found
