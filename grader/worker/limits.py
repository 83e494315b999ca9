"""Limits that the worker's own process keeps, where the system knows them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from time import process_time

try:
    import resource
except ImportError:  # Windows has no such limits; the judge's wall clock still holds
    resource = None  # type: ignore[assignment]

_RESOURCES = {
    "memory_bytes": ("RLIMIT_AS", "RLIMIT_DATA"),
    "processes": ("RLIMIT_NPROC",),
    "file_bytes": ("RLIMIT_FSIZE",),
    "open_files": ("RLIMIT_NOFILE",),
    "core_bytes": ("RLIMIT_CORE",),
    "locked_bytes": ("RLIMIT_MEMLOCK",),
    "queue_bytes": ("RLIMIT_MSGQUEUE",),
}
"""What a limit is called here and by the kernel. A private mapping counts as DATA, a shared
one as AS only, hence both."""


def limit_resources(limits: Mapping[str, int | None], *, strict: bool) -> None:
    """Cap what this process and its threads may take, for good.

    Parameters
    ----------
    limits
        By the names of `_RESOURCES`; None leaves one as it is.
    strict
        Raise when the system refuses; otherwise go on without that limit (macOS knows no
        RLIMIT_AS, say).
    """
    if resource is None:
        return
    for name, limit in limits.items():
        for constant in _RESOURCES[name]:
            number = getattr(resource, constant, None)
            if limit is None or number is None:
                continue
            try:
                _, hard = resource.getrlimit(number)
                value = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
                resource.setrlimit(number, (value, value))
            except (ValueError, OSError):
                if strict:
                    raise


def limit_cpu(seconds: float | None) -> None:
    """Let this process use `seconds` more of CPU time before the kernel ends it.

    The limit is soft and moves with every question; the judge's wall clock is the hard one.
    """
    if resource is None or not seconds:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = math.ceil(process_time() + seconds) + 1
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
