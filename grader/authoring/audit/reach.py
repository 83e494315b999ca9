"""Which exercises a mistake in one definition can touch."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from grader.course.prepared import PreparedAssignment


def touched(
    assignment: PreparedAssignment,
    file: str,
    uses: Mapping[str, set[str]],
    definition: str,
) -> list[str]:
    """The exercises of the file that a definition of it can touch; its own first.

    These are the exercise itself, those whose source uses it, those whose checks call it, and
    all that need one of these. All exercises of the file, when nothing seems to use it.

    Parameters
    ----------
    uses
        What `uses_of` says of the file's text.
    """
    in_file = [one.name for one in assignment.exercises if one.file == file]
    found = {definition}
    while True:
        more = {name for name, used in uses.items() if used & found}
        more |= {one for one in in_file if _called_by_checks(assignment, one) & found}
        for name in found:
            more |= assignment.dependants(name)
        if more <= found:
            break
        found |= more
    first = [name for name in in_file if name == definition]
    others = [name for name in in_file if name in found and name != definition]
    return first + others or in_file


def uses_of(text: str) -> dict[str, set[str]]:
    """The names that each definition at the top level of a file mentions.

    To be called from one thread: Python 3.11 fails with a SystemError when two threads make
    syntax trees at the same time.
    """
    return {
        name: {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
        for node in ast.parse(text).body
        for name in _defined(node)
    }


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [one.id for one in node.targets if isinstance(one, ast.Name)]
    return []


def _called_by_checks(assignment: PreparedAssignment, exercise: str) -> set[str]:
    """The functions that the steps of an exercise's checks call by name."""
    called = set()
    for check in assignment.checks_of(exercise):
        called.add(check.settings.get("of"))
        called |= {step.get("target") for case in check.cases for step in case.steps}
    return {name for name in called if isinstance(name, str)} - {exercise}
