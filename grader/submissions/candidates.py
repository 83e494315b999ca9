"""A file of a submission as the modules that it would give, read at most once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from grader.submissions.cells import NotebookCell
from grader.submissions.definitions import Definitions, definitions
from grader.submissions.expected import Expected
from grader.submissions.large_notebook import read_notebook
from grader.submissions.likeness import Likeness, is_notebook_name, is_vague, likeness
from grader.submissions.model import LineOrigins
from grader.submissions.names import shown
from grader.submissions.notebook import NotebookError, modules_of_notebook
from grader.submissions.regular import Unreadable, read_regular
from grader.submissions.text import NotText, is_notebook_json, python_text
from grader.submissions.tree import Entry
from grader.submissions.within_limits import MAX_FILE

MAX_READ = 100 * 2**20
"""Bytes that are read of one submission, while its files are looked for."""
_MAX_PARSED = 4 * 2**20
"""Bytes of these that are parsed; of what comes then the lines alone are looked at."""
_TOO_MUCH = f"is too much: no more than {MAX_READ // 2**20} MB of a submission are read"


@dataclass(frozen=True)
class Candidate:
    """A file that was read.

    Attributes
    ----------
    likeness
        What its name stands for; None for a name that says nothing.
    main
        The file that code belongs to which does not say where it belongs.
    modules
        Content by file name; of a notebook there may be several.
    problem
        Why it holds no code; completes "it …".
    data
        Files that its cells write and its code may open.
    """

    entry: Entry
    likeness: Likeness | None
    main: str
    modules: Mapping[str, bytes] = field(default_factory=dict)
    line_origins: Mapping[str, LineOrigins] = field(default_factory=dict)
    cells: tuple[NotebookCell, ...] = ()
    notes: tuple[str, ...] = ()
    problem: str = ""
    data: Mapping[str, bytes] = field(default_factory=dict)
    is_notebook: bool = False

    def content(self, file: str) -> bytes | None:
        """What it gives for a file when it is the file."""
        return self.modules.get(file)

    @property
    def main_content(self) -> bytes | None:
        """What it gives under its own name."""
        return self.modules.get(self.main)

    @property
    def label(self) -> str:
        """Its place as a message may show it."""
        return shown(self.entry.place)


class Candidates:
    """Reads files when somebody asks for them, within limits, and remembers them."""

    def __init__(self, expected: Expected, assignment: str) -> None:
        self.expected, self._assignment = expected, assignment
        self._known: dict[Entry, Candidate] = {}
        self._defined: dict[bytes, Definitions] = {}
        self._likenesses: dict[str, Likeness | None] = {}
        self._left, self._left_to_parse = MAX_READ, _MAX_PARSED

    def likeness(self, entry: Entry) -> Likeness | None:
        """What the name of a file stands for."""
        name = entry.name
        if name not in self._likenesses:
            self._likenesses[name] = likeness(name, self.expected.files, self._assignment)
        return self._likenesses[name]

    def is_of_another_part(self, entry: Entry) -> bool:
        """Whether a file stands, by its name or by what it defines, for one not graded now."""
        aside = self.expected.aside
        if not aside or likeness(entry.name, aside, "") is not None:
            return bool(aside)
        content = self.read(entry).main_content
        wanted = self.expected.exercises_aside() if content is not None else ()
        return bool(wanted) and not self.definitions(content or b"").names.isdisjoint(wanted)

    def is_known(self, entry: Entry) -> bool:
        """Whether a file was read before."""
        return entry in self._known

    def read(self, entry: Entry) -> Candidate:
        """The file, read now or before; a problem of it is said in the candidate."""
        if entry not in self._known:
            like = self.likeness(entry)
            main = like.file if like is not None else self.expected.files[0]
            candidate = Candidate(entry, like, main)
            try:
                self._known[entry] = self._read(candidate)
            except (Unreadable, NotText, NotebookError) as error:
                notebook = isinstance(error, NotebookError) or is_notebook_name(entry.name)
                self._known[entry] = replace(candidate, problem=str(error), is_notebook=notebook)
        return self._known[entry]

    def definitions(self, content: bytes) -> Definitions:
        """What a text defines."""
        if content not in self._defined:
            self._defined[content] = definitions(content, parse=self._left_to_parse > 0)
            self._left_to_parse -= len(content)
        return self._defined[content]

    def emptiness(self, file: str, content: bytes) -> str:
        """What is to be said of a text in which no exercise of a file is written."""
        if self.definitions(content).names & self.expected.exercises_of(file):
            return "holds the stubs as they were given"
        return f"defines no exercise of {file}"

    def _read(self, candidate: Candidate) -> Candidate:
        entry = candidate.entry
        named = is_notebook_name(entry.name)
        if self._left < 0:
            raise Unreadable(_TOO_MUCH)
        content = read_notebook(entry.path)[0] if named else read_regular(entry.path, MAX_FILE)[0]
        self._left -= len(content)
        if self._left < 0:
            raise Unreadable(_TOO_MUCH)
        if is_notebook_json(content):
            note = () if named else (f"{candidate.label} holds a notebook and was read as one",)
            return self._notebook(candidate, content, note)
        if not named:
            return self._python(candidate, content)
        return self._notebook(candidate, content, ())

    def _notebook(self, candidate: Candidate, content: bytes, notes: tuple[str, ...]) -> Candidate:
        made = modules_of_notebook(content, self.expected.files, candidate.main)
        label = candidate.label
        return replace(
            candidate,
            modules=made.files,
            line_origins=made.line_origins,
            cells=made.cells,
            notes=(*notes, *(_of_notebook(label, note) for note in made.notes)),
            data=made.data,
            is_notebook=True,
        )

    def _python(self, candidate: Candidate, content: bytes) -> Candidate:
        text, note = python_text(content)
        if candidate.likeness is not None and not text.strip():
            raise NotText("is empty")
        if is_vague(candidate.entry.name) and not self._defines_exercise(text):
            raise NotText("holds no code of this assignment")
        notes = (f"{candidate.label} {note}",) if note else ()
        return replace(candidate, modules={candidate.main: text}, notes=notes)

    def _defines_exercise(self, text: bytes) -> bool:
        return bool(self.definitions(text).names & self.expected.all_exercises)


def _of_notebook(label: str, note: str) -> str:
    """A note on a notebook or its cells, with the notebook's name."""
    if note.startswith("cell"):
        return f"{label}, {note}"
    return f"{label} {note[3:]}" if note.startswith("it ") else f"{label}: {note}"
