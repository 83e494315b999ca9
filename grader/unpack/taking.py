"""Take one attempt's files out of a download into a folder of our own, within limits.

What comes out of a zip is counted while it comes; what the zip says of itself is not asked.
Every file is created new under a name that was checked, so nothing is ever overwritten.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from grader.sanitise import shown
from grader.unpack.archive import MAX_INNER_DIRECTORY, Archive
from grader.unpack.items import MEGABYTE, Item, Refused
from grader.unpack.names import folded, is_reserved, safe_parts, without_common_folder

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
    notes
        What was left out and why, a sentence each.
    taken
        How many files lie in the folder.
    """

    folder: Path
    notes: list[str] = field(default_factory=list)
    taken: int = 0
    _used: int = 0
    _seen: int = 0
    _names: set[str] = field(default_factory=set)

    def take(self, wanted: Iterable[tuple[str, Item]], depth: int = 0) -> None:
        """Take items under the names that go with them; zips among them are opened.

        Raises
        ------
        TooMuch
            When together they are more than any submission needs.
        OSError
            When the folder cannot be written.
        """
        chosen: list[tuple[tuple[str, ...], Item]] = []
        for name, item in wanted:
            self._seen += 1
            if self._seen > MAX_FILES:
                raise TooMuch(f"has more than {MAX_FILES:,} files")
            try:
                parts = safe_parts(name)
                if item.problem:
                    raise Refused(item.problem)
            except Refused as reason:
                self._leave_out(name, reason)
                continue
            if parts:
                chosen.append((parts, item))
        paths = without_common_folder([parts for parts, _ in chosen])
        for parts, (_, item) in zip(paths, chosen, strict=True):
            try:
                self._take_one(parts, item, depth)
            except TooMuch:
                raise
            except Refused as reason:
                self._leave_out("/".join(parts), reason)

    def _take_one(self, parts: tuple[str, ...], item: Item, depth: int) -> None:
        if is_reserved(parts):
            raise Refused("is the platform's to write, since it says when something was handed in")
        if parts[-1].casefold().endswith(".zip"):
            self._take_zip(item, depth)
            return
        key = folded("/".join(parts))
        if key in self._names:
            raise Refused("has the name of another file; the first one counts")
        if any(folded("/".join(parts[:index])) in self._names for index in range(1, len(parts))):
            raise Refused("lies in a folder that has the name of a file")
        if any(name.startswith(f"{key}/") for name in self._names):
            raise Refused("has the name of a folder")
        target = self.folder.joinpath(*parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with item.open() as source, open(target, "xb") as made:
                self._copy(source, made, item.packed)
        except BaseException:
            target.unlink(missing_ok=True)
            raise
        self._names.add(key)
        self.taken += 1
        if item.modified is not None:
            os.utime(target, (item.modified, item.modified))

    def _take_zip(self, item: Item, depth: int) -> None:
        if depth >= MAX_ZIP_DEPTH:
            raise Refused(f"is a zip in a zip, {depth + 1} deep; {MAX_ZIP_DEPTH} is the limit")
        with tempfile.TemporaryFile(dir=self.folder.parent) as unpacked:
            with item.open() as source:
                self._copy(source, unpacked, item.packed)
            unpacked.seek(0)
            with Archive(unpacked, MAX_INNER_DIRECTORY) as archive:
                self.take(((one.path, one) for one in archive.items()), depth + 1)

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


def bounded(notes: list[str]) -> list[str]:
    """As many notes as somebody reads."""
    more = len(notes) - _MAX_NOTES
    return [*notes[:_MAX_NOTES], f"and {more:,} more"] if more > 0 else notes


def remove(folder: Path) -> None:
    """Remove a folder of our own, as far as that goes; what stays is hidden and harmless."""
    shutil.rmtree(folder, ignore_errors=True)
