"""What the judge asks of a worker, however it was started."""

from __future__ import annotations

import socket
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, Protocol, Self

from grader.confine.engine import Engine
from grader.confine.limits import MEGABYTE, Limits
from grader.wire.budget import WHOLE, Budget, Effort

Confinement = Literal["forked", "confined", "account", "unconfined"]
Backend = Literal["numpy", "keras"]


class Silence(StrEnum):
    """Why a worker gave no usable answer."""

    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out_of_memory"
    CRASHED = "crashed"
    FLOODED = "flooded"
    """It wrote more to its output than it may."""
    MALFORMED = "malformed"
    """What came is no answer to the question, or is too long."""
    KILLED = "killed"
    """Something that is not one of our limits killed it."""
    NOT_STARTED = "not_started"
    LEFT_ALONE = "left_alone"
    """What watches the worker is gone: our own machinery was killed or failed."""


class Lost(Exception):
    """The worker is gone, or what it said is no answer; the next question needs a fresh one."""

    def __init__(
        self,
        silence: Silence,
        detail: str,
        question: bytes | None = None,
        told: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.silence = silence
        self.detail = detail
        self.question = question
        """The question that got no answer, where several were announced."""
        self.told: Mapping[str, Any] = told or {}
        """What the worker said of its own end: where its code was when the time was up.

        ``computing`` is true where the processor's clock was up: that is the code's own doing,
        and no busy machine's.
        """


@dataclass(frozen=True)
class WorkerSettings:
    """What a worker is told when it starts."""

    files: Mapping[str, bytes]
    """The submission's files, by name."""
    backend: Backend
    imports: tuple[str, ...]
    """Packages that the files may import."""
    guarded: tuple[str, ...] = ()
    """Functions that some question forbids."""
    limits: Limits = field(default_factory=Limits)
    effort: Effort = field(default_factory=Effort, compare=False)
    """What the answers of the submission may have together, whichever worker they come from."""

    def first_message(self, *, confined: bool, program: bytes | None = None) -> dict[str, Any]:
        """What the worker reads first.

        Parameters
        ----------
        confined
            Whether all limits hold; a student's own machine keeps the one on NumPy's memory.
        program
            The seccomp filter.
        """
        return {
            "files": dict(self.files),
            "backend": self.backend,
            "imports": list(self.imports),
            "guarded": list(self.guarded),
            "answer_bytes": self.limits.answer_megabytes * MEGABYTE,
            "limits": self.limits.resources(self.backend, confined=confined),
            "filter": program,
        }


@dataclass(frozen=True)
class Announced:
    """A question that will be asked, with the seconds and the size that its answer may take."""

    question: bytes
    seconds: float
    budget: Budget = WHOLE


class Worker(Protocol):
    """One process with one student's code in it."""

    versions: dict[str, str]

    def announce(self, questions: Sequence[Announced]) -> None:
        """Say what will be asked next; a worker may then answer ahead."""
        ...

    def ask(
        self, question: dict[str, Any] | bytes, seconds: float, budget: Budget = WHOLE
    ) -> dict[str, Any]:
        """Return the answer to a question, which may be encoded already.

        The answer's own entry ``cost`` estimates the bytes of memory that it takes.

        Raises
        ------
        Lost
            When there is no answer within `seconds` and `budget`, or none that can be used, to
            this question or to one that was announced before it.
        """
        ...

    def close(self) -> None:
        """End the process and all that it started."""
        ...


@dataclass(frozen=True)
class Loan:
    """What a judge's process gets of a worker that another process started.

    Attributes
    ----------
    sockets
        Passed on to the judge.
    release
        Called when the judge is done with it.
    """

    sockets: tuple[socket.socket, ...]
    release: Callable[[], None]


Ask = Callable[[dict[str, Any]], tuple[dict[str, Any], list[int]]]
"""Ask the process above for a worker: what it answers, and the descriptors that came along."""


class Launcher(ABC):
    """Starts workers of one strength; as a context manager it ends what it keeps running.

    Parameters
    ----------
    engine
        What workers of Keras files compute with; by default what the environment says, on the
        processor.
    """

    confinement: Confinement

    def __init__(self, engine: Engine | None = None) -> None:
        self.engine = engine or Engine.from_environment()

    @abstractmethod
    def start(self, settings: WorkerSettings) -> Worker:
        """Start a worker; raises `Lost` when none can be had."""

    def warm_up(self, settings: WorkerSettings) -> None:  # noqa: B027 - most have nothing to warm
        """Begin with what takes time before the first worker of this kind; returns at once.

        A problem is told by `start`.
        """

    def in_judge(self, ask: Ask) -> Launcher:
        """The launcher as a judge's own process uses it, which was forked from this one."""
        return self

    def answer(self, request: dict[str, Any]) -> Loan:
        """Start a worker that a judge's process asked for; raises `Lost` when none can be had."""
        raise Lost(Silence.NOT_STARTED, "this launcher lends no workers")

    def close(self) -> None:  # noqa: B027 - most launchers keep nothing running
        """End what the launcher keeps running; its workers end with it."""

    def __enter__(self) -> Self:
        """Return the launcher."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the launcher."""
        self.close()
