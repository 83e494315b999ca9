"""Notebook editions of the course's own assignments."""

from functools import lru_cache

import nbformat
import pytest

from grader.authoring.notebooks import (
    check_cell_id,
    edition_exercises,
    notebook_name,
    solution_cell_id,
    source_edition,
    student_edition,
)
from grader.course import frozen
from grader.submissions.notebook import modules_of_notebook
from tests.conftest import ASSIGNMENTS, ROOT, live

FILES = [(name, file.name) for name in ASSIGNMENTS for file in live(name).assignment.files]


@lru_cache
def public(name):
    return frozen.load(ROOT / "assignments" / name / "public")


@lru_cache
def edition(name, file, make):
    return make(file, live(name).references[file], edition_exercises(public(name), file))


def roles(notebook):
    """nbgrader's metadata of the cells that have any, in order."""
    return [
        dict(cell.metadata["nbgrader"]) for cell in notebook.cells if "nbgrader" in cell.metadata
    ]


@pytest.mark.parametrize(("name", "file"), FILES)
@pytest.mark.parametrize("make", [source_edition, student_edition])
def test_every_exercise_has_a_cell_to_write_and_a_locked_one_that_checks(name, file, make):
    notebook = edition(name, file, make)
    nbformat.validate(notebook)
    exercises = [one for one in live(name).assignment.exercises() if one.file == file]
    wanted = [
        item for one in exercises for item in (solution_cell_id(one.name), check_cell_id(one.name))
    ]
    found = roles(notebook)
    assert [one["grade_id"] for one in found] == wanted
    for one in found:
        is_check = one["grade_id"].startswith("check-")
        assert (one["grade"], one["locked"], one["solution"]) == (is_check, is_check, not is_check)
    points = sum(one.get("points", 0) for one in found)
    assert points == pytest.approx(sum(c.points for one in exercises for c in one.checks))


@pytest.mark.parametrize(("name", "file"), FILES)
def test_the_committed_notebook_is_the_students_edition(name, file):
    notebook = edition(name, file, student_edition)
    path = ROOT / "assignments" / name / notebook_name(file)
    assert nbformat.read(path, as_version=4) == notebook


@pytest.mark.parametrize(("name", "file"), FILES)
def test_a_students_edition_holds_no_solution(name, file):
    notebook = edition(name, file, student_edition)
    text = nbformat.writes(notebook)
    assert "SOLUTION" not in text
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            assert "NotImplementedError" in cell.source


@pytest.mark.parametrize(("name", "file"), FILES)
def test_the_cells_that_check_are_no_code_of_the_student(name, file):
    notebook = edition(name, file, student_edition)
    made = modules_of_notebook(nbformat.writes(notebook).encode(), [file])
    lines = made.files[file].decode().splitlines()
    assert not [line for line in lines if "check" in line and not line.lstrip().startswith("#")]
    assert made.notes == []
