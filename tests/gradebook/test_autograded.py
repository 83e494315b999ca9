"""Notebooks for formgrader: whatever a student's copy says, roles and outputs are ours."""

import json

import nbformat
import pytest

from grader.gradebook.autograded import write_autograded
from grader.gradebook.opening import opened
from grader.gradebook.structure import ensure_structure, roles
from grader.submissions import read_path
from tests.gradebook.course import NAME, course_in, graded
from tests.mini import REFERENCE, mini


@pytest.fixture
def known(tmp_path):
    with opened(course_in(tmp_path)) as gradebook:
        return roles(ensure_structure(gradebook, mini(), None).assignment)


def code(source, name="", outputs=(), **metadata):
    nbgrader = {"grade_id": name, "schema_version": 3, **metadata}
    return {
        "cell_type": "code",
        "source": source,
        "metadata": {"nbgrader": nbgrader} if name else {},
        "outputs": list(outputs),
        "execution_count": 7,
    }


@pytest.fixture
def show(tmp_path, known):
    """Write the graded notebook of a submission that consists of these cells, or this text."""

    def written(handed_in):
        folder = tmp_path / "submitted" / "ada" / NAME
        folder.mkdir(parents=True, exist_ok=True)
        if isinstance(handed_in, str):
            (folder / "mini.py").write_text(handed_in, encoding="utf-8")
        else:
            notebook = {"cells": handed_in, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
            (folder / "mini.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
        submission = read_path(folder, ["mini.py"], student="ada", assignment=NAME)
        text = submission.files["mini.py"].decode()
        target = tmp_path / "autograded" / "ada" / NAME
        write_autograded(target, folder, submission, mini(), graded("ada", text), known)
        found = nbformat.read(target / "mini.ipynb", as_version=4)
        nbformat.validate(found)
        return found

    return written


def by_name(notebook):
    return {
        cell.metadata.nbgrader.grade_id: cell
        for cell in notebook.cells
        if "nbgrader" in cell.metadata
    }


FORGED = {
    "output_type": "execute_result",
    "data": {"text/plain": "1000", "text/html": "<script>steal()</script>"},
    "metadata": {},
    "execution_count": 1,
}


def test_our_points_stand_in_the_cells_that_check_and_no_output_of_the_student_anywhere(show):
    found = show([code(REFERENCE, outputs=[FORGED]), code("1000", "check-predict", [FORGED])])
    cell = by_name(found)["check-predict"]
    (output,) = cell.outputs
    assert float(output.data["text/plain"]) == 3.0
    assert cell.source.endswith('check("predict")')
    assert "steal" not in json.dumps(found)


def test_points_names_and_locks_are_the_gradebooks(show):
    edited = code("x", "check-predict", points=1_000, grade=False, solution=True, locked=False)
    role = by_name(show([code(REFERENCE), edited]))["check-predict"].metadata.nbgrader
    assert (role.points, role.grade, role.solution, role.locked) == (3, True, False, True)


def test_a_name_counts_once_and_the_last_cell_has_it(show):
    found = show(
        [
            code("old = 1", "solution-predict"),
            code(REFERENCE, "solution-predict"),
            code("z = 1", "x"),
        ]
    )
    names = [c.metadata.nbgrader.grade_id for c in found.cells if "nbgrader" in c.metadata]
    assert len(names) == len(set(names))
    assert by_name(found)["solution-predict"].source == REFERENCE
    assert "x" not in names


@pytest.mark.parametrize("metadata", [{"nbgrader": 1}, {"nbgrader": {"grade_id": []}}, [], None])
def test_damaged_metadata_are_no_matter(show, metadata):
    cell = code(REFERENCE)
    cell["metadata"] = metadata
    assert "check-predict" in by_name(show([cell, "no cell", {"cell_type": "code"}]))


def test_cells_that_were_deleted_stand_at_the_end(show):
    names = list(by_name(show([code(REFERENCE)])))
    assert names[:2] == ["solution-predict", "check-predict"]
    assert "check-fit" in names


def test_a_plain_file_is_shown_whole(show):
    found = show(REFERENCE)
    assert REFERENCE.strip() in found.cells[0].source
    assert float(by_name(found)["check-predict"].outputs[0].data["text/plain"]) == 3.0


def test_writing_again_replaces_what_is_read_only(show):
    show(REFERENCE)
    assert float(by_name(show("x = 1"))["check-predict"].outputs[0].data["text/plain"]) == 0
