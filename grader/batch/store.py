"""Results on disk: one file per student, written whole or not at all."""

from __future__ import annotations

import os
import stat
import unicodedata
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from grader.files.atomic import make_folder, sweep, write_atomically
from grader.problems import MachineProblem, advice
from grader.result import Result
from grader.sanitise.file_names import file_name_of
from grader.sanitise.text import safe_text

_SUFFIX = ".json"
_MAX_RESULT = 64 * 2**20


class StoreError(MachineProblem):
    """A result could not be kept; those written before are whole."""


class ResultStore:
    """The results of one assignment: ``results/{assignment}/{student}.json``.

    Students are named as in their results, where `safe_text` has passed over the id.

    Parameters
    ----------
    directory
        The folder of the assignment's results; `make_folder` makes it at the first `write`.
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
        self.keep(result.student, content_of(result))

    def keep(self, student: str, content: bytes) -> None:
        """Keep what `content_of` made of a student's result; raises as `write` does."""
        try:
            make_folder(self.directory)
            self._sweep()
            write_atomically(self.path_of(student), content)
        except OSError as error:
            raise StoreError(
                f"The result of {student} cannot be written to {self.directory}: "
                f"{error.strerror or error}. The results written before are kept. "
                f"{advice(error)} and run the same command again."
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
        """Remove, once, what a killed run left half written, and nothing of one that lives."""
        if self._swept:
            return
        self._swept = True
        sweep(self.directory)


def content_of(result: Result) -> bytes:
    """What a store keeps of a result.

    Raises
    ------
    StoreError
        When it cannot be written as JSON.
    """
    try:
        return result.model_dump_json(indent=1).encode()
    except PydanticSerializationError as error:
        raise StoreError(
            f"The result of {result.student} cannot be written as JSON: {error}"
        ) from None


def _same_name(name: str, expected: str) -> bool:
    """Whether a listed name is the expected one; some file systems list letters decomposed."""
    stem = unicodedata.normalize("NFC", name.removesuffix(_SUFFIX))
    return stem == unicodedata.normalize("NFC", expected)


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
