"""A synthetic class, made from references, stubs and misconceptions: never from students."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from grader.authoring.notebooks import (
    EditionExercise,
    handed_in,
    notebook_name,
    notebook_text,
)
from grader.authoring.stubs import make_stub
from grader.course.misconception import splice
from grader.course.prepare import LiveCourse

_GIVEN = [
    "Ada",
    "Alan",
    "Barbara",
    "Chen",
    "Donald",
    "Edsger",
    "Émilie",
    "Fei-Fei",
    "Grace",
    "Hana",
    "Ines",
    "Jürgen",
    "Katherine",
    "Lê",
    "Margaret",
    "Niklaus",
    "Olga",
    "Pavel",
    "Radia",
    "Sofya",
    "Tim",
    "Ursula",
    "Vera",
    "Wei",
    "Ximena",
    "Yoshua",
    "Zoë",
    "Иван",
    "小明",
    "Nnamdi",
]
_FAMILY = [
    "Abara",
    "Bianchi",
    "Costa",
    "Dubois",
    "Eriksen",
    "Fischer",
    "García",
    "Haddad",
    "Ivanova",
    "Jansen",
    "Kowalski",
    "Lindqvist",
    "Moreau",
    "Nakamura",
    "Okafor",
    "Papadaki",
    "Quiroga",
    "Rossi",
    "Silva",
    "Tanaka",
    "Unger",
    "Varga",
    "Watanabe",
    "Xu",
    "Yılmaz",
    "Zhou",
    "Müller",
    "Ødegård",
    "O'Neill",
    "Nguyễn",
]
_ACCIDENTS = ("syntax error", "endless loop", "exit", "empty file")


def write_class(
    course: LiveCourse,
    directory: Path,
    *,
    students: int,
    seed: int = 1,
    editions: Mapping[str, Sequence[EditionExercise]] | None = None,
) -> int:
    """Write `students` submissions of an assignment into ``submitted/``; return their number.

    Each student has a skill: the higher, the fewer misconceptions and unwritten exercises. A
    few have accidents. The same seed gives the same class.

    Parameters
    ----------
    editions
        Hand in notebooks, with these exercises by file; None hands in plain files.
    """
    randomness = random.Random(f"{seed} {course.assignment.name}")
    names = student_names(students, seed)
    accidents = dict(
        zip(randomness.sample(range(students), min(4, students)), _ACCIDENTS, strict=False)
    )
    for number, name in enumerate(names):
        folder = directory / "submitted" / name / course.assignment.name
        folder.mkdir(parents=True, exist_ok=True)
        skill = randomness.betavariate(4, 1.3)
        for index, (file_name, text) in enumerate(_files(course, skill, randomness)):
            if index == 0:
                text = _with_accident(text, accidents.get(number))
            if editions is not None:
                reference = course.references[file_name]
                notebook = handed_in(file_name, reference, text, editions[file_name])
                file_name, text = notebook_name(file_name), notebook_text(notebook)
            (folder / file_name).write_text(text, encoding="utf-8", newline="\n")
    return len(names)


def student_names(count: int, seed: int) -> list[str]:
    """Distinct names of the world, the same for the same seed."""
    randomness = random.Random(seed)
    names: dict[str, None] = {}
    while len(names) < count:
        name = f"{randomness.choice(_GIVEN)} {randomness.choice(_FAMILY)}"
        if name in names and len(names) >= len(_GIVEN) * len(_FAMILY) // 2:
            name = f"{name} {len(names)}"
        names[name] = None
    return list(names)


def _files(
    course: LiveCourse, skill: float, randomness: random.Random
) -> Iterator[tuple[str, str]]:
    for file in course.assignment.files:
        text = course.references[file.name]
        if file.backend == "keras" and randomness.random() > skill * 0.5:
            yield file.name, make_stub(text)  # many leave the Keras part for later
            continue
        for exercise in file.exercises:
            mistakes = [one for one in course.misconceptions if one.exercise == exercise.name]
            luck = randomness.random()
            if luck > skill + 0.25:
                text = splice(text, exercise.name, _unwritten(text, exercise.name))
            elif luck > skill + 0.02 and mistakes:
                # The first misconception of an exercise is the most common one.
                common = [4, 2, *[1] * len(mistakes)][: len(mistakes)]
                chosen = randomness.choices(mistakes, common)[0]
                text = splice(text, exercise.name, chosen.source)
        yield file.name, text


def _unwritten(reference: str, exercise: str) -> str:
    """The stub of one definition."""
    stub = make_stub(reference) if "### BEGIN SOLUTION" in reference else reference
    for node in ast.parse(stub).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == exercise:
            lines = stub.splitlines()[node.lineno - 1 : node.end_lineno]
            if "NotImplementedError" in "\n".join(lines):
                return "\n".join(lines) + "\n"
            if isinstance(node, ast.FunctionDef):  # a long one has its parameters on several lines
                head = "\n".join(lines[: max(1, node.body[0].lineno - node.lineno)])
            else:
                head = f"class {exercise}:"
            return f"{head}\n    raise NotImplementedError\n"
    raise ValueError(f"Expected the reference to define {exercise}.")


def _with_accident(text: str, accident: str | None) -> str:
    if accident == "syntax error":
        return text.replace("return ", "retrun ", 1)
    if accident == "endless loop":
        return text.replace("    return ", "    while True:\n        pass\n    return ", 1)
    if accident == "exit":
        return text.replace("    return ", "    raise SystemExit\n    return ", 1)
    if accident == "empty file":
        return ""
    return text
