"""What may be earned without the work after all: listed by hand, each with its reason."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.authoring.audit.listed import ListError

LIST_FILE = "unearned.toml"
_FIELDS = ("exercise", "checks", "mode", "reason")


@dataclass(frozen=True)
class ByNature:
    """Checks of an exercise that an answer without the work passes, and why none can be made.

    Attributes
    ----------
    checks
        Their names; all checks of the exercise, when it is empty.
    """

    exercise: str
    checks: tuple[str, ...]
    mode: str
    reason: str

    def means(self, mode: str, exercise: str, check: str) -> bool:
        """Whether it lists this."""
        is_listed = not self.checks or check in self.checks
        return (self.mode, self.exercise) == (mode, exercise) and is_listed

    def __str__(self) -> str:
        """Name the entry in one line."""
        checks = f" ({', '.join(self.checks)})" if self.checks else ""
        return f"{self.exercise}{checks}, {self.mode}"


def read_by_nature(folder: Path) -> tuple[ByNature, ...]:
    """Read the list of an assignment's folder; without a file it is empty.

    Raises
    ------
    ListError
        When it is no such list.
    """
    path = folder / LIST_FILE
    if not path.exists():
        return ()
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ListError(f"{path} cannot be read: {error}.") from None
    entries = content.pop("by_nature", [])
    if content or not isinstance(entries, list):
        raise ListError(f"{path}: expected nothing but tables [[by_nature]].")
    return tuple(_entry(one, f"{path}, [[by_nature]] {n}") for n, one in enumerate(entries, 1))


def _entry(record: Any, place: str) -> ByNature:
    found = {"checks": [], **record} if isinstance(record, dict) else {}
    checks = found.get("checks")
    texts = [found.get(name) for name in ("exercise", "mode", "reason")]
    is_right = (
        sorted(found) == sorted(_FIELDS)
        and isinstance(checks, list)
        and all(isinstance(one, str) and one.strip() for one in [*texts, *checks])
        and found["mode"] in {"thoughtless", "replay", "constants"}
    )
    if not is_right:
        raise ListError(
            f"{place}: expected exercise, mode (thoughtless, replay or constants), reason and, "
            f"if not all of its checks are meant, a list of checks. Received: {record}"
        )
    return ByNature(
        found["exercise"], tuple(found["checks"]), found["mode"], found["reason"].strip()
    )
