"""Limits that the worker's own process keeps, where the system knows them."""

from __future__ import annotations

import functools
import math
import sys
from collections.abc import Callable, Mapping
from time import process_time
from typing import Any

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


_set_limit: Any = getattr(resource, "setrlimit", None)
"""Python's own, which does not count."""


class CpuLimit:
    """The CPU time after which the kernel ends this process; it moves with every question.

    The limit is soft; the judge's wall clock is the hard one. The kernel counts whole seconds, so
    that many questions after another share a limit, and the system is asked only for a new one.
    """

    def __init__(self) -> None:
        self._last: tuple[int, int] | None = None

    def allow(self, seconds: float | None) -> None:
        """Let this process use `seconds` more from now on."""
        if resource is None or not seconds:
            return
        soft = math.ceil(process_time() + seconds) + 1
        if self._last != (soft, changes_of_limits()):
            _, hard = resource.getrlimit(resource.RLIMIT_CPU)
            number = soft if hard == resource.RLIM_INFINITY else min(soft, hard)
            _set_limit(resource.RLIMIT_CPU, (number, hard))
            self._last = soft, changes_of_limits()


_changes = [0]


def changes_of_limits() -> int:
    """How often code has changed for good what holds in its process since `watch_limits`."""
    return _changes[0]


@functools.cache
def watch_limits() -> None:
    """Count from now on what changes limits; to read them all takes longer than most questions.

    Hooks that are told of all that Python does count as well: nobody can take one off.
    """
    sys.addaudithook = _counted(sys.addaudithook)
    for name in ("setrlimit", "prlimit"):
        original = getattr(resource, name, None)
        if original is not None:
            setattr(resource, name, _counted(original))


def _counted(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def counted(*arguments: Any, **keywords: Any) -> Any:
        _changes[0] += 1
        return original(*arguments, **keywords)

    return counted
