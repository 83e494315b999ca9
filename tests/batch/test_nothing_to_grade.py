"""A batch tells of those who handed in nothing that can be graded, and keeps that true."""

from __future__ import annotations

import os
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from grader.batch import plan, plan_batch, run_batch
from grader.batch.attempts import Attempt, best_of
from grader.batch.store import ResultStore
from grader.judge.grading import GradingOptions
from grader.render.exports.grades import grade_of
from grader.render.terminal import print_class
from grader.submissions import CourseDirectory, Submission, read_path
from tests.batch.mini_class import hand_in
from tests.conftest import strongest
from tests.mini import REFERENCE, mini
from tests.render.small_class import student, with_nothing


@pytest.fixture
def course(tmp_path: Path, monkeypatch) -> CourseDirectory:
    """A class of two, read by a reader that says what it found where it found no Python."""

    def reading(path: Path, expected, **who) -> Submission:
        found = read_path(path, expected, **who)
        names = ", ".join(sorted(os.listdir(path)))
        why = "" if found.files else f"found: {names}; hand in .py or .ipynb"
        return replace(found, nothing_to_grade=why)

    monkeypatch.setattr(plan, "read_path", reading)
    hand_in(tmp_path, {"ada": REFERENCE})
    folder = tmp_path / "submitted" / "mallory" / "m1_mini"
    folder.mkdir(parents=True)
    (folder / "report.pdf").write_bytes(b"%PDF")
    return CourseDirectory(tmp_path)


def run(course: CourseDirectory):
    store = ResultStore(course.results / "m1_mini")
    made = plan_batch(course, mini(), store)
    report = run_batch(made, mini(), store, strongest(), GradingOptions(), jobs=2)
    return [job.student for job in made.jobs], report.results


def test_the_class_is_told_of_them(course: CourseDirectory) -> None:
    _, results = run(course)
    text = StringIO()
    print_class(Console(file=text, width=100), results)
    assert "Mean and median of 1; 1 handed in nothing that can be graded:" in text.getvalue()
    assert "mallory: found: report.pdf; hand in .py or .ipynb" in text.getvalue()
    mallory = grade_of(results[1], course)
    assert mallory.final == 0 and mallory.handed_in
    assert mallory.comment == "found: report.pdf; hand in .py or .ipynb"


def test_the_result_is_kept_until_something_else_is_found(course: CourseDirectory) -> None:
    assert run(course)[0] == ["ada", "mallory"]
    assert run(course)[0] == []
    folder = course.path / "submitted" / "mallory" / "m1_mini"
    (folder / "submission.rar").write_bytes(b"Rar!")  # no file that is graded has changed
    jobs, results = run(course)
    assert jobs == ["mallory"]
    assert results[1].submission.nothing_to_grade.startswith("found: report.pdf, submission.rar")


def test_of_attempts_without_points_one_that_can_be_graded_counts() -> None:
    attempts = [Attempt(Path(), Submission("ada", "a1_small"))] * 2
    results = [student("ada", "--"), with_nothing("ada", "found: report.pdf", "..")]
    chosen = best_of(attempts, results)
    assert chosen.checks == results[0].checks and not chosen.submission.nothing_to_grade
