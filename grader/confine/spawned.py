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
from typing import Any, BinaryIO, cast

import psutil

from grader.confine.interface import Confinement, Lost, Silence, Worker, WorkerSettings
from grader.wire import WireError, decode, encode, read_frame, write_frame

_KEPT_VARIABLES = ("PATH", "SYSTEMROOT", "WINDIR", "LANG", "LC_ALL", "LD_LIBRARY_PATH")
_KEPT_ERRORS = 4_000
_OUT_OF_MEMORY_WORDS = (b"MemoryError", b"std::bad_alloc", b"Cannot allocate memory", b"OOM")


class SpawnedLauncher:
    """Starts `python -m grader.worker` as a child process."""

    confinement: Confinement = "unconfined"

    def start(self, settings: WorkerSettings) -> Worker:
        return SpawnedWorker(settings)


class SpawnedWorker:
    """A child process, a thread that reads its answers and one that reads its errors."""

    def __init__(self, settings: WorkerSettings) -> None:
        self.scratch = tempfile.TemporaryDirectory(
            prefix="grader-worker-", ignore_cleanup_errors=True
        )
        self.count = 0
        self.errors = bytearray()
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-B", "-m", "grader.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=self.scratch.name,
                env=_environment(self.scratch.name),
                start_new_session=os.name == "posix",
            )
        except OSError as error:
            self.scratch.cleanup()
            raise Lost(Silence.NOT_STARTED, f"no process could be started: {error}") from None
        self.answers: queue.SimpleQueue[bytes | WireError | None] = queue.SimpleQueue()
        assert self.process.stdout is not None and self.process.stderr is not None
        for target, stream in (
            (self._read_answers, self.process.stdout),
            (self._read_errors, self.process.stderr),
        ):
            threading.Thread(target=target, args=(stream,), daemon=True).start()
        limits = settings.limits
        megabytes = limits.numpy_megabytes if settings.backend == "numpy" else None
        first = {
            "folder": str(settings.folder),
            "backend": settings.backend,
            "imports": None if settings.imports is None else list(settings.imports),
            "guarded": list(settings.guarded),
            "megabytes": megabytes,
        }
        try:
            self._send(encode(first))
            hello = self._receive(0, limits.start_seconds)
        except Lost as lost:
            self.close()
            # Nothing of the student's has run yet: whatever went wrong is the machine's.
            raise Lost(Silence.NOT_STARTED, lost.detail) from None
        self.versions: dict[str, str] = hello.get("versions", {})

    def ask(self, question: dict[str, Any], seconds: float) -> dict[str, Any]:
        self.count += 1
        self._send(encode({**question, "id": self.count}))
        return self._receive(self.count, seconds)

    def close(self) -> None:
        _kill_tree(self.process)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        self.scratch.cleanup()

    def _send(self, data: bytes) -> None:
        assert self.process.stdin is not None
        try:
            write_frame(cast(BinaryIO, self.process.stdin), data)
        except OSError:
            raise self._lost() from None

    def _receive(self, number: int, seconds: float) -> dict[str, Any]:
        deadline = time.monotonic() + seconds
        try:
            frame = self.answers.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            raise Lost(Silence.TIMEOUT, f"no answer within {seconds:g} s") from None
        if frame is None:
            raise self._lost()
        if isinstance(frame, WireError):
            raise Lost(Silence.MALFORMED, str(frame))
        try:
            answer = decode(frame)
        except WireError as error:
            raise Lost(Silence.MALFORMED, str(error)) from None
        if type(answer) is not dict or answer.get("id") != number:
            raise Lost(Silence.MALFORMED, "the answer does not belong to the question")
        return answer

    def _lost(self) -> Lost:
        """Say how the process ended."""
        try:
            code = self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return Lost(Silence.MALFORMED, "the process closed the conversation but lives on")
        errors = bytes(self.errors)
        if any(word in errors for word in _OUT_OF_MEMORY_WORDS) or code == -9:
            return Lost(Silence.OUT_OF_MEMORY, "the process ran out of memory")
        if os.name == "posix" and code == -signal.SIGXCPU:
            return Lost(Silence.TIMEOUT, "the CPU seconds were used up")
        if code < 0:
            return Lost(Silence.CRASHED, f"the process was ended by signal {-code}")
        tail = errors.decode("utf-8", "replace").strip().splitlines()
        detail = f"the process ended by itself with exit code {code}"
        return Lost(Silence.CRASHED, f"{detail}: {tail[-1][:200]}" if tail else detail)

    def _read_answers(self, stream: BinaryIO) -> None:
        while True:
            try:
                frame = read_frame(stream)
            except WireError as error:
                self.answers.put(error)
                return
            except (OSError, ValueError):  # the stream was closed under us
                frame = None
            self.answers.put(frame)
            if frame is None:
                return

    def _read_errors(self, stream: BinaryIO) -> None:
        with contextlib.suppress(OSError, ValueError):
            while piece := stream.read1(65_536):  # type: ignore[attr-defined]
                self.errors += piece
                del self.errors[:-_KEPT_ERRORS]


def _environment(scratch: str) -> dict[str, str]:
    """Build the worker's environment from nothing, so that no secret of the judge's is in it."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    threads = (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "TF_NUM_INTRAOP_THREADS",
    )
    if site.ENABLE_USER_SITE:  # where `pip install --user` put us; HOME no longer tells
        kept["PYTHONUSERBASE"] = site.getuserbase()
    return {
        **kept,
        **dict.fromkeys((*threads, "TF_NUM_INTEROP_THREADS"), "1"),
        "HOME": scratch,
        "USERPROFILE": scratch,
        "TMPDIR": scratch,
        "TEMP": scratch,
        "KERAS_BACKEND": os.environ.get("KERAS_BACKEND", "tensorflow"),
        "KERAS_HOME": scratch,
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "",
        "MALLOC_ARENA_MAX": "2",
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
    }


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
