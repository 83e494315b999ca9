"""Joins the modules over which a student's exercises are spread, once they are loaded."""

from __future__ import annotations

import builtins
import importlib
from collections.abc import Collection, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from grader.worker.source import stubs_of


def join(elsewhere: Mapping[str, str], module: ModuleType, folder: Path) -> list[str]:
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
        try:
            found = importlib.import_module(file.removesuffix(".py"))
        except BaseException:  # that module can be imported no more than the file's own name
            continue
        if name in vars(found):
            setattr(module, name, vars(found)[name])
            taken.append(name)
            others[file] = found
    for found in others.values():
        _complete(module, vars(found))
    for file, found in others.items():
        _complete(found, vars(module), stubs_of((folder / file).read_bytes()))
    return taken


def _complete(module: ModuleType, known: Mapping[str, Any], open_: Collection[str] = ()) -> None:
    """Bind what a module does not define, and the names that are still `open_` in it."""
    for name, value in known.items():
        if name in open_ or not (name in vars(module) or hasattr(builtins, name)):
            setattr(module, name, value)
