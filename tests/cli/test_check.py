"""`grader check` and `grader hint` as a student calls them, from wherever she stands."""

import os
import shutil
import subprocess
import sys

import pytest

from grader.course import frozen
from tests.mini import REFERENCE, mini
from tests.ready import run_ready

NAME = "m1_mini"


@pytest.fixture
def course(tmp_path):
    """A course with one small assignment, in which `predict` and `half_mse` are written."""
    folder = tmp_path / "course" / "assignments" / NAME
    frozen.save(mini(public=True), folder / "public")
    (folder / "mini.py").write_text(REFERENCE, encoding="utf-8")
    return tmp_path / "course"


@pytest.fixture
def grader(course):
    def run(*arguments, cwd=course / "assignments" / NAME, code=None, **variables):
        environment = {**os.environ, "GRADER_COURSE": str(course), "COLUMNS": "100", **variables}
        ended = run_ready("grader", *arguments, cwd=cwd, env=environment)
        assert "Traceback" not in ended.stdout + ended.stderr
        assert code is None or ended.returncode == code, ended.stdout + ended.stderr
        return " ".join((ended.stdout + ended.stderr).split())

    return run


def write(course, old, new):
    file = course / "assignments" / NAME / "mini.py"
    file.write_text(REFERENCE.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("mistyped", "meant"),
    [("predcit", "predict"), ("Half_MSE", "half_mse"), ("gradient", "gradients"), ("rot", "root")],
)
def test_a_mistyped_name_inside_the_folder_suggests_exercises(grader, mistyped, meant):
    said = grader("check", mistyped, code=2)
    assert f"m1_mini has no exercise '{mistyped}'. Did you mean: {meant}" in said
    assert "There is no assignment" not in said
    assert f"Did you mean: {meant}" in grader("hint", mistyped, code=2)


def test_a_name_that_is_like_no_exercise_is_an_assignment(grader):
    assert "There is no assignment 'a9_x'. Did you mean: m1_mini?" in grader(
        "check", "a9_x", code=2
    )


def test_an_exercise_without_its_assignment_is_told_how_to_name_it(grader, course):
    said = grader("check", "predict", cwd=course, code=2)
    assert "predict is an exercise of m1_mini" in said and "grader check m1_mini predict" in said


def test_the_folder_is_named_where_the_student_stands_elsewhere(grader, course, tmp_path):
    assert grader("check", "m1", "predict", cwd=course).startswith(f"checking assignments/{NAME} ✓")
    away = grader("check", "m1", "predict", cwd=tmp_path)
    assert away.startswith(f"checking course/assignments/{NAME} ✓")
    below = course / "assignments" / NAME / "public"
    assert grader("check", "predict", cwd=below).startswith(f"checking {below.parent} ✓")
    assert "checking" not in grader("check", "predict")


def test_after_an_exercise_passes_the_next_one_that_does_not_is_named(grader, course):
    write(course, "/ 2\n", "/ 3\n")
    assert grader("check", "predict", code=0).endswith(
        "predict passed. Next: half_mse; grader hint half_mse helps."
    )
    assert grader("check", code=1).endswith("Next: fix half_mse; grader hint half_mse helps.")
    assert "solve passed. Next: half_mse" in grader("check", "solve", code=0)
    write(course, "", "")
    assert grader("check", "half_mse", code=0).endswith("Everything passed. Well done!")


def test_hint_alone_helps_with_the_current_exercise(grader, course):
    assert "predict, hint 1 of 2" in grader("hint")
    assert "predict, hint 2 of 2" in grader("hint", code=0)
    grader("check", "predict", code=0)
    assert "There is no hint for half_mse" in grader("hint", code=0)
    grader("check", code=0)
    assert "Every exercise of m1_mini passed when it was last checked" in grader("hint", code=2)
    assert "A hint for which exercise?" in grader("hint", cwd=course, code=2)


def test_a_lone_folder_without_a_course_has_hints(grader, course, tmp_path):
    lone = shutil.copytree(course / "assignments" / NAME, tmp_path / "lone")
    assert "predict, hint 1 of 2" in grader(
        "hint", "predict", cwd=lone, GRADER_COURSE=str(tmp_path)
    )


def test_the_list_shows_what_was_checked_and_nothing_of_the_rest(grader):
    grader("check", "predict", code=0)
    said = grader("list", "m1")
    assert "predict mini.py 3 3 half_mse mini.py 2 -" in said


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo terminal")
def test_in_a_terminal_the_exercise_that_is_on_is_told(course):
    import pty

    here, there = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "grader", "check"],
        cwd=course / "assignments" / NAME,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
        stdout=there,
        stderr=there,
    ) as process:
        os.close(there)
        text = b""
        while True:
            try:
                piece = os.read(here, 65_536)
            except OSError:  # Linux says so at the end
                break
            if not piece:
                break
            text += piece
    os.close(here)
    assert process.returncode == 0
    assert "checking predict" in text.decode() and "Everything passed" in text.decode()


def test_a_terminal_that_speaks_no_unicode_is_no_reason_to_fail(course):
    write(course, "    return X @ w + b\n", "    print('━━━ 3 × 4')\n    return X\n")
    ended = subprocess.run(
        [sys.executable, "-m", "grader", "check", "predict"],
        cwd=course / "assignments" / NAME,
        env={**os.environ, "GRADER_COURSE": str(course), "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        encoding="utf-8",
    )
    assert ended.returncode == 1, ended.stderr
    said = " ".join(ended.stdout.split())
    assert "x predict" in said and "your code printed:" in said
