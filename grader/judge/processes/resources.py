"""What a judge's own process may cost, and what of its parent's it lets go of."""

from __future__ import annotations

import math
import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager

from grader.confine.limits import MEGABYTE

_GROWING = (
    (resource.RLIMIT_AS, "VmSize:", 2_048),
    (resource.RLIMIT_DATA, "VmData:", 0),
)
"""What is limited, and megabytes that it may grow by beside what is asked for.

Memory that is used counts as data. Address space is taken in advance, for each thread a good deal,
so that its limit is only there for systems that do not count data.
"""


def limit_memory(megabytes: int) -> None:
    """Cap how much this process may take beyond what it has.

    The limit is soft, since a worker that it starts by itself has another.
    """
    sizes = _sizes()
    for number, name, beside in _GROWING:
        _, hard = resource.getrlimit(number)
        wanted = sizes[name] + (megabytes + beside) * MEGABYTE
        resource.setrlimit(number, (_at_most(wanted, hard), hard))


def limit_cpu(seconds: float) -> None:
    """Let this process use `seconds` more of CPU time before the kernel ends it."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    wanted = math.ceil(time.process_time() + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (_at_most(wanted, hard), hard))


class Wear:
    """Whether a judge has become worse than a fresh one by what it judged."""

    _MAX_ORDERS = 500
    _MAX_GROWTH = 64 * 1024
    """Kilobytes. What an odd answer took is seldom given back to the system."""

    def __init__(self) -> None:
        self._orders = 0
        self._first = _peak()

    def is_spent(self) -> bool:
        """Count an order; tell whether another judge should take the next one."""
        self._orders += 1
        return self._orders >= self._MAX_ORDERS or _peak() - self._first > self._MAX_GROWTH


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@contextmanager
def without_limits() -> Iterator[None]:
    """Lift the limits on memory, for a child that inherits them."""
    before = {number: resource.getrlimit(number) for number, *_ in _GROWING}
    for number, (_, hard) in before.items():
        resource.setrlimit(number, (hard, hard))
    try:
        yield
    finally:
        for number, limits in before.items():
            resource.setrlimit(number, limits)


def keep_only(*descriptors: int) -> None:
    """Let go of every descriptor but these and the standard ones.

    A judge that kept the sockets of its siblings would hide their end. Each number stays taken,
    by the null device: an object that was inherited may still close it.
    """
    kept = {0, 1, 2, *descriptors}
    nothing = os.open(os.devnull, os.O_RDWR)
    for name in os.listdir("/proc/self/fd"):
        number = int(name)
        if number not in kept and number != nothing:
            try:
                os.fstat(number)
            except OSError:  # the descriptor of the listing itself
                continue
            os.dup2(nothing, number)
    os.close(nothing)


def _sizes() -> dict[str, int]:
    """The process's sizes in bytes, by the names of ``/proc/self/status``."""
    with open("/proc/self/status", encoding="ascii", errors="replace") as file:
        fields = (line.split() for line in file)
        return {words[0]: int(words[1]) * 1024 for words in fields if words[-1] == "kB"}


def _at_most(wanted: int, hard: int) -> int:
    return wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
