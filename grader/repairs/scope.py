"""What names there are at a place of a definition, and what kinds of things they are."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import cached_property

from grader.repairs.source import Source

_MOST_NAMES = 14


@dataclass(frozen=True)
class Module:
    """What the file offers to all of its functions.

    Attributes
    ----------
    numpy, math
        What the modules are called there; "" where they are not imported.
    functions
        By name, how many arguments a function of the file needs.
    parameters
        And how these are called.
    """

    numpy: str = ""
    math: str = ""
    functions: dict[str, int] = field(default_factory=dict)
    parameters: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @staticmethod
    def of(source: Source) -> Module:
        """Look at the file's imports and functions."""
        names = {"numpy": "", "math": ""}
        functions = {}
        parameters = {}
        for node in source.tree.body:
            if isinstance(node, ast.Import):
                for one in node.names:
                    if one.name in names:
                        names[one.name] = one.asname or one.name
            elif isinstance(node, ast.FunctionDef):
                given = node.args
                functions[node.name] = len(given.args) - len(given.defaults)
                needed = [one.arg for one in given.args[: functions[node.name]]]
                parameters[node.name] = tuple(needed)
        return Module(names["numpy"], names["math"], functions, parameters)


@dataclass(frozen=True)
class Scope:
    """The names of one function, with those of the functions around it."""

    functions: tuple[ast.FunctionDef, ...]

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """What the function is given, `self` left out."""
        found = [
            one.arg
            for function in self.functions
            for one in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
        ]
        return tuple(name for name in dict.fromkeys(found) if name != "self")[:_MOST_NAMES]

    @cached_property
    def _assigned(self) -> dict[str, int]:
        """By name, the first line on which it is assigned."""
        found: dict[str, int] = {}
        for function in self.functions:
            for node in ast.walk(function):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    found[node.id] = min(found.get(node.id, node.lineno), node.lineno)
        return found

    def locals_before(self, line: int) -> list[str]:
        """Names that have been assigned above a line, the nearest first."""
        found = [
            (first, name)
            for name, first in self._assigned.items()
            if first <= line and name not in self.parameters and name != "_"
        ]
        return [name for _, name in sorted(found, reverse=True)][:_MOST_NAMES]

    def names_at(self, line: int) -> list[str]:
        """All names that can be read at a line."""
        return [*self.parameters, *self.locals_before(line)]
