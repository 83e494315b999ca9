"""Read a submission from a folder, one Python file or a notebook.

Files are taken without following links, regular files only, and size-capped: a
submission comes from somebody else's disk.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from grader.submissions.model import Submission
from grader.submissions.notebook import NotebookError, modules_of_notebook

MAX_FILE = 5 * 2**20
MAX_NOTEBOOK = 100 * 2**20
MAX_FILES = 200
_COPY_SUFFIX = re.compile(r"( ?\(\d+\)| - copy| copy|-\d+|_\d+)$", re.IGNORECASE)


@dataclass
class _Findings:
    files: dict[str, bytes] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    newest: float = 0.0


class Unreadable(Exception):
    """A path is not a regular file of a sensible size; the message says what it is."""


def read_path(path: Path, expected: Sequence[str], *, student: str, assignment: str) -> Submission:
    """Read what lies at `path`; what cannot be read becomes a problem or a note, never an error.

    Parameters
    ----------
    path
        A folder, a ``.py`` file or an ``.ipynb`` notebook.
    expected
        Names of the files that the assignment asks for, the NumPy part first.
    """
    found = _Findings()
    if path.is_dir():
        _read_folder(path, expected, found)
    elif path.suffix == ".ipynb":
        _read_notebook(path, expected, found)
    else:
        name = path.name if path.name in expected else _nearest(path.name, expected)
        if name is None:
            name = expected[0]
            found.notes.append(f"{path.name} was taken as {name}")
        _take(path, name, found)
    when = datetime.fromtimestamp(found.newest, UTC) if found.newest else None
    return Submission(
        student=student,
        assignment=assignment,
        files=found.files,
        problems=found.problems,
        notes=tuple(found.notes),
        submitted_at=when.isoformat(timespec="seconds") if when else None,
    )


def _read_folder(folder: Path, expected: Sequence[str], found: _Findings) -> None:
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        found.problems.update(dict.fromkeys(expected, f"the folder cannot be read: {error}"))
        return
    if len(entries) > MAX_FILES:
        found.notes.append(f"{len(entries)} files; only the first {MAX_FILES} were looked at")
        entries = [entry for entry in entries if entry.name in expected] + entries[:MAX_FILES]
    by_name = {entry.name: entry for entry in entries}
    for name in expected:
        if name in by_name:
            _take(by_name[name], name, found)
    for name in expected:
        others = [entry for entry in entries if entry.name != name and _is_copy(entry.name, name)]
        if name in by_name and others:
            found.notes.append(f"{others[0].name} lies beside {name}; {name} was graded")
        elif others:
            newest = max(others, key=_modified)
            found.notes.append(f"{newest.name} was taken as {name}")
            if len(others) > 1:
                found.notes.append(f"{len(others)} files could be {name}; the newest was graded")
            _take(newest, name, found)
    missing = [name for name in expected if name not in found.files | found.problems]
    for notebook in [entry for entry in entries if entry.suffix == ".ipynb"] if missing else []:
        _read_notebook(notebook, missing, found)
    for entry in entries:
        is_test = entry.name.startswith("test_") or entry.name == "conftest.py"
        if entry.suffix == ".py" and entry.name not in expected and not is_test:
            if any(_is_copy(entry.name, name) for name in expected):
                continue
            _take(entry, entry.name, found, optional=True)


def _read_notebook(path: Path, expected: Sequence[str], found: _Findings) -> None:
    try:
        modules, notes = modules_of_notebook(read_regular(path, MAX_NOTEBOOK), expected)
    except (NotebookError, Unreadable) as error:
        found.problems[expected[0]] = f"the notebook {path.name} {error}"
        return
    found.newest = max(found.newest, _modified(path))
    found.files.update(modules)
    found.notes += [f"{path.name}: {note}" for note in notes]


def _take(path: Path, name: str, found: _Findings, *, optional: bool = False) -> None:
    try:
        found.files[name] = read_regular(path, MAX_FILE)
        found.newest = max(found.newest, _modified(path))
    except Unreadable as error:
        if optional:
            found.notes.append(f"{path.name} was left out: it {error}")
        else:
            found.problems[name] = f"it {error}"


def read_regular(path: Path, limit: int) -> bytes:
    """Return a regular file's content without following a link.

    Raises
    ------
    Unreadable
        When it is a folder, a link, a pipe or a device, too large, or not readable.
    """
    try:
        mode = path.lstat().st_mode
        if not stat.S_ISREG(mode):
            raise Unreadable(f"is {_kind(mode)}; a regular file was expected")
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0))
        with os.fdopen(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise Unreadable("changed while it was read; a regular file was expected")
            content = stream.read(limit + 1)
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror}") from None
    if len(content) > limit:
        raise Unreadable(f"is larger than {limit // 2**20} MB, the limit")
    return content


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a directory"
    if stat.S_ISLNK(mode):
        return "a symbolic link"
    return "no ordinary file (a pipe or a device)"


def _modified(path: Path) -> float:
    try:
        return path.lstat().st_mtime
    except OSError:
        return 0.0


def _is_copy(name: str, expected: str) -> bool:
    """Whether `name` is `expected` as a browser or an LMS renames it."""
    stem, dot, suffix = name.rpartition(".")
    bare = _COPY_SUFFIX.sub("", stem).strip()
    return dot == "." and f"{bare}.{suffix}".lower() == expected.lower()


def _nearest(name: str, expected: Sequence[str]) -> str | None:
    return next((one for one in expected if _is_copy(name, one)), None)
