"""A submission: plain data, nothing of it has run."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from grader.submissions.cells import NotebookCell


@dataclass(frozen=True)
class Submission:
    """What one student handed in for one assignment.

    Attributes
    ----------
    student
        Any Unicode; data, never a path.
    files
        Content by file name: the expected files and the student's own helper modules, those of
        packages with ``/`` between parts.
    problems
        Why an expected file could not be read, by its name: a sentence that names what was
        handed in, without a full stop.
    notes
        What was odd and how it was taken.
    submitted_at
        ISO 8601, UTC: from ``timestamp.txt``, else the newest file.
    line_origins
        For files that came from a notebook: where in the notebook a line stands.
    sources
        Where in what was handed in a file was found, by file name; an archive counts as a folder.
    unread
        By exercise that is written in no file that can be read: the one that seems to hold it, and
        why that cannot be read.
    cells
        For files that came from a notebook: its cells, as they were when the file was read.
    nothing_to_grade
        Why nothing of it can be graded: what was found and what to hand in instead; "" when
        something can.
    """

    student: str
    assignment: str
    files: dict[str, bytes] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    submitted_at: str | None = None
    late_seconds: float = 0.0
    line_origins: dict[str, LineOrigins] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    cells: dict[str, tuple[NotebookCell, ...]] = field(default_factory=dict)
    nothing_to_grade: str = ""
    unread: dict[str, str] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """A digest of names, contents and problems: the same files give the same grade."""
        digest = hashlib.sha256()
        for name in sorted(self.files):
            content = self.files[name]
            digest.update(f"{name}\0{len(content)}\0".encode("utf-8", "surrogatepass") + content)
        for name in sorted(self.problems):
            digest.update(f"{name}\0{self.problems[name]}\0".encode("utf-8", "surrogatepass"))
        return digest.hexdigest()


@dataclass(frozen=True)
class LineOrigins(Mapping[int, str]):
    """From a line of a module to "cell 3, line 2" of the notebook that it was made from.

    It keeps one entry per cell, not per line: a notebook may have millions of lines.

    Attributes
    ----------
    starts
        The module line of each cell's first source line, ascending.
    cells
        The number of each cell, counted from the top of the notebook, text cells included.
    lengths
        How many lines each cell has.
    form
        How a cell is called, with its number in place of ``{}``.
    later
        In a notebook that runs, by the number of a past run: the number of the last run of its
        cell, and that one's text.
    """

    starts: tuple[int, ...] = ()
    cells: tuple[int, ...] = ()
    lengths: tuple[int, ...] = ()
    form: str = "cell {}"
    later: Mapping[int, tuple[int, str]] = field(default_factory=dict)

    def __getitem__(self, line: int) -> str:
        """Where `line` stands; raises `KeyError` for a line that is in no cell."""
        index = bisect_right(self.starts, line) - 1
        if index < 0 or line >= self.starts[index] + self.lengths[index]:
            raise KeyError(line)
        cell = self.form.format(self.cells[index])
        return f"{cell}, line {line - self.starts[index] + 1}"

    def cell_of(self, line: int) -> tuple[str, int] | None:
        """The cell of a line and the line's number in it; None where there are no cells.

        A line between two cells, where the compiler may see the end of one, counts as its last.
        """
        if not self.starts:
            return None
        index = self._index(line)
        inside = min(max(line - self.starts[index] + 1, 1), max(self.lengths[index], 1))
        return self.form.format(self.cells[index]), inside

    def line_now(self, line: int, word: str) -> int | None:
        """Where what a line says stands now; None when the cell was changed and says it no more.

        Parameters
        ----------
        word
            What the line says; "" for something that the last run of the cell tells itself.
        """
        past = self.later.get(self.cells[self._index(line)]) if self.starts else None
        if past is None:
            return line
        number, text = past
        if not word or number not in self.cells:
            return None
        found = (index for index, one in enumerate(text.split("\n")) if word in one)
        inside = next(found, None)
        return None if inside is None else self.starts[self.cells.index(number)] + inside

    def _index(self, line: int) -> int:
        return max(bisect_right(self.starts, line) - 1, 0)

    def __iter__(self) -> Iterator[int]:
        """All module lines that stand in a cell, ascending."""
        for start, length in zip(self.starts, self.lengths, strict=True):
            yield from range(start, start + length)

    def __len__(self) -> int:
        """How many lines stand in cells."""
        return sum(self.lengths)
