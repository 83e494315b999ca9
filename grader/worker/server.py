"""The fork server: imports once, then forks one confined worker for each submission.

It never reads what a student handed in. The judge passes it two fresh sockets for each
worker: the conversation, which the worker alone reads, and the leash, on which the server tells
how the worker ended. What a worker writes to its raw output goes through pages that no fork
gets (`Tail`). So no child can find another student's data in memory that it inherited.

When the judge lets go of a leash, or ends for whatever reason, the worker is killed, and it is
process 1 of its namespaces: everything in them dies with it.

It imports and does no more: after a single TensorFlow operation a forked `fit` hangs.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import select
import signal
import socket
import sys
from typing import Any

from grader.wire.encoding import WireError, decode, encode, frame
from grader.worker import system
from grader.worker.after_fork import Birth, live
from grader.worker.guards import functions_for
from grader.worker.imports import loaded_packages
from grader.worker.tail import Tail
from grader.worker.traces import prepare
from grader.worker.warm_up import warm_up

_MAX_REQUEST = 4_096
_DESCRIPTORS = 2

_NUMPY_MODULES = ("grader.worker.loop", "grader.worker.session", "numpy.ma", "numpy.polynomial")
_KERAS_MODULES = (
    "grader.worker.keras_learning",
    "grader.worker.keras_state",
    "grader.worker.keras_steps",
    "grader.worker.keras_use",
    "grader.worker.networks",
    "grader.worker.sequence_training",
)
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
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    _import_all(backend)
    functions_for(tuple(guarded))
    prepare(backend)
    loaded_packages()
    warm_up()
    # A collection in a child would touch, and so copy, every page that is shared.
    gc.collect()
    gc.freeze()
    control.send(encode({"ready": True, "backend": backend}))
    Server(control).run()


class Server:
    """Forks when it is asked to, and watches what it forked."""

    def __init__(self, control: socket.socket) -> None:
        self.control = control
        self.identity = os.getuid(), os.getgid()
        self.children: dict[int, Child] = {}
        """By each of their descriptors."""
        self.poll = select.poll()
        self.poll.register(control, select.POLLIN)

    def run(self) -> None:
        """Serve until the judge closes the control socket."""
        while True:
            for descriptor, _ in self.poll.poll():
                if descriptor == self.control.fileno():
                    if not self._serve():
                        return
                elif descriptor in self.children:  # it may just have been forgotten
                    child = self.children[descriptor]
                    if child.notice(descriptor, self.poll):
                        self._forget(child)

    def _serve(self) -> bool:
        data, descriptors, _, _ = socket.recv_fds(self.control, _MAX_REQUEST, _DESCRIPTORS)
        if not data:  # the judge is gone
            return False
        self.control.send(encode(self._fork(data, descriptors)))
        return True

    def _fork(self, data: bytes, descriptors: list[int]) -> dict[str, Any]:
        if len(descriptors) != _DESCRIPTORS:
            return {"problem": f"{_DESCRIPTORS} descriptors were expected"}
        conversation, leash = descriptors
        output, into_output = os.pipe()
        try:
            request = decode(data)
            number = system.fork_into_namespaces()
        except (WireError, OSError) as error:
            for descriptor in (conversation, leash, output, into_output):
                os.close(descriptor)
            return {"problem": str(error)}
        if number == 0:
            live(Birth(request, self.identity, conversation, into_output))
        os.close(conversation)
        os.close(into_output)
        child = Child(number, socket.socket(fileno=leash), output, request["output_bytes"])
        for descriptor in child.descriptors():
            self.children[descriptor] = child
            self.poll.register(descriptor, select.POLLIN)
        return {"resident_bytes": _resident_bytes()}

    def _forget(self, child: Child) -> None:
        for descriptor in child.descriptors():
            self.children.pop(descriptor, None)
            with contextlib.suppress(KeyError):
                self.poll.unregister(descriptor)
        child.close()


class Child:
    """A worker as its server sees it: its process, its leash and its output."""

    def __init__(self, number: int, leash: socket.socket, output: int, output_bytes: int) -> None:
        self.number, self.leash, self.output = number, leash, output
        self.output_bytes = output_bytes
        self.watch = os.pidfd_open(number)
        self.tail = Tail(output)
        self.flooded = False

    def descriptors(self) -> tuple[int, ...]:
        """What to poll."""
        return self.leash.fileno(), self.output, self.watch

    def notice(self, descriptor: int, poll: select.poll) -> bool:
        """Look at one descriptor that is ready; return whether the child has ended."""
        if descriptor == self.leash.fileno():  # the judge never writes here: it has let go
            poll.unregister(descriptor)
            self._kill()
        elif descriptor == self.output:
            if not self._read() or self.flooded:
                poll.unregister(descriptor)
        else:
            self._report()
            return True
        return False

    def close(self) -> None:
        """Close its descriptors."""
        self.leash.close()
        os.close(self.output)
        os.close(self.watch)

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.number, signal.SIGKILL)

    def _read(self) -> bool:
        """Read some of its output; False at the end of it."""
        goes_on = self.tail.read()
        if self.tail.count > self.output_bytes:
            self.flooded = True
            self._kill()
        return goes_on

    def _report(self) -> None:
        """Tell the judge, if it still listens, how the child ended."""
        _, status, usage = os.wait4(self.number, 0)
        while not self.flooded and self._read():
            pass
        record = {
            "code": os.waitstatus_to_exitcode(status),
            "cpu_seconds": usage.ru_utime + usage.ru_stime,
            "flooded": self.flooded,
        }
        with contextlib.suppress(OSError):
            self.leash.sendmsg([frame(encode(record)), self.tail.view()])


def _import_all(backend: str) -> None:
    names = list(_NUMPY_MODULES)
    if backend == "keras":
        names += ["keras", *_KERAS_MODULES]
        if os.environ["KERAS_BACKEND"] == "tensorflow":
            names += _TENSORFLOW_MODULES
    for name in names:
        # What only saves time may be missing in another version of its package.
        with contextlib.suppress(ModuleNotFoundError):
            importlib.import_module(name)


def _resident_bytes() -> int:
    """What the server itself holds in memory, so that the judge sees it grow."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main(sys.argv[1:])
