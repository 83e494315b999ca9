"""Workers under another account: for root in a container that allows no namespaces."""

from __future__ import annotations

import os
import sys
import tempfile

from grader.confine.engine import Engine
from grader.confine.interface import Confinement, Launcher, Lost, Worker, WorkerSettings
from grader.confine.limits import MEGABYTE
from grader.confine.sandbox import UNPRIVILEGED
from grader.confine.spawned import INTERPRETER_OPTIONS, SpawnedWorker, worker_environment
from grader.confine.syscalls import filter_program


class AccountLauncher(Launcher):
    """Starts `python -m grader.worker` as nobody, without rights and with few system calls.

    The kernel keeps a worker away from root's processes and from what root alone may read; it
    sees whatever else everybody may read, so it is no way for a machine with other people's work.
    """

    confinement: Confinement = "account"

    def __init__(self, engine: Engine | None = None) -> None:
        super().__init__(engine)
        self._program = filter_program()

    def start(self, settings: WorkerSettings) -> Worker:
        scratch = tempfile.TemporaryDirectory(prefix="grader-worker-", ignore_cleanup_errors=True)
        os.chown(scratch.name, UNPRIVILEGED, UNPRIVILEGED)
        try:
            worker = SpawnedWorker(
                [sys.executable, *INTERPRETER_OPTIONS, "-m", "grader.worker"],
                worker_environment(scratch.name, self.engine.serving(settings.imports)),
                scratch,
                output_bytes=settings.limits.output_megabytes * MEGABYTE,
                account=UNPRIVILEGED,
            )
        except Lost:
            scratch.cleanup()
            raise
        worker.greet(settings, settings.first_message(confined=True, program=self._program))
        return worker
