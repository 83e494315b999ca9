"""Which functions and classes a text defines, and which of them are stubs: by its lines alone.

The text is not parsed: source can exhaust the compiler, and this runs in the judge's own
process. What is found decides which file is meant, never what it is worth.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from grader.worker.parts import CELL_MARK

MAX_SCANNED = 2**20
"""Bytes of a text that are looked at; the longest references have 40 KB."""

_MARK = re.compile(r"""\\.|\"\"\"|'''|["'#\n]""", re.DOTALL)
_CELL = re.compile(rf"^(?={re.escape(CELL_MARK)})", re.MULTILINE)
_HEADER = re.compile(r"([ \t]*)(?:(?:async[ \t]+)?(def)|(class))[ \t]+(\w+)")
_ASSIGNED = re.compile(r"(\w+)[ \t]*(?::[^=\n]*)?=(?!=)")
_IMPORTED = re.compile(
    r"^[ \t]*from[ \t]+\.*(\w*)[\w.]*[ \t]+import[ \t]*(\([^)]{0,20000}\)|[^\n(]*)", re.MULTILINE
)
_STRING_PREFIX = re.compile(r"[rRbBuUfF]{1,2}")
_OPENING, _CLOSING = "([{", ")]}"


_DEFINED = re.compile(rb"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.MULTILINE)
_MARKS_OF_STUBS = (b"NotImplementedError", b"pass", b"...")


@dataclass(frozen=True)
class Definitions:
    """What stands at the top level of a text.

    Attributes
    ----------
    written
        Names that are bound by a definition or an assignment, and not only by a stub.
    stubs
        Names of which nothing but a stub is there.
    imported
        Names that are taken from other modules, by module; ``*`` for all of them.
    """

    written: frozenset[str] = frozenset()
    stubs: frozenset[str] = frozenset()
    imported: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def names(self) -> frozenset[str]:
        """Everything that is defined, stubs too."""
        return self.written | self.stubs


def mentions(content: bytes, names: Iterable[str]) -> bool:
    """Whether a text may define one of these names: a glance that spares most texts the scan."""
    return any(name.encode() in content for name in names)


def is_surely_written(content: bytes, names: Collection[str]) -> bool:
    """Whether more of these names are defined than there can be stubs; the scan need not be asked.

    False says nothing.
    """
    found = {name.decode("utf-8", "replace") for name in _DEFINED.findall(content)}
    return len(found.intersection(names)) > sum(map(content.count, _MARKS_OF_STUBS))


def definitions(content: bytes) -> Definitions:
    """Scan a text; as in Python the last definition of a name counts."""
    whole = content[:MAX_SCANNED].decode("utf-8", "replace")
    # A string that stays open in one cell of a notebook does not swallow the next one.
    text = "".join(map(_without_strings, _CELL.split(whole)))
    written: dict[str, bool] = {}
    lines = text.split("\n")
    for kind, name, body in _blocks(lines):
        written[name] = not _is_stub(kind, body)
    for line in lines:
        match = _ASSIGNED.match(line)
        if match is not None:
            written[match[1]] = True
    imported: dict[str, frozenset[str]] = {}
    for match in _IMPORTED.finditer(text):
        imported[match[1]] = imported.get(match[1], frozenset()) | _bound(match[2])
    return Definitions(
        frozenset(name for name, is_written in written.items() if is_written),
        frozenset(name for name, is_written in written.items() if not is_written),
        imported,
    )


def _bound(clause: str) -> frozenset[str]:
    """The names that ``import a, b as c`` binds."""
    parts = clause.strip("() \t\r").replace("\\\n", " ").split(",")
    return frozenset(part.split()[-1] for part in parts if part.split())


def _without_strings(text: str) -> str:
    """The text without comments and strings; every line stays where it is."""
    kept: list[str] = []
    inside, start = "", 0
    for mark in _MARK.finditer(text):
        found = mark[0]
        if not inside:
            if found[0] in "\"'#":
                kept.append(text[start : mark.start()])
                inside = found
            continue
        ends_line = found.endswith("\n")
        if ends_line and (len(inside) == 3 or (found != "\n" and inside != "#")):
            kept.append("\n")  # the string goes on
        elif ends_line or (inside != "#" and found in (inside, inside * 3)):
            start = mark.end() - ends_line
            inside = ""
    if not inside:
        kept.append(text[start:])
    return "".join(kept)


def _blocks(lines: list[str]) -> Iterator[tuple[str, str, list[str]]]:
    """Definitions that stand in no other one: kind, name, and the lines from the name on."""
    block: tuple[str, str, list[str]] | None = None
    indent = depth = 0
    for line in lines:
        stripped = line.lstrip(" \t")
        if not stripped.strip():
            continue
        column = len(line) - len(stripped)
        match = _HEADER.match(line)
        # No definition begins inside brackets: where one does, some bracket was never closed.
        if block is not None and (column > indent or (depth > 0 and match is None)):
            block[2].append(line)
        else:
            if block is not None:
                yield block
            block = None
            depth = 0
            if match is None:
                continue
            indent = column
            block = (match[2] or match[3], match[4], [line[match.end() :]])
            line = block[2][0]
        depth = max(0, depth + _brackets(line))
    if block is not None:
        yield block


def _brackets(line: str) -> int:
    return sum(map(line.count, _OPENING)) - sum(map(line.count, _CLOSING))


def _is_stub(kind: str, lines: list[str]) -> bool:
    """Whether nothing of a definition is written; the rule of `grader.worker.source`."""
    body = _after_signature("\n".join(lines))
    if kind == "class":
        methods = [block for block in _blocks(body.split("\n")) if block[0] == "def"]
        return bool(methods) and all(_is_stub(one, inner) for one, _, inner in methods)
    statements = [line.strip() for line in body.split("\n")]
    statements = [one for one in statements if one and not _STRING_PREFIX.fullmatch(one)]
    if not statements or all(one in ("pass", "...") for one in statements):
        return True
    return re.match(r"raise\s+NotImplementedError\b", statements[0]) is not None


def _after_signature(text: str) -> str:
    depth = 0
    for match in re.finditer(r"[()\[\]{}:]", text):
        mark = match[0]
        if mark == ":" and depth <= 0:
            return text[match.end() :]
        depth += (mark in _OPENING) - (mark in _CLOSING)
    return ""
