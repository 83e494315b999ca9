"""What a student's code may not use, guarded while it runs.

On a student's own machine these guards teach; against an attacker they are one layer
among others, and confinement is the one that holds.
"""

from __future__ import annotations

import builtins
import functools
import importlib
import importlib.abc
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any


class ForbiddenUse(Exception):
    """Graded code used what the exercise does not allow."""


class ForbiddenImport(ImportError):
    """Graded code imported a package that the assignment does not allow."""


class ForbiddenFunctions:
    """Wraps functions so that they refuse to work while a question forbids them.

    The wrappers are put in place before the student's module is imported, so an alias,
    `from … import … as …` and `getattr` all reach the wrapper.
    """

    def __init__(self, dotted_names: Iterable[str]) -> None:
        self.forbidden: frozenset[str] = frozenset()
        self.used: list[str] = []
        for dotted in dotted_names:
            self._wrap(dotted)

    def _wrap(self, dotted: str) -> None:
        module_name, _, name = dotted.rpartition(".")
        module = importlib.import_module(module_name)
        original = getattr(module, name)

        @functools.wraps(original)
        def guarded(*args: Any, **options: Any) -> Any:
            if dotted in self.forbidden:
                self.used.append(dotted)
                raise ForbiddenUse(f"{dotted} is not allowed in this exercise")
            return original(*args, **options)

        # `wraps` keeps the original within reach as an attribute; it must not stay there.
        del guarded.__wrapped__  # type: ignore[attr-defined]
        for holder in list(sys.modules.values()):
            if getattr(holder, "__name__", "").partition(".")[0] == module_name.partition(".")[0]:
                for attribute, value in list(vars(holder).items()):
                    if value is original:
                        setattr(holder, attribute, guarded)

    @contextmanager
    def during(self, dotted_names: Iterable[str]) -> Iterator[None]:
        """Forbid these functions for a while and remember which were tried."""
        self.forbidden, self.used = frozenset(dotted_names), []
        try:
            yield
        finally:
            self.forbidden = frozenset()


@functools.cache
def functions_for(dotted_names: tuple[str, ...]) -> ForbiddenFunctions:
    """The guards of these functions, put in place once for a process and its forks."""
    return ForbiddenFunctions(dotted_names)


class _BlockedPackages(importlib.abc.MetaPathFinder):
    """Refuses to find top-level packages that the course does not allow."""

    def __init__(self, allowed: frozenset[str]) -> None:
        self.allowed = allowed

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        package = fullname.partition(".")[0]
        if package in self.allowed or package in sys.stdlib_module_names:
            return None
        if package.startswith("_sysconfigdata"):  # the standard library's, named after the system
            return None
        raise _forbidden_import(fullname)


def _forbidden_import(name: str) -> ForbiddenImport:
    return ForbiddenImport(f"the package {name} may not be imported in this file", name=name)


def guard_imports(folder: Path, allowed: Iterable[str], *, block_packages: bool) -> None:
    """Let files under `folder` import only `allowed` packages and each other.

    Parameters
    ----------
    folder
        Where the submission lies; only its files are held to the rule, since NumPy and
        Keras import parts of themselves while they work.
    allowed
        Top-level package names.
    block_packages
        Also refuse every other third-party package, by whatever road it is imported.
    """
    own = {path.stem for path in folder.glob("*.py")}
    names = frozenset(allowed) | own
    importing = builtins.__import__
    prefix = str(folder)

    def guarded(
        name: str,
        global_names: Any = None,
        local_names: Any = None,
        fromlist: Any = (),
        level: int = 0,
    ) -> ModuleType:
        importer = str((global_names or {}).get("__file__", ""))
        if level == 0 and importer.startswith(prefix) and name.partition(".")[0] not in names:
            raise _forbidden_import(name)
        return importing(name, global_names, local_names, fromlist, level)

    builtins.__import__ = guarded  # type: ignore[assignment]
    if block_packages:
        already = {name.partition(".")[0] for name in sys.modules}
        sys.meta_path.insert(0, _BlockedPackages(names | already))


def refuse_input(prompt: object = "") -> str:
    """Stand in for `input`: graded code has nobody to ask."""
    raise EOFError(
        "input() was called; graded code gets all its data as arguments, so take that call out"
    )


class PatchedModules:
    """Undoes what one exercise assigned into shared modules, so that it costs no other."""

    def __init__(self, modules: Iterable[ModuleType]) -> None:
        self.names = [(module, dict(vars(module))) for module in modules]

    def restore(self) -> None:
        """Put back every name that was replaced or deleted."""
        for module, names in self.names:
            current = vars(module)
            for name, value in names.items():
                if current.get(name) is not value:
                    current[name] = value
