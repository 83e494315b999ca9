"""Source text to the normalised text that is compared, in a process that may be lost.

Copydetect reads source with the lexer of Pygments. That runs nothing and parses nothing, but
its expressions can take quadratic time: 256 KiB of spaces keep it busy for many minutes. So
files are read in child processes, each text has a deadline, and a text that misses it costs
itself.
"""

from __future__ import annotations

import multiprocessing
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any

import numpy as np
import psutil

SECONDS = 10.0
"""The deadline of one text; the longest reference takes a tenth of a second."""
_START_SECONDS = 120.0
_MEGABYTES = 1_024
_DOCSTRING = re.compile(r"(?:^|(?<=:))S(?!S)")
"""Other strings in three quotes are SSS, and those in one pair of quotes have it."""


@dataclass(frozen=True)
class Normalised:
    """A text as copydetect compares it: names are V or F, strings S, no comments.

    Attributes
    ----------
    text
        The normalised text.
    offsets
        Pairs of a place in it and how many characters of the source were left out before.
    source_length
        Characters of the source.
    """

    text: str
    offsets: np.ndarray[Any, Any]
    source_length: int


def normalise(text: str) -> Normalised:
    """Normalise one Python text here and now, however long that takes."""
    from copydetect.utils import filter_code

    normalised, offsets = filter_code(text, "submission.py", "python")
    bare, offsets = _without_docstrings(normalised, _repaired(offsets, normalised, text))
    return Normalised(bare, offsets, len(text))


def normalise_all(
    texts: Sequence[str], *, jobs: int, seconds: float = SECONDS
) -> Iterator[Normalised | None]:
    """Normalise Python texts in their order; None for one that missed its deadline."""
    readers: SimpleQueue[_Reader] = SimpleQueue()
    started = [_Reader(seconds) for _ in range(max(1, min(jobs, len(texts))))]
    for reader in started:
        readers.put(reader)

    def normalise(text: str) -> Normalised | None:
        reader = readers.get()
        try:
            return reader.normalise(text)
        finally:
            readers.put(reader)

    pool = ThreadPoolExecutor(max_workers=len(started))
    try:
        yield from pool.map(normalise, texts)
    finally:
        pool.shutdown(cancel_futures=True)
        for reader in started:
            reader.close()


class _Reader:
    """One child process, started when it is needed and again when it was lost."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._process: Any = None
        self._pipe: Connection | None = None

    def normalise(self, text: str) -> Normalised | None:
        pipe = self._started()
        try:
            pipe.send(text)
            if not pipe.poll(self._seconds):
                self.close()
                return None
            answer = pipe.recv()
        except (EOFError, OSError):  # out of memory, or killed
            self.close()
            return None
        return answer if isinstance(answer, Normalised) else None

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
        if self._pipe is not None:
            self._pipe.close()
        self._process = self._pipe = None

    def _started(self) -> Connection:
        if self._pipe is None:
            # Spawned, not forked: other threads run here.
            context = multiprocessing.get_context("spawn")
            self._pipe, theirs = context.Pipe()
            self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
            self._process.start()
            theirs.close()
            if not self._pipe.poll(_START_SECONDS):
                raise RuntimeError("a process that reads source text did not start")
            self._pipe.recv()
        return self._pipe


def _serve(pipe: Connection) -> None:
    """Answer texts until the other end is closed."""
    import copydetect.utils  # noqa: F401  # what it takes is not the text's

    _limit_memory()
    pipe.send("ready")
    while True:
        try:
            text = pipe.recv()
        except (EOFError, KeyboardInterrupt):
            return
        try:
            answer = normalise(text)
        except (RecursionError, MemoryError, ValueError):
            answer = None
        pipe.send(answer)


def _repaired(offsets: np.ndarray[Any, Any], normalised: str, text: str) -> np.ndarray[Any, Any]:
    """Fix what copydetect searches as if it were sorted and complete.

    Its first place is 0 even where a comment stands before it, at -1; the name of a class is
    entered with what it loses itself, not with what was left out before it; and what is left out
    last is not entered at all.
    """
    places, left_out = offsets[:, 0].copy(), offsets[:, 1].copy()
    places[0] = places[: min(2, len(places))].min()
    for place in np.flatnonzero(np.diff(left_out) < 0).tolist():
        entry = place + 1  # what falls can only be the name of a class
        if entry + 1 < len(left_out):
            left_out[entry] = left_out[entry + 1] - left_out[entry]
    end = [len(normalised), len(text) - len(normalised)]
    left_out = np.maximum.accumulate(left_out)
    return np.concatenate([np.stack([places, left_out], axis=1), [end]])


def _without_docstrings(
    normalised: str, offsets: np.ndarray[Any, Any]
) -> tuple[str, np.ndarray[Any, Any]]:
    """Leave docstrings out, as comments are: whoever copies may drop them."""
    removed = np.array([match.start() for match in _DOCSTRING.finditer(normalised)], dtype=int)
    places, left_out = offsets[:, 0], offsets[:, 1]
    before = np.searchsorted(removed, places)
    is_removed = np.isin(places, removed)
    first = np.concatenate([[True], np.diff(places) > 0])
    # What stood before a docstring still finds how much was left out before it.
    moved = np.stack([places - before - is_removed, left_out + before], axis=1)
    return _DOCSTRING.sub("", normalised), moved[first | ~is_removed]


def _limit_memory() -> None:
    """Allow a bounded amount beyond what the libraries have taken."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    limit = psutil.Process().memory_info().vms + _MEGABYTES * 2**20
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or limit < hard:
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
