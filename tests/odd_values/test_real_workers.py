"""Odd values as a student's code returns them, from functions and from methods, by real workers."""

from __future__ import annotations

import ast

import pytest

from grader.course import frozen
from grader.result import Status
from tests.conftest import ASSIGNMENTS, ROOT, file_of, grade_text, live, strongest
from tests.odd_values.values import EXPRESSIONS, SAMPLE

ALWAYS = ("value and pair", "structured")
ENDINGS = {Status.PASSED, Status.FAILED, Status.SKIPPED, Status.ERROR, Status.MISSING}


def returning(source: str, expression: str) -> str:
    """The definitions of a reference, each of which returns the value instead."""
    text = f"import numpy as np\n\n\ndef value():\n    return {expression}\n"
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            text += f"\n\ndef {node.name}(*given, **more):\n    return value()\n"
        elif isinstance(node, ast.ClassDef):
            names = [one.name for one in node.body if isinstance(one, ast.FunctionDef)]
            methods = [
                f"    def {name}(self, *given, **more):\n        return value()\n"
                for name in names
                if name != "__init__"
            ]
            rest = "    def __getattr__(self, name):\n        return value()\n"
            made = "    def __init__(self, *given, **more):\n        pass\n"
            text += f"\n\nclass {node.name}:\n{made}\n" + "\n".join([*methods, rest])
    return text


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(one, marks=() if one in ALWAYS else pytest.mark.slow)
        for one in dict.fromkeys(
            [
                *ALWAYS,
                *SAMPLE,
                "list within itself",
                "a thousand tuples deep",
                "bad comparisons",
                "bad text",
                "looks like an array",
                "large array",
            ]
        )
    ],
)
@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_exercise_of_numpy_returns_it(assignment, name):
    file = file_of(assignment, "numpy")
    known = frozen.load(ROOT / "assignments" / assignment / "public").part("numpy")
    text = returning(live(assignment).references[file], EXPRESSIONS[name])
    result = grade_text(known, {file: text}, strongest())
    assert {one.status for one in result.checks} <= ENDINGS
    assert result.points <= 0.12 * result.max_points
