"""What is expected of a submission knows its own exercises, and those of the whole course."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.course import frozen
from grader.course.expected import expected_of
from grader.student.checking import load_public
from grader.submissions import read_path

ROOT = Path(__file__).resolve().parents[2]
NAMES = sorted(path.parent.parent.name for path in ROOT.glob("assignments/*/public/checks.json"))


@pytest.mark.parametrize("name", NAMES)
def test_every_exercise_is_known_by_its_file(name: str) -> None:
    assignment = load_public(ROOT / "assignments" / name)
    expected = expected_of(assignment, ROOT)
    assert list(expected.files) == [file.name for file in assignment.files]
    assert expected.all_exercises == {one.name for one in assignment.exercises}
    others = expected.others()
    assert set(others) == set(NAMES) - {name}
    assert all(names for files in others.values() for names in files.values())


@pytest.mark.parametrize("name", NAMES)
def test_the_references_of_each_assignment_look_like_no_other(name: str, tmp_path: Path) -> None:
    """Under names that say nothing, each file is taken by its own assignment alone."""
    assignment = load_public(ROOT / "assignments" / name)
    for number, file in enumerate(assignment.files):
        text = (ROOT / "solutions" / name / file.name).read_bytes()
        (tmp_path / f"part{number}.py").write_bytes(text)
    for one in NAMES:
        asked = load_public(ROOT / "assignments" / one)
        found = read_path(tmp_path, expected_of(asked, ROOT), student="ada", assignment=one)
        taken = {file.name for file in asked.files} & set(found.files)
        if one == name:
            assert taken == {file.name for file in asked.files}
            assert found.nothing_to_grade == ""
        else:
            assert taken == set()
            assert f"this looks like {name[:2]}'s " in found.nothing_to_grade


def test_a_damaged_assignment_beside_it_costs_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "assignments" / "a9_broken" / "public"
    folder.mkdir(parents=True)
    (folder / "checks.json").write_text("{", encoding="utf-8")
    expected = expected_of(load_public(ROOT / "assignments" / NAMES[0]), tmp_path)
    assert expected.others() == {"a9_broken": {}}


def test_the_files_of_another_part_are_told_of_as_no_other_names(tmp_path: Path) -> None:
    """Who hands in the whole folder, with the notebooks of the Keras part, made no mistake."""
    name = "a3_mlp"
    for path in (ROOT / "assignments" / name).iterdir():
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "mlp.py").write_bytes((ROOT / "solutions" / name / "mlp.py").read_bytes())
    part = load_public(ROOT / "assignments" / name).part("numpy")
    frozen.save(part, tmp_path / "kept")
    part = frozen.load(tmp_path / "kept")  # as a zip for Gradescope holds it
    assert {one.name for one in part.files_aside} == {"keras_mlp.py", "tf_train_step.py"}
    assert all("keras" in one.imports and one.exercises for one in part.files_aside)
    found = read_path(tmp_path, expected_of(part, ROOT), student="ada", assignment=name)
    assert found.notes == ()
    (tmp_path / "Untitled.ipynb").write_text('{"cells": []}')
    found = read_path(tmp_path, expected_of(part, ROOT), student="ada", assignment=name)
    assert found.notes == ("Untitled.ipynb was not graded: the assignment asks for other names",)
    cell = {"cell_type": "code", "source": "def build_mlp(n):\n    return n\n"}
    (tmp_path / "Untitled.ipynb").write_text(json.dumps({"cells": [cell]}))
    assert read_path(tmp_path, expected_of(part, ROOT), student="ada", assignment=name).notes == ()
