"""The fork server: imports once, then forks one confined worker for each submission.

It never reads what a student handed in. The judge passes it two fresh sockets for each
worker: the conversation, which the worker alone reads, and the leash, which process 1 of
the worker's namespaces holds. So no child can find an earlier student's data in memory
that it inherited.

It imports and does no more: after a single TensorFlow operation a forked `fit` hangs.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import resource
import signal
import socket
import sys
from typing import Any

from grader.wire import WireError, decode, encode
from grader.worker import system
from grader.worker.guards import functions_for
from grader.worker.nursery import raise_worker

_MAX_REQUEST = 4_096
_DESCRIPTORS = 2

_NUMPY_MODULES = ("grader.worker.loop", "grader.worker.session", "numpy.ma", "numpy.polynomial")
_TENSORFLOW_MODULES = (
    "tensorflow.python.data.ops.concatenate_op",
    "tensorflow.python.data.ops.flat_map_op",
    "tensorflow.python.data.ops.from_tensors_op",
    "tensorflow.python.data.ops.range_op",
    "tensorflow.python.data.ops.zip_op",
)
"""What the first `fit` would import."""


def main(arguments: list[str]) -> None:
    """Serve the judge: ``control descriptor, user, group, backend, guarded functions …``."""
    control_number, user, group, backend, *guarded = arguments
    control = socket.socket(fileno=int(control_number))
    system.leave_root(int(user), int(group))
    # A change of user makes a process undumpable, and then its children may not map their users.
    system.set_dumpable(True)
    _import_all(backend)
    functions_for(tuple(guarded))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps
    control.send(encode({"ready": True, "backend": backend}))
    while True:
        data, descriptors, _, _ = socket.recv_fds(control, _MAX_REQUEST, _DESCRIPTORS)
        if not data:  # the judge is gone
            return
        answer = _fork(data, descriptors, control)
        for descriptor in descriptors:
            os.close(descriptor)
        control.send(encode(answer))


def _import_all(backend: str) -> None:
    names = list(_NUMPY_MODULES)
    if backend == "keras":
        names += ["keras", "grader.worker.keras_steps"]
        if os.environ["KERAS_BACKEND"] == "tensorflow":
            names += _TENSORFLOW_MODULES
    for name in names:
        # What only saves time may be missing in another version of its package.
        with contextlib.suppress(ModuleNotFoundError):
            importlib.import_module(name)


def _fork(data: bytes, descriptors: list[int], control: socket.socket) -> dict[str, Any]:
    if len(descriptors) != _DESCRIPTORS:
        return {"problem": f"{_DESCRIPTORS} descriptors were expected"}
    identity = os.getuid(), os.getgid()
    try:
        request = decode(data)
        child = system.fork_into_namespaces()
    except (WireError, OSError) as error:
        return {"problem": str(error)}
    if child == 0:
        try:
            control.close()
            raise_worker(request, identity, *descriptors)
        finally:
            os._exit(70)  # not reached unless raising failed; never back into the server's loop
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"child": child, "peak_bytes": peak}


if __name__ == "__main__":
    main(sys.argv[1:])
