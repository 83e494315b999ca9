"""Our CSV out of a real gradebook: what people gave counts, and nbgrader's own export agrees."""

import csv
import os
import sys
from datetime import datetime
from pathlib import Path

import pytest

pytest.importorskip("nbgrader", reason="needs nbgrader, of the extra nbgrader")

from nbgrader.api import Gradebook

from grader.submissions import CourseDirectory
from grader.ways.gradebook.grades import read_grades
from grader.ways.gradebook.problems import GradebookError
from tests.ready import run_ready
from tests.ways.gradebook.course import course_in, right, written, wrong

LATE = "[late]\npercent_per_day = 10\ndue.m1_mini = 2026-03-01T12:00:00Z\n"
EXPORTER = "grader.ways.gradebook.exporter.PointsPerExercise"


@pytest.fixture
def course(tmp_path):
    """Ada is late, a person gave Bob points, nobody has graded Eve's `root`, Mae is missing."""
    made = course_in(tmp_path, LATE)
    moment = datetime(2026, 3, 2, 11)
    late = right("ada", submitted_at=f"{moment}+00:00", late_seconds=23 * 3_600.0)
    written(made, late, wrong("bob"), right("eve"), stamps={"ada": moment})
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as gradebook:
        gradebook.add_student("mae")
        bob = gradebook.find_grade("check-half_mse", "mini", "m1_mini", "bob")
        bob.manual_score, bob.extra_credit = 1.5, 0.25
        eve = gradebook.find_grade("check-root", "mini", "m1_mini", "eve")
        eve.auto_score, eve.needs_manual_grade = None, True
        gradebook.find_comment(
            "solution-half_mse", "mini", "m1_mini", "bob"
        ).manual_comment = "half of it"
        gradebook.db.commit()
    return made.directory


def export(course, *arguments):
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = {**os.environ, "PATH": path}
    run_ready("nbgrader", "export", *arguments, cwd=course.path, env=environment, check=True)


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return {row.get("student") or row["student_id"]: row for row in csv.DictReader(stream)}


@pytest.mark.slow
def test_nbgrader_exports_our_csv_with_its_own_points(course):
    export(course, "--exporter", EXPORTER, "--to", "ours.csv")
    export(course, "--to", "theirs.csv")
    ours, theirs = rows_of(course.path / "ours.csv"), rows_of(course.path / "theirs.csv")
    assert list(ours) == ["ada", "bob", "eve", "mae"]
    for student in ("ada", "bob", "mae"):
        for mine, own in (("points", "raw_score"), ("late_penalty", "late_submission_penalty"),
                          ("final_points", "score"), ("max_points", "max_score")):  # fmt: skip
            assert float(ours[student][mine]) == float(theirs[student][own]), (student, mine)
    assert float(ours["ada"]["final_points"]) == 0.9 * float(ours["ada"]["points"])
    assert ours["bob"]["m1_mini.half_mse"] == "1.75"
    assert ours["eve"]["final_points"] == "" and ours["eve"]["ungraded"] == "root"
    export(course, "--exporter", EXPORTER, "--to", "one.csv", "--student", '["bob"]')
    assert list(rows_of(course.path / "one.csv")) == ["bob"]


def test_grades_of_the_gradebook(course):
    grades = {one.student: one for one in read_grades(course, {"m1_mini": ["root", "predict"]})}
    assert list(grades["bob"].exercises)[:2] == ["root", "predict"]
    assert grades["bob"].exercises["half_mse"] == 1.75
    assert "half_mse\nhalf of it" in grades["bob"].comment
    assert grades["ada"].submitted_at == "2026-03-02T11:00:00+00:00"
    assert not grades["mae"].handed_in and grades["mae"].final == 0.0
    assert grades["eve"].ungraded == ["root"] and grades["eve"].final is None
    with pytest.raises(GradebookError, match="has no assignment m2; it has: m1_mini"):
        read_grades(course, {"m2": []})


def test_reading_makes_no_gradebook(tmp_path):
    with pytest.raises(GradebookError, match="There is no gradebook"):
        read_grades(CourseDirectory(tmp_path), {"m1_mini": []})
    assert list(tmp_path.iterdir()) == []
