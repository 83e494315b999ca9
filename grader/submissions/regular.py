"""Take a file from somebody else's disk: no links, regular files only, bounded."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

_MEGABYTE = 2**20


class Unreadable(Exception):
    """A path is not a regular file of a sensible size; the message completes "it …"."""


def read_regular(path: Path, limit: int, *, advice: str = "") -> tuple[bytes, float]:
    """Return a regular file's content and its modification time, without following a link.

    Raises
    ------
    Unreadable
        When it is a folder, a link, a pipe or a device, larger than `limit` bytes, or not
        readable. `advice` then follows the size.
    """
    with open_regular(path, limit, advice=advice) as (stream, status):
        content = stream.read(limit + 1)
    if len(content) > limit:
        raise Unreadable(_too_large(len(content), limit, advice))
    return content, status.st_mtime


@contextmanager
def open_regular(
    path: Path, limit: int, *, advice: str = ""
) -> Iterator[tuple[BinaryIO, os.stat_result]]:
    """Open a regular file without following a link.

    What is no regular file is never opened: opening a named pipe waits for a writer, and
    opening a device can do anything.

    Raises
    ------
    Unreadable
        As `read_regular` does; also when reading fails while it is open.
    """
    try:
        before = path.lstat()
        if is_link(before) or not stat.S_ISREG(before.st_mode):
            raise Unreadable(f"is {kind_of(before)}; an ordinary file was expected")
        if before.st_size > limit:
            raise Unreadable(_too_large(before.st_size, limit, advice))
        # Between the look and the opening the file may have been swapped: the flags refuse a
        # link and do not wait for a pipe, and the comparison finds everything else.
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        flags |= getattr(os, "O_BINARY", 0) | getattr(os, "O_NOCTTY", 0)
        with open(os.open(path, flags), "rb") as stream:
            opened = os.fstat(stream.fileno())
            swapped = os.name == "posix" and not os.path.samestat(before, opened)
            if swapped or not stat.S_ISREG(opened.st_mode):
                raise Unreadable("changed while it was read")
            yield stream, opened
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror or error}") from None
    except ValueError as error:
        if "null byte" not in str(error):  # in the name; what the caller raised is the caller's
            raise
        raise Unreadable(f"cannot be read: {error}") from None


def is_link(status: os.stat_result) -> bool:
    """Whether an `lstat` shows a symbolic link, or on Windows a junction."""
    junction = getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", None)
    return stat.S_ISLNK(status.st_mode) or (
        junction is not None and getattr(status, "st_reparse_tag", 0) == junction
    )


def kind_of(status: os.stat_result) -> str:
    """What an `lstat` shows, in words."""
    if is_link(status):
        return "a link"
    kinds = {
        stat.S_IFREG: "a file",
        stat.S_IFDIR: "a directory",
        stat.S_IFIFO: "a named pipe",
        stat.S_IFSOCK: "a socket",
    }
    return kinds.get(stat.S_IFMT(status.st_mode), "a device")


def is_regular_file(path: Path) -> bool:
    """Whether a regular file lies there, not a link to one."""
    status = _status(path)
    return status is not None and stat.S_ISREG(status.st_mode)


def is_true_folder(path: Path) -> bool:
    """Whether a folder lies there, not a link to one."""
    status = _status(path)
    return status is not None and stat.S_ISDIR(status.st_mode)


def modified(path: Path) -> float:
    """When a file was last written, as a number to compare; 0 when there is none."""
    status = _status(path)
    return status.st_mtime if status is not None else 0.0


def _status(path: Path) -> os.stat_result | None:
    try:
        status = path.lstat()
    except (OSError, ValueError):  # ValueError: a null byte in the name
        return None
    return None if is_link(status) else status


def _too_large(size: int, limit: int, advice: str) -> str:
    # Rounded up to tenths, so that a file just above the limit does not read as equal to it.
    tenths = -(-size * 10 // _MEGABYTE)
    shown = f"{tenths // 10}" if tenths % 10 == 0 else f"{tenths / 10:.1f}"
    return f"is {shown} MB, the limit is {limit // _MEGABYTE} MB{advice}"
