"""Limits that the worker's own process keeps, where the system knows them."""

from __future__ import annotations

import math
import time

try:
    import resource
except ImportError:  # Windows has no such limits; the judge's wall clock still holds
    resource = None  # type: ignore[assignment]


def limit_memory(megabytes: int | None) -> None:
    """Cap the address space, so that a runaway allocation is a MemoryError."""
    if resource is None or not megabytes:
        return
    limit = megabytes * 2**20
    try:
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ValueError, OSError):
        return  # macOS refuses RLIMIT_AS; the machine's own limit holds there


def limit_cpu(seconds: float | None) -> None:
    """Let this process use `seconds` more of CPU time before the kernel ends it.

    The limit is soft and moves with every question; the judge's wall clock is the hard one.
    """
    if resource is None or not seconds:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = math.ceil(time.process_time() + seconds) + 1
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
