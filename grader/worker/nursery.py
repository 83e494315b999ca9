"""Process 1 of a worker's namespaces: raises the worker, watches it, says how it ended.

It holds the leash, a socket to the judge. When the judge lets go, or ends for whatever
reason, the leash breaks, this process exits, and with it the kernel kills everything in the
namespace: daemons, orphans and all.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import traceback
from typing import Any

from grader.wire import encode
from grader.worker import system

KEPT_OUTPUT = 4_000
"""Bytes kept of the end of what the worker's C code writes to its output and error streams."""
_SCRATCH = "/tmp"


def raise_worker(
    request: dict[str, Any], identity: tuple[int, int], conversation: int, leash: int
) -> None:
    """Make the worker's surroundings, fork it, watch it; does not return.

    Parameters
    ----------
    identity
        User and group as they were outside: in a new user namespace nobody has a name yet.
    """
    judge = socket.socket(fileno=leash)
    try:
        worker, output, watch = _raise(request, identity, conversation)
    except OSError as error:
        judge.send(encode({"problem": str(error)}))
        os._exit(0)
    record = _watch(worker, output, watch, judge, request["output_bytes"])
    judge.send(encode(record))
    os._exit(0)


def _raise(
    request: dict[str, Any], identity: tuple[int, int], conversation: int
) -> tuple[int, int, int]:
    for number in (signal.SIGCHLD, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    system.map_own_user(*identity)
    _volunteer_for_the_oom_killer()
    system.set_dumpable(False)
    system.mount_private(
        _SCRATCH, size=request["tmp_bytes"], files=request["tmp_files"], owner=identity
    )
    _cover_proc(identity)
    output, into_output = os.pipe()
    worker = os.fork()
    if worker == 0:
        try:
            _become_worker(conversation, into_output)
        except BaseException:
            traceback.print_exc()  # into the output, whose last line the judge quotes
        finally:
            os._exit(71)
    os.close(conversation)
    os.close(into_output)
    watch = os.pidfd_open(worker)
    system.drop_capabilities()
    return worker, output, watch


def _become_worker(conversation: int, into_output: int) -> None:
    """The worker's process: its three streams, the conversation, and no other descriptor."""
    os.setsid()
    os.dup2(into_output, 1)
    os.dup2(into_output, 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    # Two steps, since the conversation may have come as number 3 or 4.
    high = os.dup2(conversation, 200)
    questions, answers = os.dup2(high, 3), os.dup2(high, 4)
    os.closerange(5, 4_096)
    os.chdir(_SCRATCH)
    from grader.worker.loop import serve

    serve(os.fdopen(questions, "rb"), os.fdopen(answers, "wb"))


def _cover_proc(identity: tuple[int, int]) -> None:
    """Leave of /proc what TensorFlow insists on reading; much of the rest helps who wants out."""
    program = os.readlink("/proc/self/exe")
    system.mount_private("/proc", size=4_096, files=8, owner=identity)
    os.mkdir("/proc/self")
    os.symlink(program, "/proc/self/exe")
    os.symlink(os.devnull, "/proc/self/cmdline")
    system.make_read_only("/proc")


def _volunteer_for_the_oom_killer() -> None:
    """Let the kernel take a worker first when the machine runs out of memory."""
    with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
        file.write("1000")


def _watch(
    worker: int, output: int, watch: int, judge: socket.socket, output_bytes: int
) -> dict[str, Any]:
    """Wait for the worker's end, the judge's or too much output; return how it ended."""
    poll = select.poll()
    for descriptor in (output, watch, judge.fileno()):
        poll.register(descriptor, select.POLLIN)
    tail, count, flooded = b"", 0, False
    while True:
        ready = {descriptor for descriptor, _ in poll.poll()}
        if judge.fileno() in ready:  # the judge never writes here: it has let go
            os._exit(0)
        if output in ready:
            piece = os.read(output, 65_536)
            if not piece:
                poll.unregister(output)
            tail, count = (tail + piece)[-KEPT_OUTPUT:], count + len(piece)
            if count > output_bytes:
                flooded = True
                os.kill(worker, signal.SIGKILL)
                poll.unregister(output)
        elif watch in ready:
            break
    _, status, usage = os.wait4(worker, 0)
    return {
        "code": os.waitstatus_to_exitcode(status),
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "peak_bytes": usage.ru_maxrss * 1024,
        "flooded": flooded,
        "output": tail,
    }
