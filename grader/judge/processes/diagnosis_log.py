"""Where the tracebacks of our own failures are kept for whoever teaches.

A message or a diagnosis that fails costs nobody a point (`checks.examine`), and a check on which
the grader fails is to be graded again (`records.failure_of`). Both are mistakes of ours: without a
log nobody would learn where. Judges are processes of their own and let go of every descriptor, so
each record is written by a file opened for it alone, under the file's lock.
"""

from __future__ import annotations

import contextlib
import contextvars
import logging
import mmap
import os
import struct
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from grader.files.private_folder import FILE_MODE, FOLDER, private_folder
from grader.judge.records import FAILURES
from grader.sanitise.terminal import LogFormatter

try:
    import fcntl
except ModuleNotFoundError:  # Windows: there all judges are in one process
    fcntl = None  # type: ignore[assignment]

NAME = "grader.log"
"""The file's name, in the private folder of a course."""
MAX_BYTES = 4 * 2**20
"""A log of that size becomes the old one; an older one is forgotten."""
_DIAGNOSES = logging.getLogger("grader.diagnose")
_MAX_RECORD = 20_000
_MAX_CHAIN = 10
_COUNTS = struct.Struct("=QQQ")
"""Records, those of them that are lost, and those of failures that cost a grade."""
_whose: contextvars.ContextVar[str] = contextvars.ContextVar("whose", default="")


@contextlib.contextmanager
def records_name(whose: str) -> Iterator[None]:
    """Name whose submission is judged in what is logged meanwhile."""
    token = _whose.set(whose)
    try:
        yield
    finally:
        _whose.reset(token)


class DiagnosisLog(logging.Handler):
    """Keeps what failed while it is entered, in this process and in judges forked meanwhile.

    Parameters
    ----------
    path
        The file that records are appended to; its folder is there, or they are only counted.
    values
        Whether exceptions are written with their messages, which may hold hidden values.
    called
        What a result calls the file, which it names where the grader failed; "" for nothing.

    Attributes
    ----------
    kept_in
        What to call the file that holds the last record; "" where there is none.
    """

    def __init__(self, path: Path, *, values: bool = True, called: str = "") -> None:
        super().__init__(logging.ERROR)
        self.path = path
        self.called = called
        self.kept_in = ""
        self._owner: Path | None = None
        self.setFormatter(_Formatter(values))
        self._counts = mmap.mmap(-1, _COUNTS.size)  # shared with every process forked from here

    @classmethod
    def of_course(cls, course: Path, *, values: bool = True) -> Self:
        """The log of a course, which is its owner's alone, since it may tell hidden values.

        A student's assignment has one of its own. The folder is made for the first record.
        """
        log = cls(course / FOLDER / NAME, values=values, called=f"{FOLDER}/{NAME}")
        log._owner = course
        return log

    def __enter__(self) -> Self:
        """Begin to keep records; nobody else is shown them."""
        for logger in (_DIAGNOSES, FAILURES):
            logger.addHandler(self)
            logger.propagate = False
        return self

    def __exit__(self, *_: object) -> None:
        """Keep no more."""
        for logger in (_DIAGNOSES, FAILURES):
            logger.removeHandler(self)
            logger.propagate = True

    @property
    def failed(self) -> int:
        """How often the grader, a message or a diagnosis failed so far."""
        return int(_COUNTS.unpack(self._counts[:])[0])

    def sentence(self, place: str = "") -> str:
        """One sentence on what failed and where its tracebacks are; "" when nothing did.

        Parameters
        ----------
        place
            Where the file is to be found, when it is not at `path`.
        """
        failed, lost, of_grades = _COUNTS.unpack(self._counts[:])
        if not failed:
            return ""
        what = " ".join(filter(None, [_of_diagnoses(failed - of_grades), _of_grades(of_grades)]))
        if lost == failed:
            return f"{what} {place or self.path} cannot be written, so the tracebacks are lost."
        return f"{what} The tracebacks are in {place or self.path}"

    def emit(self, record: logging.LogRecord) -> None:
        """Append a record; what the disk refuses is counted all the same."""
        counted = False
        self.kept_in = ""
        of_grade = record.name == FAILURES.name
        try:
            if self._owner is not None:
                private_folder(self._owner)
            text = _shortened(self.format(record)) + "\n"
            with self._file() as descriptor:
                self._count(of_grade, lost=False)  # under the file's lock: judges share the counts
                counted = True
                os.write(descriptor, text.encode("utf-8", "replace"))
            self.kept_in = self.called
        except Exception:
            if not counted:
                self._count(of_grade, lost=True)

    def handleError(self, record: logging.LogRecord) -> None:  # the library's name
        """Say nothing: a log that fails is no reason to disturb a judge."""

    def _count(self, of_grade: bool, *, lost: bool) -> None:
        failed, lost_before, of_grades = _COUNTS.unpack(self._counts[:])
        self._counts[:] = _COUNTS.pack(failed + 1, lost_before + lost, of_grades + of_grade)

    @contextlib.contextmanager
    def _file(self) -> Iterator[int]:
        """The file, locked; a full one has been put aside."""
        while True:
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
            descriptor = os.open(self.path, flags, FILE_MODE)
            try:
                if fcntl is not None:
                    with contextlib.suppress(OSError):  # some network file systems know no locks
                        fcntl.flock(descriptor, fcntl.LOCK_EX)
                if self._is_put_aside(descriptor):
                    continue
                yield descriptor
                return
            finally:
                os.close(descriptor)

    def _is_put_aside(self, descriptor: int) -> bool:
        """Whether this is the old file, now or because another process just made it that."""
        ours = os.fstat(descriptor)
        try:
            if not os.path.samestat(ours, self.path.stat(follow_symlinks=False)):
                return True
        except FileNotFoundError:
            return True
        if ours.st_size < MAX_BYTES:
            return False
        with contextlib.suppress(OSError):  # Windows renames no open file: then it grows
            os.replace(self.path, self.path.with_name(f"{self.path.name}.old"))
            return True
        return False


def _of_diagnoses(count: int) -> str:
    if not count:
        return ""
    what = "1 diagnosis failed" if count == 1 else f"{count} diagnoses failed"
    return f"{what}; this is a mistake in the grader, and the verdicts stand without."


def _of_grades(count: int) -> str:
    if not count:
        return ""
    times = "once" if count == 1 else f"{count} times"
    return f"The grader itself failed {times}; this is its mistake and costs nobody points."


class _Formatter(LogFormatter):
    def __init__(self, values: bool) -> None:
        super().__init__("%(asctime)s %(whose)s%(message)s")
        self._values = values

    def format(self, record: logging.LogRecord) -> str:
        whose = _whose.get()
        record.whose = f"{whose}: " if whose else ""
        record.exc_text = None  # what another handler made of it
        return super().format(record)

    def formatException(
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        """The traceback; without the exceptions' own words where they might tell values."""
        if self._values or ei[1] is None:
            return super().formatException(ei)
        lines: list[str] = []
        problem: BaseException | None = ei[1]
        for _ in range(_MAX_CHAIN):
            if problem is None:
                break
            own = [*traceback.format_tb(problem.__traceback__), type(problem).__qualname__ + "\n"]
            lines = [*own, "after\n", *lines] if lines else own
            problem = problem.__cause__ or problem.__context__
        return "".join(lines).rstrip()


def _shortened(text: str) -> str:
    if len(text) <= _MAX_RECORD:
        return text
    half = _MAX_RECORD // 2
    return f"{text[:half]}\n… {len(text) - 2 * half} characters left out …\n{text[-half:]}"
