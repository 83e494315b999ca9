"""What only a notebook understands, turned into Python: ``%magic``, ``!shell``, ``help?``.

Most of it becomes a comment. Where Python stands behind a magic (``%time x = f()``), the Python
is kept. So are the indentation and the prompts that IPython itself takes off a cell taken off.
Calls of `grader.check`, which stand in the cells of the notebook edition, are left
out as well.

A line that starts with ``%`` may as well be the second line of a division with remainder,
or stand in a docstring. So a small scanner follows strings and brackets, and only the start
of a statement is looked at. The source is not parsed here: parsing can exhaust the compiler
and belongs in the worker.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from grader.submissions.names import shown
from grader.submissions.run_files import as_magic, run_file
from grader.submissions.scanner import Scanner

LEFT_OUT = "notebook commands (%, !, ?) were left out"
PYTHON_KEPT = "the Python behind %time or %prun was kept"
PROMPTS_OFF = "prompts (>>>, In [1]:) were taken off"
INDENTATION_OFF = "the indentation of the first line was taken off"
PYLAB = "%pylab was taken as the imports of NumPy and Matplotlib that it makes"

_TIMED = re.compile(
    r"%(?:time(?:\s+--[\w-]+)*|prun(?:\s+-[rq](?=\s)|\s+-[lsTD]\s*\S+)*)\s+(?![%!?-])(\S.*)"
)
_PYLAB = re.compile(r"%pylab\b")
_PYLAB_IMPORTS = "import numpy, numpy as np, matplotlib.pyplot as plt; from numpy import *"
_MAGIC = re.compile(r"[%!?]")
_HELP = re.compile(r"(?:[\w.,\s]+=\s*)?[\w.\[\]*]+\?{1,2}\s*(?:#.*)?$")
_ASSIGNED = re.compile(r"([\w.,\s\[\]\"']+=)\s*([!%].*)")
_WITHOUT_PERCENT = re.compile(
    r"(?:pip3?|conda|mamba|apt|apt-get|git|wget|curl|cd|ls|mkdir|unzip|matplotlib|load_ext|autoreload)"
    r"[ \t]+(?!(?:in|is|if|or|and|not|for|else)\b)(?:-\w+[ \t]+)*[A-Za-z]"
)
"""IPython takes these for magics or commands; two names side by side are never Python."""

_HINT = re.compile(rf"[%!?]|^{_WITHOUT_PERCENT.pattern}")
_SHELL = "get_ipython()"
"""What an exported magic begins with."""
_RUN_BY_CALL = re.compile(r"get_ipython\(\)\.(?:run_line_)?magic\(\s*u?[\"']%?run\b")

_OWN_CHECK = re.compile(
    r"""from\s+grader(?:\.notebook)?\s+import\b.*|import\s+grader(?:\.notebook)?\b.*|check\((["'])\w+\1(?:,\s*hint\s*=\s*\w+)?\)\s*;?$"""
)
"""What stands in the notebook edition's cells that check: no code of the student's."""

_SUSPICIOUS = re.compile(rf"^[ \t]*[%!?]|=[ \t]*[!%]|^{_WITHOUT_PERCENT.pattern}", re.MULTILINE)
_ASKS_FOR_HELP = re.compile(
    r"^[ \t]*(?:\w[\w., \t]*=[ \t]*)?[\w.\[\]*]+\?{1,2}[ \t]*(?:#.*)?\r?$", re.MULTILINE
)
_NO_MODULE = re.compile(r"[ \t]*(?:async[ \t]+)?(?:def|class)\b")
_CLASSIC = (re.compile(r"[ \t]*>>>(?: |$)"), re.compile(r"[ \t]*(?:>>>|\.\.\.)(?: |$)"))
_NUMBERED = (
    re.compile(r"[ \t]*In \[\d+\]: ?"),
    re.compile(r"[ \t]*(?:In \[\d+\]:|\.{3,}:)(?: |$)"),
)


@dataclass
class CleanCell:
    """A cell's lines as Python, as many as before.

    Attributes
    ----------
    lines
        The lines; what was left out is a comment.
    notes
        What was done to them, each once.
    """

    lines: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Add a note unless it is there."""
        if text not in self.notes:
            self.notes.append(text)


def may_hold_commands(text: str) -> bool:
    """Whether it is worth the time to look closer at a text that should be plain Python."""
    start = text.lstrip("\r\n")[:4]
    if start.startswith((" ", "\t", ">>>", "In [")) or _SUSPICIOUS.search(text):
        return True
    if _SHELL in text and _RUN_BY_CALL.search(text):
        return True
    return "?" in text and _ASKS_FOR_HELP.search(text) is not None


def clean(lines: list[str]) -> CleanCell:
    """Turn lines that only a notebook understands into Python or into comments."""
    cell = CleanCell()
    scanner, in_magic = Scanner(), False
    plain = without_prompts(lines)
    if plain != lines:
        cell.note(PROMPTS_OFF if _prompts_of(lines) else INDENTATION_OFF)
    for line in plain:
        if in_magic:
            cell.lines.append(_as_comment(line, in_block=False))
            in_magic = line.endswith("\\")
            continue
        if scanner.at_start:
            if _OWN_CHECK.match(line):
                cell.lines.append(f"# left out: {line}")
                continue
            # Most lines are none.
            may_be_command = _SHELL in line or _HINT.search(line) is not None
            python, note = _python_behind(line, cell.lines) if may_be_command else ("", "")
            if may_be_command and not python and _is_command(line.strip()):
                cell.note(_why_left_out(line.strip()))
                cell.lines.append(_as_comment(line, in_block=line[:1].isspace()))
                in_magic = line.endswith("\\")
                continue
            if python:
                cell.note(note)
                line = python
        scanner.feed(line)
        cell.lines.append(line)
    return cell


def first_code_line(lines: list[str]) -> int:
    """The index of the first line that is neither blank nor a comment; 0 when there is none."""
    return next(
        (index for index, line in enumerate(lines) if line.strip() and line.lstrip()[0] != "#"), 0
    )


def without_prompts(lines: list[str]) -> list[str]:
    """The lines without the prompts or the indentation of the first one, as IPython reads them."""
    if not lines:
        return lines
    prompt = _prompts_of(lines)
    if prompt is not None:
        return [prompt.sub("", line, count=1) if prompt.match(line) else line for line in lines]
    first = lines[first_code_line(lines)]
    code = first.lstrip(" \t")
    indent = first[: len(first) - len(code)] if code else ""
    return [line.removeprefix(indent) for line in lines]


def _prompts_of(lines: list[str]) -> re.Pattern[str] | None:
    """The kind of prompts that the first line of code begins with."""
    first = lines[first_code_line(lines)]
    found = (prompt for initial, prompt in (_CLASSIC, _NUMBERED) if initial.match(first))
    return next(found, None)


def _python_behind(line: str, above: list[str]) -> tuple[str, str]:
    """The Python that a magic stands for, with a note; both empty when it stands for none."""
    indent = line[: len(line) - len(line.lstrip())]
    text = as_magic(line.lstrip())
    timed = _TIMED.match(text)
    if timed is not None:
        return f"{indent}{timed[1]}", PYTHON_KEPT
    assigned = _ASSIGNED.match(text)
    timed = _TIMED.match(assigned[2]) if assigned else None
    if assigned is not None and timed is not None:
        return f"{indent}{assigned[1]} {timed[1]}", PYTHON_KEPT
    if not indent and _PYLAB.match(text):
        return f"{_PYLAB_IMPORTS}  # {text}", PYLAB
    run = run_file(text)
    if run is not None and run.module:
        taken = run.statement
        note = f"{shown(text)} was taken as {shown(taken)}"
        # `import *` may stand outside of functions alone; there, blocks are allowed.
        python = f'get_ipython().ex("{taken}")' if _is_in_function(indent, above) else taken
        return f"{indent}{python}  # {text}", note
    return "", ""


def _is_in_function(indent: str, above: list[str]) -> bool:
    """Whether a line of this indentation belongs to a function or a class."""
    width = len(indent)
    for line in reversed(above):
        own = len(line) - len(line.lstrip())
        if width == 0:
            return False
        if line.strip() and own < width and line.lstrip()[0] != "#":
            width = own
            if _NO_MODULE.match(line):
                return True
    return False


def _is_command(line: str) -> bool:
    patterns = (_MAGIC, _HELP, _ASSIGNED, _WITHOUT_PERCENT)
    return any(pattern.match(line) for pattern in patterns)


def _why_left_out(line: str) -> str:
    assigned = _ASSIGNED.match(line)
    if assigned is not None:
        name = shown(assigned[1].rstrip("= \t")[:40])
        return f"what a notebook command gives is not known here; {name} is not assigned"
    run = run_file(line)
    if run is not None:
        return f"%run {shown(run.path[:60])} was left out; what it defines is not known here"
    return LEFT_OUT


def _as_comment(line: str, *, in_block: bool) -> str:
    """Indented, it may be all that a block holds, and a block needs a statement."""
    text = line.strip().rstrip("\\").rstrip()
    indent = line[: len(line) - len(line.lstrip())]
    return f"{indent}pass  # left out: {text}" if in_block else f"# left out: {text}"
