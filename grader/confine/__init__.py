"""How a worker is started and what it may do: one interface, several strengths."""

from grader.confine.conversation import TIME_IS_UP
from grader.confine.engine import CannotCompute, Device, Engine
from grader.confine.interface import (
    Announced,
    Confinement,
    Launcher,
    Lost,
    Silence,
    Worker,
    WorkerSettings,
)
from grader.confine.limits import LimitBook, Limits
from grader.confine.spawned import SpawnedLauncher
from grader.confine.strongest import CannotConfine, launcher, lone_launcher, quickest_launcher

__all__ = [
    "TIME_IS_UP",
    "Announced",
    "CannotCompute",
    "CannotConfine",
    "Confinement",
    "Device",
    "Engine",
    "Launcher",
    "LimitBook",
    "Limits",
    "Lost",
    "Silence",
    "SpawnedLauncher",
    "Worker",
    "WorkerSettings",
    "launcher",
    "lone_launcher",
    "quickest_launcher",
]
