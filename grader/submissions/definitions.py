"""Which functions and classes a text defines, and which of them are stubs.

A text that can be parsed is read as the worker reads it, by `grader.worker.bindings`. Of others,
and of those that are so large or so deep that they might exhaust the compiler, which runs in the
judge's own process here, the lines alone are looked at. What is found decides which file is
meant, never what it is worth.
"""

from __future__ import annotations

import ast
import re
import threading
import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from grader.submissions.statements import after_colon, assigned, imported, simple_statements
from grader.worker.bindings import bindings
from grader.worker.parts import CELL_MARK, TOO_DEEP, read_parts
from grader.worker.stubs import Definition
from grader.worker.written import statements_of

MAX_SCANNED = 2**20
"""Bytes of a text that are looked at; the longest references have 40 KB."""
_MAX_PARSED = 2**17
"""Bytes of a text that is parsed."""
_MAX_REPARSED = 2**21
"""Bytes that are parsed, all tries together, of a text that does not parse as a whole."""
_MAX_DEPTH, _MAX_OPEN = 20, 100
"""How deep brackets may stand in one another, and how many may stay open, in what is parsed."""
_NO_BRACKETS = bytes(set(range(256)) - set(b"()[]{}"))
_parsing = threading.Lock()

_MARK = re.compile(r"""\\.|\"\"\"|'''|["'#\n]""", re.DOTALL)
_CELL = re.compile(rf"^(?={re.escape(CELL_MARK)})", re.MULTILINE)
_HEADER = re.compile(r"([ \t]*)(?:(?:async[ \t]+)?(def)|(class))[ \t]+(\w+)")
_STRING_PREFIX = re.compile(r"[rRbBuUfF]{1,2}")
_OPENING, _CLOSING = "([{", ")]}"
_DEFINED = re.compile(rb"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.MULTILINE)
_RETURNS = re.compile(r"\b(?:return|yield)\b")
_RAISES_AS_STUB = re.compile(r"raise\s+NotImplementedError\b")
_MARKS_OF_STUBS = re.compile(
    rb"NotImplementedError|pass|\.\.\.|\breturn[ \t]*(?:None\b)?[ \t]*(?:[;#\r\n]|\Z)"
)
_OPEN = {"pass", "...", "return", "return None"}


@dataclass(frozen=True)
class Definitions:
    """What stands at the top level of a text.

    Attributes
    ----------
    written
        Names that some statement binds to what may be a function and is not the stub.
    stubs
        Names of which nothing but a stub is there, or a function that is half written.
    imports
        By module, as it is named with its dots, the names that are taken from it; what each is
        called there; ``*`` for all of them.
    shadowed
        Names below whose imports, if there are any, a definition stands.
    certain
        The written ones that surely are functions; what a call returned may as well be a number.
    """

    written: frozenset[str] = frozenset()
    stubs: frozenset[str] = frozenset()
    imports: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    shadowed: frozenset[str] = frozenset()
    certain: frozenset[str] = frozenset()

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
    return len(found.intersection(names)) > len(_MARKS_OF_STUBS.findall(content))


def definitions(content: bytes, *, parse: bool = True) -> Definitions:
    """What a text defines, by the rule of `grader.worker.bindings`; by its lines alone if asked."""
    content = content[:MAX_SCANNED]
    found = _Found()
    statements = _parsed(content) if parse else None
    if statements is None:
        found.scan(content.decode("utf-8", "replace"))
    else:
        found.read(statements)
    return found.told()


def _parsed(content: bytes) -> list[ast.stmt] | None:
    """The statements of a text as they are run; None where it is not to be parsed."""
    if len(content) > _MAX_PARSED or _is_deep(content):
        return None
    try:
        with _parsing, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parts = read_parts(content, _MAX_REPARSED)
            return list(statements_of(parts, content))
    except (SyntaxError, ValueError, *TOO_DEEP):
        return None


def _is_deep(content: bytes) -> bool:
    """Whether brackets stand so deep in one another that parsing might take too long."""
    brackets = content.translate(None, _NO_BRACKETS)
    for _ in range(_MAX_DEPTH):
        if len(brackets) <= _MAX_OPEN:
            return False
        brackets = brackets.replace(b"()", b"").replace(b"[]", b"").replace(b"{}", b"")
    return len(brackets) > _MAX_OPEN


@dataclass
class _Found:
    """What was found so far in a text."""

    written: dict[str, bool] = field(default_factory=dict)
    imports: dict[str, dict[str, str]] = field(default_factory=dict)
    shadowed: set[str] = field(default_factory=set)
    certain: set[str] = field(default_factory=set)

    def read(self, statements: Iterable[ast.stmt]) -> None:
        """Look at the statements of a text that parses."""
        for one in bindings(statements):
            if one.origin is not None:
                level, module, name = one.origin
                self._import("." * level + module, {one.name: name})
                continue
            self._bind(one.name, one.written, one.certain)
            if isinstance(one.node, Definition):
                self.shadowed.add(one.name)

    def scan(self, whole: str) -> None:
        """Look at the lines of a text."""
        # A string that stays open in one cell of a notebook does not swallow the next one.
        text = "".join(map(_without_strings, _CELL.split(whole)))
        for kind, name, body in _items(text.split("\n")):
            if kind:
                self._bind(name, not is_open(kind, body), True)
                self.shadowed.add(name)
                continue
            for statement in simple_statements("\n".join(body)):
                for one in assigned(statement):
                    self._bind(one, True, False)
                module, names = imported(statement)
                if module:
                    self._import(module, names)

    def _bind(self, name: str, is_written: bool, is_certain: bool) -> None:
        self.written[name] = self.written.get(name, False) or is_written
        if is_written and is_certain:
            self.certain.add(name)

    def _import(self, module: str, names: Mapping[str, str]) -> None:
        self.imports.setdefault(module, {}).update(names)
        self.shadowed -= names.keys()

    def told(self) -> Definitions:
        """The same, to be kept."""
        return Definitions(
            frozenset(name for name, is_written in self.written.items() if is_written),
            frozenset(name for name, is_written in self.written.items() if not is_written),
            self.imports,
            frozenset(self.shadowed),
            frozenset(self.certain),
        )


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


def _items(lines: list[str]) -> Iterator[tuple[str, str, list[str]]]:
    """Definitions that stand in no other one, and the statements between them.

    Of a definition the kind, the name, and the lines from the name on; of a statement two empty
    texts and its lines. What runs only where the file is a script is passed over, except
    definitions.
    """
    block: tuple[str, str, list[str]] | None = None
    indent = depth = 0
    script: int | None = None
    goes_on = False
    for line in lines:
        stripped = line.lstrip(" \t")
        if not stripped.strip():
            continue
        column = len(line) - len(stripped)
        match = _HEADER.match(line)
        # No definition begins inside brackets: where one does, some bracket was never closed.
        is_inside = block is not None and bool(block[0]) and column > indent
        if block is not None and (is_inside or ((depth > 0 or goes_on) and match is None)):
            block[2].append(line)
        else:
            if block is not None and (block[0] or script is None):
                yield block
            script = None if script is not None and column <= script else script
            depth, indent = 0, column
            if match is None:
                script = column if script is None and _is_script(stripped) else script
                block = ("", "", [line])
            else:
                block = (match[2] or match[3], match[4], [line[match.end() :]])
                line = block[2][0]
        depth = max(0, depth + _brackets(line))
        goes_on = not block[0] and line.endswith(("\\", "\\\r"))
    if block is not None and (block[0] or script is None):
        yield block


def _is_script(line: str) -> bool:
    """Whether what stands below a line runs only where the file is run as a script."""
    return line.startswith("if") and "__name__" in line and "==" in line


def _brackets(line: str) -> int:
    return sum(map(line.count, _OPENING)) - sum(map(line.count, _CLOSING))


def is_open(kind: str, lines: list[str]) -> bool:
    """Whether nothing of a definition is written, or half; the rule of `grader.worker.stubs`."""
    body = after_colon("\n".join(lines))
    if kind == "class":
        methods = [block for block in _items(body.split("\n")) if block[0] == "def"]
        return bool(methods) and all(_is_stub(inner) for _, _, inner in methods)
    return _is_stub(lines) or _is_half_written(body)


def _is_stub(lines: list[str]) -> bool:
    statements = _statements(after_colon("\n".join(lines)))
    if not statements or all(one in _OPEN for one in statements):
        return True
    return _RAISES_AS_STUB.match(statements[0]) is not None


def _is_half_written(body: str) -> bool:
    """Whether a function ends as the stub does, behind some code that returns nothing."""
    if "NotImplementedError" not in body or _RETURNS.search(body):
        return False
    lines = [line for line in body.split("\n") if line.strip()]
    least = min(len(line) - len(line.lstrip()) for line in lines)
    last = [line for line in lines if len(line) - len(line.lstrip()) == least][-1]
    return _RAISES_AS_STUB.match(last.strip()) is not None


def _statements(body: str) -> list[str]:
    lines = [line.strip() for line in body.split("\n")]
    return [one for one in lines if one and not _STRING_PREFIX.fullmatch(one)]
