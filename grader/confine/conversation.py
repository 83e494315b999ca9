"""Questions and answers with one worker, whatever carries them."""

from __future__ import annotations

import functools
import secrets
import struct
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from grader.confine.answers import checked_answer
from grader.confine.interface import Announced, Lost, Silence, WorkerSettings
from grader.confine.limits import MEGABYTE
from grader.wire.budget import BESIDE, WHOLE, Budget, Effort, length_of_list
from grader.wire.encoding import Opaque, TooLarge, WireError, check_items, decode, encode

TIME_IS_UP = "your code was still running when its time was up"
"""The same by whichever clock: of one loop, now the wall's and now the processor's is up first."""
GRACE_SECONDS = 1.0
"""How much longer the judge waits than it says: the worker's own stopwatch tells the line."""
_BYTES_PER_ITEM = 64
"""What an item takes in memory beside its bytes."""
_SMALL = 4_096
_MAX_VALUES = 64
"""Values that one answer has at most."""
_AFTER_MANY = "too large to be compared, after so many of other answers"
_NUMBER = struct.Struct("<Q")
_OUT_OF_MEMORY_WORDS = (b"MemoryError", b"std::bad_alloc", b"Cannot allocate memory", b"OOM")


class ConversingWorker(ABC):
    """A worker that is asked by frames; subclasses carry the frames and tell how it ended."""

    versions: dict[str, str]

    @functools.cached_property
    def effort(self) -> Effort:
        """Of this worker alone, until it is greeted; then of the submission."""
        return Effort()

    def greet(self, settings: WorkerSettings, first: dict[str, Any]) -> None:
        """Send the first message and wait until the worker is ready; else close it.

        Raises
        ------
        Lost
            `NOT_STARTED`: nothing of the student's has run yet, so that whatever goes wrong is
            the machine's.
        """
        self.answer_bytes = settings.limits.answer_megabytes * MEGABYTE
        self.effort = settings.effort
        deadline = time.monotonic() + settings.limits.start_seconds
        try:
            self._send(encode(first), deadline)
            hello = self._answer(0, deadline)
        except Lost as lost:
            self.close()
            late = lost.silence is Silence.TIMEOUT
            detail = "the process did not start in time" if late else lost.detail
            raise Lost(Silence.NOT_STARTED, detail) from None
        except WireError as error:
            self.close()
            detail = f"the submission's files cannot be sent: {error}"
            raise Lost(Silence.NOT_STARTED, detail) from None
        self.versions = hello.get("versions", {})

    def announce(self, questions: Sequence[Announced]) -> None:  # noqa: B027
        """Nothing is asked ahead, unless a subclass knows how."""

    def ask(
        self, question: dict[str, Any] | bytes, seconds: float, budget: Budget = WHOLE
    ) -> dict[str, Any]:
        data = question if type(question) is bytes else encode(question)
        number = new_number()
        deadline = time.monotonic() + seconds + GRACE_SECONDS
        self._send(encode([number, data]), deadline)
        return self._answer(number, deadline, budget)

    def _answer(self, number: int, deadline: float, budget: Budget = WHOLE) -> dict[str, Any]:
        budget = budget.within(self.answer_bytes)
        try:
            frame = self._read(deadline, budget.bytes + BESIDE.bytes)
            if frame is None:
                raise self._ending()
            beside = BESIDE.items if budget.free is not None else max(BESIDE.items, budget.items)
            answer = checked_answer(decode(frame, beside), number)
            # Values come encoded by themselves, since the worker made sure that they fit.
            values, items = answer.get("values"), len(frame)  # an item takes a byte at least
            if type(values) is bytes:
                answer["values"], items = self._values(values, budget)
            answer["cost"] = len(frame) + _BYTES_PER_ITEM * items
        except TimeoutError:
            raise Lost(Silence.TIMEOUT, TIME_IS_UP) from None
        except WireError as error:
            raise Lost(Silence.MALFORMED, f"what came is no answer: {error}") from None
        if answer.get("outcome") == "late":
            raise Lost(Silence.TIMEOUT, TIME_IS_UP, told=answer)
        return answer

    def _values(self, data: bytes, budget: Budget) -> tuple[Any, int]:
        """Decode the values of an answer, and say about how many items they have.

        Where the submission's answers had too many items before, they are what was too large.
        """
        if len(data) <= _SMALL:  # to count the items of a small one is not worth it
            return decode(data, budget.items), len(data)
        allowed = self.effort.within(budget)
        try:
            items = check_items(data, allowed.items)
        except TooLarge:
            self.effort.charge(budget, allowed.items)
            count = length_of_list(data)
            if allowed.items == budget.items or not 0 < count <= _MAX_VALUES:
                raise
            seen = f"a value of more than {allowed.items:,} items"
            return [Opaque(seen, _AFTER_MANY)] * count, count
        self.effort.charge(budget, items)
        return decode(data, None), items

    @abstractmethod
    def close(self) -> None:
        """End the process and all that it started."""

    @abstractmethod
    def _send(self, data: bytes, deadline: float) -> None:
        """Send one frame; raises `Lost` when the worker is gone or does not read it in time."""

    @abstractmethod
    def _read(self, deadline: float, limit: int) -> bytes | None:
        """Return one frame of at most `limit` bytes; None when the worker is gone.

        Whatever is there when the deadline has passed is still read: this process may have
        been stopped meanwhile. Raises TimeoutError and WireError.
        """

    @abstractmethod
    def _ending(self) -> Lost:
        """How the worker ended."""


def new_number() -> int:
    """A number that cannot be guessed: an answer given in advance fits no question."""
    return new_numbers(1)[0]


def new_numbers(count: int) -> list[int]:
    """Several of them; the system is asked once."""
    data = secrets.token_bytes(8 * count)
    return [number >> 2 for (number,) in _NUMBER.iter_unpack(data)]


def describe_ending(code: int, output: bytes, *, cpu_signal: int | None) -> Lost:
    """Say how a process ended, from its exit code (negative: a signal) and its last words."""
    if any(word in output for word in _OUT_OF_MEMORY_WORDS):
        return Lost(Silence.OUT_OF_MEMORY, "the process ran out of memory")
    if code < 0 and -code == cpu_signal:
        return Lost(Silence.TIMEOUT, TIME_IS_UP, told={"computing": True})
    if code == -9:
        return Lost(Silence.KILLED, "the process was killed")
    if code < 0:
        return Lost(Silence.CRASHED, f"the process was ended by signal {-code}")
    tail = output.decode("utf-8", "replace").strip().splitlines()
    detail = f"the process ended by itself with exit code {code}"
    return Lost(Silence.CRASHED, f"{detail}: {tail[-1][:200]}" if tail else detail)
