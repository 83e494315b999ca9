"""What only a notebook understands, turned into comments: ``%magic``, ``!shell``, ``help?``.

So are the calls of `grader.notebook.check`, which stand in the cells of the notebook edition.

A line that starts with ``%`` may as well be the second line of a division with remainder,
or stand in a docstring. So a small scanner follows strings and brackets, and only the start
of a statement is looked at. The source is not parsed here: parsing can exhaust the compiler
and belongs in the worker.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_CELL_MAGICS_OVER_PYTHON = {"time", "timeit", "capture", "prun", "memit"}
"""Cell magics whose body is ordinary Python that belongs to the module."""

_MAGIC = re.compile(r"[%!?]")
_HELP = re.compile(r"[\w.\[\]*]+\?{1,2}\s*(?:#.*)?$")
_ASSIGNED_MAGIC = re.compile(r"[\w.,\s\[\]]+=\s*[!%]")

_OWN_CHECK = re.compile(
    r"""from\s+grader\.notebook\s+import\b.*|import\s+grader\.notebook\b.*|check\((["'])\w+\1(?:,\s*hint\s*=\s*\w+)?\)\s*;?$"""
)
"""What stands in the notebook edition's cells that check: no code of the student's."""

_OPENING = re.compile(r"#|\"\"\"|'''|[\"'()\[\]{}]")
_CLOSING = {mark: re.compile(rf"\\.|{mark}") for mark in ('"', "'", '"""', "'''")}

_DEFINES = re.compile(r"""(?:async\s+def|def|class|import|from|if\s+__name__)\b|[@#"'\]})]""")
_CONTINUES = re.compile(r"(?:else|elif|except|finally|case)\b")
_BARE_ASSIGNMENT = re.compile(r"[^(=]+=[^=(][^(]*$")


@dataclass
class CleanCell:
    """A cell's lines as Python, as many as before.

    Attributes
    ----------
    lines
        The lines; what was left out is a comment.
    left_out
        Whether a line was left out.
    cell_magic
        The cell magic whose body is no Python and was left out, or "".
    runs
        Whether something other than definitions, imports and plain constants stands at the
        top level; judged by how the lines begin.
    """

    lines: list[str] = field(default_factory=list)
    left_out: bool = False
    cell_magic: str = ""
    runs: bool = False


def clean(lines: list[str]) -> CleanCell:
    """Turn the lines that only a notebook understands into comments."""
    cell = CleanCell()
    first = next((index for index, line in enumerate(lines) if line.strip()), 0)
    if lines and lines[first].startswith("%%"):
        words = lines[first][2:].split()
        if not words or words[0] not in _CELL_MAGICS_OVER_PYTHON:
            cell.cell_magic = f"%%{words[0][:30]}" if words else "%%"
            cell.lines = [f"# left out: {line}".rstrip() for line in lines]
            return cell
    scanner, in_magic = _Scanner(), False
    for line in lines:
        if in_magic or (scanner.at_start and _is_magic(line.strip())):
            cell.left_out = True
            cell.lines.append(_as_comment(line, in_block=line[:1].isspace() and not in_magic))
            in_magic = line.endswith("\\")
            continue
        if scanner.at_start and _OWN_CHECK.match(line):
            cell.lines.append(f"# left out: {line}")
            continue
        if scanner.at_start and line and not line[0].isspace():
            cell.runs = cell.runs or _runs(line)
        scanner.feed(line)
        cell.lines.append(line)
    return cell


def _is_magic(line: str) -> bool:
    return bool(_MAGIC.match(line) or _HELP.match(line) or _ASSIGNED_MAGIC.match(line))


def _as_comment(line: str, *, in_block: bool) -> str:
    """Indented, it may be all that a block holds, and a block needs a statement."""
    text = line.strip().rstrip("\\").rstrip()
    indent = line[: len(line) - len(line.lstrip())]
    return f"{indent}pass  # left out: {text}" if in_block else f"# left out: {text}"


def _runs(line: str) -> bool:
    known = (_DEFINES, _CONTINUES, _BARE_ASSIGNMENT)
    return not any(pattern.match(line) for pattern in known)


class _Scanner:
    """Knows after each line whether the next one starts a statement."""

    def __init__(self) -> None:
        self.quote = ""
        self.depth = 0
        self.continued = False

    @property
    def at_start(self) -> bool:
        """Whether no string, bracket or backslash is open."""
        return not self.quote and self.depth == 0 and not self.continued

    def feed(self, line: str) -> None:
        """Follow one line."""
        position, in_comment = 0, False
        while True:
            if self.quote:
                closing = self._closing(line, position)
                if closing is None:
                    break
                self.quote, position = "", closing
            found = _OPENING.search(line, position)
            if found is None or found[0] == "#":
                in_comment = found is not None
                break
            position = found.end()
            if found[0] in "([{":
                self.depth += 1
            elif found[0] in ")]}":
                self.depth = max(0, self.depth - 1)
            else:
                self.quote = found[0]
        self.continued = line.endswith("\\") and not in_comment
        if len(self.quote) == 1 and not self.continued:
            self.quote = ""  # a string of one line ends with it, closed or not

    def _closing(self, line: str, position: int) -> int | None:
        for match in _CLOSING[self.quote].finditer(line, position):
            if match[0] == self.quote:
                return match.end()
        return None
