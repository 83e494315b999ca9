"""Files that ``%run`` runs: modules, all of whose names the running file takes."""

from __future__ import annotations

import keyword
import posixpath
import re
from dataclasses import dataclass

from grader.worker.packages import is_package

_CALL = re.compile(
    r"get_ipython\(\)\.(?:run_line_magic\(\s*u?(?P<quote>[\"'])run(?P=quote)\s*,\s*"
    r"|(?:run_line_)?magic\(\s*(?=u?[\"']%?run\s))u?(?P<mark>[\"'])(?:%?run\s+)?(?P<what>.+?)"
    r"(?P=mark)\s*\)\s*;?\s*(?:#.*)?$"
)
"""What `jupyter nbconvert --to script` makes of a ``%run``."""
_RUN = re.compile(r"%run\s+(?:-[a-zA-Z]\s+)*(?:\"([^\"]+)\"|'([^']+)'|(\S+))(?:\s.*)?$")
_ENDING = re.compile(r"\.(?:py|ipynb)$", re.IGNORECASE)
_TAKEN = re.compile(
    rb"^[ \t]*(?:get_ipython\(\)\.ex\(\")?from [\w.]+ import \*(?:\"\))?"
    rb"  # (%run [^\r\n]{1,300})",
    re.MULTILINE,
)
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
        The dotted name by which it is imported; "" for a place that has none.
    tail
        The path without what leads out of a folder, and of a path from the root the last part.
    """

    path: str
    module: str
    tail: str = ""

    @property
    def statement(self) -> str:
        """The import that comes to the same."""
        return f"from {self.module} import *"

    @property
    def file(self) -> str:
        """The name under which the module is taken."""
        return f"{self.module.replace('.', '/')}.py"

    @property
    def tails(self) -> tuple[str, ...]:
        """How its place may end; IPython adds the ending, too."""
        return self.tail, f"{self.tail}.py", f"{self.tail}.ipynb"

    def places(self, folder: str) -> tuple[str, ...]:
        """Where it may lie, seen from the folder of the file that runs it."""
        place = posixpath.normpath(posixpath.join(folder, self.path))
        return place, f"{place}.py", f"{place}.ipynb"


def run_file(text: str) -> RunFile | None:
    """Read a line that begins with ``%run``; None for any other."""
    found = _RUN.match(text)
    if found is None:
        return None
    path = found[1] or found[2] or found[3]
    parts = [one for one in posixpath.normpath(path).split("/") if one not in ("", ".", "..")]
    parts = parts[-1:] if path.startswith(("/", "~")) else parts
    names = [_identifier(part) for part in _ENDING.sub("", "/".join(parts)).split("/")]
    if names and is_package(names[0]):
        names[0] = f"{names[0]}_"  # Python's own module of that name is another
    is_named = len(parts) <= _MAX_PARTS and all(name.isidentifier() for name in names)
    return RunFile(path, ".".join(names) if is_named else "", "/".join(parts))


def as_magic(text: str) -> str:
    """A call that runs a file, as the magic ``%run``; any other text as it is."""
    found = _CALL.match(text)
    return text if found is None else f"%run {found['what']}"


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
