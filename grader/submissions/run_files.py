"""Files that ``%run`` runs: modules, all of whose names the running file takes."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass

_RUN = re.compile(r"%run\s+(?:-[a-zA-Z]\s+)*(?:\"([^\"]+)\"|'([^']+)'|(\S+))(?:\s.*)?$")
_ENDING = re.compile(r"\.(?:py|ipynb)$", re.IGNORECASE)
_TAKEN = re.compile(rb"^from [\w.]+ import \*  # (%run [^\r\n]{1,300})", re.MULTILINE)
_MAX_PARTS = 6
_MAX_FOUND = 50


@dataclass(frozen=True)
class RunFile:
    """What a ``%run`` names.

    Attributes
    ----------
    path
        As it is written there.
    module
        The dotted name by which it is imported; "" for a place that lies elsewhere.
    """

    path: str
    module: str

    @property
    def statement(self) -> str:
        """The import that comes to the same."""
        return f"from {self.module} import *"

    @property
    def file(self) -> str:
        """The name under which the module is taken."""
        return f"{self.module.replace('.', '/')}.py"

    @property
    def places(self) -> tuple[str, ...]:
        """Where it may lie, seen from the file that runs it; IPython adds the ending, too."""
        path = self.path.removeprefix("./")
        return path, f"{path}.py", f"{path}.ipynb"


def run_file(text: str) -> RunFile | None:
    """Read a line that begins with ``%run``; None for any other."""
    found = _RUN.match(text)
    if found is None:
        return None
    path = found[1] or found[2] or found[3]
    parts = _ENDING.sub("", path.removeprefix("./")).split("/")
    is_near = len(parts) <= _MAX_PARTS and not {"", ".", ".."}.intersection(parts)
    names = [_identifier(part) for part in parts]
    is_named = is_near and all(name.isidentifier() for name in names)
    return RunFile(path, ".".join(names) if is_named else "")


def run_files(source: bytes) -> list[RunFile]:
    """The files that a text runs, after `grader.submissions.magics` has read it."""
    if b"%run" not in source:
        return []
    lines = [line.decode("utf-8", "replace") for line in _TAKEN.findall(source)[:_MAX_FOUND]]
    found = [run_file(line) for line in lines]
    return [one for one in found if one is not None and one.module]


def _identifier(part: str) -> str:
    """The part of a path as an identifier: hyphens, spaces and a first digit are none."""
    name = re.sub(r"\W", "_", part)
    return f"_{name}" if name[:1].isdigit() or keyword.iskeyword(name) else name
