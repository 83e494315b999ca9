"""What lies in a submission: its code at any sensible depth, archives opened, the rest named.

Never looked into: what systems and tools leave behind, virtual environments, hidden files and
the course's own cases. The course's tests define no exercise, and so they are passed over.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path, PurePosixPath
from types import TracebackType

from grader.files.unpack.names import TIMESTAMP, is_litter
from grader.files.unpack.opening import is_archive
from grader.submissions.likeness import code_ending, is_odd
from grader.submissions.names import shown
from grader.submissions.regular import is_regular_file, is_true_folder
from grader.submissions.unpacking import DATA_ENDINGS, unpack

MAX_DEPTH = 6
MAX_LISTED = 100_000
"""Names read of a submission, data included."""
MAX_ENTRIES = 10_000
"""Files of code and folders that are looked at."""
_MAX_ODD = 20
"""Files that are read though their names do not say that they are code."""
_MAX_OTHERS = 50
_MAX_DATA = 2_000
"""Files that are no code and that code may open."""

_RUN_BY_THEMSELVES = {"conftest.py", "sitecustomize.py", "usercustomize.py"}
_ENVIRONMENT = "pyvenv.cfg"
_PUBLIC, _CHECKS = "public", "checks.json"
"""The folder of a student's copy that holds the cases, and what it is known by."""


@dataclass(frozen=True)
class Entry:
    """A file of a submission.

    Attributes
    ----------
    place
        Its name below the top, with ``/`` between parts; an archive is one of them.
    path
        Where it can be read now.
    modified
        When it was written, in seconds since 1970; None where nobody knows.
    handed_in
        The same of the file that was handed in: of the archive, where it lay in one.
    """

    place: str
    path: Path
    modified: float | None = None
    handed_in: float | None = None

    @property
    def name(self) -> str:
        """The last part of its place."""
        return self.place.rpartition("/")[2]

    @property
    def folder(self) -> str:
        """The place without the last part."""
        return self.place.rpartition("/")[0]

    @property
    def depth(self) -> int:
        """How many folders it lies in."""
        return self.place.count("/")


@dataclass
class Tree:
    """All files of a submission; a context, since opened archives lie in a temporary folder.

    Attributes
    ----------
    entries
        Files that are code by their names, the upper ones first.
    archives
        What can be opened and has not been.
    others
        Names of what is no code.
    data
        The same as files; in archives, only what is data by its name.
    unopened
        Why an archive could not be opened, by its place; completes "it …".
    notes
        What was passed over.
    dated
        Whether the times of files are to be believed.
    """

    entries: list[Entry] = field(default_factory=list)
    archives: list[Entry] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    data: list[Entry] = field(default_factory=list)
    unopened: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    deepest: str = ""
    """A folder that lies too deep to be looked into; "" where there is none."""
    litter: str = ""
    """What is never looked into, such as a folder of checkpoints; "" where there is none."""
    dated: bool = True
    _listed: int = 0
    _looked: int = 0
    _odd: int = 0
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Tree:
        """The tree itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove what was unpacked."""
        self._stack.close()

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was handed in."""
        return not (self.entries or self.archives or self.others or self.unopened)

    def add_folder(self, folder: Path) -> None:
        """Look through a folder.

        Raises
        ------
        OSError
            When the folder itself cannot be read.
        """
        os.listdir(folder)
        self._walk(folder, "")
        self._sort()

    def add_file(self, path: Path) -> None:
        """A submission that is one file."""
        self._add(path, path.name)
        self._sort()

    def open_archives(self) -> None:
        """Unpack the archives, within the limits of `grader collect`, and look through them."""
        archives, self.archives = self.archives, []
        if not archives:
            return
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        opened = unpack(archives, folder / "unpacked", self._is_wanted_or_data)
        if opened.is_too_much:
            opened = unpack(archives, folder / "code", self._is_wanted)
        for number, archive in enumerate(archives):
            if archive.place in opened.problems:
                self.unopened[archive.place] = opened.problems[archive.place]
            notes = opened.notes.get(archive.place, [])
            self.notes += [f"{shown(archive.place)}: {one}" for one in notes]
            if is_true_folder(opened.folder / str(number)):
                self._walk(
                    opened.folder / str(number), archive.place, archive, opened.taking.moments
                )
            elif notes:
                self.unopened.setdefault(
                    archive.place, f"holds no code that can be taken: {notes[-1]}"
                )
        self._sort()

    def _is_wanted_or_data(self, name: str) -> bool:
        return name.casefold().endswith(DATA_ENDINGS) or self._is_wanted(name)

    def _is_wanted(self, name: str) -> bool:
        if code_ending(name) or is_archive(name) or is_odd(name):
            return True
        self._other(name)
        return False

    def _other(self, name: str) -> None:
        if len(self.others) < _MAX_OTHERS and name not in {TIMESTAMP, *self.others}:
            self.others.append(name)

    def _walk(
        self,
        folder: Path,
        place: str,
        archive: Entry | None = None,
        moments: dict[str, float] | None = None,
    ) -> None:
        """Look through folders, the upper ones first."""
        waiting = [(folder, place, 0)]
        for where, below, depth in waiting:  # grows while it is walked
            names = self._names(where)
            if _ENVIRONMENT in names and depth > 0:
                continue
            if where.name == _PUBLIC and _CHECKS in names:
                continue
            for name in sorted(names, key=lambda one: (not code_ending(one), one)):
                path, inside = where / name, f"{below}/{name}" if below else name
                if is_litter(name):
                    hides_code = names[name] or (code_ending(name) and name[:2] != "._")
                    self.litter = self.litter or (inside if hides_code else "")
                    continue
                if runs_by_itself(name):
                    self._other(inside)
                    continue
                is_folder = names[name] and is_true_folder(path)
                if name == TIMESTAMP:
                    continue
                if not is_folder or code_ending(name):
                    self._add(path, inside, archive, (moments or {}).get(_key(folder, path)))
                if is_folder and depth >= MAX_DEPTH:
                    self.deepest = self.deepest or inside
                elif is_folder and self._looked < MAX_ENTRIES:
                    self._looked += 1
                    waiting.append((path, inside, depth + 1))

    def _names(self, folder: Path) -> dict[str, bool]:
        """The names in a folder, each with whether it may be a folder."""
        left = MAX_LISTED - self._listed
        try:
            with os.scandir(folder) as listing:
                first = islice(listing, left + 1)
                names = {one.name: one.is_dir(follow_symlinks=False) for one in first}
        except OSError as error:
            self.notes.append(f"the folder {shown(folder.name)} cannot be read: {error.strerror}")
            return {}
        self._listed += len(names)
        if len(names) > left:
            self.tell(f"there are more than {MAX_LISTED:,} files; the others were not looked at")
        return names

    def _add(
        self, path: Path, place: str, archive: Entry | None = None, moment: float | None = None
    ) -> None:
        name = path.name
        opens = is_archive(name) and archive is None and is_regular_file(path)
        is_code = bool(code_ending(name))
        if not is_code and not opens and is_odd(name) and is_regular_file(path):
            self._odd += 1
            is_code = self._odd <= _MAX_ODD
        if not is_code and not opens:
            self._other(place if archive is None else name)
            if name != TIMESTAMP and len(self.data) < _MAX_DATA:
                self.data.append(Entry(place, path))
            return
        self._looked += 1
        if self._looked > MAX_ENTRIES:
            self.tell(f"there are more than {MAX_ENTRIES:,} files; the others were not looked at")
            return
        if archive is not None:
            modified = moment if self.dated else None
            self.entries.append(Entry(place, path, modified, archive.handed_in))
            return
        try:
            written = path.lstat().st_mtime
        except (OSError, ValueError):
            written = None
        entry = Entry(place, path, written if self.dated else None, written)
        (self.archives if opens else self.entries).append(entry)

    def tell(self, text: str) -> None:
        """Note what was passed over, once."""
        if text not in self.notes:
            self.notes.append(text)

    def _sort(self) -> None:
        self.entries.sort(key=lambda one: (one.depth, one.place))
        self.archives.sort(key=lambda one: (one.depth, one.place))


def ancestors(folder: str) -> Iterator[str]:
    """The folder of a place, and those above it up to the top."""
    yield folder
    for above in PurePosixPath(folder).parents if folder else ():
        yield "" if str(above) == "." else str(above)


def _key(unpacked: Path, path: Path) -> str:
    return f"{unpacked.name}/{path.relative_to(unpacked).as_posix()}"


def runs_by_itself(name: str) -> bool:
    """Whether pytest or Python run a file of this name unasked: it is never taken."""
    return name in _RUN_BY_THEMSELVES
