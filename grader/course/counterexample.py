"""One case on which a submission failed, as a file: ``grader check --case FILE`` runs it.

The file is an archive of arrays, read without pickle. One of them, ``case``, holds JSON that names
the assignment, the version of its checks, the check, and the case with its expected answer; the
others are the arrays that the JSON names. No hidden seed, case or label is in it.

Who reads such a file did not write it: how a check judges, what may be called and what it is worth
are taken from the reader's own copy of the assignment.
"""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from grader.course.case import Case
from grader.course.frozen import UNREADABLE, ArrayNames, case_from_plain, from_plain, to_plain
from grader.course.prepared import PreparedAssignment, PreparedCheck
from grader.files.foreign_json import read_json
from grader.problems import GraderProblem
from grader.result import Visibility
from grader.sanitise.text import shown
from grader.wire.encoding import WireError, decode, encode

MOST_BYTES = 64 * 1024
"""What a file that we write may have; a larger one is not written."""
MOST_READ = 1024 * 1024
"""What a file that is read may have."""
_MOST_ARRAYS, _MOST_UNPACKED, _MOST_DIMENSIONS = 200, 16 * 2**20, 16
_MOST_DEPTH = 24
_CASE = "case"
_FORMAT = 1
_SUFFIX = ".npy"
_NAMES = ("assignment", "sha256", "exercise", "check", "seed")


class CounterexampleError(GraderProblem):
    """A file cannot be used; the message says why and how to fix it."""


@dataclass(frozen=True)
class Counterexample:
    """A case of a public seed, and which check it belongs to.

    Attributes
    ----------
    sha256
        The version of the assignment's checks and references.
    seed
        The public seed that made it.
    """

    assignment: str
    sha256: str
    exercise: str
    check: str
    seed: str
    case: Case

    def encode(self) -> bytes:
        """Return the content of its file; the same for the same case."""
        arrays, stream = ArrayNames(), io.BytesIO()
        plain = {name: getattr(self, name) for name in _NAMES}
        case = to_plain(replace(self.case, mistaken={}, held_out={}), arrays)
        text = json.dumps({"format": _FORMAT, **plain, _CASE: case}, allow_nan=False)
        written = {**arrays.by_name, _CASE: np.frombuffer(text.encode("utf-8"), dtype=np.uint8)}
        np.savez_compressed(stream, **written)  # type: ignore[arg-type]
        return stream.getvalue()

    @classmethod
    def decode(cls, content: bytes) -> Counterexample:
        """Read what `encode` made.

        Raises
        ------
        CounterexampleError
            When it is something else, damaged or too large.
        """
        try:
            arrays = _read_arrays(content)
            plain = read_json(arrays.pop(_CASE).tobytes().decode("utf-8"))
            if type(plain) is not dict or plain.pop("format", None) != _FORMAT:
                raise ValueError("it says no format that this version knows")
            named = {name: plain[name] for name in _NAMES}
            if not all(type(one) is str for one in named.values()):
                raise ValueError("it names no check")
            _require_shallow(plain[_CASE])
            case = case_from_plain(from_plain(plain[_CASE], _reader(arrays)))
            _require_sendable(case)
            return cls(**named, case=case)
        except (*UNREADABLE, WireError) as error:
            raise CounterexampleError(
                f"it is damaged, or no counterexample of ours ({shown(str(error))}). Expected a "
                "file that stands beside a page of the grader. Fetch it again."
            ) from None

    def within(self, assignment: PreparedAssignment) -> PreparedAssignment:
        """The assignment with nothing to judge but this case.

        Raises
        ------
        CounterexampleError
            When it belongs to another assignment or version, or asks what the check never does.
        """
        if self.assignment != assignment.name:
            raise CounterexampleError(
                f"it belongs to {shown(self.assignment)}, and {assignment.name} is checked here. "
                f"Run: grader check {shown(self.assignment)} --case FILE"
            )
        if self.sha256 != assignment.sha256:
            raise CounterexampleError(
                f"it was made for another version of {assignment.name} than this copy holds. "
                "Fetch the course's files again; if that does not help, hand in again and take "
                "the new file."
            )
        for check in assignment.checks:
            if (check.exercise, check.name) == (self.exercise, self.check):
                if not _asks_alike(self.case, check):
                    break
                only = check.alone(self.case)
                return replace(
                    assignment,
                    checks=(only,),
                    misconceptions=(),  # what they would answer is not in the file
                    visibility=Visibility.PUBLIC,
                )
        raise CounterexampleError(
            f"{assignment.name} has no check that asks what this file does "
            f"({shown(f'{self.exercise}.{self.check}')}). Fetch it again from the page that the "
            "grader wrote."
        )


def _asks_alike(case: Case, check: PreparedCheck) -> bool:
    """Whether a case calls nothing that the reader's own cases of the check do not call."""
    known = {_called(one) for own in check.cases for one in own.steps}
    return bool(case.steps) and case.expected is not None and {*map(_called, case.steps)} <= known


def _called(one: dict[str, Any]) -> tuple[str, str]:
    return str(one.get("op")), str(one.get("target"))


def _read_arrays(content: bytes) -> dict[str, np.ndarray[Any, Any]]:
    """The arrays of an archive; what is too large is not unpacked."""
    if len(content) > MOST_READ:
        raise ValueError(f"it is larger than {MOST_READ // 1024} KB")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        if len(members) > _MOST_ARRAYS:
            raise ValueError(f"it holds more than {_MOST_ARRAYS} arrays")
        left, found = _MOST_UNPACKED, {}
        for member in members:
            if not member.filename.endswith(_SUFFIX):
                raise ValueError("it holds something that is no array")
            with archive.open(member) as stream:
                data = stream.read(left + 1)  # whatever the archive says of its size
            left -= len(data)
            if left < 0:
                raise ValueError(f"it unpacks to more than {_MOST_UNPACKED // 2**20} MB")
            found[member.filename.removesuffix(_SUFFIX)] = _array(data)
    return found


def _array(data: bytes) -> np.ndarray[Any, Any]:
    """Read one array, whose header may promise no more than there is."""
    stream = io.BytesIO(data)
    version = np.lib.format.read_magic(stream)
    if version != (1, 0):
        raise ValueError("an array has a header of another version")
    shape, _, dtype = np.lib.format.read_array_header_1_0(stream)
    promised = math.prod(shape) * dtype.itemsize
    if dtype.hasobject or dtype.names or len(shape) > _MOST_DIMENSIONS:
        raise ValueError("an array holds something else than numbers")
    if promised != len(data) - stream.tell():
        raise ValueError("an array is not as large as it says")
    stream.seek(0)
    read: np.ndarray[Any, Any] = np.lib.format.read_array(stream, allow_pickle=False)
    return read


def _reader(arrays: dict[str, np.ndarray[Any, Any]]) -> Callable[[str], np.ndarray[Any, Any]]:
    for one in arrays.values():
        one.flags.writeable = False
    return arrays.__getitem__


def _require_sendable(case: Case) -> None:
    """Refuse what no case of ours holds, before a worker or a judge is given it."""
    expected = case.expected
    if expected is None or type(case.label) is not str or type(expected.values) is not list:
        raise ValueError("its case is not whole")
    given = case.rtol + 0.0, case.atol + 0.0, case.arguments, case.options
    decode(encode([*given, case.asked_steps(), expected.values]))


def _require_shallow(value: Any, depth: int = 0) -> None:
    """Refuse what no case of ours nests so deeply, before anything recursive reads it."""
    if depth > _MOST_DEPTH:
        raise ValueError("it is nested too deeply")
    inside = value.values() if isinstance(value, dict) else value
    for one in inside if isinstance(inside, list) or isinstance(value, dict) else ():
        _require_shallow(one, depth + 1)
