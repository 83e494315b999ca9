"""The files of a download, as zips and folders hold them; nothing has been read yet."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

MEGABYTE = 2**20


class Refused(Exception):
    """Something of a download cannot be taken; the message completes "it …"."""


@dataclass(frozen=True)
class Item:
    """One file of a download.

    Attributes
    ----------
    path
        As the zip or the folder names it, with ``/`` between parts; not to be trusted.
    open
        Opens the content; raises `Refused` when that is not possible.
    packed
        Bytes that it takes in a zip; None where it is not compressed.
    moment
        When it was handed in, as far as the zip says; without a zone it is the platform's.
    modified
        Seconds since 1970; the time of a file in a folder, which is no proof of anything.
    problem
        Why it cannot be taken; completes "it …".
    """

    path: str
    open: Callable[[], AbstractContextManager[BinaryIO]]
    packed: int | None = None
    moment: datetime | None = None
    modified: float | None = None
    problem: str = ""


_IN_EMPTY_FOLDER = ".empty"


def empty_folder(path: str) -> Item:
    """Stand in for the files of a folder without any: whoever handed it in is named.

    Its name is that of a hidden file, which nobody takes.
    """

    def refuse() -> AbstractContextManager[BinaryIO]:
        raise Refused("is an empty folder")

    return Item(f"{path.rstrip('/')}/{_IN_EMPTY_FOLDER}", refuse)
