"""What a judge's own process may cost, and what of its parent's it lets go of."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager

from grader.confine.limits import MEGABYTE

_GROWING = ((resource.RLIMIT_AS, "VmSize:"), (resource.RLIMIT_DATA, "VmData:"))
"""A private mapping counts as data, a shared one as address space only, hence both."""


def limit_itself(megabytes: int, cpu_seconds: float) -> None:
    """Cap what this process may take from now on.

    The limits are soft, since a worker that it starts by itself has others.
    """
    sizes = _sizes()
    for number, name in _GROWING:
        _, hard = resource.getrlimit(number)
        wanted = sizes[name] + megabytes * MEGABYTE
        resource.setrlimit(number, (_at_most(wanted, hard), hard))
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    wanted = max(1, round(cpu_seconds))
    resource.setrlimit(resource.RLIMIT_CPU, (_at_most(wanted, hard), hard))


@contextmanager
def without_limits() -> Iterator[None]:
    """Lift the limits on memory, for a child that inherits them."""
    before = {number: resource.getrlimit(number) for number, _ in _GROWING}
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
