"""A student's file as the statements at its top level, each with its place.

A file that does not parse as a whole is taken apart where a line begins at the margin, so that
a broken definition costs itself and nothing else.
"""

from __future__ import annotations
import __future__

import ast
import functools
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from grader.worker.merges import MAY_HOLD_MARKS, Merge, decided, without

CELL_MARK = "# %% cell "
"""The line that starts each cell of a module that came from a notebook."""

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
"""A line as the compiler counts it; `splitlines` knows more ends of lines."""
_CONTINUES = re.compile(r"(?:else|elif|except|finally)\b|[)\]}]")
"""What stands at the margin and belongs to the statement before."""
_DEFINED = re.compile(r"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.MULTILINE)
_INDENTED = re.compile(r"[ \t]+(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)")
_INDENTED_START = re.compile(r"[ \t]+(?:@|(?:async[ \t]+)?(?:def|class)[ \t])")
_ASSIGNED = re.compile(r"^(\w+)[ \t]*(?::[^=\n]*)?=(?!=)", re.MULTILINE)
_MERGE_MARK = re.compile(r"(?:<{7}|={7}|>{7})(?:\s|$)")
MERGE_MARKS = (
    "Git leaves such marks around two versions of a text; keep one version and delete the marks"
)
_DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_MAX_CUTS = 8
_MAX_ATTEMPTS = 400
_MAX_PARSED = 20 * 2**20
"""How often, and how many bytes, may be parsed while one file is taken apart."""
_MAX_ALONE, _MAX_JOINED = 20_000, 2_000
"""How many pieces are then parsed alone, definitions aside, and how many may belong together."""
_SHARE_OF_JOINED = 10
_DETECTED = re.compile(r" \(detected at line \d+\)$")
_LINE_NUMBER = re.compile(r"\bline (\d{1,9})\b")
_STAYS_OPEN = re.compile(r"unterminated triple-quoted|was never closed|unexpected EOF")
_DEFINING_START = re.compile(r"@|(?:async[ \t]+)?(?:def|class)[ \t]|(?:import|from)[ \t]")
_MAX_TEXT = 200
_MAX_NAMES = 50


TOO_DEEP = RecursionError, MemoryError, SystemError
"""What the compiler raises where expressions stand too deep in one another."""
NESTED_TOO_DEEPLY = "it is nested too deeply for Python to read"


@dataclass(frozen=True)
class Part:
    """One statement at the top level, or a stretch of text that does not parse.

    Attributes
    ----------
    line, end_line
        Where it stands in the file; a decorator belongs to what it decorates.
    node
        Its syntax tree; None when it does not parse.
    problem
        None, or ``message``, ``line``, ``column`` and ``text`` of its syntax error.
    names, assigned
        What a stretch that does not parse was to define, by a definition or by an assignment.
    moved
        Whether it is a definition that begins with spaces and was read as if it did not.
    """

    line: int
    end_line: int
    node: ast.stmt | None = None
    problem: dict[str, Any] | None = None
    names: tuple[str, ...] = ()
    assigned: tuple[str, ...] = ()
    moved: bool = False


def parts_of(source: bytes) -> tuple[Part, ...]:
    """Take a file apart; the parts stand in their order.

    Raises
    ------
    SyntaxError
        When nothing of it parses.
    ValueError
        When the compiler cannot take it.
    """
    return _apart(source)[0]


def read_parts(source: bytes, budget: int) -> tuple[Part, ...]:
    """The same of a text that is looked at once, with no more than `budget` bytes parsed again."""
    return _taken(source, budget)[0]


def merges_of(source: bytes) -> tuple[Merge, ...]:
    """Where Git left two versions of some lines, and which of them count; errors as above."""
    return _apart(source)[1]


def forget() -> None:
    """Let go of the files that were taken apart."""
    _apart.cache_clear()


@functools.lru_cache(maxsize=8)
def _apart(source: bytes) -> tuple[tuple[Part, ...], tuple[Merge, ...]]:
    return _taken(source, _MAX_PARSED)


def _taken(source: bytes, budget: int) -> tuple[tuple[Part, ...], tuple[Merge, ...]]:
    text = source.decode("utf-8")
    in_cells = text.startswith(CELL_MARK)
    whole = None if in_cells else _whole(source)
    merges: list[Merge] = []
    if whole is None and MAY_HOLD_MARKS.search(text):
        lines = _LINE.findall(text)
        merges = decided(lines)
        text = without(lines, merges)
        whole = None if in_cells or not merges else _whole(text)
    if whole is not None:
        return whole, tuple(merges)
    if in_cells:
        parts = tuple(part for cell in _cells(text) for part in _read(cell, budget))
    else:
        parts = tuple(_read(_pieces(_numbered(text)), budget))
    if parts and all(part.node is None for part in parts):
        raise _error_of(parts[0].problem or {})
    return parts, tuple(merges)


def _whole(text: str | bytes) -> tuple[Part, ...] | None:
    """The statements of a text that parses as a whole."""
    try:
        return tuple(map(part_of, ast.parse(text).body))
    except (SyntaxError, *TOO_DEEP):
        return None


def names_of(part: Part) -> list[str]:
    """The names that a statement is to define."""
    if part.node is None:
        return [*part.names, *part.assigned][:_MAX_NAMES]
    found: dict[str, None] = {}
    waiting: list[ast.AST] = [part.node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found[node.name] = None
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            found |= dict.fromkeys((one.asname or one.name).partition(".")[0] for one in node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found[node.id] = None
        waiting += ast.iter_child_nodes(node)
    return list(found)[:_MAX_NAMES]


def imports_one_by_one(part: Part) -> list[Part]:
    """An import of several names as an import for each; nothing for other statements."""
    node = part.node
    if isinstance(node, ast.Import):
        nodes: list[ast.stmt] = [ast.Import([one]) for one in node.names]
    elif isinstance(node, ast.ImportFrom):
        nodes = [ast.ImportFrom(node.module, [one], node.level) for one in node.names]
    else:
        return []
    return [
        Part(one.lineno, one.end_lineno or one.lineno, ast.copy_location(piece, one))
        for piece, one in zip(nodes, node.names, strict=True)
    ]


def future_flags(parts: tuple[Part, ...]) -> int:
    """The compiler's flags for what the file imports from `__future__`."""
    flags = 0
    for part in parts:
        if isinstance(part.node, ast.ImportFrom) and part.node.module == "__future__":
            for item in part.node.names:
                feature = getattr(__future__, item.name, None)
                flags |= getattr(feature, "compiler_flag", 0)
    return flags


def problem_of(error: SyntaxError) -> dict[str, Any]:
    """A syntax error as plain data."""
    text = (error.text or "").rstrip("\n")[:_MAX_TEXT]
    message = MERGE_MARKS if _MERGE_MARK.match(text) else _DETECTED.sub("", error.msg)
    return {"message": message, "line": error.lineno, "column": error.offset, "text": text}


def _error_of(problem: dict[str, Any]) -> SyntaxError:
    place = problem.get("line"), problem.get("column"), problem.get("text")
    return SyntaxError(str(problem.get("message")), ("", *place))


def part_of(node: ast.stmt) -> Part:
    """A statement with its place."""
    decorators = getattr(node, "decorator_list", [])
    line = min([node.lineno, *(one.lineno for one in decorators)])
    return Part(line, node.end_lineno or node.lineno, node)


_Line = tuple[int, str]
_Piece = list[_Line]
"""Lines that belong together, with their numbers."""


def _numbered(text: str) -> list[_Line]:
    return list(enumerate(_LINE.findall(text), start=1))


def _cells(text: str) -> Iterator[list[_Piece]]:
    """The pieces of each cell: a string that stays open in one does not swallow the next."""
    lines = _numbered(text)
    starts = [index for index, (_, line) in enumerate(lines) if line.startswith(CELL_MARK)]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield _pieces(lines[start:end])


def _pieces(lines: list[_Line]) -> list[_Piece]:
    """Cut before each line that may begin a statement.

    A mark of Git's inside of a definition does not end it: its one half is not what was written.
    """
    pieces: list[_Piece] = []
    decorated = False
    for index, (number, line) in enumerate(lines):
        at_margin = bool(line.strip()) and not line[0].isspace()
        begins = at_margin and line[0] != "#" and not _CONTINUES.match(line)
        if begins and _MERGE_MARK.match(line) and _is_inside(lines, index):
            begins = False
        if not pieces or (begins and not decorated):
            pieces.append([])
        pieces[-1].append((number, line))
        if begins:
            decorated = line[0] == "@"
    return pieces


def _is_inside(lines: list[_Line], index: int) -> bool:
    """Whether what goes on behind a line is part of a block."""
    behind = (line for _, line in lines[index + 1 : index + 50])
    going_on = next((one for one in behind if one.strip() and not _MERGE_MARK.match(one)), "")
    return going_on[:1].isspace()


def _read(pieces: list[_Piece], budget: int) -> list[Part]:
    """Parse pieces; one that is nested too deeply costs itself."""
    try:
        return list(_taken_apart(pieces, budget))
    except TOO_DEEP:
        if len(pieces) == 1:
            return [_broken(pieces[0], SyntaxError(NESTED_TOO_DEEPLY))]
    runs = [list(run) for _, run in itertools.groupby(pieces, _is_too_deep)]
    if len(runs) == 1:  # all of them, or what is too deep goes over several
        half = len(pieces) // 2
        runs = [pieces[:half], pieces[half:]]
    return [part for run in runs for part in _read(run, budget)]


def _is_too_deep(piece: _Piece) -> bool:
    try:
        ast.parse(_text([piece]))
    except TOO_DEEP:
        return True
    except (SyntaxError, ValueError):
        return False
    return False


def _taken_apart(pieces: list[_Piece], budget: int) -> Iterator[Part]:
    """Parse as much as parses together; a piece that does not parse is passed over.

    The compiler says on which line it gives up. What stands before the piece of that line is
    parsed first, then the piece with all that follows; if that fails in the same piece, it is
    broken. Once that was done often, every piece is parsed alone.
    """
    allowed = _attempts(pieces, budget)
    start, end = 0, len(pieces)
    while start < len(pieces):
        if allowed == 0:
            yield from _one_by_one(pieces[start:], budget)
            return
        allowed -= 1
        try:
            tree = ast.parse(_text(pieces[start:end]))
        except SyntaxError as error:
            place = _piece_of(error.lineno, pieces, start, end)
            if place > start:
                end = place
                continue
            yield from _saved(pieces[start], error)
            start, end = start + 1, len(pieces)
        else:
            yield from map(part_of, tree.body)
            start, end = end, len(pieces)


def _one_by_one(pieces: list[_Piece], budget: int) -> Iterator[Part]:
    """Parse each piece alone, as far as that goes; of those that do not parse a run is one part.

    A string or a bracket that stays open in a piece may end in one of the next.
    """
    run: list[_Line] = []
    why = SyntaxError("invalid syntax")
    tries, index = _MAX_ALONE, 0
    budget //= _SHARE_OF_JOINED
    while index < len(pieces):
        piece = pieces[index]
        index += 1
        is_definition = _DEFINING_START.match(piece[0][1]) is not None
        if not is_definition and tries == 0:
            run += piece
            continue
        tries -= not is_definition
        error, found = _alone(piece)
        if isinstance(error, SyntaxError) and _STAYS_OPEN.search(error.msg or "") and budget > 0:
            end, joined = _going_on(piece, pieces, index)
            budget -= sum(len(line) for _, line in joined)
            longer = _alone(joined)[1] if end else None
            if longer is not None:
                found, index = longer, end
        if found is not None:
            if run:
                yield _broken(run, why)
                run = []
            yield from found
        elif is_definition:
            if run:
                yield _broken(run, why)
                run = []
            yield from (
                _saved(piece, error)
                if isinstance(error, SyntaxError)
                else [_broken(piece, SyntaxError(NESTED_TOO_DEEPLY))]
            )
        else:
            if not run and isinstance(error, SyntaxError):
                why = error
            run += piece
    if run:
        yield _broken(run, why)


def _alone(piece: _Piece) -> tuple[BaseException | None, list[Part] | None]:
    """The statements of a piece that is parsed without what stands around it, or the error."""
    before = piece[0][0] - 1
    try:
        body = ast.parse("".join(line for _, line in piece)).body
    except SyntaxError as error:
        error.lineno = (error.lineno or 1) + before
        error.msg = _LINE_NUMBER.sub(lambda found: f"line {int(found[1]) + before}", error.msg)
        return error, None
    except (ValueError, *TOO_DEEP) as error:
        return error, None
    return None, [part_of(ast.increment_lineno(node, before)) for node in body]


def _going_on(piece: _Piece, pieces: list[_Piece], index: int) -> tuple[int, _Piece]:
    """A piece with those behind it, and where what it leaves open may end; 0 for nowhere."""
    text = "".join(line for _, line in piece)
    quotes = [mark for mark in ('"""', "'''") if text.count(mark) % 2]
    joined = list(piece)
    for end, one in enumerate(pieces[index : index + _MAX_JOINED], start=index + 1):
        joined += one
        lines = [line for _, line in one]
        if any(mark in line for mark in quotes for line in lines) or (
            not quotes and any(line[0] in ")]}" for line in lines)
        ):
            return end, joined
    return 0, joined


def _saved(piece: _Piece, error: SyntaxError) -> Iterator[Part]:
    """What is whole above the line that broke a piece, and the rest of it as broken."""
    for place in _cuts(piece):
        head, rest = piece[:place], piece[place:]
        try:
            body = ast.parse(_text([head])).body
        except SyntaxError:
            continue
        if not body or not _may_end(body[-1], rest):
            continue
        try:
            ast.parse(_text([rest]))
        except SyntaxError as of_rest:
            yield from map(part_of, body)
            yield from _moved(rest) or _saved_or_broken(rest, of_rest)
            return
    yield from _moved(piece) or [_broken(piece, error)]


def _saved_or_broken(rest: _Piece, error: SyntaxError) -> Iterator[Part]:
    """The same for what was cut off, which begins with a definition that is not at the margin."""
    cuts = [place for place in _cuts(rest) if _INDENTED_START.match(rest[place][1])]
    for place in cuts:
        moved = _moved(rest[:place])
        if moved:
            yield from moved
            yield from _moved(rest[place:]) or [_broken(rest[place:], error)]
            return
    yield _broken(rest, error)


def _moved(piece: _Piece) -> list[Part]:
    """Definitions that begin with too many spaces, as if they stood at the margin; else nothing."""
    if _INDENTED_START.match(piece[0][1]) is None:
        return []
    first = piece[0][1]
    spaces = first[: len(first) - len(first.lstrip())]
    lines = [(number, text.removeprefix(spaces)) for number, text in piece]
    for moved in (lines, [(piece[0][0], first.lstrip()), *piece[1:]]):
        try:
            body = ast.parse(_text([moved])).body
        except (SyntaxError, *TOO_DEEP):
            continue
        return [replace(part_of(node), moved=isinstance(node, _DEFINITION)) for node in body]
    return []


def _cuts(piece: _Piece) -> list[int]:
    """Lines that may belong to nothing above them, though they do not begin a statement."""
    found = [
        place
        for place, (_, line) in enumerate(piece)
        if place and (_CONTINUES.match(line) or _INDENTED_START.match(line))
    ]
    return found[:_MAX_CUTS]


def _may_end(last: ast.stmt, rest: _Piece) -> bool:
    """Whether nothing of a statement stands in the rest that was cut off behind it."""
    line = rest[0][1]
    if _INDENTED_START.match(line):
        if _moved(rest):
            return True
        inside = last.body[0].col_offset if isinstance(last, _DEFINITION) else 0
        own, *others = [_spaces(text) for _, text in rest if text.strip()]
        return own < inside and (inside not in others or others[0] == inside)
    is_word = line[0].isalpha()
    return not is_word or not isinstance(last, ast.If | ast.For | ast.While | ast.Try)


def _spaces(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def _attempts(pieces: list[_Piece], budget: int) -> int:
    size = sum(len(line) for piece in pieces for _, line in piece)
    return max(1, min(_MAX_ATTEMPTS, budget // max(1, size)))


def _text(pieces: list[_Piece]) -> str:
    """The text of pieces, with as many empty lines before it as there are lines."""
    first = pieces[0][0][0]
    return "\n" * (first - 1) + "".join(line for piece in pieces for _, line in piece)


def _piece_of(line: int | None, pieces: list[_Piece], start: int, end: int) -> int:
    """The piece in which a line stands, among those from `start` to `end`."""
    wanted = line or 0
    later = [index for index in range(start, end) if pieces[index][0][0] <= wanted]
    return later[-1] if later else start


def _broken(piece: _Piece, error: SyntaxError) -> Part:
    line, end = piece[0][0], piece[-1][0]
    text = "".join(text for _, text in piece)
    problem = problem_of(error)
    if not line <= (problem["line"] or 0) <= end:
        problem |= {"line": line, "column": None, "text": piece[0][1].rstrip()[:_MAX_TEXT]}
    indented = _INDENTED.match(text)
    first = (indented[1],) if indented else ()
    defined, assigned = tuple(_DEFINED.findall(text)), tuple(_ASSIGNED.findall(text))
    return Part(line, end, problem=problem, names=first + defined, assigned=assigned)
