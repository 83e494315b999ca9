"""Mutants that are no mistakes, and what is not audited: listed by hand, each with its reason."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from grader.authoring.mutation import Mutant
from grader.course.sources import PreparationError

LIST_FILE = "equivalent_mutants.toml"


class ListError(PreparationError):
    """The list cannot be read; the message says where and how to fix it."""


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
        where = mutant.file == self.file and _is_within(mutant.scope, self.definition)
        return where and (mutant.before, mutant.after) == (self.before, self.after)

    def __str__(self) -> str:
        """Name the entry in one line."""
        texts = (" ".join(one.split()) or "nothing" for one in (self.before, self.after))
        return f"{self.file}, {self.definition}: {' → '.join(texts)}"


@dataclass(frozen=True)
class LeftOut:
    """A definition whose mutants are not graded at all, and why: a helper that trains, say."""

    file: str
    definition: str
    reason: str

    def means(self, mutant: Mutant) -> bool:
        """Whether the mutant is one of those."""
        return mutant.file == self.file and _is_within(mutant.scope, self.definition)

    def __str__(self) -> str:
        """Name the entry in one line."""
        return f"{self.file}, {self.definition}"


@dataclass(frozen=True)
class Listed:
    """All that an author lists by hand."""

    equivalent: tuple[Equivalent, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    def leaves_out(self, mutant: Mutant) -> bool:
        """Whether the mutant is not to be graded."""
        return any(one.means(mutant) for one in self.left_out)

    def reason(self, mutant: Mutant) -> str:
        """Why the mutant is no mistake; empty when no entry says so."""
        return next((one.reason for one in self.equivalent if one.means(mutant)), "")

    def speaks_of(self, file: str, scope: str) -> bool:
        """Whether an entry names this definition of the file, or the class that it is in."""
        entries: list[Equivalent | LeftOut] = [*self.equivalent, *self.left_out]
        return any(one.file == file and _is_within(scope, one.definition) for one in entries)

    def unmatched(self, mutants: Iterable[Mutant]) -> tuple[Equivalent | LeftOut, ...]:
        """The entries that mean none of these mutants."""
        every = list(mutants)
        entries: list[Equivalent | LeftOut] = [*self.equivalent, *self.left_out]
        return tuple(entry for entry in entries if not any(entry.means(one) for one in every))


def read_listed(folder: Path) -> Listed:
    """Read the list of an assignment's folder; without a file it is empty.

    Raises
    ------
    ListError
        When it is no such list.
    """
    path = folder / LIST_FILE
    if not path.exists():
        return Listed()
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ListError(f"{path} cannot be read: {error}.") from None
    tables = {name: content.pop(name, []) for name in ("equivalent", "left_out")}
    if content or not all(isinstance(entries, list) for entries in tables.values()):
        raise ListError(f"{path}: expected nothing but tables [[equivalent]] and [[left_out]].")
    equivalent: list[Equivalent] = []
    for number, record in enumerate(tables["equivalent"], start=1):
        place = f"{path}, [[equivalent]] {number}"
        texts = dict(_checked(record, Equivalent, place))
        after = texts.pop("after")
        for one in after if isinstance(after, list) else [after]:
            equivalent.append(Equivalent(**_stripped({**texts, "after": one}, place)))
    left_out = [
        LeftOut(**_stripped(_checked(record, LeftOut, place), place))
        for number, record in enumerate(tables["left_out"], start=1)
        for place in [f"{path}, [[left_out]] {number}"]
    ]
    return Listed(tuple(equivalent), tuple(left_out))


def _is_within(scope: str, definition: str) -> bool:
    """Whether a scope is a definition's: ``f``, a class with all in it, or ``Dense.forward``."""
    return f"{scope}.".startswith(f"{definition}.")


def _checked(record: object, kind: type[Equivalent | LeftOut], place: str) -> dict[str, Any]:
    """The record, which has the fields of `kind` and no others."""
    names = [field.name for field in fields(kind)]
    if not isinstance(record, dict) or sorted(record) != sorted(names):
        found = ", ".join(record) if isinstance(record, dict) else repr(record)
        raise ListError(f"{place}: expected {', '.join(names)}. Received: {found}")
    return record


def _stripped(texts: dict[str, Any], place: str) -> dict[str, str]:
    for name, value in texts.items():
        if not isinstance(value, str) or not (value.strip() or name == "after"):
            raise ListError(f"{place}: expected some text as {name}.")
    return {name: value.strip() for name, value in texts.items()}
