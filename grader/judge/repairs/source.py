"""The text of a file, and the definitions in it that an exercise is made of."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

_MOST_CHARACTERS = 200_000
_MOST_LINES, _MOST_OF_A_DEFINITION = 150, 12_000
"""Lines and characters of one definition that is looked into: others would take too long."""
_MOST_DEFINITIONS = 8
_KNOWS_ITS_CLASS = ("super(", "__class__", ".setter")
_SIZES = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
Statement = ast.FunctionDef | ast.ClassDef | ast.Assign


class Source:
    """The text of a file, in which nodes have their places as characters.

    Raises
    ------
    SyntaxError
        When it is no text that parses as a whole, or is too long.
    """

    def __init__(self, content: bytes) -> None:
        if len(content) > _MOST_CHARACTERS:
            raise SyntaxError("too long to be looked into")
        try:
            self.text = content.decode("utf-8")
            if "\r" in self.text.replace("\r\n", "\n") or self.text.startswith("\ufeff"):
                raise SyntaxError("lines that are counted in several ways")
            self.tree = ast.parse(self.text)
        except (ValueError, RecursionError, MemoryError) as error:
            raise SyntaxError(str(error)) from None
        self._lines = self.text.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def offset(self, line: int, column: int) -> int:
        """Where a place of the syntax tree is in the text; its columns count bytes."""
        text = self._lines[line - 1]
        if not text.isascii():
            column = len(text.encode()[:column].decode("utf-8", "ignore"))
        return self._starts[line - 1] + column

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Where a node begins and ends."""
        return (
            self.offset(node.lineno, node.col_offset),  # type: ignore[attr-defined]
            self.offset(node.end_lineno, node.end_col_offset),  # type: ignore[attr-defined]
        )

    def of(self, node: ast.AST) -> str:
        """The text of a node."""
        start, end = self.span(node)
        return self.text[start:end]

    def line(self, number: int) -> str:
        """A line, without the white space around it."""
        return self._lines[number - 1].strip()

    def line_start(self, number: int) -> int:
        """Where a line begins."""
        return self._starts[number - 1]


@dataclass(frozen=True)
class Definition:
    """A statement at the top of a file that defines what an exercise is made of."""

    name: str
    node: Statement
    start: int
    end: int
    line: int
    is_exercise: bool

    @cached_property
    def compared(self) -> frozenset[int]:
        """The identities of the nodes within comparisons for size."""
        return frozenset(
            id(one)
            for node in ast.walk(self.node)
            if isinstance(node, ast.Compare) and isinstance(node.ops[0], _SIZES)
            for one in ast.walk(node)
            if one is not node
        )

    @cached_property
    def guarding(self) -> frozenset[int]:
        """The identities of the nodes of conditions under which something is raised."""
        return frozenset(
            id(one)
            for node in ast.walk(self.node)
            if isinstance(node, ast.If) and all(isinstance(step, ast.Raise) for step in node.body)
            for one in ast.walk(node.test)
        )


@dataclass(frozen=True)
class Unit:
    """The smallest piece of a file that is run anew with a change: a statement, or a method.

    Attributes
    ----------
    owner
        The class of a method; "" for what stands at the top of the file.
    """

    name: str
    owner: str
    start: int
    end: int
    line: int


def units_of(source: Source, definitions: Sequence[Definition]) -> list[Unit]:
    """The units of definitions, methods before their classes.

    A method that knows its class by itself is run with the whole class alone.
    """
    found = []
    for definition in definitions:
        top = definition.node
        if isinstance(top, ast.ClassDef):
            for node in top.body:
                if not isinstance(node, ast.FunctionDef):
                    continue
                first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
                start, end = source.line_start(first), source.span(node)[1]
                if not any(word in source.text[start:end] for word in _KNOWS_ITS_CLASS):
                    found.append(Unit(node.name, top.name, start, end, first))
    return [*found, *(Unit(one.name, "", one.start, one.end, one.line) for one in definitions)]


def definitions_of(
    source: Source, exercise: str, exercises: Collection[str]
) -> tuple[Definition, ...]:
    """The exercise, and the helpers and constants that it reaches and that are no exercises.

    What is defined twice, or under a condition, is not looked into.
    """
    found: dict[str, list[ast.stmt]] = {}
    for node in source.tree.body:
        for name in _names_of(node):
            found.setdefault(name, []).append(node)
    known: dict[str, Statement] = {}
    for name, nodes in found.items():
        if len(nodes) == 1 and isinstance(nodes[0], Statement):
            known[name] = nodes[0]
    waiting, seen = [exercise], {exercise}
    chosen: list[Definition] = []
    while waiting and len(chosen) < _MOST_DEFINITIONS:
        name = waiting.pop(0)
        if name not in known:
            continue
        definition = known[name]
        first = min(
            [definition.lineno, *(one.lineno for one in getattr(definition, "decorator_list", ()))]
        )
        start, end = source.line_start(first), source.span(definition)[1]
        is_long = (definition.end_lineno or first) - first >= _MOST_LINES
        if not is_long and end - start <= _MOST_OF_A_DEFINITION:
            chosen.append(Definition(name, definition, start, end, first, name == exercise))
        if isinstance(definition, ast.Assign):
            continue
        for used in _used_in(definition):
            if used not in seen and used not in exercises:
                seen.add(used)
                waiting.append(used)
    return tuple(chosen) if chosen and chosen[0].is_exercise else ()


def _names_of(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [one.id for one in targets if isinstance(one, ast.Name)]


def _used_in(node: ast.AST) -> Iterator[str]:
    for one in ast.walk(node):
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load):
            yield one.id
