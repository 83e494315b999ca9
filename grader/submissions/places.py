"""How a line is called where a person reads of it: by its cell where it came from a notebook.

Nobody ever sees the module that a notebook's cells become, so no sentence may speak of its lines.
All sentences that name a line ask here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.submissions.model import LineOrigins
from grader.submissions.names import shown

_OF_THE_COMPILER = re.compile(r"\b(on|at) line (\d{1,9})\b")
"""How Python's compiler speaks of another line: "on line 3", "(detected at line 3)"."""
_IN_A_REFUSAL = re.compile(
    r"(?<=, imported in )line (\d{1,9})(?=, (?:may not be used|is neither among the files))"
)
"""How `grader.worker.imports` says where the import stands that a stand-in comes from."""

_OUR_WORDS = {"line", "cell", "the", "there"}
"""What our places and sentences begin with, where no name does."""

NO_FILE = "\0"
"""What a sentence is about that has named no file yet."""


@dataclass(frozen=True)
class Places:
    """The places of one submission.

    Attributes
    ----------
    origins
        By file, where in a notebook its lines stand.
    sources
        By file, where in what was handed in it was found: nobody knows it by another name.
    """

    origins: Mapping[str, LineOrigins] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def modules(self) -> list[str]:
        """The student's modules as Python calls them, the inner ones of a package first."""
        files = {*self.sources, *self.origins}
        names = [file.removesuffix(".py").replace("/", ".") for file in files]
        return sorted(names, key=len, reverse=True)

    @property
    def all_files(self) -> str:
        """All that was handed in, as a sentence speaks of it: "your file", "your notebooks"."""
        if any(one.form.startswith("cell [") for one in self.origins.values()):
            return "the cells that were run"
        found = {self.sources.get(file, file) for file in {*self.sources, *self.origins}}
        notebooks = {
            self.sources.get(file, file) for file, one in self.origins.items() if one.starts
        }
        kind = "notebook" if found and found == notebooks else "file"
        return f"your {kind}s" if len(found) > 1 else f"your {kind}"

    def name(self, file: str) -> str:
        """A file as the student calls it."""
        return shown(self.sources.get(file, file))

    def cell(self, file: str, line: int | None) -> tuple[str, int] | None:
        """The cell in which a line of a file stands and its line in there; None in plain files."""
        origins = self.origins.get(file)
        return None if origins is None or line is None else origins.cell_of(line)

    def line(self, file: str, line: int, inside: str = "") -> str:
        """A line as a sentence names it: "line 3", or "cell 2, line 3".

        Parameters
        ----------
        inside
            The file that the sentence is about; another one is named. By default none is.
        """
        is_told = inside not in ("", file)
        found = self.cell(file, line)
        if found is None:
            return f"{self.name(file)}, line {line}" if is_told else f"line {line}"
        place, name = f"{found[0]}, line {found[1]}", self.name(file)
        if inside and self._has_several_notebooks() and not place.startswith(name):
            return f"{name}, {place}"
        return place

    def line_of_file(self, file: str, line: int) -> str:
        """A line where its file is to be told, too: "mlp.py, line 3", or "cell 2, line 3".

        Of several notebooks, it says whose cell it is.
        """
        if self.cell(file, line) is not None:
            return self.line(file, line, inside=NO_FILE)
        return f"{self.name(file)}, line {line}"

    def _has_several_notebooks(self) -> bool:
        found = {self.sources[one] for one in self.origins.keys() & self.sources.keys()}
        return len(found) > 1

    def line_now(self, file: str, line: int, word: str = "") -> int | None:
        """The line, unless it belongs to a past run of a cell: see `LineOrigins.line_now`."""
        origins = self.origins.get(file)
        return line if origins is None else origins.line_now(line, word)

    def in_compiler_message(self, file: str, message: str) -> str:
        """The compiler's message about a file, which may speak of another line of the same cell."""

        def counted(found: re.Match[str]) -> str:
            cell = self.cell(file, int(found[2]))
            return found[0] if cell is None else f"{found[1]} line {cell[1]}"

        return _OF_THE_COMPILER.sub(counted, message)

    def in_refusal(self, file: str, message: str) -> str:
        """A worker's sentence about an import of a file that was refused."""

        def told(found: re.Match[str]) -> str:
            line = int(found[1])
            return self.line(file, line, NO_FILE if self.cell(file, line) else "")

        return _IN_A_REFUSAL.sub(told, message, count=1)


def beginning(text: str) -> str:
    """A text as a sentence begins with it; the name of a file stays what it is."""
    is_ours = text.partition(" ")[0] in _OUR_WORDS
    return f"{text[:1].upper()}{text[1:]}" if is_ours else text


def sentence(text: str) -> str:
    """A text with a full stop, unless it ends a sentence by itself, as some of Python's do."""
    return text if text.endswith((".", "?", "!")) else f"{text}."
