"""One judge as a process: fork it, lend it workers, learn what it said and how it ended."""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import threading
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, BinaryIO, NoReturn

from grader.confine import Launcher, Lost, Worker, WorkerSettings
from grader.confine.interface import Ask, Loan
from grader.judge.processes.limits import JudgeLimits
from grader.judge.processes.resources import (
    Wear,
    keep_only,
    limit_cpu,
    limit_memory,
    without_limits,
)
from grader.judge.processes.slate import Noted, Slate
from grader.judge.records import FAILURES
from grader.wire.encoding import (
    HEADER_BYTES,
    MAX_FRAME,
    WireError,
    decode,
    encode,
    frame,
    frame_length,
    read_frame,
)

SIGKILL, SIGXCPU = int(signal.SIGKILL), int(signal.SIGXCPU)
OUT_OF_MEMORY, FAILED = 77, 78
"""Exit codes of a judge: its memory did not suffice; it broke."""
_LEFT_ALONE = (
    b"A judge ended, since the process that waited for its result is gone or has given it up. Its "
    b"submission is graded again.\n"
)
_CPU_BESIDE = 10.0
"""CPU seconds that a judge may use once the result stands."""
_PIECE = 2**18
_MAX_DESCRIPTORS = 2
_forking = threading.Lock()

Task = Callable[[Launcher, Slate, bytes], bytes]
"""What a judge does with its launcher, its slate and an order; what it says of it."""


@dataclass(frozen=True)
class Ending:
    """How an order ended.

    Attributes
    ----------
    said
        What the judge made of it; None where the judge ended before, and nothing stood already.
    code
        The judge's exit code, negative for a signal; 0 for one that lives.
    cpu_seconds
        What this order took; only of a judge that ended.
    noted
        How far it came; only of a judge that ended.
    """

    said: bytes | None
    code: int = 0
    cpu_seconds: float = 0.0
    noted: Noted | None = None


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
        self._limits = limits
        self.is_spent = False
        """Whether it takes no other order: it has ended, or it has grown."""
        self._ending: Ending | None = None
        self._slate = Slate()
        self._socket, theirs = socket.socketpair()
        try:
            with _forking, warnings.catch_warnings():
                # The threads of this process wait, for judges as for the screen, and hold no lock
                # that a judge takes: it prints nothing, and imports what the parent did.
                warnings.simplefilter("ignore", DeprecationWarning)
                self.number = os.fork()
        except OSError:
            self._socket.close()
            theirs.close()
            raise
        if self.number == 0:
            _live(task, launcher, limits, theirs, self._slate)
        theirs.close()
        try:
            # A number may be another's when its process has ended; this stays its own.
            self._watch = os.pidfd_open(self.number)
        except OSError:
            self._socket.close()  # with which it ends
            os.waitpid(self.number, 0)
            raise

    def carry_out(self, order: bytes, cpu_seconds: float) -> Ending:
        """Give an order, lend workers until it is carried out, and learn how that went."""
        standing: bytes | None = None
        try:
            self._socket.settimeout(None)
            self._socket.sendall(frame(encode({"order": order, "cpu_seconds": cpu_seconds})))
            while (message := self._read()) is not None:
                if "said" in message:
                    self.is_spent = message["spent"]
                    return Ending(message["said"])
                if "stands" in message:
                    standing = message["stands"]
                    continue
                self._lend(message)
        except (OSError, WireError):
            pass
        finally:
            self._release()
        ended = self.end()
        return ended if standing is None else replace(ended, said=standing)

    def end(self) -> Ending:
        """Let it end, or end it where it does not; a second call says the same."""
        if self._ending is None:
            self._ending = self._end()
        return self._ending

    def _end(self) -> Ending:
        self.is_spent = True
        self._socket.close()
        if not _is_over(self._watch):
            self.kill()
        _, status, usage = os.wait4(self.number, 0)
        os.close(self._watch)
        noted = self._slate.read()
        self._slate.close()
        seconds = usage.ru_utime + usage.ru_stime - noted.used
        return Ending(None, os.waitstatus_to_exitcode(status), seconds, noted)

    def kill(self) -> None:
        """End it; who waits for it learns so."""
        with suppress(OSError):
            signal.pidfd_send_signal(self._watch, signal.SIGKILL)

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

    def _release(self) -> None:
        for loan in self._loans:
            loan.release()
        self._loans.clear()

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
            if not self._is_heard():
                return None
            piece = self._socket.recv(min(_PIECE, count - len(buffer)))
            if not piece:
                return None
            buffer += piece
        return bytes(buffer)

    def _is_heard(self) -> bool:
        """Wait until it says something; False when it is at one check for too long."""
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        noted = self._slate.read()
        while not poll.poll(1_000 * self._limits.silence_seconds):
            before, noted = noted, self._slate.read()
            if noted == before:
                return False
        return True


def _is_over(watch: int) -> bool:
    """Whether a child has ended, or does so within a moment: its socket is closed before."""
    poll = select.poll()
    poll.register(watch, select.POLLIN)
    return bool(poll.poll(1_000))


def _live(
    task: Task, launcher: Launcher, limits: JudgeLimits, above: socket.socket, slate: Slate
) -> NoReturn:
    """Be the judge: this never returns to what the parent was doing."""
    code = FAILED
    gc.freeze()  # a collection would touch, and so copy, every page that is shared
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # who interrupts the batch, ends us as well
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        keep_only(above.fileno())
        limit_memory(limits.megabytes)
        wear = Wear()
        lent = launcher.in_judge(_asking(above))
        own = _Unlimited(launcher) if lent is launcher else lent
        slate.on_stands = partial(_stand, above)
        with above.makefile("rb") as orders:
            while (message := _next_order(orders)) is not None:
                order = decode(message)
                limit_cpu(order["cpu_seconds"])
                slate.take_order()
                said = task(own, slate, order["order"])
                _tell(above, {"said": said, "spent": wear.is_spent()})
        code = 0
    except MemoryError:
        code = OUT_OF_MEMORY
    except BaseException:
        with suppress(BaseException):
            FAILURES.exception("A judge ended")
    finally:
        os._exit(code)


def _next_order(orders: BinaryIO) -> bytes | None:
    try:
        return read_frame(orders)
    except ConnectionError:
        return None  # nothing was begun


def _tell(above: socket.socket, message: dict[str, Any]) -> None:
    try:
        above.sendall(frame(encode(message)))
    except ConnectionError:
        _leave()


def _stand(above: socket.socket, content: bytes) -> None:
    """Say what counts already; what is done beside it may cost little."""
    _tell(above, {"stands": content})
    limit_cpu(_CPU_BESIDE)


def _asking(above: socket.socket) -> Ask:
    def ask(request: dict[str, Any]) -> tuple[dict[str, Any], list[int]]:
        _tell(above, request)
        try:
            data, descriptors, _, _ = socket.recv_fds(above, 65_536, _MAX_DESCRIPTORS)
        except ConnectionError:
            data = b""
        if not data:
            _leave()
        return decode(data[HEADER_BYTES:]), descriptors

    return ask


def _leave() -> NoReturn:
    """End, since nobody reads what this would say: that is no failure, and needs no traceback."""
    with suppress(OSError):
        os.write(2, _LEFT_ALONE)  # in one piece, since several judges may write
    os._exit(FAILED)


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
