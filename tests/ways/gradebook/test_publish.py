"""`grader batch` in an nbgrader course, and nbgrader's own commands behind it."""

import csv
import os
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from tests.conftest import ASSIGNMENTS, ROOT, have_hidden_cases
from tests.ready import run_ready

SCRIPTS = Path(sys.executable).parent
ENVIRONMENT = {
    **os.environ,
    "GRADER_COURSE": str(ROOT),
    "PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}


def run(folder, command, *arguments):
    return run_ready(command, *arguments, cwd=folder, env=ENVIRONMENT, check=True)


def grader(folder, *arguments):
    return run(folder, "grader", *arguments)


def hand_in(course, student, name, origin):
    folder = course / "submitted" / student / name
    folder.mkdir(parents=True)
    for notebook in (course / origin / name).glob("*.ipynb"):
        (folder / notebook.name).write_bytes(notebook.read_bytes())


def scores(course, name):
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        return {
            one.student.id: {
                grade.name: (grade.auto_score, grade.max_score)
                for notebook in one.notebooks
                for grade in notebook.grades
            }
            for one in gradebook.assignment_submissions(name)
        }


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(one, marks=() if one.startswith("a1") else pytest.mark.slow)
        for one in ASSIGNMENTS
    ],
)
def test_nbgraders_own_commands_agree_with_grader_batch_point_for_point(tmp_path, name):
    """The reference has full points, the stub none, by either way of grading."""
    course = tmp_path / "course"
    course.mkdir()
    have_hidden_cases(course, name)
    grader(course, "notebooks", name)
    run(course, "nbgrader", "generate_assignment", name)
    hand_in(course, "reference", name, "source")
    hand_in(course, "stub", name, "release")
    grader(course, "batch", name)
    by_batch = scores(course, name)
    assert all(score == most for score, most in by_batch["reference"].values())
    assert all(score == 0 for score, _ in by_batch["stub"].values())
    assert sum(most for _, most in by_batch["stub"].values()) == pytest.approx(100)

    run(course, "nbgrader", "generate_feedback", name)
    pages = sorted((course / "feedback" / "stub" / name).glob("*.html"))
    assert pages and all("is not written yet" in page.read_text() for page in pages)
    run(course, "nbgrader", "export")
    with (course / "grades.csv").open() as file:
        exported = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert exported == {"reference": pytest.approx(100), "stub": 0}

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:  # nothing of ours is left
        for one in gradebook.assignment_submissions(name):
            for grade in (grade for notebook in one.notebooks for grade in notebook.grades):
                grade.auto_score = None
        gradebook.db.commit()
    run(course, "nbgrader", "autograde", name, "--force")
    assert scores(course, name) == by_batch


@pytest.mark.slow
def test_feedback_goes_back_to_the_student_through_nbgraders_exchange(tmp_path):
    """Release, fetch, submit, collect, grade by ours, release feedback, fetch it."""
    name = "a2_logistic_regression"
    course, student, exchange = (tmp_path / one for one in ("course", "student", "exchange"))
    for folder in (course, student, exchange):
        folder.mkdir()
    exchange.chmod(0o777)
    have_hidden_cases(course, name)
    grader(course, "notebooks", name)
    with (course / "nbgrader_config.py").open("a", encoding="utf-8") as file:
        file.write(f"c.Exchange.root = {str(exchange)!r}\nc.Exchange.cache = '{tmp_path}/cache'\n")
    configuration = (course / "nbgrader_config.py").read_text(encoding="utf-8")
    (student / "nbgrader_config.py").write_text(configuration, encoding="utf-8")
    run(course, "nbgrader", "generate_assignment", name)
    run(course, "nbgrader", "release_assignment", name)

    run(student, "nbgrader", "fetch_assignment", name)
    for notebook in (course / "source" / name).glob("*.ipynb"):
        (student / name / notebook.name).write_bytes(notebook.read_bytes())
    run(student, "nbgrader", "submit", name)

    run(course, "nbgrader", "collect", name)
    grader(course, "batch", name)
    ((_, found),) = scores(course, name).items()
    assert all(score == most for score, most in found.values())
    run(course, "nbgrader", "generate_feedback", name)
    run(course, "nbgrader", "release_feedback", name)

    run(student, "nbgrader", "fetch_feedback", name)
    pages = list((student / name / "feedback").rglob("*.html"))
    assert {page.stem for page in pages} == {"logistic_regression", "keras_logistic_regression"}
    assert all("points</b>" in page.read_text(encoding="utf-8") for page in pages)
