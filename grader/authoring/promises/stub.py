"""What students get of a reference: its contract, and nothing of its solution."""

from __future__ import annotations

import ast
from pathlib import Path

from grader.authoring.promises.problem import broken
from grader.authoring.stubs import BEGIN, END, make_stub
from grader.course.assignment import Exercise
from grader.course.place import place_in
from grader.course.prepare import LiveCourse
from grader.course.sources import parsed

Definition = ast.FunctionDef | ast.ClassDef


def keep_stubs(course: LiveCourse, folder: Path) -> None:
    """Refuse a reference whose stub would hold a solution, or not the exercise.

    Raises
    ------
    PreparationError
        At the definition or at the marker.
    """
    for file in course.assignment.files:
        path, text = folder / file.name, course.references[file.name]
        written = definitions(parsed(path, text))
        left = definitions(ast.parse(make_stub(text, str(place_in(path)).rpartition(",")[0])))
        for exercise in file.exercises:
            _keep_exercise(exercise, path, written, left)


def definitions(tree: ast.Module) -> dict[str, Definition]:
    """What stands at the top of a file, by name; of one name that stands twice, the last."""
    return {
        node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }


def _keep_exercise(
    exercise: Exercise, path: Path, written: dict[str, Definition], left: dict[str, Definition]
) -> None:
    name = exercise.name
    if name not in written:
        raise broken(
            exercise.place,
            f"expected {path.name} to define {name}. Received no such function or class; write "
            "it there, or correct the name here.",
        )
    place = place_in(path, written[name].lineno)
    if not ast.get_docstring(written[name]):
        raise broken(
            place,
            f"expected {name} to have a docstring, which is the contract that students get. "
            "Received none; say what it takes, returns and raises.",
        )
    if name not in left:
        raise broken(
            place,
            f"expected the stub of {name} to be left for students. Received one that vanishes "
            f"whole; let {BEGIN} stand below its docstring.",
        )
    if not any(_asks_for_work(node) for node in ast.walk(left[name])):
        raise broken(
            place,
            f"expected {BEGIN} and {END} around the solution of {name}. Received none, so that "
            "its stub would publish it; write them below the docstring and at the end.",
        )


def _asks_for_work(node: ast.AST) -> bool:
    """Whether it is a function that only raises `NotImplementedError` where it gets to work."""
    return isinstance(node, ast.FunctionDef) and any(
        isinstance(one, ast.Raise) and "NotImplementedError" in ast.unparse(one)
        for one in node.body
    )
