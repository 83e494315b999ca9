"""The judge's side of a fork server: start it, have it fork, notice its end, replace it in time."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import tempfile
import threading
from dataclasses import dataclass
from typing import Any

from grader.confine.engine import Engine
from grader.confine.interface import Backend, Lost, Silence
from grader.confine.limits import MEGABYTE, Limits
from grader.confine.sandbox import Sandbox
from grader.wire.encoding import WireError, decode, encode

MAX_REPLY = 65_536
"""Bytes of what a server says."""
STATUS_SECONDS = 5.0
_MAX_CHILDREN = 5_000
_MAX_GROWTH = 256 * 2**20
"""A server that forked so often, or grew by so many bytes, makes way for a fresh one."""
_START_SECONDS = 120.0


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
        return cls(conversation, leash, request), (theirs, other)

    def abandon(self) -> None:
        """Let go; the server then ends the worker."""
        self.conversation.close()
        self.leash.close()


class ServerLost(Exception):
    """The fork server is gone or could not be had."""


class ForkServer:
    """A process in a bubblewrap that imports a backend and forks when it is asked to.

    It imports on its own, for seconds where it is Keras; only the first `worker` waits for it.

    Raises
    ------
    Lost
        `NOT_STARTED` when bubblewrap cannot be run.
    """

    def __init__(
        self,
        backend: Backend,
        packages: frozenset[str],
        guarded: tuple[str, ...],
        engine: Engine,
    ) -> None:
        self._lock = threading.Lock()
        self.children = 0
        self.active = 0
        self.growth = 0
        self._first_size: int | None = None
        self._ready = False
        self._owes_reply = False
        self._spare: Ends | None = None
        self._retiring = False
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed by _end
        sandbox = Sandbox(backend, packages, engine)
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
            self.control.close()
            theirs.close()
            raise Lost(Silence.NOT_STARTED, f"bubblewrap cannot be run: {error}") from None
        theirs.close()

    def worker(self, limits: Limits) -> Ends:
        """Return a worker's ends, and have the next one forked meanwhile.

        Raises
        ------
        ServerLost
            When it is gone or cannot fork.
        Lost
            `NOT_STARTED` when it does not come up.
        """
        request = {
            "tmp_bytes": limits.tmp_megabytes * MEGABYTE,
            "tmp_files": limits.tmp_files,
            "output_bytes": limits.output_megabytes * MEGABYTE,
        }
        with self._lock:
            self._await_ready()
            spare, self._spare = self._spare, None
            if spare is not None and spare.request != request:
                spare.abandon()
                spare = None
            ends = spare or self._fork(request)
            try:
                self._collect_reply()
                self._spare = self._fork(request)
            except ServerLost:
                ends.abandon()
                raise
            self.active += 1
            return ends

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
        if self._ready:
            return
        try:
            self._reply(_START_SECONDS)
            self._ready = True
        except (OSError, WireError) as error:
            with contextlib.suppress(subprocess.TimeoutExpired):  # it says nothing, and lives
                self.process.wait(STATUS_SECONDS)
            self._errors.seek(0)
            lines = self._errors.read(20_000).decode("utf-8", "replace").strip().splitlines()
            self._end()
            said = [line for line in lines if line.startswith("bwrap:")]
            if not said and isinstance(error, TimeoutError):
                # What TensorFlow says of itself is no reason.
                said = [f"it was not ready within {_START_SECONDS:g} s"]
            said = said or lines[-1:]
            detail = said[0][:300] if said else str(error)
            raise Lost(Silence.NOT_STARTED, f"the fork server does not start: {detail}") from None

    def _reply(self, seconds: float) -> dict[str, Any]:
        self.control.settimeout(seconds)
        data = self.control.recv(MAX_REPLY)
        if not data:
            raise ConnectionError("it closed the connection")
        answer = decode(data)
        return answer if type(answer) is dict else {}

    def _end(self) -> None:
        if self._spare is not None:
            self._spare.abandon()
            self._spare = None
        self.control.close()
        self._errors.close()
        with contextlib.suppress(OSError):
            self.process.kill()
        self.process.wait()
