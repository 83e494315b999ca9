"""One judge as a process: fork it, lend it workers, learn what it said and how it ended."""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
import threading
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NoReturn

from grader.confine import Launcher, Lost, Worker, WorkerSettings
from grader.confine.interface import Ask, Loan
from grader.judging.limits import JudgeLimits
from grader.judging.resources import keep_only, limit_itself, without_limits
from grader.wire import (
    HEADER_BYTES,
    MAX_FRAME,
    WireError,
    decode,
    encode,
    frame,
    frame_length,
)

SIGKILL, SIGXCPU = int(signal.SIGKILL), int(signal.SIGXCPU)
OUT_OF_MEMORY, FAILED = 77, 78
"""Exit codes of a judge: its memory did not suffice; it broke."""
_PIECE = 2**18
_MAX_DESCRIPTORS = 2
_forking = threading.Lock()

Task = Callable[[Launcher, int], bytes]
"""What a judge does with its launcher and the descriptor of its log; what it says at the end."""


@dataclass(frozen=True)
class Ending:
    """How a judge's process ended.

    Attributes
    ----------
    said
        Its result, None where it ended before.
    code
        Its exit code, negative for a signal.
    log
        What it noted on the way.
    """

    said: bytes | None
    code: int
    log: bytes
    cpu_seconds: float


class JudgeProcess:
    """A judge that was forked from this process, and knows all that this process has prepared.

    Raises
    ------
    OSError
        When the system forks no process.
    """

    def __init__(self, task: Task, launcher: Launcher, limits: JudgeLimits) -> None:
        self._launcher = launcher
        self._loans: list[Loan] = []
        self._deadline = time.monotonic() + limits.seconds
        self._log = os.memfd_create("judged")
        self._socket, theirs = socket.socketpair()
        try:
            with _forking, warnings.catch_warnings():
                # The threads of this process wait, for judges as for the screen, and hold no lock
                # that a judge takes: it prints nothing, and imports what the parent did.
                warnings.simplefilter("ignore", DeprecationWarning)
                self.number = os.fork()
        except OSError:
            self._close()
            theirs.close()
            raise
        if self.number == 0:
            _live(task, launcher, limits, theirs, self._log)
        theirs.close()

    def wait(self) -> Ending:
        """Lend it workers until it has said its result or is gone; in the end it is gone."""
        said = None
        try:
            while (message := self._read()) is not None:
                if "result" in message:
                    said = message["result"]
                    break
                self._lend(message)
        except (OSError, WireError):
            said = None
        finally:
            ending = self._end(said)
        return ending

    def kill(self) -> None:
        """End it; who waits for it learns so."""
        with suppress(ProcessLookupError):
            os.kill(self.number, signal.SIGKILL)

    def _lend(self, request: dict[str, Any]) -> None:
        try:
            loan = self._launcher.answer(request)
        except Lost as lost:
            self._socket.sendall(frame(encode({"problem": lost.detail})))
            return
        self._loans.append(loan)
        numbers = [one.fileno() for one in loan.sockets]
        socket.send_fds(self._socket, [frame(encode({}))], numbers)
        for one in loan.sockets:
            one.close()

    def _read(self) -> dict[str, Any] | None:
        header = self._receive(HEADER_BYTES)
        if header is None:
            return None
        body = self._receive(frame_length(header, MAX_FRAME))
        message = None if body is None else decode(body)
        return message if type(message) is dict else None

    def _receive(self, count: int) -> bytes | None:
        buffer = bytearray()
        while len(buffer) < count:
            left = self._deadline - time.monotonic()
            if not select.select([self._socket], [], [], max(0.0, left))[0]:
                return None
            piece = self._socket.recv(min(_PIECE, count - len(buffer)))
            if not piece:
                return None
            buffer += piece
        return bytes(buffer)

    def _end(self, said: bytes | None) -> Ending:
        if said is None and not _is_over(self.number):
            self.kill()
        _, status, usage = os.wait4(self.number, 0)
        for loan in self._loans:
            loan.release()
        log = b"" if said is not None else _content(self._log)
        self._close()
        return Ending(said, os.waitstatus_to_exitcode(status), log, usage.ru_utime + usage.ru_stime)

    def _close(self) -> None:
        self._socket.close()
        os.close(self._log)


def _is_over(number: int) -> bool:
    """Whether a child has ended, or does so within a moment: its socket is closed before."""
    watch = os.pidfd_open(number)
    try:
        return bool(select.select([watch], [], [], 1.0)[0])
    finally:
        os.close(watch)


def _content(descriptor: int) -> bytes:
    with os.fdopen(os.dup(descriptor), "rb") as file:
        file.seek(0)
        return file.read()


def _live(
    task: Task, launcher: Launcher, limits: JudgeLimits, above: socket.socket, log: int
) -> NoReturn:
    """Be the judge: this never returns to what the parent was doing."""
    code = FAILED
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # who interrupts the batch, ends us as well
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        keep_only(above.fileno(), log)
        limit_itself(limits.megabytes, limits.cpu_seconds)
        said = task(_Unlimited(launcher.in_judge(_asking(above))), log)
        above.sendall(frame(encode({"result": said})))
        code = 0
    except MemoryError:
        code = OUT_OF_MEMORY
    except BaseException:
        with suppress(BaseException):
            sys.excepthook(*sys.exc_info())
    finally:
        os._exit(code)


def _asking(above: socket.socket) -> Ask:
    def ask(request: dict[str, Any]) -> tuple[dict[str, Any], list[int]]:
        above.sendall(frame(encode(request)))
        data, descriptors, _, _ = socket.recv_fds(above, 65_536, _MAX_DESCRIPTORS)
        if not data:  # whom we judge for is gone
            os._exit(FAILED)
        return decode(data[HEADER_BYTES:]), descriptors

    return ask


class _Unlimited(Launcher):
    """Starts workers without the judge's own limits, which they would inherit."""

    def __init__(self, launcher: Launcher) -> None:
        super().__init__(launcher.engine)
        self.confinement = launcher.confinement
        self._launcher = launcher

    def start(self, settings: WorkerSettings) -> Worker:
        with without_limits():
            return self._launcher.start(settings)

    def warm_up(self, settings: WorkerSettings) -> None:
        self._launcher.warm_up(settings)
