"""A changed check: graded again is what it concerns, and the result is that of a fresh run."""

from dataclasses import replace

import pytest
from rich.console import Console

from grader.batch import plan_batch, run_batch
from grader.batch.store import ResultStore
from grader.cli.batch import _announce
from grader.judge.grading import GradingOptions
from grader.submissions import CourseDirectory
from tests.batch.mini_class import hand_in
from tests.conftest import strongest
from tests.mini import REFERENCE, body, mini, replaced

STUDENTS = {
    "ada": REFERENCE,
    "bob": body("return X @ w"),
    "cid": body("raise KeyError('w')"),
    "dan": replaced(" / 2\n", "\n"),
}


@pytest.fixture
def course(tmp_path):
    hand_in(tmp_path, STUDENTS)
    return CourseDirectory(tmp_path)


def changed(exercise, **changes):
    """The assignment with all checks of one exercise changed."""
    checks = [
        replace(check, **changes) if check.exercise == exercise else check
        for check in mini().checks
    ]
    return replace(mini(), checks=tuple(checks), sha256="1" * 64)


def run(course, assignment, **options):
    store = ResultStore(course.results / "m1_mini")
    plan = plan_batch(course, assignment, store, **options)
    report = run_batch(plan, assignment, store, strongest(), GradingOptions(), jobs=2)
    return plan, [result.comparable() for result in report.results]


@pytest.mark.parametrize("exercise", ["predict", "half_mse", "gradients", "solve", "fit"])
def test_only_what_a_change_concerns_is_graded_again_and_nothing_else_differs(course, exercise):
    run(course, mini())
    other = changed(exercise, points=7.0)
    plan, partly = run(course, other)
    assert len(plan.jobs) == len(STUDENTS)
    assert all(exercise in job.only and "root" not in job.only for job in plan.jobs)
    _, whole = run(course, other, fresh=True)
    assert partly == whole


def test_a_change_that_concerns_no_exercise_grades_nobody(course):
    run(course, mini())
    plan, _ = run(course, replace(mini(), sha256="2" * 64, summary="Other words."))
    assert plan.jobs == []


def test_a_result_of_before_fingerprints_is_graded_whole(course):
    run(course, mini())
    store = ResultStore(course.results / "m1_mini")
    store.write(store.read("ada").model_copy(update={"exercise_sha256": {}}))
    plan, _ = run(course, changed("solve", points=7.0))
    assert {job.student: job.only is None for job in plan.jobs} == {
        "ada": True,
        "bob": False,
        "cid": False,
        "dan": False,
    }


def test_what_another_grader_graded_is_graded_again_and_told(course):
    run(course, mini())
    store = ResultStore(course.results / "m1_mini")
    for student, digest in (("ada", ""), ("bob", "0" * 32)):  # "": of before there was one
        store.write(store.read(student).model_copy(update={"grader_sha256": digest}))
    written = store.read("cid").model_copy(update={"grader_version": "0.0.9"})
    store.write(written)
    plan, _ = run(course, mini())
    assert [job.student for job in plan.jobs] == plan.regraded == ["ada", "bob"]
    assert all(job.only is None for job in plan.jobs)
    console = Console(record=True, width=100)
    _announce(console, plan, course)
    assert "2 results were graded by another grader: regraded." in console.export_text()
    assert run(course, mini())[0].regraded == []
    assert len({one.grader_sha256 for one in store.read_all()[0]}) == 1


def test_where_an_exercise_hangs_no_longer_all_are_graded_again(course):
    """What calls it was skipped before, declared or not."""
    text = REFERENCE.replace(
        "def solve(X, y):\n", "def solve(X, y):\n    while len(X) == 9:\n        pass\n"
    ).replace("def root(x):\n", "def root(x):\n    solve(np.eye(2), np.ones(2))\n")
    (course.path / "submitted" / "ada" / "m1_mini" / "mini.py").write_text(text, encoding="utf-8")
    case = next(check for check in mini().checks if check.exercise == "solve").cases[0]
    (call,) = case.steps
    shorter = replace(case, steps=({**call, "args": [value[:8] for value in call["args"]]},))
    _, before = run(course, mini())
    assert {c["status"] for c in before[0]["checks"] if c["exercise"] == "root"} == {"skipped"}
    other = changed("solve", cases=(shorter,))
    _, partly = run(course, other)
    assert {c["status"] for c in partly[0]["checks"] if c["exercise"] == "root"} == {"passed"}
    _, whole = run(course, other, fresh=True)
    assert partly == whole
