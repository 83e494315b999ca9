"""The one way to make ``.grader``: what lies in it is its owner's alone, whoever comes first.

In a course directory it holds hidden cases, the key that seals them, the queue of pushes and the
key of all page addresses; in a student's assignment, how far they got. Folders have the mode 0700
and files 0600, whatever the umask says, and what is found otherwise is changed.

The git hook imports this in the time of a push, so it needs the standard library alone.
"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

FOLDER = ".grader"
STAGING = "push-"
"""Folders below that begin so hold what is on its way to another place, with the modes of there."""
FILE_MODE = 0o600
_FOLDER_MODE = 0o700
_OTHERS = 0o077


def private_folder(parent: Path, *below: str) -> Path:
    """Make ``.grader`` in a folder, or a folder below it, and close to others what is there.

    Parameters
    ----------
    parent
        The course directory, or the folder of a student's assignment.
    below
        Names of folders in it, from the outside.

    Raises
    ------
    OSError
        When it cannot be made, or belongs to somebody else and is open to others.
    """
    folder = parent / FOLDER
    _make(folder)
    close_to_others(folder)
    for name in below:
        folder = folder / name
        _make(folder)
    return folder


def close_to_others(folder: Path) -> None:
    """Give a folder the mode 0700, and everything below it 0700 or 0600.

    Links are left alone, and so is what another process removes in the meantime.

    Raises
    ------
    OSError
        When something belongs to somebody else and is open to others.
    """
    _close(folder, folder.stat(), _FOLDER_MODE)
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(STAGING):
                continue
            with contextlib.suppress(FileNotFoundError):
                status = entry.stat(follow_symlinks=False)
                if stat.S_ISDIR(status.st_mode):
                    close_to_others(Path(entry.path))
                elif stat.S_ISREG(status.st_mode):
                    _close(Path(entry.path), status, FILE_MODE)


def is_closed(file: Path) -> bool:
    """Whether others cannot read or write a file of one's own, from now on; else False.

    What belongs to somebody else stays as its owner left it.
    """
    if os.name != "posix":
        return True
    status = file.stat()
    if not status.st_mode & _OTHERS:
        return True
    if status.st_uid != os.geteuid():
        return False
    with contextlib.suppress(OSError):  # a file system that is read-only, or keeps no modes
        file.chmod(FILE_MODE)
    return not file.stat().st_mode & _OTHERS


def _make(folder: Path) -> None:
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=_FOLDER_MODE)
    if not folder.is_dir():
        raise NotADirectoryError(20, "A folder was expected, and a file is there", str(folder))


def _close(path: Path, status: os.stat_result, mode: int) -> None:
    """Take the rights of others away; a file system of its owner's that keeps none may be used."""
    if os.name != "posix" or not status.st_mode & _OTHERS:
        return
    try:
        path.chmod(mode)
    except FileNotFoundError:
        raise
    except OSError as error:
        if status.st_uid != os.geteuid():
            raise PermissionError(
                error.errno,
                "It belongs to another account and is open to others; its owner can close it with "
                f"chmod {mode:o}",
                str(path),
            ) from None
