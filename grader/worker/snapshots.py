"""What stands in a package's modules, classes and registries, so that changes can be undone."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable
from types import FunctionType, ModuleType
from typing import Any

from grader.worker.namespaces import (
    CONTAINERS,
    OUTSIDE,
    Attributes,
    Contents,
    Functions,
    Kept,
    Names,
    Together,
)
from grader.worker.watching import loaded_since

_MAX_ITEMS = 10_000
_MAX_WRAPPED = 5
_IMMUTABLE_TYPE = 1 << 8
"""The flag of classes written in C whose attributes nobody can set."""


class Snapshot:
    """Remembers names and what they stand for.

    Parameters
    ----------
    packages
        All modules of them that are loaded, the classes that these define, and the lists,
        dicts, sets and thread-local values that their names stand for. ``a.b`` means a part of
        a package, and ``a.`` its first module alone.
    classes
        Further classes.
    containers
        Further lists, dicts and sets, with those that they hold.
    functions
        Whether to look at the functions of the packages, too, which takes as long again.
    """

    def __init__(
        self,
        packages: Iterable[str],
        classes: Iterable[type] = (),
        containers: Iterable[Any] = (),
        *,
        functions: bool = False,
    ) -> None:
        self._packages = frozenset(packages)
        self._with_functions = functions
        self._seen: set[int] = set()
        self._kept: list[Kept] = []
        self._functions = Functions()
        self._restless: list[Kept] = []
        """Values of the thread and what they hold: Keras changes them all the time."""
        self._modules = 0
        for kind in classes:
            self._add_class(kind)
        for container in containers:
            self._add_container(container, self._kept)
            self._look_for_containers(self._kept[-1], self._kept)
        self._add_modules()
        self._together = Together(self._kept)

    def keep(self) -> None:
        """Let stand what a student's file has added; what it has overwritten is put back."""
        self._functions.undo()
        for one in list(self._restless):
            one.keep()
            self._look_for_containers(one, self._restless)
        is_new = not self._together.are_same()
        for one in [one for one in self._kept if is_new and not one.is_same()]:
            one.keep()
            self._look_for_containers(one, self._kept)
        if self._add_modules() or is_new:
            self._together = Together(self._kept)

    def undo(self) -> None:
        """Put back what was overwritten or deleted, and take out what was added."""
        self._functions.undo()
        for one in self._restless:
            if not one.is_same():
                one.undo()
        if not self._together.are_same() and any(
            [one.undo() for one in self._kept if not one.is_same()]
        ):
            self._together = Together(self._kept)

    def _add_modules(self) -> bool:
        """Look at the modules that were loaded since the last time; return whether any count."""
        known = len(self._kept)
        for name, module in loaded_since(self._modules):
            if self._is_of_package(name) and isinstance(module, ModuleType):
                self._add_module(vars(module))
        self._modules = len(sys.modules)
        return len(self._kept) > known

    def _is_of_package(self, name: str) -> bool:
        root, _, rest = name.partition(".")
        return root in self._packages or f"{root}.{rest.partition('.')[0]}" in self._packages

    def _add_module(self, names: dict[str, Any]) -> None:
        if not self._is_new(names):
            return
        self._kept.append(Names(names))
        for name, value in list(names.items()):
            if name in OUTSIDE:
                continue
            self._add_container(value, self._kept)
            if type(value) is threading.local and self._is_new(value):
                self._restless.append(Contents(vars(value)))
                self._look_for_containers(self._restless[-1], self._restless)
            elif isinstance(value, type) and _package_of(value) in self._packages:
                self._add_class(value)
            else:
                self._add_function(value)

    def _add_class(self, kind: type) -> None:
        if not kind.__flags__ & _IMMUTABLE_TYPE and self._is_new(kind):
            self._kept.append(Attributes(kind))
            self._look_for_containers(self._kept[-1], self._kept)
            for value in list(vars(kind).values()):
                self._add_function(value)

    def _add_function(self, value: Any) -> None:
        """Look at a function, and at those that it stands for."""
        if not self._with_functions:
            return
        for _ in range(_MAX_WRAPPED):
            if isinstance(value, staticmethod | classmethod):
                value = value.__func__
            elif isinstance(value, property):
                value = value.fget
            if type(value) is not FunctionType or not self._is_new(value):
                return
            self._functions.add(value)
            self._add_container(value.__kwdefaults__, self._kept)
            value = getattr(value, "__wrapped__", None)

    def _look_for_containers(self, holder: Kept, into: list[Kept]) -> None:
        if isinstance(holder.kept, dict):
            for value in holder.kept.values():
                self._add_container(value, into)

    def _add_container(self, value: Any, into: list[Kept]) -> None:
        if type(value) in CONTAINERS and len(value) <= _MAX_ITEMS and self._is_new(value):
            into.append(Contents(value))

    def _is_new(self, thing: Any) -> bool:
        if id(thing) in self._seen:
            return False
        self._seen.add(id(thing))
        return True


def _package_of(kind: type) -> str:
    module = kind.__dict__.get("__module__")
    return module.partition(".")[0] if type(module) is str else ""
