"""Files and folders that are written whole or not at all, in folders for what holds grades."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

if sys.platform != "win32":
    import fcntl

_BEGINNING, _ENDING = ".writing-", ".tmp"
MAKING = ".making-"
"""So begins the name of a folder while it is filled."""
_SWEPT_AWAY = 1_000
"""As often is a file begun again that another run took for what a killed one left."""


def make_folder(folder: Path) -> None:
    """Make a folder for what holds grades, and those above it that are missing.

    As the files in it, it is its owner's, and its group's as far as the umask allows: courses of
    several instructors share a group. Names of students are seen in it, so it is nobody else's.
    A folder that is there keeps the modes that somebody gave it; the files are closed anyway.

    Raises
    ------
    OSError
        When it cannot be made.
    """
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(mode=0o770, exist_ok=True)
    folder.mkdir(exist_ok=True)  # a file in its place is an error


def write_atomically(path: Path, content: bytes, *, mode: int | None = None) -> None:
    """Write a file so that, after any crash, either the old or the new one is whole there.

    Parameters
    ----------
    mode
        Permissions of the file. By default its owner's, and its group's as far as the umask
        allows: the files hold grades.

    Raises
    ------
    OSError
        When it cannot be written; the old file is untouched, and nothing else is left.
    """
    for _ in range(_SWEPT_AWAY):
        temporary = path.parent / f"{_BEGINNING}{secrets.token_hex(8)}{_ENDING}"
        with contextlib.suppress(_SweptAway):
            _write_once(temporary, path, content, mode)
            break
    else:
        raise OSError(errno.EAGAIN, "Another run removes every new file in the folder")
    if os.name == "posix":
        _synchronise_folder(path.parent)


class _SweptAway(Exception):
    """Another run came between the making of a file and its lock, and took it for a leftover."""


def _write_once(temporary: Path, path: Path, content: bytes, mode: int | None) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(temporary, flags, 0o660)
    try:
        with open(descriptor, "wb") as stream:
            _lock(descriptor)
            stream.write(content)
            stream.flush()
            if mode is not None:
                os.chmod(temporary, mode)
            os.fsync(stream.fileno())
            if os.name == "posix":  # while we have the lock; Windows renames no open file
                _replace(temporary, path)
        if os.name != "posix":
            _replace(temporary, path)
    except FileNotFoundError:
        raise _SweptAway from None
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


if sys.platform != "win32":

    def _lock(descriptor: int) -> None:
        """Show other runs that somebody lives who writes this; the kernel ends it with us."""
        with contextlib.suppress(OSError):  # some network file systems know no locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)

    def _remove_without_writer(path: Path) -> None:
        """Remove a half-written file whose writer is dead; a clock has no say in that."""
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
        finally:
            os.close(descriptor)

else:

    def _lock(descriptor: int) -> None:
        """Windows needs none: it removes no file that somebody has open."""

    def _remove_without_writer(path: Path) -> None:
        path.unlink()


def _replace(temporary: Path, path: Path) -> None:
    """Give the file its name; on Windows, wait for whoever has the old one open for a moment."""
    for pause in _PAUSES:
        try:
            os.replace(temporary, path)
            return
        except PermissionError:
            time.sleep(pause)
    os.replace(temporary, path)


_PAUSES = (0.01, 0.05, 0.2, 1.0) if os.name == "nt" else ()


def _synchronise_folder(folder: Path) -> None:
    """Make the new name last through a power failure, where the file system can."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:  # some network file systems do not know it
        if error.errno not in {errno.EINVAL, errno.ENOTSUP, errno.ENOSYS, errno.EBADF}:
            raise
    finally:
        os.close(descriptor)


def sweep(folder: Path) -> None:
    """Remove what killed runs left half written, and nothing of one that lives."""
    for path in folder.glob(f"{_BEGINNING}*{_ENDING}"):
        with contextlib.suppress(OSError):  # another run may have just finished with it
            _remove_without_writer(path)


@contextlib.contextmanager
def folder_in_making(parent: Path) -> Iterator[Path]:
    """Yield a fresh folder beside the place that it is to be moved to when it is full.

    Other runs see that somebody lives who fills it; what is left of it at the end is removed.

    Raises
    ------
    OSError
        When it cannot be made.
    """
    for _ in range(_SWEPT_AWAY):
        made = Path(tempfile.mkdtemp(prefix=MAKING, dir=parent))
        with _held(made) as is_ours:
            if not is_ours:
                continue
            try:
                yield made
            finally:
                shutil.rmtree(made, ignore_errors=True)
            return
    raise OSError(errno.EAGAIN, "Another run removes every new folder")


def sweep_folders(parent: Path) -> None:
    """Remove folders that killed runs left half filled, and none of a run that lives."""
    for path in parent.glob(f"{MAKING}*"):
        with contextlib.suppress(OSError):
            _remove_without_maker(path)


if sys.platform != "win32":

    @contextlib.contextmanager
    def _held(folder: Path) -> Iterator[bool]:
        """Hold the lock of a new folder; False when another run swept it before we did."""
        try:
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:
            yield False
            return
        try:
            _lock(descriptor)
            yield folder.exists()  # its name is random: nobody else makes it anew
        finally:
            os.close(descriptor)

    def _remove_without_maker(folder: Path) -> None:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder)
        finally:
            os.close(descriptor)

else:

    @contextlib.contextmanager
    def _held(folder: Path) -> Iterator[bool]:
        yield True

    def _remove_without_maker(folder: Path) -> None:
        """Windows has no locks of folders, so that what a killed run left stays."""
