"""Joins the modules over which a student's exercises are spread, once they are loaded."""

from __future__ import annotations

import builtins
from collections.abc import Collection, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from grader.worker.allowance import Allowance
from grader.worker.loading import Loader
from grader.worker.written import written_in

_MAX_ROUNDS = 10
"""How long a chain of names over several files may be."""


def join(
    elsewhere: Mapping[str, str],
    module: ModuleType,
    loader: Loader,
    allowance: Allowance | None = None,
) -> tuple[list[str], list[dict[str, Any]]]:
    """Bind names that other modules of the student's define.

    What one of these modules lacks it finds in the others: exercises call each other, and the
    student's own functions, wherever they are written. A statement outside of functions that did
    not find such a name is run again.

    Parameters
    ----------
    elsewhere
        By name, the file that defines it.
    module
        The one that is graded.
    allowance
        See `Loader.complete`.

    Returns
    -------
    tuple
        The names that are there, and of each statement that was run again the ``name`` that it
        had not found, its ``file`` and ``line``, and the file that has the name (``origin``).
    """
    others: dict[str, ModuleType] = {}
    for file in dict.fromkeys(elsewhere.values()):
        names = tuple(one for one in elsewhere if elsewhere[one] == file)
        others[file] = loader.module_of(file, names)
        loader.complete(file, others[file], names, allowance=allowance)
    own = Path(getattr(module, "__file__", None) or "").name
    origins: dict[str, str] = {}
    borrowed: list[dict[str, Any]] = []
    taken: list[str] = []
    for _ in range(_MAX_ROUNDS):
        for file, one in {own: module, **others}.items():
            for name in vars(one):
                origins.setdefault(name, file)
        taken = _bind(elsewhere, module, others, loader)
        again = loader.try_again(lambda name: name in origins) if others else []
        if not again:
            break
        borrowed += [{**one, "origin": origins[one["name"]]} for one in again]
    return taken, borrowed


def _bind(
    elsewhere: Mapping[str, str],
    module: ModuleType,
    others: Mapping[str, ModuleType],
    loader: Loader,
) -> list[str]:
    taken: list[str] = []
    for name, file in elsewhere.items():
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
