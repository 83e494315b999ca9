"""`grader check --case FILE` as a student calls it, with files that batches wrote and others."""

import os
from dataclasses import replace

import pytest

from grader.authoring.freeze import freeze
from grader.course.counterexample import Counterexample
from tests.cli.test_check import NAME, course, grader, write  # noqa: F401
from tests.conftest import strongest
from tests.course.test_counterexample import counterexample
from tests.mini import publishable, right_on_public_cases
from tests.ready import run_ready
from tests.ways.push.university import CHECKS


@pytest.fixture
def file(course):  # noqa: F811
    path = course / "assignments" / NAME / "counterexample-predict-batch.npz"
    path.write_bytes(counterexample().encode())
    return path


def test_the_case_is_run_and_told_as_usual(grader, course, file, tmp_path):  # noqa: F811
    write(course, "return X @ w + b", "return X @ w")
    said = grader("check", "--case", file.name, code=1)
    assert said.startswith("checking counterexample-predict-batch.npz (example 3)")
    assert "5 rows: all 5 values differ expected: [" in said and "inputs: X=[[" in said
    assert "points" not in said
    write(course, "", "")
    said = grader("check", "m1", "--case", file, cwd=course, code=0)
    assert "predict gives the right answer on this input now" in said
    assert "predict gives" in grader("check", "--case", file, cwd=tmp_path, code=0)


def test_only_the_case_is_run_and_nothing_is_remembered(grader, course, file):  # noqa: F811
    write(course, "return X @ w + b", "print('once')\n    return X @ w + b")
    grader("check", "--case", file.name, code=0)
    assert not (course / "assignments" / NAME / ".grader").exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"assignment": "a1_least_squares"}, "it belongs to a1_least_squares, and m1_mini"),
        ({"sha256": "1" * 64}, "another version of m1_mini"),
        ({"check": "\x1b[2Jpurity"}, "no check that asks what this file does"),
    ],
)
def test_what_does_not_belong_here_is_named(grader, file, changes, words):  # noqa: F811
    given = replace(Counterexample.decode(file.read_bytes()), **changes)
    file.write_bytes(given.encode())
    said = grader("check", "--case", file.name, code=2)
    assert f"{file.name} cannot be used: " in said and words in said
    assert "\x1b[2J" not in said


def test_what_is_no_such_file_is_told(grader, course, file):  # noqa: F811
    file.write_bytes(b"no archive")
    assert "damaged, or no counterexample of ours" in grader("check", "--case", file.name, code=2)
    assert "there is no such file" in grader("check", "--case", "none.npz", code=2)
    assert "no ordinary file" in grader("check", "--case", ".", code=2)


def test_one_case_leaves_no_room_for_exercises_or_watching(grader, file):  # noqa: F811
    said = grader("check", "root", "--case", file.name, code=2)
    assert "was named, too" in said
    assert "Leave out one of them" in grader("check", "--watch", "--case", file.name, code=2)


@pytest.mark.skipif(strongest().confinement == "unconfined", reason="nothing is confined here")
def test_the_file_that_a_batch_leaves_beside_the_page_is_run_by_the_student(tmp_path):
    root, course = tmp_path / "root", tmp_path / "course"  # noqa: F811
    solution, copy = root / "solutions" / NAME, root / "assignments" / NAME
    solution.mkdir(parents=True)
    (solution / "checks.py").write_text(CHECKS, encoding="utf-8")
    (solution / "mini.py").write_text(publishable(), encoding="utf-8")
    (solution / "handout.md").write_text("# Mini\n", encoding="utf-8")
    freeze(solution, copy, strongest())
    handed_in = course / "submitted" / "ada" / NAME
    handed_in.mkdir(parents=True)
    (course / "grader.toml").write_text('seed = "for tests"\n', encoding="utf-8")
    for folder in (handed_in, copy):
        (folder / "mini.py").write_text(right_on_public_cases("for tests"), encoding="utf-8")

    def run(*arguments, cwd=copy):
        environment = {**os.environ, "GRADER_COURSE": str(root), "COLUMNS": "100"}
        ended = run_ready("grader", *arguments, cwd=cwd, env=environment)
        return ended.returncode, " ".join((ended.stdout + ended.stderr).split())

    students = course / "reports" / NAME / "students"
    code, said = run("batch", "m1", "--course", course, "--no-examples", cwd=root)
    assert code == 0 and not list(students.glob("*.npz")), said
    code, said = run("batch", "m1", "--course", course, "--fresh", cwd=root)
    (found,), (page,) = students.glob("*.npz"), students.glob("*.html")
    assert code == 0 and f'href="{found.name}"' in page.read_text(encoding="utf-8"), said
    assert run("check", "predict")[0] == 0  # on the public cases nothing is wrong
    code, said = run("check", "--case", found)
    assert code == 1 and "rows: all " in said and "expected: [" in said
