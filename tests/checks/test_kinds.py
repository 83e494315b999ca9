"""Each kind of check on right, partly right and wrong code."""

import math
from dataclasses import replace

import numpy as np
import pytest

from grader.checks.errors import names_offending
from grader.checks.statistics import _problem
from grader.checks.verdict import Reply
from grader.course.case import Case, Expectation, Observation, case
from grader.course.drawn import STATISTICS
from grader.course.step import step
from grader.result import Status, Visibility
from tests.conftest import grade_text
from tests.mini import check_of, grade_mini, mini, replaced


def test_a_gradient_that_fits_the_students_own_wrong_loss_earns_its_part():
    text = replaced(" / 2\n", "\n").replace("/ len(X)", "* 2 / len(X)")
    check = check_of(grade_mini(text), "gradients.derivative")
    assert check.status is Status.FAILED
    assert check.points == 0.3 * check.max_points
    assert check.diagnosis.id == "generic.consistent_gradient"
    assert "look at half_mse first" in check.diagnosis.hint


def test_a_right_gradient_beside_a_wrong_loss_is_right():
    check = check_of(grade_mini(replaced(" / 2\n", "\n")), "gradients.derivative")
    assert check.status is Status.PASSED


def test_a_wrong_gradient_of_a_right_loss_earns_nothing():
    text = replaced("/ len(X)", "* 2 / len(X)")
    check = check_of(grade_mini(text), "gradients.derivative")
    assert (check.status, check.points) == (Status.FAILED, 0)
    assert check.diagnosis.id == "generic.factor_2"


def test_a_constant_loss_with_a_zero_gradient_earns_nothing():
    text = replaced("np.mean((predict(X, w, b) - y) ** 2) / 2", "1.0")
    text = text.replace("X.T @ residual, np.sum(residual)", "0 * w, 0.0")
    check = check_of(grade_mini(text), "gradients.derivative")
    assert check.points == 0


def test_an_arbitrary_loss_with_its_gradient_earns_nothing():
    text = replaced("np.mean((predict(X, w, b) - y) ** 2) / 2", "np.sum(w) + b")
    text = text.replace("X.T @ residual, np.sum(residual)", "np.ones_like(w), 1.0")
    assert check_of(grade_mini(text), "gradients.derivative").points == 0


def test_an_error_without_the_value_earns_half():
    check = check_of(grade_mini(replaced('. Received: {x}"', '"')), "root.negative")
    assert (check.status, check.points) == (Status.FAILED, 1)
    assert "does not name the offending value" in check.message


def test_another_error_earns_nothing():
    check = check_of(grade_mini(replaced("raise ValueError", "raise KeyError")), "root.negative")
    assert (check.status, check.points) == (Status.FAILED, 0)
    assert "ValueError was expected, but KeyError" in check.message


def test_a_function_that_always_raises_earns_nothing_for_its_error():
    result = grade_mini(replaced("if x < 0:", "if True:"))
    assert check_of(result, "root.negative").status is Status.SKIPPED


def test_a_ratio_over_zero_is_in_no_range():
    ratio = STATISTICS["first_over_last"]
    assert ratio(np.array([3.0, 7.0, -2.0])) == -1.5
    assert math.isnan(ratio(np.array([3.0, 0.0])))


def test_statistics_out_of_range_fail():
    check = check_of(
        grade_mini(replaced("rng.normal(size=n)", "rng.normal(size=n) + 1")), "noise.moments"
    )
    assert check.status is Status.FAILED
    assert "the mean of the output is out of its range" in check.message


def test_what_a_statistic_means_that_is_too_small_or_too_large_is_said():
    means = Expectation("std", 1.0, 2.0, below="none is shifted", above="all are shifted too far")
    case = Case(
        "", expected=Observation("answered", [np.zeros(2)]), returns=("x",), expects=(means,)
    )
    for drawn, said in (([0.0, 0.0], "none is"), ([-9.0, 9.0], "too far"), ([-1.5, 1.5], "")):
        reply = Reply(Observation("answered", [np.array(drawn)]))
        found = _problem(case, reply, 0, Visibility.HIDDEN)
        assert said in found if said else found is None


def test_a_constant_or_misshapen_sample_fails():
    for new in ("np.zeros(n)", "rng.normal(size=(n, 1))", "np.full(n, np.nan)", "[None]"):
        check = check_of(grade_mini(replaced("rng.normal(size=n)", new)), "noise.moments")
        assert check.status is Status.FAILED, new


def test_training_earns_points_between_baseline_and_threshold():
    check = check_of(
        grade_mini(replaced("return w[:-1], w[-1]", "return 0.5 * w[:-1], w[-1]")), "fit.quality"
    )
    assert check.status is Status.FAILED
    assert 0 < check.points < check.max_points
    assert "R² on held-out data is 0." in check.message


def test_training_answers_that_cannot_be_measured_earn_nothing():
    for new in ("None", "w", "(w[:-1] * np.nan, 0.0)", "(w[:1], 0.0)", "('w', 'b')"):
        check = check_of(
            grade_mini(replaced("return w[:-1], w[-1]", f"return {new}")), "fit.quality"
        )
        assert (check.status, check.points) == (Status.FAILED, 0), new


def graded_training(text):
    """The train check, which also wants ``root(9)`` right and nothing learnt from zeros."""
    [check] = [one for one in mini().checks if one.name == "quality"]
    [case] = check.cases
    X, y = case.arguments.values()
    steps = {
        "facts": step.call("root", 9.0),
        "blank": step.call("fit", X, 0 * y),
        "result": step.call("fit", X, y),
    }
    expected = Observation("answered", [3.0, (np.zeros(2), 0.0), *case.expected.values])
    case = replace(
        case,
        steps=tuple({**one, "save": name} for name, one in steps.items()),
        returns=tuple(steps),
        expected=expected,
    )
    settings = {**check.settings, "same": {"facts": "another root was expected"}, "blank": "blank"}
    check = replace(check, cases=(case,), settings=settings)
    return check_of(grade_text(replace(mini(), checks=(check,)), {"mini.py": text}), "fit.quality")


def test_training_wants_beside_its_quality_what_the_reference_has():
    text = replaced("", "")
    assert graded_training(text).status is Status.PASSED
    check = graded_training(text.replace("np.sqrt(x)", "np.sqrt(x) + 1"))
    assert (check.status, check.points) == (Status.FAILED, 0)
    assert "another root was expected" in check.message


def test_what_is_answered_without_having_been_learnt_earns_nothing():
    check = graded_training(replaced("return w[:-1], w[-1]", "return np.array([2.0, -1.0]), 0.0"))
    assert (check.status, check.points) == (Status.FAILED, 0)
    assert "with all its weights at zero the model still reaches R² 0.99" in check.message


def test_training_that_uses_up_its_cpu_seconds_is_a_timeout():
    text = replaced(
        "    w = np.linalg.lstsq", "    while True:\n        pass\n    w = np.linalg.lstsq"
    )
    check = check_of(grade_mini(text), "fit.quality")
    assert check.status is Status.TIMEOUT


@pytest.mark.parametrize(
    ("message", "line", "is_named"),
    [
        ("the kernel 7 is too large", "raise ValueError(f'the kernel {k} is too large')", True),
        ("an extent of 13 exceeds 11", "raise ValueError(f'an extent of {e} exceeds {n}')", True),
        ("an extent of 13 exceeds 11", "raise ValueError(message)", True),
        ("an extent of 15 exceeds 11", "raise ValueError('an extent of ' + str(e))", True),
        ("('too large', 15)", "raise ValueError('too large', e)", True),
        ("an extent of 15 exceeds 11", "raise ValueError(message)", False),
        ("too large for 11", "raise ValueError(f'too large for {n}')", False),
        ("at most 99 rows", "raise ValueError(f'at most 99 {rows}')", False),
        ("at most 99 rows", "raise ValueError(", False),
        ("too large", "raise ValueError('too large')", False),
    ],
)
def test_a_derived_size_names_the_offending_value(message, line, is_named):
    given = case("dilated", n=11, kernel=7, options={"dilation": 2}, offending="7")
    reply = Reply(Observation("raised"), {"message": message, "frames": [{"code": line}]})
    assert names_offending(given, reply) is is_named
