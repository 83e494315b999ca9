"""The student's own modules that bear the name of one of Python's own: ``random.py``, ``copy.py``.

To the student's files the name means the student's module, as where the file was run; what that
lacks they find in Python's. Everybody else, NumPy say, gets Python's: the student's is kept under
an alias that nobody else can import.
"""

from __future__ import annotations

import importlib.abc
import importlib.util
import sys
from collections.abc import Callable, Sequence
from importlib.machinery import FileFinder, ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

_ALIAS = "handed in "
"""What an alias begins with; no statement can name a module with a space in it."""
_NEVER = frozenset({"sys", "builtins", "__future__", "__main__"})


def is_shadowing(name: str) -> bool:
    """Whether a top-level name is one of Python's own modules, which a student's may shadow."""
    return name in sys.stdlib_module_names and name not in _NEVER


def alias_of(name: str, folder: Path) -> str:
    """The name by which the student's module `name` is imported; "" where Python's is meant."""
    root, _, inside = name.partition(".")
    if not is_shadowing(root):
        return ""
    if (folder / root / "__init__.py").is_file() or (
        not (folder / f"{root}.py").is_file() and (folder / root).is_dir()
    ):
        wanted = folder.joinpath(*name.split("."))
        is_there = wanted.is_dir() or wanted.with_name(f"{wanted.name}.py").is_file()
        return _ALIAS + name if is_there else ""
    return _ALIAS + name if not inside and (folder / f"{root}.py").is_file() else ""


def real_name(name: str) -> str:
    """What a module is called in the student's files."""
    return name.removeprefix(_ALIAS)


class OwnFinder(FileFinder):
    """Finds the modules in the student's folder, except those that only an alias means."""

    def find_spec(self, fullname: str, target: ModuleType | None = None) -> ModuleSpec | None:
        """Find nothing under a name of Python's own at the top."""
        if "." not in fullname and is_shadowing(fullname):
            return None
        return super().find_spec(fullname, target)


class AliasFinder(importlib.abc.MetaPathFinder):
    """Finds the student's modules under their aliases.

    Parameters
    ----------
    folder
        Where the submission lies.
    loader
        Makes the loader of a module, from its full name and the path of its file.
    """

    def __init__(self, folder: Path, loader: Callable[[str, str], Any]) -> None:
        self._folder, self._loader = folder, loader

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a module at the top, or in a package that has an alias."""
        if not fullname.startswith(_ALIAS):
            return None
        if path is not None:
            return PathFinder.find_spec(fullname, path, target)
        place = self._folder / real_name(fullname)
        if place.is_dir() and not place.with_name(f"{place.name}.py").is_file():
            start = place / "__init__.py"
            if not start.is_file():
                spec = ModuleSpec(fullname, None, is_package=True)
                spec.submodule_search_locations = [str(place)]
                return spec
            return importlib.util.spec_from_file_location(
                fullname,
                start,
                loader=self._loader(fullname, str(start)),
                submodule_search_locations=[str(place)],
            )
        file = str(place.with_name(f"{place.name}.py"))
        return importlib.util.spec_from_file_location(
            fullname, file, loader=self._loader(fullname, file)
        )


def fall_back(module: ModuleType) -> None:
    """Let a student's module find in Python's own what it does not define itself."""
    name = real_name(module.__name__)
    if name == module.__name__ or "." in name:
        return
    if not hasattr(module, "__path__"):
        module.__name__ = name

    def missing(attribute: str) -> Any:
        if attribute.startswith("__") and attribute.endswith("__"):
            raise AttributeError(f"module {name!r} has no attribute {attribute!r}")
        return getattr(importlib.import_module(name), attribute)

    vars(module).setdefault("__getattr__", missing)


def everything_of(module: ModuleType) -> ModuleType:
    """What ``from module import *`` reads: a student's module, and Python's behind it."""
    found = ModuleType("holder")
    for one in (importlib.import_module(real_name(module.__name__)), module):
        public = getattr(one, "__all__", None)
        names = [name for name in vars(one) if name[:1] != "_"] if public is None else public
        vars(found).update((name, vars(one)[name]) for name in names if name in vars(one))
    return found
