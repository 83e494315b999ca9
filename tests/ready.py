"""Commands run by real processes that have nothing left to import.

A Python of its own, beside the tests, imports a command once; each call is a fork of it with the
caller's folder, environment and output. What depends on how Python starts needs a fresh one.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import selectors
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import tests.quick_imports  # noqa: F401
from grader.cli.commands import COMMANDS

ROOT = Path(__file__).resolve().parents[1]
IMPORTED = {
    "grader": (
        *(
            f"grader.cli.{module}"
            for module in sorted({one.module for one in COMMANDS.values()} - {"notebooks"})
        ),
        "grader.authoring.audit",
        "grader.confine.forked",
        "grader.ways.push.install",
        "pydantic.type_adapter",
        "grader.ways.gradebook.publish",
        "grader.render.difference",
        "grader.render.html",
        "grader.similarity.pages",
    ),
    "nbgrader": ("nbgrader.apps.nbgraderapp", "nbgrader.apps.api", "nbgrader.plugins"),
}
"""What each command imports anyway; never Keras, whose backend the environment chooses."""


def run_ready(
    command: str,
    *arguments: object,
    cwd: Path,
    env: Mapping[str, str],
    check: bool = False,
) -> subprocess.CompletedProcess[str]:
    """Run `command` as `subprocess.run` would, with its output captured as text."""
    call = [command, *map(str, arguments)]
    if not hasattr(os, "fork"):
        return subprocess.run(
            [sys.executable, "-m", *call],
            cwd=cwd,
            env=env,
            capture_output=True,
            encoding="utf-8",
            check=check,
        )
    try:
        code, output, errors = _ready(command).run(call, cwd, env)
    except BrokenPipeError:  # somebody ended it between two calls
        _ready.cache_clear()
        code, output, errors = _ready(command).run(call, cwd, env)
    if check and code:
        raise AssertionError(f"{call} ended with {code}: {output[-3_000:]}{errors[-3_000:]}")
    return subprocess.CompletedProcess(call, code, output, errors)


class _Ready:
    """The process that imported a command and forks for each call."""

    def __init__(self, command: str) -> None:
        self._here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with there:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.ready", command, str(there.fileno())],
                pass_fds=[there.fileno()],
                stdin=subprocess.DEVNULL,
                cwd=ROOT,
            )
        atexit.register(self.close)

    def run(self, call: list[str], cwd: Path, env: Mapping[str, str]) -> tuple[int, str, str]:
        request = json.dumps([call, os.fspath(cwd), dict(env)]).encode() + b"\n"
        pipes = [os.pipe(), os.pipe()]
        socket.send_fds(self._here, [request], [writing for _, writing in pipes])
        for _, writing in pipes:
            os.close(writing)
        output, errors = _read_all([reading for reading, _ in pipes])
        return int(self._here.recv(64)), output, errors

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


@lru_cache
def _ready(command: str) -> _Ready:
    return _Ready(command)


def _read_all(descriptors: list[int]) -> list[str]:
    """Read all pipes to their ends, none of which may fill meanwhile."""
    pieces: dict[int, list[bytes]] = {one: [] for one in descriptors}
    with selectors.DefaultSelector() as selector:
        for one in descriptors:
            selector.register(one, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select():
                piece = os.read(key.fd, 65_536)
                pieces[key.fd].append(piece)
                if not piece:
                    selector.unregister(key.fd)
                    os.close(key.fd)
    return [b"".join(pieces[one]).decode("utf-8") for one in descriptors]


def _serve(command: str, requests: socket.socket) -> list[str]:
    """Fork for each call; return its words in the fork, which goes on as the command."""
    for name in IMPORTED[command]:
        importlib.import_module(name)
    assert not {"keras", "tensorflow"} & set(sys.modules)
    gc.collect()
    gc.freeze()  # so that no fork copies what it never changes
    while True:
        request, descriptors, *_ = socket.recv_fds(requests, 65_536, 2)
        while request and not request.endswith(b"\n"):
            request += requests.recv(65_536)
        if not request:  # the tests have ended
            sys.exit()
        if not (child := os.fork()):
            break
        for one in descriptors:
            os.close(one)
        _, status = os.waitpid(child, 0)
        requests.send(str(os.waitstatus_to_exitcode(status)).encode())
    requests.close()
    call, folder, environment = json.loads(request)
    for number, one in enumerate(descriptors, 1):
        os.dup2(one, number)
        os.close(one)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    return call


def _become(call: list[str]) -> None:
    """Be the command from here on, until this process ends."""
    sys.argv = call
    sys.path[0] = os.getcwd()  # as for `python -m`
    if call[0] == "grader":
        from grader.cli import main
    else:
        from nbgrader.apps.nbgraderapp import main
    try:
        main()
        code: object = 0
    except SystemExit as end:
        code = end.code or 0
    except BaseException:
        traceback.print_exc()
        code = 1
    if not isinstance(code, int):
        print(code, file=sys.stderr)
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # taking apart what was imported would take longer than most calls


if __name__ == "__main__":
    _become(_serve(sys.argv[1], socket.socket(fileno=int(sys.argv[2]))))
