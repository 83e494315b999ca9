"""The one change that makes an exercise right: found, proven, and told without showing it."""

import pytest

from grader.judge.repairs import ALONE, Allowance
from grader.result import Status
from tests.conftest import grade_text
from tests.mini import REFERENCE, body, check_of, mini, replaced


def graded(text, **options):
    return grade_text(mini(), {"mini.py": text}, **{"repairs": ALONE, **options})


def told(text, name, **options):
    return check_of(graded(text, **options), name).diagnosis


def in_loops(step):
    """The reference with `half_mse` in a loop, whose step is given."""
    old = "    return np.mean((predict(X, w, b) - y) ** 2) / 2\n"
    loop = "    total = 0.0\n    for row, value in zip(X, y):\n"
    return replaced(old, f"{loop}        {step}\n    return total / (2 * len(y))\n")


def test_a_line_of_the_students_own_writing_is_named_with_the_kind_of_change():
    found = told(in_loops("total = (row @ w + b - value) ** 2"), "half_mse.value")
    assert found.id == "generic.repair.accumulated"
    assert found.hint == (
        "Line 10, `total = (row @ w + b - value) ** 2`: added to what was there, not put in its "
        "place, every case is right."
    )


def test_what_is_wrong_in_other_exercises_is_no_matter():
    text = replaced("** 2) / 2", "** 2)").replace("X.T @ y)", "X.T * y)")
    found = told(text, "solve.solution")
    assert (found.id, "with a matrix product there" in found.hint) == (
        "generic.repair.product",
        True,
    )


def test_the_line_is_that_of_the_check_and_points_stay():
    text = in_loops("total += (row @ w + b - value) ** 3")
    with_it, without = graded(text), graded(text, repairs={})
    check = check_of(with_it, "half_mse.value")
    assert (check.line, check.file) == (10, "mini.py")
    assert with_it.points == without.points
    assert check_of(without, "half_mse.value").diagnosis is None
    assert "2" not in check.diagnosis.hint.partition("`: ")[2]


def test_a_helper_that_is_no_exercise_is_looked_into():
    helper = "\n\ndef _affine(X, w, b):\n    return X @ w - b\n"
    found = told(body("return _affine(X, w, b)") + helper, "predict.batch")
    assert "`return X @ w - b`" in found.hint


def test_two_lines_that_are_likely_alike_are_both_told():
    found = told(body("z = -(X @ w)\nz = -z - b\nreturn z"), "predict.batch")
    assert found.id == "generic.repair.sign"
    assert " Or: " in found.hint or "`z = -z - b`" in found.hint


@pytest.mark.parametrize(
    "text",
    [
        REFERENCE,
        replaced("/ 2", "/ 1"),
        body("import os\nos._exit(1)"),
        body("raise SystemExit"),
        replaced("np.linalg.solve(X.T @ X, X.T @ y)", "np.linalg.lstsq(X, y)[0]"),
        replaced("return w[:-1], w[-1]", "return 0 * w[:-1], w[-1]"),
        replaced("def root(x):", "def route(x):"),
        replaced('raise ValueError(f"Expected x >= 0. Received: {x}")', "pass"),
    ],
    ids=["right", "named", "crash", "exit", "forbidden", "training", "missing", "error"],
)
def test_where_no_value_is_wrong_or_it_has_a_name_nothing_is_looked_for(text, monkeypatch):
    asked = []
    monkeypatch.setattr(
        "grader.judge.repairs.asking.Asking._ask", lambda *given: asked.append(given[1])
    )
    graded(text, only=frozenset({"predict", "half_mse", "solve", "root", "fit"}))
    assert not [check.exercise for check in asked if check.name != "batch"]


def test_a_failure_of_ours_costs_an_explanation_alone(monkeypatch):
    monkeypatch.setattr("grader.judge.repairs.repairs.definitions_of", lambda *_: 1 / 0)
    result = graded(in_loops("total = (row @ w + b - value) ** 2"))
    check = check_of(result, "half_mse.value")
    assert (check.status, check.diagnosis) == (Status.FAILED, None)


def test_what_the_worker_says_is_proven_by_grading(monkeypatch):
    def everything(_, check, case, changes):
        return list(changes)

    monkeypatch.setattr("grader.judge.repairs.asking.Asking.right", everything)
    assert told(in_loops("total += (row @ w + b - value) ** 3 + 1"), "half_mse.value") is None


def test_a_submission_has_so_many_exercises_and_seconds():
    assert Allowance(exercises=0).is_used_up
    assert not Allowance().is_used_up
