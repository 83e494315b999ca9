"""Checks that are easy to satisfy count once the exercise is right on ordinary input."""

from dataclasses import replace

import pytest

from grader.course.misconception import splice
from grader.result import Status
from tests.conftest import grade_text, live, untrained
from tests.mini import REFERENCE, mini, replaced

NAME, FILE = "a2_logistic_regression", "logistic_regression.py"


def graded(exercise, definition, told=None):
    text = splice(live(NAME).references[FILE], exercise, definition)
    options = {"only": frozenset({exercise})}
    if told is not None:
        options["on_check"] = told.append
    result = grade_text(untrained(NAME), {FILE: text}, **options)
    return {one.check: one for one in result.checks}


def test_a_constant_earns_nothing_at_an_edge_and_is_told_what_is_waited_for():
    found = graded("accuracy", "def accuracy(y_true, y_pred):\n    return 0.0\n")
    assert {name: one.points for name, one in found.items()} == {
        "ordinary": 0,
        "zero_denominator": 0,
        "purity": 0,
    }
    edge = found["zero_denominator"]
    assert edge.status is Status.SKIPPED
    assert edge.message == (
        "This check is easy to satisfy, so it counts once accuracy is right on ordinary input, "
        "in at least one case. Fix “is right on imperfect predictions” first."
    )


def test_an_edge_counts_where_the_exercise_is_right_in_part():
    text = """
def accuracy(y_true, y_pred):
    if len(y_true) > 28:
        return -1.0
    return float(np.mean(y_true == y_pred)) if len(y_true) else 0.0
"""
    wrong_on_more_rows = text.replace("28", str(rows_of_the_shorter_case()))
    found = graded("accuracy", wrong_on_more_rows.lstrip())
    assert found["ordinary"].status is Status.FAILED and found["ordinary"].cases.passed == 1
    assert found["zero_denominator"].points == 0.25 and found["purity"].points == 0.25


def rows_of_the_shorter_case():
    (check,) = [one for one in untrained(NAME).checks_of("accuracy") if one.name == "ordinary"]
    return min(len(one.arguments["y_true"]) for one in check.cases)


def test_a_right_gradient_is_ordinary_input_too():
    text = "def sigmoid_grad(z):\n    return sigmoid(z) * (1 - sigmoid(z)) + 1e-3 * (abs(z) > 99)\n"
    found = graded("sigmoid_grad", text)
    assert found["slope"].status is Status.PASSED and found["flat"].status is Status.FAILED
    assert found["purity"].points == 0.25


@pytest.mark.parametrize("exercise", ["accuracy", "sigmoid_grad"])
def test_the_right_solution_keeps_all(exercise):
    text = live(NAME).references[FILE]
    result = grade_text(untrained(NAME), {FILE: text}, only=frozenset({exercise}))
    assert result.points == result.max_points


def test_edges_are_judged_last_and_the_result_keeps_the_order_of_the_assignment():
    turned = replace(mini(), checks=tuple(reversed(mini().checks)))
    told = []
    text = replaced("return np.sqrt(x)", "return x")
    result = grade_text(turned, {"mini.py": text}, only=frozenset({"root"}), on_check=told.append)
    assert [one.check for one in told] == ["positive", "negative"]
    assert [one.check for one in result.checks] == ["negative", "positive"]
    assert [one.status for one in result.checks] == [Status.SKIPPED, Status.FAILED]


def test_where_an_exercise_has_nothing_else_an_edge_is_held_back_by_nothing():
    alone = tuple(one for one in mini().checks if one.name != "positive")
    text = replaced("return np.sqrt(x)", "return x")
    result = grade_text(replace(mini(), checks=alone), {"mini.py": text}, only=frozenset({"root"}))
    assert result.points == result.max_points == 2


def test_a_part_of_the_points_for_training_is_right_in_part():
    """An exercise without other ordinary checks waits for its training."""
    negative = next(one for one in mini().checks if one.name == "negative")
    edge = replace(negative, exercise="fit", cases=(negative.cases[0].calling("root"),))
    assignment = replace(mini(), checks=(edge, *mini().checks))
    wrong = replaced("return w[:-1], w[-1]", "return -w[:-1], w[-1]")
    for text, points in ((wrong, 0), (REFERENCE, 6)):
        result = grade_text(assignment, {"mini.py": text}, only=frozenset({"fit"}))
        assert result.points == points
