"""Joins the modules over which a student's exercises are spread, once they are loaded."""

from __future__ import annotations

import builtins
from collections.abc import Collection, Mapping
from types import ModuleType
from typing import Any

from grader.worker.loading import Loader
from grader.worker.written import written_in


def join(elsewhere: Mapping[str, str], module: ModuleType, loader: Loader) -> list[str]:
    """Bind names that other modules of the student's define; return those that are there.

    What one of these modules lacks it finds in the others: exercises call each other, and the
    student's own functions, wherever they are written.

    Parameters
    ----------
    elsewhere
        By name, the file that defines it.
    module
        The one that is graded.
    """
    taken: list[str] = []
    others: dict[str, ModuleType] = {}
    for name, file in elsewhere.items():
        if file not in others:
            names = tuple(one for one in elsewhere if elsewhere[one] == file)
            others[file] = loader.module_of(file, names)
        if name in vars(others[file]):
            setattr(module, name, vars(others[file])[name])
            taken.append(name)
    for found in others.values():
        _complete(module, vars(found))
    for file, found in others.items():
        written = written_in(loader.folder / file, loader.folder)
        _complete(found, vars(module), {name for name in written if not written[name]})
    return taken


def _complete(module: ModuleType, known: Mapping[str, Any], open_: Collection[str] = ()) -> None:
    """Bind what a module does not define, and the names that are still `open_` in it."""
    for name, value in known.items():
        if name in open_ or not (name in vars(module) or hasattr(builtins, name)):
            setattr(module, name, value)
