"""What was graded and stands in no cell of the notebook: in other files, behind much text.

Texts are looked at line by line, as `grader.submissions.definitions` does; nothing is parsed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from grader.result import Result
from grader.sanitise.notebook import MAX_TEXT, Cell, code_cell, text_cell
from grader.sanitise.text import safe_text
from grader.submissions import Submission
from grader.submissions.names import listed
from grader.submissions.places import Places
from grader.worker.parts import CELL_MARK

_MAX_LINE, _LINE_START, _LINE_END = 2_000, 1_000, 500
_LONG_RUN, _SHOWN_OF_RUN = 40, 5
"""Lines of comment in a row that are shown in part, where a text is too long."""
_MAX_OTHERS, _MAX_OTHER_LETTERS = 20, 1_000_000
"""Files beside the expected ones that are shown, and letters of all of them."""
_MARGIN = 400
"""Letters that our own words about a cut take at most."""
_NEXT = re.compile(rf"([ \t]*)(?:(?:async[ \t]+)?(?:def|class)\b|@)|{re.escape(CELL_MARK)}")


@dataclass(frozen=True)
class Graded:
    """The code of one exercise: where it stands, and its lines, counted from 1."""

    file: str
    first: int
    last: int
    text: str


def within_limits(text: str, limit: int = MAX_TEXT) -> str:
    """A text that a page can show; what is cut is said in its place.

    Long lines and long runs of comments go first, since they hold no code that was graded; of what
    is still too long, the beginning and the end are shown.
    """
    if len(text) <= limit:
        return text
    shown = "\n".join(_shortened(text.split("\n")))
    if len(shown) <= limit:
        return f"# Cut where it is said: this text has {len(text):,} letters.\n{shown}"
    half = (limit - _MARGIN) // 2
    middle = shown[half : len(shown) - half]
    first = shown.count("\n", 0, half) + 1
    return (
        f"# Cut below: this text has {len(text):,} letters.\n{shown[:half]}\n"
        f"# Cut here, after {first:,} lines: {len(middle):,} letters are not shown.\n"
        f"{shown[len(shown) - half :]}"
    )


def _shortened(lines: list[str]) -> Iterator[str]:
    run: list[str] = []
    for line in [*lines, None]:
        if line is not None and (not line.strip() or line.lstrip().startswith("#")):
            run.append(_short(line))
            continue
        if len(run) > _LONG_RUN:
            left = len(run) - 2 * _SHOWN_OF_RUN
            yield from run[:_SHOWN_OF_RUN]
            yield f"# Cut here: {left:,} lines of comment are not shown."
            yield from run[-_SHOWN_OF_RUN:]
        else:
            yield from run
        run = []
        if line is not None:
            yield _short(line)


def _short(line: str) -> str:
    if len(line) <= _MAX_LINE:
        return line
    left = len(line) - _LINE_START - _LINE_END
    return f"{line[:_LINE_START]} … cut here: {left:,} letters of this line … {line[-_LINE_END:]}"


def graded_code(name: str, file: str, submission: Submission, result: Result) -> Graded | None:
    """The code of an exercise that was graded; None where nothing defines it by name."""
    told = [check.file for check in result.checks if check.exercise == name]
    for one in dict.fromkeys([*told, file, *submission.files]):
        text = _text(submission, one)
        found = _lines_of(text, name)
        if found is not None:
            first, last = found
            return Graded(one, first, last, "\n".join(text.split("\n")[first - 1 : last]))
    return None


def _lines_of(text: str, name: str) -> tuple[int, int] | None:
    """The first and last line of the last definition of a name, at the margin if there is one."""
    name = re.escape(name)
    pattern = rf"^([ \t]*)(?:(?:async[ \t]+)?(?:def|class)[ \t]+{name}\b|{name}[ \t]*(?::.*)?=[^=])"
    found = list(re.finditer(pattern, text, re.MULTILINE))
    if not found:
        return None
    at_margin = [one for one in found if not one[1]]
    header = (at_margin or found)[-1]
    lines = text.split("\n")
    first = text.count("\n", 0, header.start())
    while first > 0 and lines[first - 1].startswith(f"{header[1]}@"):
        first -= 1
    last = text.count("\n", 0, header.start()) + 1
    while last < len(lines):
        following = _NEXT.match(lines[last])
        if following is not None and len(following[1] or "") <= len(header[1]):
            break
        last += 1
    return first + 1, last


def cell_of_graded(name: str, graded: Graded, submission: Submission) -> str:
    """The source of a cell that shows the code of an exercise, and says where it stands."""
    whole = _text(submission, graded.file)
    place = Places(submission.line_origins, submission.sources)
    where = place.line_of_file(graded.file, graded.first)
    more = (
        f"the file has {len(whole):,} letters; the graded lines are {graded.first:,} to "
        f"{graded.last:,}"
    )
    return f"# {name} was taken from {where} ({more}).\n\n{within_limits(graded.text, _FITTING)}"


_FITTING = MAX_TEXT - 2 * _MARGIN


def is_shown(graded: Graded, cells: Collection[Cell]) -> bool:
    """Whether a code cell shows this code whole."""
    text = safe_text(graded.text.strip(), MAX_TEXT)
    return any(text in cell["source"] for cell in cells if cell["cell_type"] == "code")


def other_files(file: str, expected: Collection[str], submission: Submission) -> list[Cell]:
    """Cells that show the files which this one takes code from, and a note on what is left out."""
    places = Places(submission.line_origins, submission.sources)
    made: list[Cell] = []
    left, hidden = _MAX_OTHER_LETTERS, []
    for name in _taken_from(file, expected, submission):
        text = within_limits(_text(submission, name), _FITTING)
        left -= len(text)
        if left < 0 or len(made) == _MAX_OTHERS:
            hidden.append(places.name(name))
        else:
            made.append(code_cell(f"# {places.name(name)}, which was handed in with it\n\n{text}"))
    if hidden:
        made.append(text_cell(f"Cut here: {listed(hidden, 10)} are not shown."))
    return made


def _taken_from(name: str, expected: Collection[str], submission: Submission) -> list[str]:
    """The student's own modules that a file names, and those that these name."""
    others = {one for one in submission.files if one not in expected and one.endswith(".py")}
    found: list[str] = []
    waiting = [name]
    while waiting:
        text = _text(submission, waiting.pop())
        words = set(re.findall(r"\w+", text))
        new = sorted(one for one in others - set(found) if _stem(one) in words)
        found += new
        waiting += new
    return found


def _stem(name: str) -> str:
    """What an import says of a module: the last part of its dotted name, the package's for it."""
    parts = name.removesuffix(".py").split("/")
    return parts[-2] if parts[-1] == "__init__" and len(parts) > 1 else parts[-1]


def _text(submission: Submission, name: str) -> str:
    return submission.files.get(name, b"").decode("utf-8", "replace")
