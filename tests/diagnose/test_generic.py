"""Generic patterns: named when they fit all failures, silent otherwise."""

import pytest

from tests.mini import body, check_of, grade_mini, replaced

PREDICT = {
    "none": "X @ w + b",
    "extra_axis": "return (X @ w + b)[:, None]",
    "broadcast": "return (X @ w)[:, None] + np.full(len(X), b)",
    "not_finite": "return (X @ w + b) / 0",
    "dtype": "return (X @ w + b).astype('float32')",
    "sign": "return -(X @ w + b)",
    "factor_2": "return 2 * (X @ w + b)",
    "over_reduced": "return np.sum(X @ w + b)",
}


@pytest.mark.parametrize("pattern", PREDICT)
def test_a_pattern_is_named(pattern):
    check = check_of(grade_mini(body(PREDICT[pattern])), "predict.batch")
    assert check.diagnosis.id == f"generic.{pattern}"


def test_a_factor_of_the_number_of_rows_is_named():
    text = replaced("np.mean((predict(X, w, b) - y) ** 2)", "np.sum((predict(X, w, b) - y) ** 2)")
    assert check_of(grade_mini(text), "half_mse.value").diagnosis.id == "generic.factor_N"


def test_swapped_results_are_named():
    text = replaced(
        "return X.T @ residual, np.sum(residual)", "return np.sum(residual), X.T @ residual"
    )
    assert check_of(grade_mini(text), "gradients.derivative").diagnosis.id == "generic.swapped"


def test_nothing_is_said_of_an_arbitrary_answer():
    check = check_of(grade_mini(body("return np.sin(X @ w + b)")), "predict.batch")
    assert check.diagnosis is None


def test_a_misconception_goes_before_a_factor():
    check = check_of(grade_mini(replaced(" / 2\n", "\n")), "half_mse.value")
    assert check.diagnosis.id == "misconception.half_mse.forgets_the_half"
    assert check.diagnosis.hint.startswith("Most likely your half_mse divides by m.")


@pytest.mark.parametrize(
    ("name", "ratio", "words"),
    [
        ("2", "2", "is twice what it should be"),
        ("1_2", "0.5", "is half of what it should be"),
        ("1_N", "1 / len(X)", "was divided by N"),
    ],
)
def test_a_factor_is_told_in_plain_words(name, ratio, words):
    check = check_of(grade_mini(body(f"return (X @ w + b) * {ratio}")), "predict.batch")
    assert check.diagnosis.id == f"generic.factor_{name}"
    assert words in check.diagnosis.hint
