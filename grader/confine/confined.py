"""Workers as fresh interpreters, each inside a bubblewrap of its own."""

from __future__ import annotations

from grader.confine.engine import Engine
from grader.confine.interface import Confinement, Launcher, Lost, Silence, Worker, WorkerSettings
from grader.confine.limits import MEGABYTE
from grader.confine.sandbox import Sandbox
from grader.confine.spawned import SpawnedWorker
from grader.confine.syscalls import filter_program


class ConfinedWorker(SpawnedWorker):
    """A child process inside bubblewrap, which reports signal n as exit code 128 + n."""

    def _exit_code(self, code: int) -> int:
        return 128 - code if code > 128 else code


class ConfinedLauncher(Launcher):
    """Starts `python -m grader.worker` inside bubblewrap."""

    confinement: Confinement = "confined"

    def __init__(self, engine: Engine | None = None) -> None:
        super().__init__(engine)
        self._program = filter_program()

    def start(self, settings: WorkerSettings) -> Worker:
        limits = settings.limits
        sandbox = Sandbox(settings.backend, frozenset(settings.imports), self.engine)
        numbers = (limits.tmp_megabytes * MEGABYTE, limits.tmp_files, *sandbox.identity)
        arguments = [str(number) for number in numbers]
        try:
            with sandbox.command("grader.worker", arguments, is_server=False) as (
                command,
                descriptor,
            ):
                worker = ConfinedWorker(
                    command,
                    {},
                    descriptors=[descriptor],
                    output_bytes=limits.output_megabytes * MEGABYTE,
                )
        except OSError as error:
            raise Lost(Silence.NOT_STARTED, f"bubblewrap cannot be run: {error}") from None
        worker.greet(settings, settings.first_message(confined=True, program=self._program))
        return worker
