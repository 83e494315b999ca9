"""What has been taken of a submission so far, within the limits."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from grader.submissions.cells import NotebookCell
from grader.submissions.model import LineOrigins
from grader.submissions.names import shown
from grader.submissions.regular import Unreadable

if TYPE_CHECKING:
    from grader.submissions.candidates import Candidate

MAX_FILE = 5 * 2**20
MAX_TOTAL = 50 * 2**20
MAX_FILES = 200
MAX_DATA = 20 * 2**20
"""Bytes of the files that code opens."""
_MAX_NOTES = 40


@dataclass
class Taken:
    """Files, problems and notes of one submission while it is read."""

    files: dict[str, bytes] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    line_origins: dict[str, LineOrigins] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    cells: dict[str, tuple[NotebookCell, ...]] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    newest: float | None = None
    timestamp: str | None = None

    def take(self, name: str, candidate: Candidate, part: str) -> None:
        """Take one module of a file that was read under a name.

        Raises
        ------
        Unreadable
            When all files together become too much.
        """
        content = candidate.modules[part]
        if len(content) + sum(map(len, self.files.values())) > MAX_TOTAL:
            raise Unreadable(f"is too much: all files together may have {MAX_TOTAL // 2**20} MB")
        self.files[name] = content
        self.sources[name] = candidate.entry.place
        if part in candidate.line_origins:
            self.line_origins[name] = candidate.line_origins[part]
        if candidate.cells:
            self.cells[name] = candidate.cells
        written = candidate.entry.handed_in
        if written is not None:
            self.newest = written if self.newest is None else max(self.newest, written)

    def take_data(self, name: str, place: str, content: bytes) -> None:
        """Take a file that is no module, as it is: the code opens it."""
        self.files[name] = content
        self.sources[name] = place

    def rename(self, old: str, new: str) -> None:
        """Give a module that was taken another name; the order of the files is a preference."""
        self.files = {new if one == old else one: text for one, text in self.files.items()}
        for known in (self.sources, self.line_origins):
            if old in known:
                known[new] = known.pop(old)  # type: ignore[index, assignment]

    def copy(self, old: str, new: str) -> None:
        """Have a module that was taken under another name as well."""
        for known in (self.files, self.sources, self.line_origins, self.cells):
            if old in known:
                known[new] = known[old]  # type: ignore[index, assignment]

    def take_helper(self, name: str, candidate: Candidate) -> bytes:
        """Take a module that nobody asked for, or note why not; return its text."""
        problem = candidate.problem
        if not problem and candidate.main_content is not None:
            try:
                self.take(name, candidate, candidate.main)
            except Unreadable as error:
                problem = str(error)
            else:
                self.name_the_notebook(name, candidate.label)
                self.notes += candidate.notes
                return self.files[name]
        self.notes.append(f"{shown(name)} was left out: it {problem or 'holds no code'}")
        return b""

    def name_the_notebook(self, name: str, label: str) -> None:
        """Tell the cells of another notebook from those of the graded one."""
        origins = self.line_origins.get(name)
        if origins is not None:
            escaped = label.replace("{", "{{").replace("}", "}}")
            self.line_origins[name] = replace(origins, form=f"{escaped}, {origins.form}")

    def bounded_notes(self) -> tuple[str, ...]:
        """The notes, each once; thousands of odd files must not drown a result."""
        notes = list(dict.fromkeys(self.notes))
        more = len(notes) - _MAX_NOTES
        return (*notes[:_MAX_NOTES], f"and {more} more notes") if more > 0 else tuple(notes)
