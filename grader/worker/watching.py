"""What is assigned into the modules that all exercises of a file share, and how it is undone.

So what one exercise patches (`np.mean = …`) costs no other. Nothing is compared, which would touch
every object of NumPy, and a forked process copies the memory that it touches. What keeps its
names by other roads, or is too much to watch, is compared with a `Snapshot`.
"""

from __future__ import annotations

import builtins
import operator
import sys
from itertools import islice
from types import ModuleType
from typing import Any

_OWN = frozenset({"grader", "__main__"})
_MISSING = object()


class _WatchedModule(ModuleType):
    """A module that notes what is assigned to its names."""

    def __new__(cls, name: str, doc: str | None = None) -> ModuleType:  # type: ignore[misc]
        """Make a plain module: this is what `importlib` asks ``type(sys)`` for."""
        return ModuleType(name, doc)

    def __setattr__(self, name: str, value: Any) -> None:
        names = vars(self)
        _assigned.append((names, name, names.get(name, _MISSING)))
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        names = vars(self)
        if name in names:
            _assigned.append((names, name, names[name]))
        super().__delattr__(name)


_assigned: list[tuple[dict[str, Any], str, Any]] = []
_looked_at = [0]
"""How many modules were loaded, at each time that they were looked at."""


def watch_modules(packages: frozenset[str]) -> None:
    """Note from now on what is assigned into the modules of these packages that are loaded.

    Those that were loaded when it was called before are not looked at again.
    """
    new = loaded_since(_looked_at[-1])
    _looked_at.append(len(sys.modules))
    for name, module in new:
        if type(module) is ModuleType:
            package = name.partition(".")[0]
            if package in packages and package not in _OWN:
                module.__class__ = _WatchedModule


def loaded_since(count: int) -> list[tuple[str, ModuleType]]:
    """The modules that were loaded since there were this many.

    From the end, since a forked process copies the memory of all names that it looks at.
    """
    new = islice(reversed(sys.modules.items()), max(0, len(sys.modules) - count))
    return [(name, module) for name, module in new if module is not None]


def keep_assignments() -> None:
    """Let what was assigned so far stand: the guards themselves are such assignments."""
    _assigned.clear()
    _kept_values[:] = _builtins.values()
    _kept_builtins.clear()
    _kept_builtins.update(_builtins)


def undo_assignments(*, additions: bool) -> None:
    """Put back every watched name that was overwritten or deleted, the latest first.

    Parameters
    ----------
    additions
        Also take out the names that were not there before, unless Python has imported them.
    """
    _undo_builtins(additions)
    while _assigned:
        names, name, value = _assigned.pop()
        if value is not _MISSING:
            names[name] = value
        elif additions and not _is_imported(names.get(name)):
            names.pop(name, None)


_builtins = vars(builtins)
_kept_builtins = dict(_builtins)
_kept_values = list(_kept_builtins.values())
# What was put into the dictionary must not stand in the way of taking it out.
_all, _is, _len, _list, _map, _str, _type = all, operator.is_, len, list, map, str, type


def _undo_builtins(additions: bool) -> None:
    """Put back what was written into their dictionary: all that follows here needs them.

    Nothing is compared, and no key is looked up, but by identity: they may be a student's, whose
    `__eq__` and `__hash__` do as they like.
    """
    if _len(_builtins) == _len(_kept_values) and _all(_map(_is, _builtins.values(), _kept_values)):
        return
    now = _list(_builtins.items())  # kept until the end, since what is let go may run code as well
    _builtins.clear()
    _builtins.update(_kept_builtins)
    for name, value in () if additions else now:
        if _type(name) is _str and name not in _kept_builtins:
            _builtins[name] = value


def _is_imported(value: Any) -> bool:
    return isinstance(value, ModuleType) and sys.modules.get(value.__name__) is value
