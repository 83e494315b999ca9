"""From a reference to the stub that students fill in."""

from __future__ import annotations

import ast

from grader.problems import GraderProblem

BEGIN = "### BEGIN SOLUTION"
END = "### END SOLUTION"


class StubError(GraderProblem):
    """The solution markers of a reference do not pair up."""


def make_stub(reference: str, name: str = "the reference") -> str:
    """Replace every solution block by a friendly `NotImplementedError`.

    A block inside a function becomes ``raise NotImplementedError("predict is yours to write")``;
    a block at module level (private helpers) vanishes.

    Raises
    ------
    StubError
        When a marker has no partner, or when what is left does not compile.
    """
    lines: list[str] = []
    inside = False
    for number, line in enumerate(reference.splitlines(), start=1):
        marker = line.strip()
        if marker == BEGIN and not inside:
            inside = True
            indent = line[: len(line) - len(line.lstrip())]
            if indent:
                owner = _owner(reference, number)
                lines.append(f'{indent}raise NotImplementedError("{owner} is yours to write")')
        elif marker == END and inside:
            inside = False
        elif marker in {BEGIN, END}:
            raise StubError(f"{name}, line {number}: Expected paired markers. Received: {marker}")
        elif not inside:
            lines.append(line)
    if inside:
        raise StubError(f"{name}: Expected {END} before the end of the file. Received: none")
    stub = _squeeze("\n".join(lines).strip() + "\n")
    try:
        ast.parse(stub)
    except SyntaxError as error:
        raise StubError(f"{name}: the stub does not compile: {error}") from None
    return stub


def _owner(reference: str, line: int) -> str:
    """The dotted name of the innermost definition around a line."""
    names = [
        (node.lineno, node.name)
        for node in ast.walk(ast.parse(reference))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and node.lineno <= line <= (node.end_lineno or line)
    ]
    return ".".join(name for _, name in sorted(names))


def _squeeze(text: str) -> str:
    """At most two blank lines in a row: a vanished helper leaves no hole."""
    while "\n\n\n\n" in text:
        text = text.replace("\n\n\n\n", "\n\n\n")
    return text
