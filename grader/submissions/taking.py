"""What has been taken of a submission so far, within the limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader.submissions.large_notebook import read_notebook
from grader.submissions.model import LineOrigins
from grader.submissions.names import shown
from grader.submissions.notebook import NotebookError, modules_of_notebook
from grader.submissions.regular import Unreadable, read_regular

MAX_FILE = 5 * 2**20
MAX_TOTAL = 50 * 2**20
MAX_FILES = 200
_MAX_NOTES = 40
_STUB = b"raise NotImplementedError"


@dataclass
class Taken:
    """Files, problems and notes of one submission while it is read."""

    files: dict[str, bytes] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    line_origins: dict[str, LineOrigins] = field(default_factory=dict)
    newest: float | None = None
    timestamp: str | None = None

    def take(self, path: Path, name: str) -> None:
        """Take an expected file, or say what is wrong with it."""
        try:
            self.files[name] = self._read(path, MAX_FILE)
        except Unreadable as error:
            self.problems[name] = _with_name(path, name, str(error))

    def take_helper(self, path: Path) -> None:
        """Take a module that nobody asked for, or note why not."""
        try:
            self.files[path.name] = self._read(path, MAX_FILE)
        except Unreadable as error:
            self.notes.append(f"{shown(path.name)} was left out: it {error}")

    def take_notebook(self, path: Path, expected_files: Sequence[str], first: str) -> None:
        """Take the modules of a notebook; a ``.py`` file of the same name may outdo it."""
        label = shown(path.name)
        try:
            content = self._within(*read_notebook(path))
            made = modules_of_notebook(content, expected_files, first)
        except (NotebookError, Unreadable) as error:
            if first in self.files:
                self.notes.append(f"the notebook {label} {error}; {first} was graded")
            else:
                self.problems.setdefault(first, f"the notebook {label} {error}")
            return
        used = [name for name, content in made.files.items() if self._prefer(name, content, label)]
        for name in used:
            self.files[name] = made.files[name]
            self.line_origins[name] = made.line_origins[name]
            problem = self.problems.pop(name, None)
            if problem is not None:
                self.notes.append(f"{name} {problem}; the notebook {label} was graded")
        if used:
            self.notes += [f"{label}: {note}" for note in made.notes]

    def bounded_notes(self) -> tuple[str, ...]:
        """The notes, each once; thousands of odd files must not drown a result."""
        notes = list(dict.fromkeys(self.notes))
        more = len(notes) - _MAX_NOTES
        return (*notes[:_MAX_NOTES], f"and {more} more notes") if more > 0 else tuple(notes)

    def _prefer(self, name: str, content: bytes, label: str) -> bool:
        """Whether a notebook's module is graded and not the file of the same name.

        A student's folder holds both as stubs and the student works in one of them: it is
        the one in which fewer stubs are left. The time of a file does not survive uploads.
        """
        if name not in self.files:
            return True
        in_notebook, in_file = content.count(_STUB), self.files[name].count(_STUB)
        if in_notebook < in_file:
            self.notes.append(
                f"both {name} and {label} were handed in; the notebook was graded, "
                "for it has fewer stubs left"
            )
            return True
        if in_notebook == in_file and in_file == 0:
            self.notes.append(f"both {name} and {label} were handed in; {name} was graded")
        return False

    def _read(self, path: Path, limit: int) -> bytes:
        return self._within(*read_regular(path, limit))

    def _within(self, content: bytes, modified: float) -> bytes:
        total = len(content) + sum(map(len, self.files.values()))
        if total > MAX_TOTAL:
            raise Unreadable(f"is too much: all files together may have {MAX_TOTAL // 2**20} MB")
        self.newest = modified if self.newest is None else max(self.newest, modified)
        return content


def _with_name(path: Path, name: str, problem: str) -> str:
    return problem if path.name == name else f"{shown(path.name)} {problem}"
