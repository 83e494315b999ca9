"""What the judge asks of a worker, however it was started."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, Protocol

Confinement = Literal["forked", "confined", "unconfined"]


class Silence(StrEnum):
    """Why a worker gave no usable answer."""

    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out_of_memory"
    CRASHED = "crashed"
    MALFORMED = "malformed"
    NOT_STARTED = "not_started"


class Lost(Exception):
    """The worker is gone, or what it said is no answer; the next question needs a fresh one."""

    def __init__(self, silence: Silence, detail: str) -> None:
        super().__init__(detail)
        self.silence = silence
        self.detail = detail


@dataclass(frozen=True)
class Limits:
    """What one question may cost; generous enough that honest work never meets them."""

    seconds: float = 10.0
    """Wall clock for one question."""
    cpu_seconds: float = 10.0
    start_seconds: float = 60.0
    """Wall clock for starting: importing TensorFlow on a busy machine is slow."""
    numpy_megabytes: int = 2_048
    keras_megabytes: int = 16_384


@dataclass(frozen=True)
class WorkerSettings:
    """What a worker is told when it starts."""

    folder: Path
    backend: Literal["numpy", "keras"]
    imports: tuple[str, ...] | None
    """Packages that the files may import; None for code that is trusted."""
    guarded: tuple[str, ...] = ()
    """Functions that some question forbids."""
    limits: Limits = field(default_factory=Limits)


class Worker(Protocol):
    """One process with one student's code in it."""

    versions: dict[str, str]

    def ask(self, question: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Return the answer; raises `Lost` when there is none within `seconds`."""
        ...

    def close(self) -> None:
        """End the process and all that it started."""
        ...


class Launcher(Protocol):
    """Starts workers of one strength."""

    confinement: Confinement

    def start(self, settings: WorkerSettings) -> Worker:
        """Start a worker; raises `Lost` when none can be had."""
        ...
