"""``grader.toml``: read, checked, and given a seed where it has none."""

from __future__ import annotations

import difflib
import math
import os
import re
import secrets
import stat
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from grader.files.atomic import write_atomically
from grader.files.private_folder import FILE_MODE
from grader.problems import GraderProblem, MachineProblem
from grader.submissions.limit_settings import CheckLimits, LimitSettings

DAY = 86_400
"""Seconds."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class CourseError(GraderProblem):
    """The course directory or its configuration is not as it must be."""


class CannotKeepSeed(CourseError, MachineProblem):
    """The seed cannot be written; hidden cases would differ in each run."""


def _moment(value: object) -> object:
    """A time with its zone; a bare date is refused, since a deadline at midnight surprises."""
    if isinstance(value, str):
        if len(value.strip()) <= len("2026-03-01"):
            raise ValueError("give the time as well, as in 2026-03-01T23:59:00+01:00")
        value = datetime.fromisoformat(value.strip())
    if not isinstance(value, datetime):
        raise ValueError("write a date and a time, as in 2026-03-01T23:59:00+01:00")
    return value if value.tzinfo else value.replace(tzinfo=UTC)


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


Percent = Annotated[float, Field(ge=0, le=100)]
Days = Annotated[float, Field(ge=0, le=3_650)]


class LateSettings(_Table):
    """``[late]``: when each assignment was due, and what lateness costs.

    ``due.a1_least_squares = 2026-03-01T23:59:00Z``; a time without a zone is in UTC.
    """

    due: dict[str, Annotated[datetime, BeforeValidator(_moment)]] = {}
    grace_days: Days = 0.0
    """Days after the due date that cost nothing."""
    percent_per_day: Percent = 0.0
    """Of the points earned, for each day begun after the grace days."""
    cap_percent: Percent = 100.0
    """No lateness costs more."""
    extensions: dict[str, dict[str, Days]] = {}
    """Days more, by assignment and student: ``extensions.a1_least_squares.ada = 2``."""

    def share_lost(self, late_seconds: float) -> float:
        """The part of the points that lateness costs: min(cap, percent · days begun) / 100."""
        days = math.ceil(late_seconds / DAY - self.grace_days)
        return min(self.cap_percent, self.percent_per_day * max(0, days)) / 100

    def due_of(self, assignment: str, student: str) -> datetime | None:
        """When a student's submission was due, extensions included; None without a due date."""
        due = self.due.get(assignment)
        if due is None:
            return None
        return due + timedelta(days=self.extensions.get(assignment, {}).get(student, 0.0))


class SubmissionSettings(_Table):
    """``[submissions]``: which of a student's attempts counts."""

    attempts: Literal["latest", "best"] = "latest"


class CourseSettings(_Table):
    """``grader.toml``; every entry is optional."""

    name: str = ""
    seed: str | None = None
    """The secret that hidden cases come from; None until one is made."""
    limits: LimitSettings = LimitSettings.model_validate({})
    late: LateSettings = LateSettings()
    submissions: SubmissionSettings = SubmissionSettings()


def read_settings(file: Path) -> CourseSettings:
    """Read ``grader.toml``; without the file, all settings have their defaults.

    Raises
    ------
    CourseError
        When it cannot be read, is not TOML, or has an entry that is unknown or wrong. The
        message never shows a value: one of them is the seed.
    """
    content = _content(file)
    return _checked(file, content, _parsed(file, content))


def make_seed(file: Path) -> str:
    """Return the seed of ``grader.toml``; where there is none, make one and keep it.

    The file is its owner's alone then. One of somebody else keeps the modes that it has.

    Raises
    ------
    CourseError
        When it cannot be read or written.
    """
    content = _content(file)  # read again: another run may just have made it
    old = _parsed(file, content)
    known = _checked(file, content, old).seed
    if known is not None:
        return known
    made = secrets.token_urlsafe(24)
    mark = _BYTE_ORDER_MARK if content.startswith(_BYTE_ORDER_MARK) else b""
    newline = "\r\n" if b"\r\n" in content else "\n"
    # A key must stand above the first table, so it goes to the top; the rest stays as it is.
    line = f'seed = "{made}"{newline}'.encode()
    new = mark + line + content.removeprefix(mark)
    if _parsed(file, new) != {**old, "seed": made}:
        raise CourseError(f'{file}: no seed can be added. Write seed = "…" at its top yourself.')
    try:
        target = file.resolve()  # the file behind a link is replaced, not the link
        write_atomically(target, new, mode=_mode_with_seed(target))
    except OSError as error:
        raise CannotKeepSeed(
            f"The seed cannot be kept in {file}: {error.strerror}. Hidden cases would differ in "
            'each run. Make the file writable, or write seed = "…" at its top yourself.'
        ) from None
    return made


def _mode_with_seed(file: Path) -> int:
    """The mode of a file that is to hold the seed."""
    if not file.exists():
        return FILE_MODE
    status = file.stat()
    is_ours = os.name != "posix" or status.st_uid == os.geteuid()
    return FILE_MODE if is_ours else stat.S_IMODE(status.st_mode)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise CourseError(f"{file} cannot be read: {error.strerror}.") from None


def _parsed(file: Path, content: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise CourseError(f"{file}, line {line}: not UTF-8 text; save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise CourseError(f"{file} is not valid TOML: {error}.") from None
    except RecursionError:
        raise CourseError(f"{file} is nested too deeply.") from None


def _checked(file: Path, content: bytes, entries: dict[str, Any]) -> CourseSettings:
    try:
        settings = CourseSettings.model_validate(entries)
    except ValidationError as error:
        found = [
            _line_of(content, one["loc"]) + _sentence(one["loc"], one["type"], one["msg"])
            for one in error.errors()[:5]
        ]
        raise CourseError(f"{file}, {' '.join(found)}") from None
    if settings.seed is not None and not settings.seed.strip():
        line = _line_of(content, ("seed",))
        raise CourseError(f"{file}, {line}seed is empty. Remove the line, and a seed will be made.")
    return settings


def _line_of(content: bytes, place: tuple[int | str, ...]) -> str:
    """Name the line that sets `place`, or the last of its parents that has a line of its own."""
    wanted = [str(part) for part in place]
    table: list[str] = []
    best, number = 0, 0
    for index, line in enumerate(content.decode("utf-8-sig").splitlines(), start=1):
        header = _HEADER.match(line)
        entry = _ENTRY.match(line)
        if header:
            table = _keys(header.group(1))
        keys = [*table, *_keys(entry.group(1))] if entry and not header else table
        if (header or entry) and best < len(keys) and keys == wanted[: len(keys)]:
            best, number = len(keys), index
    return f"line {number}: " if number else ""


_HEADER = re.compile(r"\s*\[+([^\]]+)\]")
_ENTRY = re.compile(r"\s*([^=#]+?)\s*=")


def _keys(dotted: str) -> list[str]:
    """Split a dotted key; quotes keep their dots."""
    return [part.strip().strip("\"'") for part in re.findall(r"\"[^\"]*\"|'[^']*'|[^.]+", dotted)]


def _sentence(place: tuple[int | str, ...], kind: str, message: str) -> str:
    key = ".".join(str(part) for part in place)
    is_no_table = kind in {"model_type", "model_attributes_type"} and len(place) > 1
    if kind != "extra_forbidden" and not is_no_table:
        return f"{key}: {message.removeprefix('Value error, ')}."
    known = [*CourseSettings.model_fields]
    tables: dict[str, type[BaseModel]] = {
        "limits": CheckLimits,
        "late": LateSettings,
        "submissions": SubmissionSettings,
    }
    if is_no_table:
        tables[".".join(map(str, place[:-1]))] = CheckLimits
    for table, model in tables.items():
        known += [f"{table}.{name}" for name in model.model_fields]
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    advice = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(known)}."
    return f"{key} is not known. {advice}"
