"""Results on disk: one file per student, written whole or not at all."""

from __future__ import annotations

import hashlib
import os
import tempfile
import unicodedata
from pathlib import Path
from urllib.parse import quote

from pydantic import ValidationError

from grader.result import Result

_MAX_NAME = 120
_SUFFIX = ".json"


class StoreError(Exception):
    """A result could not be kept; those written before are whole."""


class ResultStore:
    """``results/{assignment}/{student}.json``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path_of(self, student: str) -> Path:
        """Where a student's result is kept."""
        return self.folder / (file_name_of(student) + _SUFFIX)

    def write(self, result: Result) -> None:
        """Keep a result; the file is replaced in one step.

        Raises
        ------
        StoreError
            When the disk is full or the folder cannot be written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            text = result.model_dump_json(indent=1)
            write_atomically(self.path_of(result.student), text.encode("utf-8"))
        except OSError as error:
            raise StoreError(
                f"The result of {result.student} cannot be written to {self.folder}: "
                f"{error.strerror}. All results before it are kept; make room and run the same "
                "command again."
            ) from None

    def read_checked(self, student: str) -> tuple[Result | None, bool]:
        """Return a student's result, or None, and whether a damaged file was found."""
        path = self.path_of(student)
        if not path.exists():
            return None, False
        result = _read(path)
        if result is None or result.student != student:
            return None, True
        return result, False

    def read_all(self) -> tuple[list[Result], list[str]]:
        """All results in the order of students, and the names of damaged files."""
        results, damaged = [], []
        for path in sorted(self.folder.glob(f"*{_SUFFIX}")) if self.folder.is_dir() else []:
            result = _read(path)
            if result is None or file_name_of(result.student) + _SUFFIX != path.name:
                damaged.append(path.name)
            else:
                results.append(result)
        return sorted(results, key=lambda result: result.student), damaged


def file_name_of(student: str) -> str:
    """A file name for any student id: readable, and different for different ids on any system.

    Small letters, digits, hyphens and dots inside stand for themselves and anything else is
    percent-encoded. What a file system might fold together or refuse (capitals, composed
    characters, long or reserved names) gets a digest of the exact id as well.
    """
    name = quote(student, safe=" @+", errors="surrogatepass")
    plain = (
        student == unicodedata.normalize("NFC", student)
        and name == name.lower()
        and len(name) <= _MAX_NAME
        and not name.startswith(".")
        and not name.endswith((".", " "))
        and name.partition(".")[0] not in _RESERVED
        and bool(name)
        and "~" not in name
        and "%" not in name
    )
    if plain:
        return name
    digest = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    readable = "".join(letter if letter.isalnum() else "-" for letter in student.lower())[:24]
    return f"{readable}~{digest}"


_RESERVED = {"con", "prn", "aux", "nul"} | {f"{n}{i}" for n in ("com", "lpt") for i in range(10)}


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that, after any crash, either the old or the new one is whole there."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-", suffix=".tmp")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _read(path: Path) -> Result | None:
    try:
        return Result.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
