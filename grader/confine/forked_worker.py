"""One forked worker as the judge talks to it: over a socket, without waiting more than it must."""

from __future__ import annotations

import io
import select
import signal
import time
from collections.abc import Callable, Sequence
from typing import Any

from grader.confine.conversation import (
    GRACE_SECONDS,
    ConversingWorker,
    describe_ending,
    new_number,
    new_numbers,
)
from grader.confine.fork_server import MAX_REPLY, STATUS_SECONDS, Ends
from grader.confine.interface import Announced, Lost, Silence
from grader.wire.budget import MEGABYTE, WHOLE, Budget
from grader.wire.encoding import (
    HEADER_BYTES,
    WireError,
    decode,
    encode,
    encode_plain,
    frame,
    frame_length,
    read_frame,
)

_PIECE = 2**18
_KEPT_EARLY = 16
_MAX_EARLY_BYTES = 32 * MEGABYTE


class ForkedWorker(ConversingWorker):
    """A worker behind two sockets: the conversation, and the leash of what watches it.

    Parameters
    ----------
    release
        Called once, when the worker is done.
    """

    def __init__(self, ends: Ends, release: Callable[[], None] = lambda: None) -> None:
        self.conversation, self.leash = ends.conversation, ends.leash
        self.conversation.setblocking(False)
        self.release = release
        self.closed = False
        self.buffer = bytearray()
        self.outbox = bytearray()
        self.waiting: dict[bytes, tuple[int, float, Budget]] = {}
        """Questions that are asked and not answered, in order: number, seconds and budget."""
        self.early: dict[bytes, dict[str, Any]] = {}
        """Answers that came before they were wanted."""
        self.looked_late = False
        """Whether it was looked once more for a frame whose deadline has passed."""

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self.conversation.close()
            self.leash.close()
            self.release()

    def announce(self, questions: Sequence[Announced]) -> None:
        for one, number in zip(questions, new_numbers(len(questions)), strict=True):
            self._queue(one.question, one.seconds, one.budget, number)
        self._pump()

    def ask(
        self, question: dict[str, Any] | bytes, seconds: float, budget: Budget = WHOLE
    ) -> dict[str, Any]:
        if self.closed:
            raise Lost(Silence.LEFT_ALONE, "the worker was closed before it was asked")
        data = question if type(question) is bytes else encode(question)
        if data in self.early:
            return self.early.pop(data)
        if data not in self.waiting:
            self._queue(data, seconds, budget, new_number())
            self._pump()
        while True:
            # The worker takes one after the other: an answer is due after the one before it.
            earliest, (number, limit, allowed) = next(iter(self.waiting.items()))
            limit = min(limit, seconds) if earliest == data else limit
            try:
                deadline = time.monotonic() + limit + GRACE_SECONDS
                answer = self._answer(number, deadline, allowed)
            except Lost as lost:
                raise Lost(lost.silence, lost.detail, earliest, lost.told) from None
            del self.waiting[earliest]
            if earliest == data:
                return answer
            if answer.get("last"):  # it has ended by itself: what is not answered is asked again
                raise Lost(Silence.KILLED, "the worker's last answer was another one", data)
            self._keep_early(earliest, answer)

    def _keep_early(self, question: bytes, answer: dict[str, Any]) -> None:
        """Keep an answer until it is asked for; of too many the first is asked once more."""
        self.early[question] = answer
        while len(self.early) > _KEPT_EARLY or (
            sum(one["cost"] for one in self.early.values()) > _MAX_EARLY_BYTES
        ):
            del self.early[next(iter(self.early))]

    def _queue(self, question: bytes, seconds: float, budget: Budget, number: int) -> None:
        self.waiting[question] = number, seconds, budget
        self.outbox += frame(encode_plain([number, question]))

    def _pump(self) -> None:
        """Send what the socket takes without waiting."""
        while self.outbox:
            try:
                sent = self.conversation.send(memoryview(self.outbox)[:_PIECE])
            except BlockingIOError:
                return
            except OSError:
                self.outbox.clear()  # it is gone; what it said before can still be read
                return
            del self.outbox[:sent]

    def _send(self, data: bytes, deadline: float) -> None:
        self.outbox += frame(data)
        self._pump()

    def _read(self, deadline: float, limit: int) -> bytes | None:
        self.looked_late = False
        if not self._fill(HEADER_BYTES, deadline):
            return None
        length = frame_length(bytes(self.buffer[:HEADER_BYTES]), limit)
        if not self._fill(HEADER_BYTES + length, deadline):
            ending = self._ending()
            if ending.silence in {Silence.KILLED, Silence.LEFT_ALONE}:  # no fault of the message
                raise ending
            raise WireError("the worker ended inside a message")
        body = bytes(self.buffer[HEADER_BYTES : HEADER_BYTES + length])
        del self.buffer[: HEADER_BYTES + length]
        return body

    def _fill(self, count: int, deadline: float) -> bool:
        """Read until the buffer holds `count` bytes; False when the worker ends before."""
        while len(self.buffer) < count:
            try:
                piece = self.conversation.recv(_PIECE)
            except BlockingIOError:
                self._wait(deadline)
                continue
            except OSError:  # the other end is gone, or this one is closed
                return False
            if not piece:
                return False
            self.buffer += piece
        return True

    def _wait(self, deadline: float) -> None:
        """Wait for an answer, and for room to send what is left of the questions.

        The deadline is absolute: an answer that comes in drops does not extend it. When it has
        passed, what has come meanwhile counts: this process may have been stopped for long.
        """
        left = deadline - time.monotonic()
        if left <= 0 and not self.looked_late:
            self.looked_late, left = True, 0.0
        elif left <= 0:
            raise TimeoutError
        poll = select.poll()
        poll.register(self.conversation, select.POLLIN | (select.POLLOUT if self.outbox else 0))
        if not poll.poll(left * 1000):
            raise TimeoutError
        self._pump()

    def _ending(self) -> Lost:
        """Ask the server, which no student's code can reach."""
        try:
            self.leash.settimeout(STATUS_SECONDS)
            message = io.BytesIO(self.leash.recv(MAX_REPLY))
            data = read_frame(message)
            record = None if data is None else decode(data)
        except TimeoutError:
            return Lost(Silence.MALFORMED, "the process closed the conversation but lives on")
        except (OSError, WireError):
            record = None
        if type(record) is not dict:
            return Lost(Silence.LEFT_ALONE, "the fork server was ended")
        if record["flooded"]:
            return Lost(Silence.FLOODED, "too much was written to the output")
        cpu_signal = int(signal.SIGXCPU)
        code = -cpu_signal if record["code"] == cpu_signal else record["code"]
        return describe_ending(code, message.read(), cpu_signal=cpu_signal)
