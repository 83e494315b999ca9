"""What names there are at a place of a definition, and what kinds of things they are."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from grader.judge.repairs.source import Source

_MOST_NAMES, _MOST_INDICES = 14, 4


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
    layers, ops, tensorflow
        How `keras.layers`, `keras.ops` and TensorFlow are written there.
    """

    numpy: str = ""
    math: str = ""
    layers: str = ""
    ops: str = ""
    tensorflow: str = ""
    uses_keras: bool = False
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
        return Module(
            names["numpy"],
            names["math"],
            **_of_keras(source),
            functions=functions,
            parameters=parameters,
        )


def _of_keras(source: Source) -> dict[str, Any]:
    """How Keras and its parts are written in a file."""
    found: dict[str, Any] = {"layers": "", "ops": "", "tensorflow": "", "uses_keras": False}
    for node in source.tree.body:
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        inside = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
        for one in node.names:
            whole, name = f"{inside}{one.name}", one.asname or one.name
            if whole == "tensorflow":
                found["tensorflow"] = name
            whole = whole.removeprefix("tensorflow.")
            if whole.partition(".")[0] in {"keras", "tensorflow"}:
                found["uses_keras"] = True
            if whole == "keras":
                found["layers"] = found["layers"] or f"{name}.layers"
                found["ops"] = found["ops"] or f"{name}.ops"
            elif whole in {"keras.layers", "keras.ops"}:
                found[whole.removeprefix("keras.")] = name
    if found["tensorflow"] and not found["layers"]:
        found["layers"] = f"{found['tensorflow']}.keras.layers"
    return found


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

    @cached_property
    def unread(self) -> tuple[str, ...]:
        """Names that are assigned and never read."""
        read = {
            node.id
            for function in self.functions
            for node in ast.walk(function)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        }
        return tuple(name for name in self._assigned if name not in read and name != "_")

    @cached_property
    def indices(self) -> tuple[str, ...]:
        """Names with which something is indexed."""
        found = [
            node.slice.id
            for function in self.functions
            for node in ast.walk(function)
            if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Name)
        ]
        return tuple(dict.fromkeys(found))[:_MOST_INDICES]

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
