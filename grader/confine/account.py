"""Workers under another account: for root in a container that allows no namespaces."""

from __future__ import annotations

import os
import secrets
import sys
import tempfile

from grader.confine.engine import Engine
from grader.confine.interface import Confinement, Launcher, Lost, Worker, WorkerSettings
from grader.confine.limits import MEGABYTE
from grader.confine.spawned import INTERPRETER_OPTIONS, SpawnedWorker, worker_environment
from grader.confine.syscalls import filter_program

_FIRST, _LAST = 61_184, 65_519
"""Numbers that no account has: systemd lends them to services, for as long as those run."""


class AccountLauncher(Launcher):
    """Starts `python -m grader.worker` as a user of its own, with no rights and few system calls.

    The kernel keeps a worker away from root's processes and from what root alone may read; it
    sees whatever else everybody may read, so it is no way for a machine with other people's work.
    """

    confinement: Confinement = "account"

    def __init__(self, engine: Engine | None = None) -> None:
        super().__init__(engine)
        self._program = filter_program()

    def start(self, settings: WorkerSettings) -> Worker:
        scratch = tempfile.TemporaryDirectory(prefix="grader-worker-", ignore_cleanup_errors=True)
        account = _FIRST + secrets.randbelow(_LAST - _FIRST + 1)
        os.chown(scratch.name, account, account)
        try:
            worker = SpawnedWorker(
                [sys.executable, *INTERPRETER_OPTIONS, "-m", "grader.worker"],
                worker_environment(scratch.name, self.engine.serving(settings.imports)),
                scratch,
                output_bytes=settings.limits.output_megabytes * MEGABYTE,
                account=account,
            )
        except Lost:
            scratch.cleanup()
            raise
        worker.greet(settings, settings.first_message(confined=True, program=self._program))
        return worker
