"""The class: right, wrong, partly wrong, missing and raising functions; no endless loops."""

from __future__ import annotations

import ast
import random

from grader.course.misconception import splice
from grader.course.prepare import LiveCourse

HEADER = "import numpy as np\n"
Answers = dict[str, str]
"""What one student hands in: the source of every function, empty where there is none."""


def make_class(live: LiveCourse, count: int, seed: int = 5) -> dict[str, Answers]:
    """Make a class from the references and misconceptions, the same for the same seed.

    The first student has everything right, the second everything wrong, and the third one
    function of every other kind; all others are drawn.
    """
    file = live.assignment.files[0]
    reference = live.references[file.name]
    names = [exercise.name for exercise in file.exercises]
    right = {name: _function(reference, name) for name in names}
    wrong: dict[str, list[str]] = {name: [] for name in names}
    for one in live.misconceptions:
        text = splice(reference, one.exercise, one.source)
        wrong[one.exercise].append(_function(text, one.exercise))
    students = {}
    for number in range(1, count + 1):
        randomness = random.Random(f"{seed} {number}")
        kinds = _kinds(number, len(names), randomness)
        students[f"student{number:02}"] = {
            name: _answer(kind, right[name], wrong[name], randomness)
            for name, kind in zip(names, kinds, strict=True)
        }
    return students


def as_module(answers: Answers) -> str:
    """The text of the file that a student hands in."""
    return "\n\n".join([HEADER, *filter(None, answers.values())])


def _kinds(number: int, count: int, randomness: random.Random) -> list[str]:
    if number == 1:
        return ["right"] * count
    if number == 2:
        return ["wrong"] * count
    if number == 3:
        return (["right", "missing", "stub", "raises", "wrong"] * count)[:count]
    weights = {"right": 60, "wrong": 24, "missing": 4, "stub": 6, "raises": 6}
    return randomness.choices(list(weights), list(weights.values()), k=count)


def _answer(kind: str, right: str, wrong: list[str], randomness: random.Random) -> str:
    head = right.partition("\n")[0]
    if kind == "right":
        return right
    if kind == "wrong":
        return randomness.choice(wrong)
    if kind == "stub":
        return f"{head}\n    raise NotImplementedError\n"
    if kind == "raises":
        return f'{head}\n    raise KeyError("a name that I forgot")\n'
    return ""


def _function(text: str, name: str) -> str:
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return "\n".join(text.splitlines()[node.lineno - 1 : node.end_lineno]) + "\n"
    raise ValueError(f"Expected a function {name}. Received: no such definition")
