"""What graded code may cost: one set of figures, and where a course wants others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

MEGABYTE = 2**20


@dataclass(frozen=True)
class Limits:
    """What one question, one worker or one submission may cost.

    The defaults are generous enough that honest work never meets them.
    """

    seconds: float = 30.0
    """Wall clock for one question, on a machine so busy that its code hardly computes; code that
    only waits is ended when `cpu_seconds` have passed."""
    cpu_seconds: float = 10.0
    """CPU time for one question, all threads together."""
    submission_seconds: float = 900.0
    """Wall clock for all questions about one submission."""
    start_seconds: float = 60.0
    """Wall clock for starting: importing TensorFlow on a busy machine is slow."""
    numpy_megabytes: int = 2_048
    """Address space of a worker for NumPy."""
    keras_megabytes: int = 6_144
    """Address space of a worker for Keras; TensorFlow alone takes 1.3 GB of it."""
    processes: int = 256
    """Threads, since graded code may not start processes at all."""
    open_files: int = 128
    file_megabytes: int = 32
    """Size of one file."""
    tmp_megabytes: int = 64
    """Size of all temporary files together; they live in memory."""
    tmp_files: int = 4_096
    """Number of temporary files and folders."""
    output_megabytes: int = 16
    """What code below Python's own `print` may write to the output and error streams."""
    answer_megabytes: int = 64
    """Size of one answer."""

    def times(self, factor: float) -> Limits:
        """The same with another time for each question."""
        if factor == 1:
            return self
        return replace(self, seconds=factor * self.seconds, cpu_seconds=factor * self.cpu_seconds)

    def of_worker(self) -> tuple[float, ...]:
        """Those that hold for as long as a worker lives, not for one question."""
        return (
            self.numpy_megabytes,
            self.keras_megabytes,
            self.processes,
            self.open_files,
            self.file_megabytes,
            self.tmp_megabytes,
            self.tmp_files,
            self.output_megabytes,
            self.answer_megabytes,
        )

    def resources(self, backend: str, *, confined: bool) -> dict[str, int | None]:
        """The limits that a worker's own process keeps, by the names of `grader.worker.limits`.

        A student's own machine (not `confined`) keeps the one on NumPy's memory: it turns a
        matrix that is too large into a MemoryError. TensorFlow on a GPU, say, may take
        any address space there.
        """
        is_numpy = backend == "numpy"
        megabytes = self.numpy_megabytes if is_numpy else self.keras_megabytes
        if not confined:
            return {"memory_bytes": megabytes * MEGABYTE if is_numpy else None, "core_bytes": 0}
        return {
            "memory_bytes": megabytes * MEGABYTE,
            "processes": self.processes,
            "file_bytes": self.file_megabytes * MEGABYTE,
            "open_files": self.open_files,
            "core_bytes": 0,
            "locked_bytes": 0,
            "queue_bytes": 0,
        }


Place = tuple[str, ...]
"""Where other limits hold: (assignment,), (assignment, exercise) or with the check as third."""


@dataclass(frozen=True)
class LimitBook:
    """The limits of a course, and where it wants others."""

    base: Limits = field(default_factory=Limits)
    others: Mapping[Place, Mapping[str, float]] = field(default_factory=dict)

    def at(self, *place: str) -> Limits:
        """The limits at a place; what is said nearest to it holds."""
        limits = self.base
        for length in range(1, len(place) + 1):
            entries = self.others.get(place[:length])
            if entries:
                limits = replace(limits, **entries)  # type: ignore[arg-type]
        return limits

    def sets(self, name: str, *place: str) -> bool:
        """Whether the course itself sets the limit `name` for this place."""
        return any(name in self.others.get(place[:n], ()) for n in range(1, len(place) + 1))

    @property
    def longest_submission(self) -> float:
        """Seconds that the worker of any assignment's submission may take."""
        others = [entry.get("submission_seconds", 0.0) for entry in self.others.values()]
        return max([self.base.submission_seconds, *others])
