"""Workers as plain child processes: on any system, for code that one would run anyway."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import site
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO, cast

import psutil

from grader.confine.conversation import ConversingWorker, describe_ending
from grader.confine.engine import Engine
from grader.confine.interface import Confinement, Launcher, Lost, Silence, Worker, WorkerSettings
from grader.wire.encoding import WireError, read_frame, write_frame

_KEPT_VARIABLES = ("PATH", "SYSTEMROOT", "WINDIR", "LANG", "LC_ALL", "LD_LIBRARY_PATH")
_KEPT_ERRORS = 4_000
_LAST_LOOK = 0.1
"""Seconds that the reading thread has for what had come when the deadline passed."""
INTERPRETER_OPTIONS = ("-P", "-B")
"""No current folder on the path, no writing of compiled files."""


class SpawnedLauncher(Launcher):
    """Starts `python -m grader.worker` as a child process."""

    confinement: Confinement = "unconfined"

    def start(self, settings: WorkerSettings) -> Worker:
        scratch = tempfile.TemporaryDirectory(prefix="grader-worker-", ignore_cleanup_errors=True)
        try:
            command = [sys.executable, *INTERPRETER_OPTIONS, "-m", "grader.worker"]
            engine = self.engine.serving(settings.imports)
            worker = SpawnedWorker(command, worker_environment(scratch.name, engine), scratch)
        except Lost:
            scratch.cleanup()
            raise
        worker.greet(settings, settings.first_message(confined=False))
        return worker


class SpawnedWorker(ConversingWorker):
    """A child process, a thread that reads its answers and one that reads its errors.

    Parameters
    ----------
    command, environment
        What to run.
    scratch
        The process's current folder, removed at the end; None for a process that has its own.
    descriptors
        Further descriptors that the process inherits.
    output_bytes
        How much the process may write to its error stream.
    account
        User and group that root starts the process as; None for one's own.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        scratch: tempfile.TemporaryDirectory[str] | None = None,
        descriptors: Sequence[int] = (),
        output_bytes: float = float("inf"),
        account: int | None = None,
    ) -> None:
        self.scratch = scratch
        self.errors = bytearray()
        self.output_bytes = output_bytes
        self.flooded = False
        try:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=None if scratch is None else scratch.name,
                env=environment,
                pass_fds=descriptors,
                start_new_session=os.name == "posix",
                user=account,
                group=account,
                extra_groups=None if account is None else (),
            )
        except OSError as error:
            raise Lost(Silence.NOT_STARTED, f"no process could be started: {error}") from None
        self.answers: queue.SimpleQueue[bytes | WireError | None] = queue.SimpleQueue()
        assert self.process.stdout is not None and self.process.stderr is not None
        self.error_reader = _thread(self._read_errors, self.process.stderr)
        self.answer_reader: threading.Thread | None = None
        self.wanted: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        """How long each frame may be that is waited for: no other is read. None at the end."""

    def close(self) -> None:
        _kill_tree(self.process)
        self.wanted.put(None)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        if self.scratch is not None:
            self.scratch.cleanup()

    def _send(self, data: bytes, deadline: float) -> None:
        if self.answer_reader is None:
            self.answer_reader = _thread(self._read_answers, self.process.stdout)
        # A process that does not read must not hold the judge; closing the pipe frees the thread.
        failures: list[BaseException] = []
        sender = _thread(self._write, data, failures)
        sender.join(max(0.0, deadline - time.monotonic()))
        if sender.is_alive():
            raise Lost(Silence.TIMEOUT, "the process does not read what it is asked")
        if failures:
            raise self._ending()

    def _write(self, data: bytes, failures: list[BaseException]) -> None:
        try:
            write_frame(cast(BinaryIO, self.process.stdin), data)
        except (OSError, ValueError) as error:
            failures.append(error)

    def _read(self, deadline: float, limit: int) -> bytes | None:
        self.wanted.put(limit)
        try:
            frame = self.answers.get(timeout=max(_LAST_LOOK, deadline - time.monotonic()))
        except queue.Empty:
            raise TimeoutError from None
        if isinstance(frame, WireError):
            raise frame
        return frame

    def _ending(self) -> Lost:
        try:
            code = self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return Lost(Silence.MALFORMED, "the process closed the conversation but lives on")
        if self.flooded:
            return Lost(Silence.FLOODED, "too much was written to the output")
        self.error_reader.join(1)
        cpu_signal = int(signal.SIGXCPU) if os.name == "posix" else None
        return describe_ending(self._exit_code(code), bytes(self.errors), cpu_signal=cpu_signal)

    def _exit_code(self, code: int) -> int:
        """The worker's own exit code, negative for a signal."""
        return code

    def _read_answers(self, stream: BinaryIO) -> None:
        while (limit := self.wanted.get()) is not None:
            try:
                frame = read_frame(stream, limit)
            except WireError as error:
                self.answers.put(error)
                return
            except (OSError, ValueError):  # the stream was closed under us
                frame = None
            self.answers.put(frame)
            if frame is None:
                return

    def _read_errors(self, stream: BinaryIO) -> None:
        count = 0
        with contextlib.suppress(OSError, ValueError):
            while piece := stream.read1(65_536):  # type: ignore[attr-defined]
                self.errors += piece
                del self.errors[:-_KEPT_ERRORS]
                count += len(piece)
                if count > self.output_bytes and not self.flooded:
                    self.flooded = True
                    _kill_tree(self.process)


def _thread(target: Any, *arguments: Any) -> threading.Thread:
    thread = threading.Thread(target=target, args=arguments, daemon=True)
    thread.start()
    return thread


def single_threaded() -> dict[str, str]:
    """The variables that hold numerical libraries to one thread each."""
    threads = (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "TF_NUM_INTRAOP_THREADS",
        "TF_NUM_INTEROP_THREADS",
    )
    return dict.fromkeys(threads, "1")


def common_environment(scratch: str, engine: Engine) -> dict[str, str]:
    """What every worker's environment has, however it is started."""
    return {
        **single_threaded(),
        **engine.environment(),
        "HOME": scratch,
        "TMPDIR": scratch,
        "KERAS_HOME": scratch,
        "MALLOC_ARENA_MAX": "2",
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
    }


def worker_environment(scratch: str, engine: Engine) -> dict[str, str]:
    """Build the worker's environment from nothing, so that no secret of the judge's is in it."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    if site.ENABLE_USER_SITE:  # where `pip install --user` put us; HOME no longer tells
        kept["PYTHONUSERBASE"] = site.getuserbase()
    return {**kept, **common_environment(scratch, engine), "USERPROFILE": scratch, "TEMP": scratch}


def _kill_tree(process: subprocess.Popen[bytes]) -> None:
    """End the process, its session and its descendants."""
    descendants = []
    with contextlib.suppress(psutil.Error):
        descendants = psutil.Process(process.pid).children(recursive=True)
    if os.name == "posix" and process.poll() is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    for child in descendants:
        with contextlib.suppress(psutil.Error):
            child.kill()
    with contextlib.suppress(OSError):
        process.kill()
    process.wait()
