"""Misconceptions: each a wrong version of an exercise that there is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from grader.authoring.promises.problem import broken
from grader.authoring.promises.stub import Definition, definitions
from grader.course.catalogue import MISCONCEPTIONS
from grader.course.misconception import Marked, Misconception, read_marked
from grader.course.place import Place, place_in
from grader.course.prepare import LiveCourse
from grader.course.sources import author_text


def keep_misconceptions(course: LiveCourse, folder: Path) -> None:
    """Refuse a misconception of nothing, of one name with another, or that is right.

    Raises
    ------
    PromiseBroken
        At its definition.
    """
    references = {
        name: node
        for text in course.references.values()
        for name, node in definitions(ast.parse(text)).items()
    }
    known = {one.name for one in course.assignment.exercises()}
    sources = {one.id: one for one in course.misconceptions}
    seen: dict[str, Place] = {}
    for marked, place in marked_misconceptions(folder):
        _keep_exercise(marked, known, place)
        if marked.id in seen:
            raise broken(
                place,
                f"expected one misconception {marked.name} of {marked.exercise}. Received a "
                f"second, after {seen[marked.id]}; rename one of them.",
            )
        seen[marked.id] = place
        _keep_difference(sources[marked.id], references[marked.exercise], place)


def marked_misconceptions(folder: Path) -> Iterator[tuple[Marked, Place]]:
    """Yield what an assignment's files mark as misconceptions, with the place of each."""
    for path in sorted(folder.glob(MISCONCEPTIONS)):
        for marked in read_marked(author_text(path), "misconception"):
            yield marked, place_in(path, marked.line)


def _keep_exercise(marked: Marked, known: set[str], place: Place) -> None:
    if marked.exercise not in known:
        raise broken(
            place,
            f"expected {marked.name} to be a misconception of an exercise "
            f"({', '.join(sorted(known))}). Received: {marked.exercise}; correct the name.",
        )


def _keep_difference(one: Misconception, reference: Definition, place: Place) -> None:
    """The passages of `instead` may change a helper, which then stands behind the definition."""
    body = ast.parse(one.source).body
    first = body[0]
    assert isinstance(first, ast.FunctionDef | ast.ClassDef)
    if len(body) == 1 and _computes(first) == _computes(reference):
        raise broken(
            place,
            f"expected {one.name} to be another version of {one.exercise}. Received what the "
            "reference does; write the mistake into it, or take it out.",
        )


def _computes(node: Definition) -> str:
    """What a definition does: without its own name, docstring and places."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    head = node.args if isinstance(node, ast.FunctionDef) else ast.List(node.bases, ast.Load())
    return "\n".join(ast.dump(one) for one in [head, *body])
