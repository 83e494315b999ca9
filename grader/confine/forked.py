"""Workers forked from a server that has imported everything already: the quickest way.

One server for each backend, inside one bubblewrap; each worker in namespaces of its own.
"""

from __future__ import annotations

import contextlib
import threading
from typing import Any

from grader.confine.engine import Engine
from grader.confine.fork_server import Ends, ForkServer, ServerLost
from grader.confine.forked_worker import ForkedWorker
from grader.confine.interface import (
    Ask,
    Backend,
    Confinement,
    Launcher,
    Loan,
    Lost,
    Silence,
    Worker,
    WorkerSettings,
)
from grader.confine.lent import LentLauncher, settings_of
from grader.confine.syscalls import filter_program

ServerKind = tuple[Backend, frozenset[str], tuple[str, ...]]
"""What a server has imported: the backend, packages that may be imported, guarded functions."""


class ForkedLauncher(Launcher):
    """Keeps a fork server for each backend and starts workers from them."""

    confinement: Confinement = "forked"

    def __init__(self, engine: Engine | None = None) -> None:
        super().__init__(engine)
        self._program = filter_program()
        self._servers: dict[ServerKind, ForkServer] = {}
        self._lock = threading.Lock()

    def warm_up(self, settings: WorkerSettings) -> None:
        with contextlib.suppress(Lost):
            self._server(_kind(settings))

    def start(self, settings: WorkerSettings) -> Worker:
        first = settings.first_message(confined=True, program=self._program)
        ends, server = self.lend(settings)
        worker = ForkedWorker(ends, server.release)
        worker.greet(settings, first)
        return worker

    def lend(self, settings: WorkerSettings) -> tuple[Ends, ForkServer]:
        """Return the ends of a fresh worker, and the server that is released when it is done.

        Raises
        ------
        Lost
            `NOT_STARTED` when none can be had.
        """
        kind = _kind(settings)
        try:
            server = self._server(kind)
            return server.worker(settings.limits), server
        except ServerLost:  # it was killed; a fresh one takes its place, once
            try:
                server = self._server(kind)
                return server.worker(settings.limits), server
            except ServerLost as lost:
                raise Lost(Silence.NOT_STARTED, str(lost)) from None

    def in_judge(self, ask: Ask) -> Launcher:
        return LentLauncher(ask, self._program, self.engine)

    def answer(self, request: dict[str, Any]) -> Loan:
        ends, server = self.lend(settings_of(request))
        return Loan((ends.conversation, ends.leash), server.release)

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
                server = self._servers[kind] = ForkServer(*kind, self.engine)
            return server


def _kind(settings: WorkerSettings) -> ServerKind:
    return settings.backend, frozenset(settings.imports), settings.guarded
