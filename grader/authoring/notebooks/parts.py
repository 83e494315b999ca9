"""A reference, cut into what becomes cells: what is given, and each exercise with its helpers."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from grader.authoring.stubs import BEGIN, END
from grader.problems import GraderProblem


class EditionError(GraderProblem):
    """A reference cannot be cut into cells."""


@dataclass(frozen=True)
class Parts:
    """A reference by cells.

    Attributes
    ----------
    introduction
        The module's docstring, dedented.
    given
        By exercise: the code that is handed out before it (imports stand before the first).
    solutions
        By exercise: its definition, with the private helpers that stand before it.
    """

    introduction: str
    given: dict[str, str]
    solutions: dict[str, str]


def cut(reference: str, exercises: Sequence[str], name: str) -> Parts:
    """Cut a reference into cells, one for each exercise.

    A private helper, which a stub leaves out, moves into the solution block of the exercise
    that follows it: a solution block of its own would become a cell that raises.

    Raises
    ------
    EditionError
        When an exercise is not defined at the top level, or its definition does not end with
        a solution block although a helper has to move into it.
    """
    tree = ast.parse(reference)
    lines = reference.splitlines()
    introduction = ast.get_docstring(tree) or ""
    start = tree.body[0].end_lineno or 0 if introduction else 0
    given: dict[str, str] = {}
    solutions: dict[str, str] = {}
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name not in exercises:
            continue
        first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
        last = node.end_lineno or first
        if last < len(lines) and lines[last].strip() == END and lines[last][:1] == " ":
            last += 1  # a comment is no part of the syntax tree
        handed_out, helpers = _between(lines[start : first - 1])
        given[node.name] = handed_out
        solutions[node.name] = _with_helpers(lines[first - 1 : last], helpers, name, node.name)
        start = last
    missing = [one for one in exercises if one not in solutions]
    handed_out, helpers = _between(lines[start:])
    if missing or handed_out or helpers:
        what = f"a definition of {', '.join(missing)}" if missing else "nothing after the exercises"
        raise EditionError(f"{name}: Expected {what}. Received: {'none' if missing else 'code'}.")
    return Parts(introduction, given, solutions)


def _between(lines: Sequence[str]) -> tuple[str, list[str]]:
    """What is handed out, and the solution blocks, of the lines between two exercises."""
    handed_out: list[str] = []
    helpers: list[str] = []
    inside = False
    for line in lines:
        marker = line.strip()
        if marker == BEGIN:
            inside = True
        elif marker == END:
            inside = False
            helpers.append("")
        else:
            (helpers if inside else handed_out).append(line)
    text = "\n".join(helpers).strip("\n")
    return "\n".join(handed_out).strip(), text.split("\n") if text else []


def _with_helpers(
    definition: Sequence[str], helpers: Sequence[str], name: str, exercise: str
) -> str:
    if not helpers:
        return "\n".join(definition)
    if definition[-1].strip() != END:
        raise EditionError(
            f"{name}: Expected {exercise} to end with {END}, since a helper stands before it. "
            f"Received: {definition[-1].strip()!r}."
        )
    return "\n".join([*definition[:-1], "", "", *helpers, END])
