"""Mutants that are no mistakes: listed by hand beside the checks, each with its reason."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path

from grader.authoring.mutation import Mutant

EQUIVALENT_FILE = "equivalent_mutants.toml"


class EquivalentError(Exception):
    """The list cannot be read; the message says where and how to mend it."""


@dataclass(frozen=True)
class Equivalent:
    """An entry of the list: the mutants that it means, and why no check need notice them.

    It means every mutant of the definition with these lines, wherever they stand in it.
    """

    file: str
    definition: str
    before: str
    after: str
    reason: str

    def means(self, mutant: Mutant) -> bool:
        """Whether the mutant is one of those."""
        return (self.file, self.definition, self.before, self.after) == (
            mutant.file,
            mutant.definition,
            mutant.before,
            mutant.after,
        )

    def __str__(self) -> str:
        """Name the entry in one line."""
        texts = (" ".join(one.split()) or "nothing" for one in (self.before, self.after))
        return f"{self.file}, {self.definition}: {' → '.join(texts)}"


def read_equivalent(folder: Path) -> tuple[Equivalent, ...]:
    """Read the list of an assignment's folder; without a file it is empty.

    Raises
    ------
    EquivalentError
        When it is no such list.
    """
    path = folder / EQUIVALENT_FILE
    if not path.exists():
        return ()
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise EquivalentError(f"{path} cannot be read: {error}.") from None
    entries = content.pop("equivalent", [])
    if content or not isinstance(entries, list):
        raise EquivalentError(f"{path}: expected nothing but tables [[equivalent]].")
    found: list[Equivalent] = []
    for number, one in enumerate(entries, start=1):
        found += _entries(one, number, path)
    return tuple(found)


def _entries(record: object, number: int, path: Path) -> Iterator[Equivalent]:
    """One entry for each of the lines that a table lists under ``after``."""
    names = [field.name for field in fields(Equivalent)]
    if not isinstance(record, dict) or sorted(record) != sorted(names):
        found = ", ".join(record) if isinstance(record, dict) else repr(record)
        raise EquivalentError(
            f"{path}, entry {number}: expected {', '.join(names)}. Received: {found}"
        )
    after = record.pop("after")
    for one in after if isinstance(after, list) else [after]:
        texts = {**record, "after": one}
        for name, value in texts.items():
            if not isinstance(value, str) or not (value.strip() or name == "after"):
                raise EquivalentError(f"{path}, entry {number}: expected some text as {name}.")
        yield Equivalent(**{name: value.strip() for name, value in texts.items()})


def reason_of(mutant: Mutant, entries: Iterable[Equivalent]) -> str:
    """Why the mutant is no mistake; empty when no entry says so."""
    return next((one.reason for one in entries if one.means(mutant)), "")
