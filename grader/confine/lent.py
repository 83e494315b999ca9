"""Workers of fork servers that another process holds: a judge asks for them over a socket."""

from __future__ import annotations

import socket
from typing import Any

from grader.confine.engine import Engine
from grader.confine.fork_server import Ends
from grader.confine.forked_worker import ForkedWorker
from grader.confine.interface import (
    Ask,
    Confinement,
    Launcher,
    Lost,
    Silence,
    Worker,
    WorkerSettings,
)
from grader.confine.limits import Limits


class LentLauncher(Launcher):
    """Starts workers in a judge's own process, from the fork servers of the process above it.

    Parameters
    ----------
    program
        The seccomp filter, made once for all.
    """

    confinement: Confinement = "forked"

    def __init__(self, ask: Ask, program: bytes, engine: Engine) -> None:
        super().__init__(engine)
        self._ask, self._program = ask, program

    def start(self, settings: WorkerSettings) -> Worker:
        first = settings.first_message(confined=True, program=self._program)
        answer, descriptors = self._ask(request_of(settings))
        if len(descriptors) != 2:
            detail = str(answer.get("problem") or "no worker was lent")
            raise Lost(Silence.NOT_STARTED, detail)
        conversation, leash = (socket.socket(fileno=number) for number in descriptors)
        worker = ForkedWorker(Ends(conversation, leash, {}))
        worker.greet(settings, first)
        return worker


def request_of(settings: WorkerSettings) -> dict[str, Any]:
    """What a fork server has to know of a worker; nothing of the submission is in it."""
    limits = settings.limits
    return {
        "backend": settings.backend,
        "imports": list(settings.imports),
        "guarded": list(settings.guarded),
        "limits": [limits.tmp_megabytes, limits.tmp_files, limits.output_megabytes],
    }


def settings_of(request: dict[str, Any]) -> WorkerSettings:
    """The settings that `request_of` told of, without files."""
    megabytes, files, output = request["limits"]
    return WorkerSettings(
        files={},
        backend=request["backend"],
        imports=tuple(request["imports"]),
        guarded=tuple(request["guarded"]),
        limits=Limits(tmp_megabytes=megabytes, tmp_files=files, output_megabytes=output),
    )
