"""Which names of a student's file are written there, imports from the student's own files included.

What an import brings counts where it brings something: from another file of the student's, what
is written in that; from a package, whatever is asked of it, unless the stub stands below. A
module that was not handed in brings nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from grader.worker.bindings import ALL_NAMES, Binding, bindings, deciding
from grader.worker.packages import is_package
from grader.worker.parts import Part, parts_of
from grader.worker.private import private_folder
from grader.worker.scripts import definitions_of_a_script

_MAX_FILES = 20
"""Files that are looked into for what one file imports from them."""


def statements_of(parts: Sequence[Part], source: bytes) -> Iterator[ast.stmt]:
    """What is run when a file is loaded, in order."""
    for part in parts:
        found = [part, *definitions_of_a_script(part, parts, source)]
        yield from (one.node for one in found if one.node is not None)


def bound_in(
    path: Path, folder: Path, statements: Sequence[ast.stmt], seen: Collection[Path] = ()
) -> dict[str, Binding]:
    """By name, the binding that counts of a file of the student's.

    Parameters
    ----------
    folder
        Where the submission lies.
    seen
        The files that ask for this one because they import it.
    """
    found: list[Binding] = []
    known: dict[Path, dict[str, Binding]] = {}
    for one in bindings(statements):
        if one.origin is None:
            found.append(one)
            continue
        level, module, name = one.origin
        own = own_file(path, folder, level, module)
        if own is None:
            if name != ALL_NAMES and level == 0 and is_package(module):
                found.append(replace(one, foreign=True))
            continue
        if own not in known:
            known[own] = _bound_elsewhere(own, folder, {*seen, path})
        names = list(known[own]) if name == ALL_NAMES else [name]
        foreign = {each.name for each in found if each.foreign}
        for each in names:
            there = known[own].get(each)
            if there is not None and (there.written or each in foreign):
                its_origin = (level, module, each) if name == ALL_NAMES else one.origin
                its_name = each if name == ALL_NAMES else one.name
                found.append(replace(one, name=its_name, written=there.written, origin=its_origin))
    return deciding(found)


def written_in(path: Path, folder: Path) -> dict[str, bool]:
    """By name, whether it is written in a file, or there as the stub alone."""
    found = _bound_elsewhere(path, folder, ())
    return {name: one.written for name, one in found.items()}


def own_file(path: Path, folder: Path, level: int, module: str) -> Path | None:
    """The student's file that an import in another one means."""
    bases = [folder / private_folder(path.relative_to(folder).as_posix()), folder]
    if level:
        base = path.parent
        for _ in range(level - 1):
            base = base.parent
        bases = [base]
    for base in bases:
        place = base.joinpath(*module.split(".")) if module else base
        for one in (place.with_name(f"{place.name}.py"), place / "__init__.py"):
            if one.is_relative_to(folder) and one.is_file():
                return one
    return None


def _bound_elsewhere(path: Path, folder: Path, seen: Collection[Path]) -> dict[str, Binding]:
    if path in seen or len(seen) >= _MAX_FILES:
        return {}
    try:
        source = path.read_bytes()
        parts = parts_of(source)
    except (OSError, SyntaxError, ValueError):
        return {}
    return bound_in(path, folder, list(statements_of(parts, source)), seen)
