"""Workers forked from a server that has imported everything already: the quickest way.

One server for each backend, inside one bubblewrap; each worker in namespaces of its own.
"""

from __future__ import annotations

import contextlib
import select
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from grader.confine.conversation import ConversingWorker, describe_ending, new_number
from grader.confine.interface import (
    Backend,
    Confinement,
    Launcher,
    Lost,
    Silence,
    Worker,
    WorkerSettings,
)
from grader.confine.limits import MEGABYTE, Limits
from grader.confine.sandbox import Sandbox
from grader.confine.syscalls import filter_program
from grader.wire import HEADER_BYTES, WireError, decode, encode, frame, frame_length

_MAX_REPLY = 65_536
_PIECE = 2**18
_KEPT_EARLY = 16
_STATUS_SECONDS = 5.0
_MAX_CHILDREN = 5_000
_MAX_GROWTH = 256 * 2**20
"""A server that forked so often, or grew by so many bytes, makes way for a fresh one."""
_START_SECONDS = 120.0

ServerKind = tuple[Backend, frozenset[str], tuple[str, ...]]
"""What a server has imported: the backend, packages that may be imported, guarded functions."""


class ForkedLauncher(Launcher):
    """Keeps a fork server for each backend and starts workers from them."""

    confinement: Confinement = "forked"

    def __init__(self) -> None:
        self._program = filter_program()
        self._servers: dict[ServerKind, ForkServer] = {}
        self._lock = threading.Lock()

    def start(self, settings: WorkerSettings) -> Worker:
        kind = (settings.backend, frozenset(settings.imports), settings.guarded)
        first = settings.first_message(confined=True, program=self._program)
        try:
            worker = self._server(kind).worker(settings.limits)
        except ServerLost:  # it was killed; a fresh one takes its place, once
            try:
                worker = self._server(kind).worker(settings.limits)
            except ServerLost as lost:
                raise Lost(Silence.NOT_STARTED, str(lost)) from None
        worker.greet(settings, first)
        return worker

    def close(self) -> None:
        with self._lock:
            servers, self._servers = list(self._servers.values()), {}
        for server in servers:
            server.close()

    def _server(self, kind: ServerKind) -> ForkServer:
        with self._lock:
            server = self._servers.get(kind)
            if server is not None and server.is_worn_out():
                server.retire()
                server = None
            if server is None or server.is_dead():
                if server is not None:
                    server.close()
                server = self._servers[kind] = ForkServer(*kind)
            return server


@dataclass(frozen=True)
class Ends:
    """The judge's ends of the two sockets of a worker, and what was asked for it."""

    conversation: socket.socket
    leash: socket.socket
    request: dict[str, int]

    @classmethod
    def pair(cls, request: dict[str, int]) -> tuple[Ends, tuple[socket.socket, socket.socket]]:
        """Make both sockets; return our ends and theirs."""
        conversation, theirs = socket.socketpair()
        leash, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        conversation.setblocking(False)
        return cls(conversation, leash, request), (theirs, other)

    def abandon(self) -> None:
        """Let go; the server then ends the worker."""
        self.conversation.close()
        self.leash.close()


class ServerLost(Exception):
    """The fork server is gone or could not be had."""


class ForkServer:
    """A process in a bubblewrap that has imported a backend and forks when it is asked to.

    Raises
    ------
    Lost
        `NOT_STARTED` when it does not come up.
    """

    def __init__(
        self, backend: Backend, packages: frozenset[str], guarded: tuple[str, ...] = ()
    ) -> None:
        self._lock = threading.Lock()
        self.children = 0
        self.active = 0
        self.growth = 0
        self._first_size: int | None = None
        self._owes_reply = False
        self._spare: Ends | None = None
        self._retiring = False
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed by _end
        sandbox = Sandbox(backend, packages)
        identity = [str(number) for number in sandbox.identity]
        arguments = [str(theirs.fileno()), *identity, backend, *guarded]
        try:
            with sandbox.command("grader.worker.server", arguments, is_server=True) as (
                command,
                descriptor,
            ):
                self.process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=self._errors,
                    stderr=self._errors,
                    env={},
                    pass_fds=(descriptor, theirs.fileno()),
                    start_new_session=True,
                )
        except OSError as error:
            self._close_ends(theirs)
            raise Lost(Silence.NOT_STARTED, f"bubblewrap cannot be run: {error}") from None
        theirs.close()
        self._await_ready()

    def worker(self, limits: Limits) -> ForkedWorker:
        """Return a worker, and have the next one forked meanwhile; raises `ServerLost`."""
        request = {
            "tmp_bytes": limits.tmp_megabytes * MEGABYTE,
            "tmp_files": limits.tmp_files,
            "output_bytes": limits.output_megabytes * MEGABYTE,
        }
        with self._lock:
            spare = self._spare
            if spare is None or spare.request != request:
                if spare is not None:
                    spare.abandon()
                spare = self._fork(request)
            self._spare = None
            self._collect_reply()
            self._spare = self._fork(request)
            self.active += 1
        return ForkedWorker(self, spare)

    def _fork(self, request: dict[str, int]) -> Ends:
        """Ask for a child without waiting for it."""
        ends, theirs = Ends.pair(request)
        try:
            self._collect_reply()
            numbers = [end.fileno() for end in theirs]
            socket.send_fds(self.control, [encode(request)], numbers)
        except OSError as error:
            ends.abandon()
            self._end()
            raise ServerLost(f"the fork server is gone ({error})") from None
        finally:
            for end in theirs:
                end.close()
        self._owes_reply = True
        self.children += 1
        return ends

    def _collect_reply(self) -> None:
        if not self._owes_reply:
            return
        self._owes_reply = False
        try:
            answer = self._reply(_START_SECONDS)
        except (OSError, WireError) as error:
            self._end()
            raise ServerLost(f"the fork server is gone ({error})") from None
        if "problem" in answer:
            raise ServerLost(f"the fork server cannot fork: {answer['problem']}")
        if self._first_size is None:
            self._first_size = answer["resident_bytes"]
        self.growth = answer["resident_bytes"] - self._first_size

    def release(self) -> None:
        """Note that a worker is done; a server that retires ends with its last one."""
        with self._lock:
            self.active -= 1
            if self._retiring and self.active == 0:
                self._end()

    def is_worn_out(self) -> bool:
        """Whether it forked too often or grew too much."""
        return self.children >= _MAX_CHILDREN or self.growth > _MAX_GROWTH

    def is_dead(self) -> bool:
        """Whether its process has ended."""
        return self.process.poll() is not None

    def retire(self) -> None:
        """Take no more work, and end when the last worker is done."""
        with self._lock:
            self._retiring = True
            if self.active == 0:
                self._end()

    def close(self) -> None:
        """End it and all its workers."""
        with self._lock:
            self._end()

    def _await_ready(self) -> None:
        try:
            self._reply(_START_SECONDS)
        except (OSError, WireError) as error:
            self.process.wait(_STATUS_SECONDS)
            self._errors.seek(0)
            lines = self._errors.read(20_000).decode("utf-8", "replace").strip().splitlines()
            self._end()
            said = [line for line in lines if line.startswith("bwrap:")] or lines[-1:]
            detail = said[0][:300] if said else str(error)
            raise Lost(Silence.NOT_STARTED, f"the fork server does not start: {detail}") from None

    def _reply(self, seconds: float) -> dict[str, Any]:
        self.control.settimeout(seconds)
        data = self.control.recv(_MAX_REPLY)
        if not data:
            raise ConnectionError("it closed the connection")
        answer = decode(data)
        return answer if type(answer) is dict else {}

    def _end(self) -> None:
        if self._spare is not None:
            self._spare.abandon()
            self._spare = None
        self._close_ends(self.control)
        self._errors.close()
        with contextlib.suppress(OSError):
            self.process.kill()
        self.process.wait()

    def _close_ends(self, *ends: socket.socket) -> None:
        for end in ends:
            end.close()


class ForkedWorker(ConversingWorker):
    """A worker behind two sockets: the conversation, and the leash of what watches it."""

    def __init__(self, server: ForkServer, ends: Ends) -> None:
        self.server = server
        self.conversation, self.leash = ends.conversation, ends.leash
        self.closed = False
        self.buffer = bytearray()
        self.outbox = bytearray()
        self.waiting: dict[bytes, tuple[int, float]] = {}
        """Questions that are asked and not answered, in order: their numbers and seconds."""
        self.early: dict[bytes, dict[str, Any]] = {}
        """Answers that came before they were wanted."""

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self.conversation.close()
            self.leash.close()
            self.server.release()

    def announce(self, questions: Sequence[tuple[bytes, float]]) -> None:
        for question, seconds in questions:
            self._queue(question, seconds)
        self._pump()

    def ask(self, question: dict[str, Any] | bytes, seconds: float) -> dict[str, Any]:
        data = question if type(question) is bytes else encode(question)
        if data in self.early:
            return self.early.pop(data)
        if data not in self.waiting:
            self._queue(data, seconds)
            self._pump()
        while True:
            # The worker takes one after the other: an answer is due after the one before it.
            earliest, (number, limit) = next(iter(self.waiting.items()))
            limit = min(limit, seconds) if earliest == data else limit
            try:
                answer = self._answer(number, time.monotonic() + limit, limit)
            except Lost as lost:
                raise Lost(lost.silence, lost.detail, earliest) from None
            del self.waiting[earliest]
            if earliest == data:
                return answer
            self.early[earliest] = answer
            if len(self.early) > _KEPT_EARLY:  # nobody asks for it; or it is asked once more
                del self.early[next(iter(self.early))]

    def _queue(self, question: bytes, seconds: float) -> None:
        number = new_number()
        self.waiting[question] = number, seconds
        self.outbox += frame(encode([number, question]))

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

    def _read(self, deadline: float) -> bytes | None:
        if not self._fill(HEADER_BYTES, deadline):
            return None
        length = frame_length(bytes(self.buffer[:HEADER_BYTES]), self.answer_bytes)
        if not self._fill(HEADER_BYTES + length, deadline):
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
            except ConnectionError:
                return False
            if not piece:
                return False
            self.buffer += piece
        return True

    def _wait(self, deadline: float) -> None:
        """Wait for an answer, and for room to send what is left of the questions.

        The deadline is absolute: an answer that comes in drops does not extend it.
        """
        left = deadline - time.monotonic()
        poll = select.poll()
        poll.register(self.conversation, select.POLLIN | (select.POLLOUT if self.outbox else 0))
        if left <= 0 or not poll.poll(left * 1000):
            raise TimeoutError
        self._pump()

    def _ending(self) -> Lost:
        """Ask the server, which no student's code can reach."""
        self.leash.settimeout(_STATUS_SECONDS)
        try:
            data = self.leash.recv(_MAX_REPLY)
            record = decode(data) if data else None
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
        return describe_ending(code, record["output"], cpu_signal=cpu_signal)
