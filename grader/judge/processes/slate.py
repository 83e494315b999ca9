"""What a judge notes of its progress, where the process above can read it after the judge's end."""

from __future__ import annotations

import mmap
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass

from grader.course.prepared import PreparedCheck

_SIZE = 4_096
_HEAD = struct.Struct("<dII")
"""CPU seconds that were used when the order came, number of the attempt, length of the check."""


@dataclass(frozen=True)
class Noted:
    """How far a judge came.

    Attributes
    ----------
    used
        CPU seconds that its process had used before.
    attempt
        The attempt that it was at.
    check
        Exercise and name of the check that it was at; None where it was at none.
    """

    used: float
    attempt: int
    check: tuple[str, str] | None


class Slate:
    """Memory that a judge shares with the process it was forked from.

    Nothing is sent: who waits for a judge would be woken for each check.
    """

    def __init__(self) -> None:
        self.on_stands: Callable[[bytes], None] | None = None
        """Told of what `stands` says; where nobody listens, the judge's end would lose it."""
        self._memory = mmap.mmap(-1, _SIZE)
        self._used, self._attempt = 0.0, 0

    def take_order(self) -> None:
        """An order begins."""
        self._used = time.process_time()
        self.attempt(0)

    def attempt(self, number: int) -> None:
        """The attempt of this number begins, or begins again."""
        self._attempt = number
        self.end()

    def begin(self, check: PreparedCheck) -> None:
        """A check is judged from now on."""
        self._write(f"{check.exercise}\0{check.name}".encode())

    def end(self, _: object = None) -> None:
        """No check is judged at this moment."""
        self._write(b"")

    def stands(self, content: bytes) -> None:
        """Say what is delivered where the judge ends before it delivers more."""
        self.end()
        if self.on_stands is not None:
            self.on_stands(content)

    def read(self) -> Noted:
        """What was noted last."""
        used, attempt, length = _HEAD.unpack(self._memory[: _HEAD.size])
        text = self._memory[_HEAD.size : _HEAD.size + length].decode()
        exercise, _, name = text.partition("\0")
        return Noted(used, attempt, (exercise, name) if name else None)

    def close(self) -> None:
        """Give the memory back."""
        self._memory.close()

    def _write(self, check: bytes) -> None:
        text = check if len(check) <= _SIZE - _HEAD.size else b""
        head = _HEAD.pack(self._used, self._attempt, len(text))
        self._memory[: _HEAD.size + len(text)] = head + text
