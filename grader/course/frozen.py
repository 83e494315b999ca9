"""A prepared assignment as files in a student's copy: ``checks.json`` and ``cases.npz``.

JSON holds everything but arrays, which it names; the archive holds the arrays. Both are
read without pickle.
"""

from __future__ import annotations

import io
import json
import math
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from grader.course.case import Case, Expectation, Observation
from grader.course.course_forward import CourseForward
from grader.course.misconception import Misconception
from grader.course.prepared import (
    FileAside,
    PreparedAssignment,
    PreparedCheck,
    PreparedExercise,
    PreparedFile,
)
from grader.course.slips import Slip
from grader.files.foreign_json import read_json
from grader.problems import GraderProblem
from grader.result import Kind, Visibility
from grader.wire.encoding import Ref, Rng

CHECKS = "checks.json"
CASES = "cases.npz"


class FrozenError(GraderProblem):
    """A student's copy of the public cases is missing or damaged."""


def save(prepared: PreparedAssignment, folder: Path) -> None:
    """Write the public cases of an assignment into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in to_files(prepared).items():
        (folder / name).write_bytes(content)


def to_files(prepared: PreparedAssignment) -> dict[str, bytes]:
    """The two files of an assignment, by name."""
    arrays, stream = ArrayNames(), io.BytesIO()
    plain = to_plain(prepared, arrays)
    text = json.dumps(plain, indent=1, ensure_ascii=False, allow_nan=False)
    np.savez_compressed(stream, **arrays.by_name)  # type: ignore[arg-type]
    return {CHECKS: (text + "\n").encode("utf-8"), CASES: stream.getvalue()}


def load(folder: Path) -> PreparedAssignment:
    """Read what `save` wrote.

    Raises
    ------
    FrozenError
        When a file is missing or damaged; the message says how to get it back.
    """
    try:
        return from_files({name: _content_of(folder / name) for name in (CHECKS, CASES)})
    except (OSError, *UNREADABLE) as error:
        raise FrozenError(
            f"The public cases in {folder} cannot be read ({type(error).__name__}: {error}). "
            "They belong to the course's files: fetch that folder again."
        ) from None


@dataclass(frozen=True)
class ListedExercise:
    """An exercise as lists show it."""

    name: str
    file: str
    points: float


@dataclass(frozen=True)
class Outline:
    """What an assignment asks for and what it is worth, without its cases."""

    title: str
    summary: str
    files: tuple[str, ...]
    exercises: tuple[ListedExercise, ...]

    @property
    def points(self) -> float:
        """What the assignment is worth."""
        return round(sum(one.points for one in self.exercises), 2)

    def by_file(self) -> dict[str, tuple[str, ...]]:
        """The names of the exercises, by file."""
        return {
            file: tuple(one.name for one in self.exercises if one.file == file)
            for file in self.files
        }


def read_outline(folder: Path) -> Outline:
    """Read what an assignment asks for, but no case, which takes longer.

    Raises
    ------
    FrozenError
        When the file is missing or damaged.
    """
    try:
        return _outline(read_json(_content_of(folder / CHECKS)))
    except (OSError, *UNREADABLE) as error:
        raise FrozenError(f"The public cases in {folder} cannot be read ({error}).") from None


def _outline(plain: dict[str, Any]) -> Outline:
    files, exercises = (from_plain(plain[one], _no_array) for one in ("files", "exercises"))
    points: dict[str, float] = {one["name"]: 0.0 for one in exercises}
    for check in plain["checks"]["$tuple"]:  # whose cases hold arrays
        points[check["exercise"]] += from_plain(check["points"], _no_array)
    return Outline(
        str(plain["title"]),
        str(plain["summary"]),
        tuple(file["name"] for file in files),
        tuple(ListedExercise(one["name"], one["file"], points[one["name"]]) for one in exercises),
    )


def _content_of(file: Path) -> bytes:
    """Read a file; in a checkout it may be a link to a device, which has no end, or to a pipe."""
    if file.exists() and not file.is_file():
        raise OSError(f"{file.name} is no ordinary file")
    return file.read_bytes()


def _no_array(name: str) -> np.ndarray[Any, Any]:
    raise ValueError(f"an array, {name}, where none was expected")


def from_files(files: Mapping[str, bytes]) -> PreparedAssignment:
    """Read what `to_files` made; raises one of `UNREADABLE` when that is damaged."""
    plain = read_json(files[CHECKS].decode("utf-8"))
    with np.load(io.BytesIO(files[CASES]), allow_pickle=False) as archive:

        @cache  # an array is named twice on average; read once, it is shared
        def array(name: str) -> np.ndarray[Any, Any]:
            found: np.ndarray[Any, Any] = archive[name]
            found.flags.writeable = False
            return found

        return _assignment(from_plain(plain, array))


UNREADABLE = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RuntimeError,
    MemoryError,
    EOFError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What comes of files that somebody changed, nested deeply for example."""


class ArrayNames:
    """Names arrays, equal ones alike."""

    def __init__(self) -> None:
        self.by_name: dict[str, np.ndarray[Any, Any]] = {}
        self._names: dict[tuple[str, tuple[int, ...], bytes], str] = {}

    def name(self, array: np.ndarray[Any, Any]) -> str:
        content = (array.dtype.str, array.shape, array.tobytes())
        name = self._names.setdefault(content, f"a{len(self._names)}")
        self.by_name[name] = array
        return name


def to_plain(value: Any, arrays: ArrayNames) -> Any:
    """A value as JSON can say it; arrays are named, and kept in `arrays`."""
    if isinstance(value, np.ndarray):
        return {"$array": arrays.name(value)}
    if isinstance(value, np.generic):
        return {"$scalar": [value.dtype.str, to_plain(value.item(), arrays)]}
    if isinstance(value, float) and not math.isfinite(value):
        return {"$float": repr(value)}
    if isinstance(value, Ref):
        return {"$ref": value.name}
    if isinstance(value, Rng):
        return {"$rng": value.seed}
    if isinstance(value, tuple):
        return {"$tuple": [to_plain(item, arrays) for item in value]}
    if isinstance(value, list):
        return [to_plain(item, arrays) for item in value]
    if is_dataclass(value):
        given = ((field, getattr(value, field.name)) for field in fields(value))
        return {
            field.name: to_plain(content, arrays)
            for field, content in given
            if not _is_default(field, content)
        }
    if isinstance(value, dict):
        return {key: to_plain(item, arrays) for key, item in value.items()}
    return value


def _is_default(field: Field[Any], content: Any) -> bool:
    """Whether reading the file would fill in this very content."""
    if field.default_factory is not MISSING:
        return type(content) in {dict, list} and not content
    return content is field.default or (type(content) is tuple and content == field.default == ())


def from_plain(value: Any, array: Callable[[str], np.ndarray[Any, Any]]) -> Any:
    """What `to_plain` was given, with `array` to find arrays by their names."""
    if isinstance(value, list):
        return [from_plain(item, array) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((tag, content),) = value.items()
        if tag == "$array":
            return array(content)
        if tag == "$scalar":
            return np.dtype(content[0]).type(from_plain(content[1], array))
        if tag == "$float":
            return float(content)
        if tag == "$ref":
            return Ref(content)
        if tag == "$rng":
            return Rng(content)
        if tag == "$tuple":
            return tuple(from_plain(item, array) for item in content)
    return {key: from_plain(item, array) for key, item in value.items()}


def _assignment(plain: dict[str, Any]) -> PreparedAssignment:
    return PreparedAssignment(
        **{
            **plain,
            "files": tuple(PreparedFile(**one) for one in plain["files"]),
            "exercises": tuple(PreparedExercise(**one) for one in plain["exercises"]),
            "checks": tuple(_check(one) for one in plain["checks"]),
            "misconceptions": tuple(Misconception(**one) for one in plain["misconceptions"]),
            "visibility": Visibility(plain["visibility"]),
            "slips": {
                name: tuple(Slip(**one) for one in found)
                for name, found in plain.get("slips", {}).items()
            },
            "files_aside": tuple(FileAside(**one) for one in plain.get("files_aside", ())),
        }
    )


def _check(plain: dict[str, Any]) -> PreparedCheck:
    cases = tuple(case_from_plain(one) for one in plain["cases"])
    return PreparedCheck(**{**plain, "kind": Kind(plain["kind"]), "cases": cases})


def case_from_plain(plain: dict[str, Any]) -> Case:
    """A case of its fields, as `from_plain` reads them."""
    forward = plain.get("course_forward")
    return Case(
        **{
            **plain,
            "course_forward": None if forward is None else CourseForward(**forward),
            "expects": tuple(Expectation(**one) for one in plain.get("expects", ())),
            "expected": Observation(**plain["expected"]),
            "mistaken": {key: Observation(**one) for key, one in plain.get("mistaken", {}).items()},
        }
    )
