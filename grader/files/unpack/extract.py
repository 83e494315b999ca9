"""Take one attempt's files out of a download into a folder of our own, within limits.

What comes out of an archive is counted while it comes; what it says of itself is not asked.
Every file is created new under a name that was checked, so nothing is ever overwritten.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from grader.files.unpack.archive import MAX_INNER_DIRECTORY
from grader.files.unpack.items import MEGABYTE, Item, Refused
from grader.files.unpack.names import (
    folded,
    is_reserved,
    refused_by_disk,
    safe_parts,
    without_common_folder,
)
from grader.files.unpack.opening import folder_name, is_archive, open_archive
from grader.sanitise.text import shown

MAX_BYTES = 256 * MEGABYTE
"""Of one attempt, unpacked; what is unpacked on the way counts as well."""
MAX_FILES = 1_000
MAX_ZIP_DEPTH = 3
MAX_RATIO = 200
"""Bytes out for a byte in, once a file is large: text comes to 20, a bomb to 1,000."""
_RATIO_FROM = 8 * MEGABYTE
_CHUNK = 256 * 1_024
_MAX_NOTES = 20


class TooMuch(Refused):
    """The attempt as a whole is beyond the limits: nothing of it is taken."""


@dataclass
class Taking:
    """The files of one attempt while they are taken.

    Attributes
    ----------
    folder
        An empty folder, into which the files go.
    names
        The encoding of the names in zips that do not say theirs; "" where nobody told.
    notes
        What was left out and why, a sentence each.
    guesses
        Encodings of names that had to be guessed, a sentence each.
    taken
        How many files lie in the folder.
    wanted
        Which files are taken, by their names; what is not wanted is not even unpacked.
    moments
        When a file was written or handed in, in seconds since 1970, as far as somebody says so.
    """

    folder: Path
    names: str = ""
    notes: list[str] = field(default_factory=list)
    guesses: list[str] = field(default_factory=list)
    taken: int = 0
    wanted: Callable[[str], bool] = lambda name: True
    moments: dict[str, float] = field(default_factory=dict)
    _used: int = 0
    _seen: int = 0
    _names: set[str] = field(default_factory=set)

    def take(
        self,
        handed: Iterable[tuple[str, Item]],
        depth: int = 0,
        below: tuple[str, ...] = (),
        dated: bool = True,
    ) -> None:
        """Take items under the names that go with them; archives among them are opened.

        Parameters
        ----------
        below
            The folder that they go into: two archives side by side are kept apart.
        dated
            Whether their times are the files' times here. They are not where nobody but the
            student says when the archive was made.

        Raises
        ------
        TooMuch
            When together they are more than any submission needs.
        OSError
            When the folder cannot be written.
        """
        chosen: list[tuple[tuple[str, ...], Item]] = []
        for name, item in without_environments(list(handed)):
            try:
                parts = safe_parts(name)
                if not parts or not self.wanted(parts[-1]):
                    continue
                if item.problem:
                    raise Refused(item.problem)
                chosen.append((parts, item))
            except Refused as reason:
                self._leave_out(name, reason)
            self._seen += 1
            if self._seen > MAX_FILES:
                raise TooMuch(f"has more than {MAX_FILES:,} files")
        paths = without_common_folder([parts for parts, _ in chosen])
        apart = sum(is_archive(parts[-1]) for parts in paths) > 1
        for parts, (_, item) in zip(paths, chosen, strict=True):
            try:
                if is_archive(parts[-1]):
                    inside = (*below, *parts[:-1], folder_name(parts[-1])) if apart else below
                    self._take_archive(parts[-1], item, depth, inside, dated)
                else:
                    self._take_one((*below, *parts), item, dated)
            except TooMuch:
                raise
            except Refused as reason:
                self._leave_out("/".join(parts), reason)

    def _take_one(self, parts: tuple[str, ...], item: Item, dated: bool) -> None:
        if is_reserved(parts):
            raise Refused(
                "may only be written by the platform, since it says when something was handed in"
            )
        key = folded("/".join(parts))
        if key in self._names:
            raise Refused("has the name of another file; the first one counts")
        if any(folded("/".join(parts[:index])) in self._names for index in range(1, len(parts))):
            raise Refused("lies in a folder that has the name of a file")
        if any(name.startswith(f"{key}/") for name in self._names):
            raise Refused("has the name of a folder")
        target = self.folder.joinpath(*parts)
        with item.open() as source:
            self._make(target, source, item.packed)
        self._names.add(key)
        self.taken += 1
        moment = item.modified if item.moment is None else _seconds(item.moment)
        if moment is not None:
            self.moments["/".join(parts)] = moment
            if dated:
                os.utime(target, (moment, moment))

    def _make(self, target: Path, source: BinaryIO, packed: int | None) -> None:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.touch(exist_ok=False)
        except OSError as error:
            raise (refused_by_disk(error) or error) from None
        try:
            with open(target, "wb") as made:
                self._copy(source, made, packed)
        except BaseException:
            target.unlink(missing_ok=True)
            raise

    def _take_archive(
        self, name: str, item: Item, depth: int, below: tuple[str, ...], dated: bool
    ) -> None:
        if depth >= MAX_ZIP_DEPTH:
            raise Refused(f"is a zip in a zip, {depth + 1} deep; {MAX_ZIP_DEPTH} is the limit")
        with tempfile.TemporaryFile(dir=self.folder.parent) as packed:
            with item.open() as source:
                self._copy(source, packed, item.packed)
            packed.seek(0)
            inner = dated and (item.moment is not None or depth > 0)
            self.take_archive(packed, name, depth + 1, below, inner)

    def take_archive(
        self,
        stream: BinaryIO,
        name: str,
        depth: int = 0,
        below: tuple[str, ...] = (),
        dated: bool = True,
    ) -> None:
        """Take what an archive holds; raises as `take` does, and `Refused` when it is none."""
        size = stream.seek(0, os.SEEK_END)
        stream.seek(0)

        def copy(source: BinaryIO, target: BinaryIO) -> None:
            self._copy(source, target, size)

        opened = open_archive(
            stream, name, copy, MAX_INNER_DIRECTORY, self.folder.parent, self.names
        )
        with opened as archive:
            if archive.guess is not None:
                self.guesses.append(f"{shown(name)}: {archive.guess}")
            items = ((one.path, one) for one in archive.items())
            self.take(items, depth, below, dated)

    def _copy(self, source: BinaryIO, target: BinaryIO, packed: int | None) -> None:
        size = 0
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            self._used += len(chunk)
            if packed is not None and size > max(_RATIO_FROM, MAX_RATIO * packed):
                raise TooMuch(
                    f"holds a zip bomb: {packed:,} bytes unpack to more than "
                    f"{size // MEGABYTE} MB, {MAX_RATIO} times as much"
                )
            if self._used > MAX_BYTES:
                raise TooMuch(f"unpacks to more than {MAX_BYTES // MEGABYTE} MB")
            target.write(chunk)

    def _leave_out(self, name: str, reason: Refused) -> None:
        self.notes.append(f"{shown(name)} was left out: it {reason}")


def without_environments(handed: Sequence[tuple[str, Item]]) -> list[tuple[str, Item]]:
    """All but what lies in a virtual environment: thousands of files that nobody wrote."""
    away = in_environments([name for name, _ in handed])
    return [one for one in handed if one[0] not in away]


def in_environments(names: Sequence[str]) -> set[str]:
    """Those of the names that lie in a virtual environment."""
    mark = "/pyvenv.cfg"
    unified = [name.replace("\\", "/") for name in names]
    roots = tuple(f"{one.removesuffix(mark)}/" for one in unified if one.endswith(mark))
    pairs = zip(names, unified, strict=True)
    return {name for name, one in pairs if one.startswith(roots)} if roots else set()


def _seconds(moment: datetime) -> float | None:
    """A moment to compare with others; one without a zone is the platform's."""
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (OverflowError, ValueError, OSError):
        return None


def bounded(notes: list[str]) -> list[str]:
    """As many notes as somebody reads."""
    more = len(notes) - _MAX_NOTES
    return [*notes[:_MAX_NOTES], f"and {more:,} more"] if more > 0 else notes


def remove(folder: Path) -> None:
    """Remove a folder of our own, as far as that goes; what stays is hidden and harmless."""
    shutil.rmtree(folder, ignore_errors=True)
