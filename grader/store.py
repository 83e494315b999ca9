"""Results on disk: one file per student, written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
import time
import unicodedata
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from grader.media.file_names import file_name_of
from grader.result import Result
from grader.sanitise import safe_text

_SUFFIX = ".json"
_MAX_RESULT = 64 * 2**20
_TEMPORARY = ".writing-*.tmp"
_LEFTOVER_SECONDS = 3_600.0


class StoreError(Exception):
    """A result could not be kept; those written before are whole."""


class ResultStore:
    """The results of one assignment: ``results/{assignment}/{student}.json``.

    Students are named as in their results, where `safe_text` has passed over the id.

    Parameters
    ----------
    directory
        The folder of the assignment's results; it is made by the first `write`.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = Path(directory)
        self._swept = False

    def path_of(self, student: str) -> Path:
        """Where a student's result is kept."""
        return self.directory / (file_name_of(safe_text(student)) + _SUFFIX)

    def write(self, result: Result) -> None:
        """Keep a result; the file is replaced in one step.

        Raises
        ------
        StoreError
            When the disk is full or the folder cannot be written. The file that was there
            stays as it was.
        """
        try:
            content = result.model_dump_json(indent=1).encode()
            self.directory.mkdir(parents=True, exist_ok=True)
            self._sweep()
            write_atomically(self.path_of(result.student), content)
        except PydanticSerializationError as error:
            raise StoreError(
                f"The result of {result.student} cannot be written as JSON: {error}"
            ) from None
        except OSError as error:
            raise StoreError(
                f"The result of {result.student} cannot be written to {self.directory}: "
                f"{error.strerror or error}. The results written before are kept. "
                f"{_advice(error.errno)} and run the same command again."
            ) from None

    def read(self, student: str) -> Result | None:
        """A student's result; None when there is none, or none that can be used."""
        return self.read_checked(student)[0]

    def read_checked(self, student: str) -> tuple[Result | None, bool]:
        """A student's result or None, and whether a damaged file was found."""
        found = _read(self.path_of(student))
        if isinstance(found, str):
            return None, True
        if found is not None and found.student != safe_text(student):
            return None, True
        return found, False

    def read_all(self) -> tuple[list[Result], list[str]]:
        """All results in the order of students, and the damaged files: "name (why)".

        Files that do not end in ``.json`` are not looked at.

        Raises
        ------
        StoreError
            When the folder is there and cannot be listed.
        """
        try:
            names = sorted(os.listdir(self.directory))
        except FileNotFoundError:
            return [], []
        except OSError as error:
            raise StoreError(f"{self.directory} cannot be read: {error.strerror}.") from None
        results, damaged = [], []
        for name in names:
            if not name.endswith(_SUFFIX) or name.startswith("."):
                continue
            found = _read(self.directory / name)
            if isinstance(found, str):
                damaged.append(f"{safe_text(name)} ({found})")
            elif found is not None and not _same_name(name, file_name_of(found.student)):
                damaged.append(f"{safe_text(name)} (holds the result of {found.student})")
            elif found is not None:
                results.append(found)
        return sorted(results, key=lambda result: result.student), damaged

    def _sweep(self) -> None:
        """Remove, once, what a killed run left half written; a running one is far younger."""
        if self._swept:
            return
        self._swept = True
        for path in self.directory.glob(_TEMPORARY):
            with contextlib.suppress(OSError):  # another run may have just finished with it
                if time.time() - path.lstat().st_mtime > _LEFTOVER_SECONDS:
                    path.unlink()


def _same_name(name: str, expected: str) -> bool:
    """Whether a listed name is the expected one; some file systems list letters decomposed."""
    stem = unicodedata.normalize("NFC", name.removesuffix(_SUFFIX))
    return stem == unicodedata.normalize("NFC", expected)


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
    temporary = path.parent / f".writing-{secrets.token_hex(8)}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(temporary, flags, 0o660)
    try:
        with open(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            if mode is not None:
                os.chmod(temporary, mode)
            os.fsync(stream.fileno())
        _replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if os.name == "posix":
        _synchronise_folder(path.parent)


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


def _advice(number: int | None) -> str:
    full = {errno.ENOSPC, getattr(errno, "EDQUOT", None)}
    if number in full:
        return "Free some space"
    if number == errno.EFBIG:
        return "Raise the limit on the size of files (ulimit -f)"
    return "Make the folder writable"


def _read(path: Path) -> Result | str | None:
    """The result in a file, why there is none, or None when there is not a file."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return "is not a file"
        if status.st_size > _MAX_RESULT:
            return "is too large for a result"
        return Result.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return "is a link to nothing" if path.is_symlink() else None
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        if first["type"] == "json_invalid":
            return "is not complete JSON"
        place = ".".join(str(part) for part in first["loc"])
        return f"is not a result of this version: {safe_text(place, 100)}"
