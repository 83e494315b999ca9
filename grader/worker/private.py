"""Modules that one file alone sees, since another file's have the same names.

Two of a student's folders may each hold a ``utils.py``. What lies beside a file is what it
imports: of two that differ, the second lies in a folder that belongs to the file which imports it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

_MARK = "-modules"
"""No package can have such a name."""


def private_folder(file: str) -> str:
    """The folder of the modules that a file alone sees; those in there share it.

    Parameters
    ----------
    file
        Its name below the submission's folder, with ``/`` between parts.
    """
    path = PurePosixPath(file)
    for folder in path.parents:
        if folder.name.endswith(_MARK):
            return folder.as_posix()
    return path.with_name(f"{path.stem}{_MARK}").as_posix()


def private_modules(files: Iterable[str]) -> frozenset[str]:
    """The modules and packages that one file of a submission alone sees, by their place."""
    found = set()
    for file in files:
        folder, mark, rest = file.partition(f"{_MARK}/")
        if mark:
            found.add(f"{folder}{mark}{rest.partition('/')[0].removesuffix('.py')}")
    return frozenset(found)


def is_private(file: str) -> bool:
    """Whether one file of a submission alone sees this one."""
    return f"{_MARK}/" in file


def is_any_private(files: Iterable[str]) -> bool:
    """Whether one file of a submission has something that it alone sees."""
    return any(map(is_private, files))
