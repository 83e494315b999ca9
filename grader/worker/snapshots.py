"""What stands in a package's modules, classes and registries, so that changes can be undone.

Everything is compared by identity: nothing of what a student's code put there is called.
"""

from __future__ import annotations

import collections
import sys
import threading
from collections.abc import Iterable, Iterator
from operator import is_
from types import ModuleType
from typing import Any

_CONTAINERS = (dict, list, set, collections.defaultdict, collections.OrderedDict)
_MAX_ITEMS = 10_000
_IMMUTABLE_TYPE = 1 << 8
"""The flag of classes written in C whose attributes nobody can set."""
_OUTSIDE = frozenset({"__dict__", "__weakref__", "__builtins__", "__warningregistry__"})
"""Names that Python sets by itself, or that cannot be set at all."""


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
        self._names: list[tuple[dict[str, Any], dict[str, Any]]] = []
        self._classes: list[tuple[type, dict[str, Any]]] = []
        self._settings: list[tuple[dict[str, Any], dict[str, Any]]] = []
        """Thread-local values: Keras keeps many of its settings there."""
        self._containers: list[tuple[Any, Any]] = []
        self._modules = 0
        for kind in classes:
            self._add_class(kind)
        self._add_modules()

    def keep(self) -> None:
        """Let stand what a student's file has added; what it has overwritten is put back."""
        for names, kept in self._names:
            if not _is_same(names, kept):
                _restore(names, kept)
                kept.update(names)
                self._look_into(names.values())
        for kind, kept in self._classes:
            if not _is_same(vars(kind), kept):
                _restore_class(kind, kept)
                kept.update(vars(kind))
        for names, kept in self._settings:
            kept.clear()
            kept.update(names)
            self._look_into(names.values())
        self._containers = [(one, _copy(one)) for one, _ in self._containers]
        self._add_modules()

    def undo(self) -> None:
        """Put back what was overwritten or deleted, and take out what was added."""
        for names, kept in self._names:
            if not _is_same(names, kept):
                _restore(names, kept)
                _drop_additions(names, kept)
        for kind, kept in self._classes:
            if not _is_same(vars(kind), kept):
                _restore_class(kind, kept)
                for name in [name for name in vars(kind) if name not in kept]:
                    if name not in _OUTSIDE:
                        type.__delattr__(kind, name)
        for names, kept in self._settings:
            if not _is_same(names, kept):
                names.clear()
                names.update(kept)
        for container, kept in self._containers:
            if not _is_same(container, kept):
                _fill(container, kept)

    def _add_modules(self) -> None:
        """Look at the modules that were loaded since the last time."""
        names = list(sys.modules)
        for name in names[self._modules :]:
            module = sys.modules[name]
            if name.partition(".")[0] in self._packages and isinstance(module, ModuleType):
                self._add_names(vars(module))
        self._modules = len(names)

    def _add_names(self, names: dict[str, Any]) -> None:
        if self._is_new(names):
            self._names.append((names, names.copy()))
            self._look_into(value for name, value in names.items() if name not in _OUTSIDE)

    def _look_into(self, values: Iterable[Any]) -> None:
        for value in list(values):
            kind = type(value)
            if kind in _CONTAINERS:
                if len(value) <= _MAX_ITEMS and self._is_new(value):
                    self._containers.append((value, _copy(value)))
            elif kind is threading.local:
                if self._is_new(value):
                    self._settings.append((vars(value), dict(vars(value))))
                    self._look_into(vars(value).values())
            elif isinstance(value, type) and _package_of(value) in self._packages:
                self._add_class(value)

    def _add_class(self, kind: type) -> None:
        if not kind.__flags__ & _IMMUTABLE_TYPE and self._is_new(kind):
            self._classes.append((kind, dict(vars(kind))))
            self._look_into(value for value in vars(kind).values() if type(value) in _CONTAINERS)

    def _is_new(self, thing: Any) -> bool:
        if id(thing) in self._seen:
            return False
        self._seen.add(id(thing))
        return True


def _package_of(kind: type) -> str:
    module = kind.__dict__.get("__module__")
    return module.partition(".")[0] if type(module) is str else ""


def _is_same(now: Any, kept: Any) -> bool:
    if len(now) != len(kept):
        return False
    if isinstance(kept, set):
        return {id(one) for one in now} == {id(one) for one in kept}
    if isinstance(kept, list):
        return all(map(is_, now, kept))
    # A name that is taken out and put in again comes last.
    return all(map(is_, now.values(), kept.values())) and (
        not kept or next(reversed(now)) == next(reversed(kept))
    )


def _copy(container: Any) -> Any:
    """A plain copy, which shares what the container holds."""
    plain = next(kind for kind in (dict, list, set) if isinstance(container, kind))
    return plain(container)


def _fill(container: Any, kept: Any) -> None:
    container.clear()
    if isinstance(kept, list):
        container.extend(kept)
    else:
        container.update(kept)


def _changed(now: Any, kept: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in list(kept.items()):
        if (name not in now or now[name] is not value) and name not in _OUTSIDE:
            yield name, value


def _restore(names: dict[str, Any], kept: dict[str, Any]) -> None:
    for name, value in _changed(names, kept):
        names[name] = value


def _restore_class(kind: type, kept: dict[str, Any]) -> None:
    for name, value in _changed(vars(kind), kept):
        type.__setattr__(kind, name, value)


def _drop_additions(names: dict[str, Any], kept: dict[str, Any]) -> None:
    """Take out what was added, but for modules, which Python imports into a package once only."""
    for name in [name for name in names if name not in kept]:
        value = names[name]
        if isinstance(value, ModuleType) and sys.modules.get(value.__name__) is value:
            kept[name] = value
        elif name not in _OUTSIDE:
            del names[name]
