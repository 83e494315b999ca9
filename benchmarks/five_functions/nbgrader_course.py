"""nbgrader: a course with one notebook, released, handed in and graded by `nbgrader autograde`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from benchmarks.common import run_in_each
from benchmarks.five_functions.environments import Environment
from benchmarks.five_functions.notebooks import Cell, code_cell, write_notebook
from benchmarks.five_functions.questions import Question
from benchmarks.five_functions.students import HEADER, Answers
from benchmarks.five_functions.tool import NAME, Points, written

# The newest ones when this was written. The kernel runs the notebooks, so its version counts, too.
NBGRADER, KERNEL = "0.9.6", "7.4.0"

CONFIGURATION = 'c = get_config()\nc.CourseDirectory.course_id = "class"\n'
READ_POINTS = f"""
import json
from nbgrader.api import Gradebook
with Gradebook("sqlite:///gradebook.db") as book:
    found = book.assignment_submissions({NAME!r})
    print(json.dumps({{one.student.id: one.score for one in found}}))
"""


class Nbgrader:
    """nbgrader grades one submission after the other; so every process gets a part of the class.

    Each process has a course directory of its own, with a gradebook of its own: two that share
    one would wait for each other's lock on it. One process grades its whole part, which spares
    nbgrader the start of Python for every student.
    """

    def __init__(
        self,
        folder: Path,
        cache: Path,
        students: dict[str, Answers],
        questions: list[Question],
        jobs: int,
    ) -> None:
        self.name = f"nbgrader {NBGRADER}"
        self.own = Environment(cache, f"nbgrader=={NBGRADER}", f"ipykernel=={KERNEL}")
        self.students = students
        self.template = folder / "template"
        self._write_template(questions)
        self.folders = [folder / f"part{number}" for number in range(min(jobs, len(students)))]

    def clear(self) -> None:
        """Copy the released course anew for every process, with its part of the submissions."""
        released = json.loads(
            (self.template / "release" / NAME / f"{NAME}.ipynb").read_text(encoding="utf-8")
        )
        for number, course in enumerate(self.folders):
            shutil.rmtree(course, ignore_errors=True)
            shutil.copytree(self.template, course)
            for student in list(self.students)[number :: len(self.folders)]:
                cells = _filled_in(released["cells"], self.students[student])
                write_notebook(course / "submitted" / student / NAME / f"{NAME}.ipynb", cells)

    def grade(self) -> float:
        command = [self.own.python, "-m", "nbgrader", "autograde", NAME]
        return run_in_each(self.folders, command, len(self.folders), self.own.variables)

    def points(self) -> Points:
        read = (self.own.run(course, "-c", READ_POINTS) for course in self.folders)
        return {name: points for text in read for name, points in json.loads(text).items()}

    def _write_template(self, questions: list[Question]) -> None:
        cells = [code_cell("imports", HEADER)]
        for exercise in dict.fromkeys(one.exercise for one in questions):
            solution = "### BEGIN SOLUTION\n### END SOLUTION"
            cells.append(_marked(exercise, solution, solution=True, locked=False))
            for one in questions:
                if one.exercise == exercise:
                    lines = ["### BEGIN HIDDEN TESTS", *one.lines(exercise), "### END HIDDEN TESTS"]
                    name = f"{exercise}_{one.name}"
                    text = "\n".join(lines)
                    cells.append(_marked(name, text, grade=True, points=one.points))
        write_notebook(self.template / "source" / NAME / f"{NAME}.ipynb", cells)
        written(self.template / "nbgrader_config.py", CONFIGURATION)
        self.own.run(self.template, "-m", "nbgrader", "generate_assignment", NAME)


def _marked(name: str, text: str, **changes: Any) -> Cell:
    """A cell that nbgrader knows."""
    mark = {"grade": False, "solution": False, "locked": True, "task": False}
    mark |= {"grade_id": name, "cell_type": "code", "schema_version": 3, **changes}
    return code_cell(name, text, nbgrader=mark)


def _filled_in(released: list[Cell], answers: Answers) -> list[Cell]:
    """The cells of a student who has written into those that ask for a solution."""
    filled = []
    for cell in released:
        mark = cell["metadata"].get("nbgrader", {})
        if mark.get("solution"):
            cell = {**cell, "source": answers[mark["grade_id"]]}
        filled.append(cell)
    return filled
