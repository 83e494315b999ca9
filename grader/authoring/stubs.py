"""From a reference to the stub that students fill in."""

from __future__ import annotations

import ast

from grader.course.sources import PreparationError

BEGIN = "### BEGIN SOLUTION"
END = "### END SOLUTION"


class StubError(PreparationError):
    """The solution markers of a reference do not make a stub of it."""


def make_stub(reference: str, name: str = "the reference") -> str:
    """Replace every solution block by a friendly `NotImplementedError`.

    A block inside a function becomes ``raise NotImplementedError("predict is yours to write")``;
    a block at module level (private helpers) vanishes.

    Raises
    ------
    StubError
        When a marker has no partner or stands in a class outside its methods, or when what is
        left does not compile.
    """
    lines: list[str] = []
    begun = 0
    for number, line in enumerate(reference.splitlines(), start=1):
        marker = line.strip()
        if marker == BEGIN and not begun:
            begun = number
            indent = line[: len(line) - len(line.lstrip())]
            if indent:
                owner = _owner(reference, number)
                if not owner:
                    raise StubError(
                        f"{name}, line {number}: expected {BEGIN} inside a function, or at the "
                        "margin around what is to vanish. Received one outside of any function; "
                        "move it into the function whose body it hides."
                    )
                lines.append(f'{indent}raise NotImplementedError("{owner} is yours to write")')
        elif marker == BEGIN:
            raise StubError(
                f"{name}, line {number}: expected {END} for the marker of line {begun}. Received "
                f"{BEGIN} within it; end that block first."
            )
        elif marker == END and begun:
            begun = 0
        elif marker == END:
            raise StubError(
                f"{name}, line {number}: expected {BEGIN} above {END}. Received none; write it "
                "where the solution begins."
            )
        elif not begun:
            lines.append(line)
    if begun:
        raise StubError(
            f"{name}, line {begun}: expected {END} below {BEGIN}. Received none before the end "
            "of the file; write it where the solution ends."
        )
    stub = _squeeze("\n".join(lines).strip() + "\n")
    try:
        ast.parse(stub)
    except SyntaxError as error:
        raise StubError(
            f"{name}, line {_line_of(reference, stub, error.lineno)}: the stub does not compile "
            f"({error.msg}); let the markers stand around whole statements."
        ) from None
    return stub


def _line_of(reference: str, stub: str, line: int | None) -> int:
    """Where the text of a line of the stub stands in the reference; 1 where it does not."""
    written = stub.splitlines()
    text = written[min(line or 1, len(written)) - 1] if written else ""
    known = reference.splitlines()
    return known.index(text) + 1 if text in known else 1


def _owner(reference: str, line: int) -> str:
    """The dotted name of the function around a line, with its class; "" outside of any."""
    around = [
        (node.lineno, node)
        for node in ast.walk(ast.parse(reference))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and node.lineno <= line <= (node.end_lineno or line)
    ]
    nodes = [node for _, node in sorted(around, key=lambda one: one[0])]
    is_function = any(isinstance(node, ast.FunctionDef) for node in nodes)
    return ".".join(node.name for node in nodes) if is_function else ""


def _squeeze(text: str) -> str:
    """At most two blank lines in a row: a vanished helper leaves no hole."""
    while "\n\n\n\n" in text:
        text = text.replace("\n\n\n\n", "\n\n\n")
    return text
