"""What stands in a package's modules, classes and registries, so that changes can be undone."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable
from types import ModuleType
from typing import Any

from grader.worker.namespaces import (
    CONTAINERS,
    OUTSIDE,
    Attributes,
    Contents,
    Kept,
    Names,
    Together,
)
from grader.worker.watching import loaded_since

_MAX_ITEMS = 10_000
_IMMUTABLE_TYPE = 1 << 8
"""The flag of classes written in C whose attributes nobody can set."""


class Snapshot:
    """Remembers names and what they stand for.

    Parameters
    ----------
    packages
        All modules of them that are loaded, the classes that these define, and the lists,
        dicts, sets and thread-local values that their names stand for.
    classes
        Further classes.
    """

    def __init__(self, packages: Iterable[str], classes: Iterable[type] = ()) -> None:
        self._packages = frozenset(packages)
        self._seen: set[int] = set()
        self._kept: list[Kept] = []
        self._restless: list[Kept] = []
        """Values of the thread and what they hold: Keras changes them all the time."""
        self._modules = 0
        for kind in classes:
            self._add_class(kind)
        self._add_modules()
        self._together = Together(self._kept)

    def keep(self) -> None:
        """Let stand what a student's file has added; what it has overwritten is put back."""
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
            if name.partition(".")[0] in self._packages and isinstance(module, ModuleType):
                self._add_module(vars(module))
        self._modules = len(sys.modules)
        return len(self._kept) > known

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

    def _add_class(self, kind: type) -> None:
        if not kind.__flags__ & _IMMUTABLE_TYPE and self._is_new(kind):
            self._kept.append(Attributes(kind))
            self._look_for_containers(self._kept[-1], self._kept)

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
