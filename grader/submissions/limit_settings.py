"""``[limits]`` of ``grader.toml``: for the course, an assignment, an exercise or one check."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import psutil
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from grader.confine.limits import MEGABYTE, LimitBook, Limits, Place

_DAY = 86_400.0


def _fits_this_machine(megabytes: int) -> int:
    installed = psutil.virtual_memory().total // MEGABYTE
    if megabytes > installed:
        raise ValueError(f"this machine has {installed:,} MB of memory")
    return megabytes


Seconds = Annotated[float, Field(gt=0, le=_DAY)]
Megabytes = Annotated[int, Field(ge=1), AfterValidator(_fits_this_machine)]


class CheckLimits(BaseModel):
    """``[limits.a3_mlp.fit.quality]``: the limits of one check."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    seconds: Seconds | None = None
    cpu_seconds: Seconds | None = None
    submission_seconds: Seconds | None = None
    start_seconds: Seconds | None = None
    numpy_megabytes: Annotated[Megabytes, Field(ge=256)] | None = None
    keras_megabytes: Annotated[Megabytes, Field(ge=2_048)] | None = None
    processes: Annotated[int, Field(ge=16, le=32_768)] | None = None
    open_files: Annotated[int, Field(ge=32, le=65_536)] | None = None
    file_megabytes: Megabytes | None = None
    tmp_megabytes: Megabytes | None = None
    tmp_files: Annotated[int, Field(ge=64, le=10_000_000)] | None = None
    output_megabytes: Megabytes | None = None
    answer_megabytes: Annotated[int, Field(ge=1, le=Limits.answer_megabytes)] | None = None

    def entries(self) -> dict[str, float]:
        """What is set here."""
        return {
            name: value
            for name in CheckLimits.model_fields
            if (value := getattr(self, name)) is not None
        }

    def places(self, place: Place = ()) -> Iterator[tuple[Place, dict[str, float]]]:
        """What is set here and below, with the place where it holds."""
        yield place, self.entries()
        for name, below in (self.model_extra or {}).items():
            yield from below.places((*place, name))


class ExerciseLimits(CheckLimits):
    """``[limits.a3_mlp.fit]``: the limits of one exercise, and of its checks."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, CheckLimits]


class AssignmentLimits(CheckLimits):
    """``[limits.a3_mlp]``: the limits of one assignment, and of its exercises."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, ExerciseLimits]


class LimitSettings(CheckLimits):
    """``[limits]``: the limits of the course, and of its assignments."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, AssignmentLimits]

    def book(self) -> LimitBook:
        """The same as what the judge takes."""
        places: dict[Place, dict[str, Any]] = dict(self.places())
        return LimitBook(Limits(**places.pop(())), places)
