"""Where a reference may be changed: what students write, and default values."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from grader.authoring.mutation.families import Ancestors
from grader.authoring.stubs import BEGIN, END

_CHANGED = (
    cst.BaseExpression,
    cst.BaseStatement,
    cst.BaseSmallStatement,
    cst.CompIf,
    cst.ComparisonTarget,
    cst.Slice,
)
_LEFT_ALONE = (
    cst.Annotation,
    cst.Decorator,
    cst.FormattedString,
    cst.Import,
    cst.ImportFrom,
    cst.Raise,
)
"""What is not looked into: the wording of a message, say, is no mistake."""

Place = tuple[cst.CSTNode, Ancestors]


class Places:
    """The nodes of a module that may be changed."""

    def __init__(self, module: cst.Module) -> None:
        self._lines = _solution_lines(module.code)
        wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
        self._positions = wrapper.resolve(PositionProvider)

    def within(self, statement: cst.CSTNode) -> Iterator[Place]:
        """The nodes of a statement at the top level that may be changed, from outside inwards."""
        walk = _Walk()
        statement.visit(walk)
        for node, ancestors in walk.found:
            if isinstance(node, _CHANGED) and self._is_theirs(node, ancestors):
                yield node, ancestors

    def _is_theirs(self, node: cst.CSTNode, ancestors: Ancestors) -> bool:
        """Whether a student writes this; everything, in a file without solution markers."""
        if not self._lines or any(isinstance(ancestor, cst.Param) for ancestor in ancestors):
            return True
        return self._positions[node].start.line in self._lines


def defined_name(statement: cst.CSTNode) -> str | None:
    """The name that a statement at the top level defines; None when it defines none."""
    if isinstance(statement, cst.FunctionDef | cst.ClassDef):
        return statement.name.value
    if isinstance(statement, cst.SimpleStatementLine):
        first = statement.body[0]
        if isinstance(first, cst.Assign) and isinstance(first.targets[0].target, cst.Name):
            return first.targets[0].target.value
    return None


def scope_of(nodes: Ancestors) -> str:
    """The dotted name of the functions and classes among these nodes."""
    definitions = (node for node in nodes if isinstance(node, cst.FunctionDef | cst.ClassDef))
    return ".".join(node.name.value for node in definitions)


def _solution_lines(text: str) -> set[int]:
    """The numbers of the lines between solution markers; none where there are no markers."""
    lines, inside = set(), False
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() in {BEGIN, END}:
            inside = line.strip() == BEGIN
        elif inside:
            lines.add(number)
    return lines


class _Walk(cst.CSTVisitor):
    """Collects every node with what it stands in."""

    def __init__(self) -> None:
        super().__init__()
        self.ancestors: list[cst.CSTNode] = []
        self.found: list[Place] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        self.found.append((node, tuple(self.ancestors)))
        self.ancestors.append(node)
        return not isinstance(node, _LEFT_ALONE)

    def on_leave(self, original_node: cst.CSTNode) -> None:
        self.ancestors.pop()
