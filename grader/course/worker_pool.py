"""Workers with files of the course's own, as many as are asked at once."""

from __future__ import annotations

import contextlib
import queue
from collections.abc import Iterator, Sequence

from grader.confine import Launcher, Lost, Worker, WorkerSettings
from grader.course.forward_worker import loading_problem

_LOADING_SECONDS = 300.0
_TRIES = 2
"""What a machine may have done to a worker that loads is tried once more."""


class LoadingFailed(Exception):
    """A file of the course's own cannot be loaded; the message says which and why."""


class WorkerPool:
    """Workers that hold the same files, started when nobody else's is free.

    Parameters
    ----------
    files
        What each of them loads before it is asked, in this order.
    """

    def __init__(self, launcher: Launcher, settings: WorkerSettings, files: Sequence[str]) -> None:
        self.settings = settings
        self._launcher = launcher
        self._files = files
        self._workers: list[Worker] = []
        self._idle: queue.SimpleQueue[Worker] = queue.SimpleQueue()

    @contextlib.contextmanager
    def worker(self) -> Iterator[Worker]:
        """One that nobody else asks meanwhile; one that is lost does not come back.

        Raises
        ------
        LoadingFailed
            When a file cannot be loaded, or two workers in turn are lost while they load.
        """
        try:
            worker = self._idle.get_nowait()
        except queue.Empty:
            worker = self._loaded()
        try:
            yield worker
        except Lost:
            self._end(worker)
            raise
        self._idle.put(worker)

    def close(self) -> None:
        """End the workers."""
        for worker in [*self._workers]:
            self._end(worker)

    def _loaded(self) -> Worker:
        for one_more in reversed(range(_TRIES)):
            worker = self._launcher.start(self.settings)
            self._workers.append(worker)
            for name in self._files:
                try:
                    answer = worker.ask({"kind": "load", "file": name}, _LOADING_SECONDS)
                except Lost as lost:
                    self._end(worker)
                    if not one_more:
                        raise LoadingFailed(f"{name} cannot be loaded: {lost.detail}") from None
                    break
                if problem := loading_problem(name, answer):
                    raise LoadingFailed(problem)
            else:
                return worker
        raise AssertionError("unreachable")

    def _end(self, worker: Worker) -> None:
        self._workers.remove(worker)
        worker.close()
