"""Notebooks for formgrader: whatever a student's copy says, roles and outputs are ours."""

import json
import os

import nbformat
import pytest

from grader.sanitise.markdown import unfenced
from grader.submissions import read_path
from grader.ways.gradebook.autograded import write_autograded
from grader.ways.gradebook.opening import opened
from grader.ways.gradebook.structure import Role, ensure_structure, roles
from tests.mini import REFERENCE, mini
from tests.ways.gradebook.course import NAME, course_in, graded


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


@pytest.mark.parametrize("kind", ["markdown", "raw", "heading", 7])
def test_text_of_a_student_stands_in_a_fence_whatever_its_cell_says(show, kind):
    text = "```\n<img src=x onerror=steal()>\n\n[a]: javascript:steal()"
    cell = {"cell_type": kind, "source": text, "metadata": {"raw_mimetype": "text/html"}}
    shown = show([code(REFERENCE), cell | {"attachments": {"a.svg": {}}}]).cells[1]
    assert (shown.cell_type, shown.metadata) == ("markdown", {})
    assert unfenced(shown.source) == text and "attachments" not in shown


def test_an_answer_that_people_grade_keeps_its_role_and_stands_in_a_fence(show, known):
    role = Role(False, True, False, False, "markdown", None, None)
    known["mini"]["essay"] = role
    cell = {**code("**<b>mine</b>**", "essay"), "cell_type": "markdown"}
    shown = by_name(show([code(REFERENCE), cell]))["essay"]
    assert shown.cell_type == "markdown" and unfenced(shown.source) == "**<b>mine</b>**"


def test_locked_text_is_the_courses_own(show, known):
    known["mini"]["intro"] = Role(False, False, False, True, "markdown", None, "# Welcome")
    cell = {**code("<script>", "intro"), "cell_type": "markdown"}
    assert by_name(show([code(REFERENCE), cell]))["intro"].source == "# Welcome"


def test_the_notebook_that_was_graded_is_shown_and_not_its_neighbour(tmp_path, known):
    folder = tmp_path / "submitted" / "ada" / NAME
    folder.mkdir(parents=True)
    for number, text in ((1, "old = 1"), (2, "new = 1")):
        cells = [code(f"{REFERENCE}\n{text}")]
        content = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        path = folder / f"mini ({number}).ipynb"
        path.write_text(json.dumps(content), encoding="utf-8")
        os.utime(path, (number * 1e6, number * 1e6))
    submission = read_path(folder, ["mini.py"], student="ada", assignment=NAME)
    assert b"new = 1" in submission.files["mini.py"]
    result = graded("ada", submission.files["mini.py"].decode())
    (folder / "mini (2).ipynb").unlink()  # what was read is shown, whatever lies there by now
    write_autograded(tmp_path / "shown", folder, submission, mini(), result, known)
    shown = (tmp_path / "shown" / "mini.ipynb").read_text(encoding="utf-8")
    assert "new = 1" in shown and "old = 1" not in shown


def test_what_changed_since_it_was_graded_is_not_shown_and_that_is_said(tmp_path, known):
    folder = tmp_path / "submitted"
    folder.mkdir()
    (folder / "mini.py").write_text("other = 1", encoding="utf-8")
    submission = read_path(folder, ["mini.py"], student="ada", assignment=NAME)
    write_autograded(tmp_path, folder, submission, mini(), graded("ada", REFERENCE), known)
    found = nbformat.read(tmp_path / "mini.ipynb", as_version=4)
    assert "has changed since it was graded" in found.cells[0].source
    assert "other = 1" not in json.dumps(found)
    assert float(by_name(found)["check-predict"].outputs[0].data["text/plain"]) == 3.0


def test_a_problem_with_a_file_is_shown_letter_by_letter(tmp_path, known):
    folder = tmp_path / "submitted" / "<img src=x onerror=steal()>"
    folder.mkdir(parents=True)
    (folder / "mini.ipynb").write_text("{", encoding="utf-8")
    submission = read_path(folder.parent, ["mini.py"], student="ada", assignment=NAME)
    record = graded("ada", "").submission.model_copy(update={"sha256": submission.sha256})
    result = graded("ada", "").model_copy(update={"submission": record})
    write_autograded(tmp_path, folder.parent, submission, mini(), result, known)
    source = nbformat.read(tmp_path / "mini.ipynb", as_version=4).cells[0].source
    assert "<img" in source and unfenced(source) != source
