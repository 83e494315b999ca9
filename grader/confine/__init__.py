"""How a worker is started and what it may do: one interface, several strengths."""

from grader.confine.interface import Launcher, Limits, Lost, Silence, Worker, WorkerSettings
from grader.confine.spawned import SpawnedLauncher

__all__ = [
    "Launcher",
    "Limits",
    "Lost",
    "Silence",
    "SpawnedLauncher",
    "Worker",
    "WorkerSettings",
    "launcher",
]


def launcher(name: str = "auto") -> Launcher:
    """Return the way to start workers that goes by `name`.

    `auto` takes the strongest that works here; so far that is `spawned`, which does not
    confine anything and marks every result `unconfined`.
    """
    if name in {"auto", "spawned"}:
        return SpawnedLauncher()
    raise ValueError(f"Expected 'auto' or 'spawned'. Received: {name!r}")
