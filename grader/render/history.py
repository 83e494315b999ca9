"""The figures of each run of a class, kept beside its report, and what moved since the last.

``reports/{assignment}/history.json`` holds no names and no code. A run is added whenever the
results differ from those of the last; writing the report again of the same results adds nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from grader.files.atomic import write_atomically
from grader.render.insight import check_insights
from grader.render.summary import graded, mean_points, median_points
from grader.result import Result

FILE = "history.json"
_KEPT = 200
_MOST_BYTES = 32 * 2**20
_WORTH_TELLING = 0.05

_Points = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CheckFigures(_Record):
    """How many passed a check, of how many on whom the grader did not fail."""

    passed: int = Field(ge=0)
    count: int = Field(ge=0)

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.passed > self.count:
            raise ValueError(f"{self.passed} of {self.count} passed")
        return self

    @property
    def share(self) -> float:
        """The part that passed."""
        return self.passed / self.count if self.count else 0.0


class Run(_Record):
    """One run of a class."""

    at: datetime
    students: int = Field(ge=0)
    left_out: int = Field(default=0, ge=0)
    """How many of them handed in nothing that can be graded: no figure counts them."""
    mean: _Points
    median: _Points
    max_points: _Points
    checks: dict[str, CheckFigures]
    """By exercise and check, ``predict.batch``."""
    assignment_sha256: str = ""
    results_sha256: str
    """Of students, submissions and outcomes: the same results are the same run."""


class History(_Record):
    """All runs, the last one last."""

    schema_version: Literal[1] = 1
    runs: tuple[Run, ...] = ()


@dataclass(frozen=True)
class Move:
    """A check whose share of passes moved."""

    exercise: str
    title: str
    before: CheckFigures
    after: CheckFigures

    @property
    def change(self) -> float:
        """From -1 to 1."""
        return self.after.share - self.before.share


@dataclass(frozen=True)
class Progress:
    """What moved between two runs.

    The largest move of each exercise comes first, then the others, by size.

    Attributes
    ----------
    checks_changed
        Whether the assignment itself changed between them.
    """

    before: Run
    after: Run
    moves: tuple[Move, ...]
    checks_changed: bool


def read_history(folder: Path) -> tuple[History | None, str]:
    """The history beside a report, and why it could not be used, or "".

    A damaged file is kept under another name, so that nothing of it is lost. None stands for a
    file that could not even be read: it must not be written over.
    """
    path = folder / FILE
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError("is too large")
        return History.model_validate_json(path.read_bytes()), ""
    except FileNotFoundError:
        return History(), ""
    except (ValidationError, ValueError):
        kept = path.with_name("history.damaged.json")
        try:
            os.replace(path, kept)
        except OSError as error:
            return None, f"{FILE} is damaged and cannot be set aside: {error.strerror}."
        return History(), f"{FILE} was damaged; it is kept as {kept.name}, and a new one begins."
    except OSError as error:
        return None, f"{FILE} cannot be read: {error.strerror}."


def add_run(history: History, results: Sequence[Result], now: datetime | None = None) -> History:
    """Add the figures of these results, unless the last run has the very same."""
    if not results:
        return history
    run = run_of(results, now or datetime.now(UTC))
    if history.runs and history.runs[-1].results_sha256 == run.results_sha256:
        return history
    return History(runs=(*history.runs, run)[-_KEPT:])


def write_history(folder: Path, history: History) -> str:
    """Write the history; why it could not be, or ""."""
    try:
        write_atomically(folder / FILE, history.model_dump_json(indent=1).encode("utf-8"))
    except OSError as error:
        return f"{FILE} cannot be written: {error.strerror}. The next run cannot compare."
    return ""


def run_of(results: Sequence[Result], at: datetime) -> Run:
    """The figures of some results."""
    return Run(
        at=at,
        students=len(results),
        left_out=len(results) - len(graded(results)),
        mean=mean_points(results),
        median=median_points(results),
        max_points=results[0].max_points if results else 0.0,
        checks={
            f"{one.exercise}.{one.check}": CheckFigures(passed=one.passed, count=one.count)
            for one in check_insights(results)
        },
        assignment_sha256=results[0].assignment_sha256 if results else "",
        results_sha256=_digest(results),
    )


def progress(history: History, results: Sequence[Result]) -> Progress | None:
    """What moved between the last two runs; None while there is only one."""
    if len(history.runs) < 2:
        return None
    before, after = history.runs[-2:]
    titles = {f"{one.exercise}.{one.check}": one.title for one in check_insights(results)}
    moves = [
        Move(name.partition(".")[0], titles.get(name, name), figures, after.checks[name])
        for name, figures in before.checks.items()
        if name in after.checks
    ]
    moves = [one for one in moves if abs(one.change) >= _WORTH_TELLING - 1e-9]
    moves.sort(key=lambda one: -abs(one.change))
    largest: dict[str, Move] = {}
    for one in moves:
        largest.setdefault(one.exercise, one)
    moves = [*largest.values(), *(one for one in moves if largest[one.exercise] is not one)]
    changed = before.assignment_sha256 != after.assignment_sha256
    return Progress(before, after, tuple(moves), changed or set(before.checks) != set(after.checks))


def _digest(results: Sequence[Result]) -> str:
    outcomes = [
        [
            one.student,
            one.submission.sha256,
            one.points,
            [[check.exercise, check.check, check.status, check.points] for check in one.checks],
            *(["nothing to grade"] if one.submission.nothing_to_grade else []),
        ]
        for one in sorted(results, key=lambda result: result.student)
    ]
    return hashlib.sha256(json.dumps(outcomes).encode()).hexdigest()
