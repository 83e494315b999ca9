"""Generic patterns: named when they fit all failures, silent otherwise."""

from dataclasses import replace

import numpy as np
import pytest

from grader.course.case import Case, Observation
from grader.course.misconception import splice
from grader.course.prepared import PreparedCheck
from grader.diagnose import Evidence
from grader.diagnose.comparison import compare
from grader.diagnose.generic import diagnose_generic
from grader.result import Kind
from grader.student.checking import load_public
from tests.conftest import ROOT, grade_text, live, strongest
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
        ("2", "2", "is twice as large as it should be"),
        ("1_2", "0.5", "is half as large as it should be"),
        ("1_N", "1 / len(X)", "was divided by N"),
    ],
)
def test_a_factor_is_told_in_plain_words(name, ratio, words):
    check = check_of(grade_mini(body(f"return (X @ w + b) * {ratio}")), "predict.batch")
    assert check.diagnosis.id == f"generic.factor_{name}"
    assert words in check.diagnosis.hint


COUNTS = {
    "a return within the loop": """
    tp = fp = fn = tn = 0
    for t, p in zip(y_true, y_pred):
        tp, fp = tp + (t == 1 and p == 1), fp + (t == 0 and p == 1)
        fn, tn = fn + (t == 1 and p == 0), tn + (t == 0 and p == 0)
        return tp, fp, fn, tn
""",
    "any": """
    pairs = ((1, 1), (0, 1), (1, 0), (0, 0))
    return tuple(int(np.any((y_true == t) & (y_pred == p))) for t, p in pairs)
""",
    "constants": "    return 1, 1, 1, 1\n",
}


@pytest.mark.parametrize("form", COUNTS)
def test_no_factor_is_seen_in_counts(form):
    name, file = "a2_logistic_regression", "logistic_regression.py"
    source = f"def confusion_counts(y_true, y_pred):\n{COUNTS[form]}"
    text = splice(live(name).references[file], "confusion_counts", source)
    only = frozenset({"confusion_counts"})
    result = grade_text(
        load_public(ROOT / "assignments" / name), {file: text}, strongest(), only=only
    )
    assert result.points < result.max_points
    told = {check.diagnosis.id for check in result.checks if check.diagnosis}
    assert not any(one.startswith(("generic.factor", "generic.offset")) for one in told)


X = np.arange(15.0).reshape(5, 3)
HALVES = np.array([0.5, 1.5, 2.25])


def said(*answers, **arguments):
    """What is diagnosed where each pair is what one case expects and what it received."""
    known = diagnosed(*answers, **arguments)
    return known.id if known else ""


def diagnosed(*answers, **arguments):
    check = PreparedCheck("f", "value", Kind.OUT, "", 1.0, (), {}, ())
    evidence = []
    for expected, received in answers:
        case = Case("", {"X": X} | arguments, returns=("result",))
        case = replace(case, expected=Observation("answered", [expected]))
        found = compare(received, expected, case.rtol, case.atol)
        seen = Observation("answered", [received])
        evidence.append(Evidence(case, seen, found is not None, found))
    return diagnose_generic(check, evidence)


def test_of_a_list_of_another_length_no_factor_is_asked_for():
    ids, curve = np.array([3, 1, 4, 1, 5]), np.array([0.5, 0.25, 0.7])
    found = diagnosed((ids, ids[[0, 3, 2]]), (curve, np.array([0.1, 0.9])))
    assert found.id == "generic.shape"
    assert "how many there are" in found.hint


TOLD = {
    "the sign of several": ("sign", [(HALVES, -HALVES)]),
    "a loss on two cases": ("factor_N", [(0.3, 1.5), (0.25, 1.25)]),
    "divided by the rows": ("factor_1_N", [(HALVES, HALVES / 5)]),
    "percentages": ("factor_percent", [(0.25, 25.0), (0.3, 30.0)]),
    "a number of features": ("factor_quantity", [(HALVES, HALVES * 3)]),
    "a loss that begins at 1": ("offset", [(0.31, 1.31), (0.72, 1.72)]),
    "a missing term": ("offset", [(HALVES, HALVES + 1)]),
    "two results": ("swapped", [((HALVES, 0.5), (0.5, HALVES))]),
    "another dtype": ("dtype", [(HALVES, HALVES.astype(np.float32))]),
    "another shape": ("reshaped", [(X, X.reshape(15, 1))]),
}


@pytest.mark.parametrize("form", TOLD)
def test_what_several_values_have_in_common_is_named(form):
    pattern, answers = TOLD[form]
    assert said(*answers) == f"generic.{pattern}"


NOT_TOLD = {
    "whole numbers": [(np.array([2, 4, 6]), np.array([1, 2, 3]))],
    "one count": [(3, 1)],
    "one number": [(0.25, 0.5)],
    "the same number in two cases": [(0.25, 0.5), (0.25, 0.5)],
    "an array of one number": [(np.full(3, 0.5), np.ones(3))],
    "a case that is right": [(HALVES, 2 * HALVES), (HALVES + 1, HALVES + 1)],
    "labels off by one": [(np.array([0, 1, 2]), np.array([1, 2, 3]))],
    "a term that is right elsewhere": [(HALVES, HALVES + 1), (2 * HALVES, 2 * HALVES)],
    "two counts": [((2, 1), (1, 2))],
    "zeros and ones": [(HALVES, (HALVES > 1).astype(int))],
}


@pytest.mark.parametrize("form", NOT_TOLD)
def test_nothing_is_said_on_too_little_evidence(form):
    assert said(*NOT_TOLD[form]) == ""


def test_as_many_columns_as_rows_leave_open_what_divided():
    assert said((HALVES, HALVES / 5), y=np.ones((5, 5))) == ""


def test_a_single_row_is_right_with_a_sum_and_with_a_mean():
    one, other = Case("", {"X": X[:1]}), Case("", {"X": X})
    assert diagnose_rows(one, other) == "generic.factor_N"


def diagnose_rows(*cases):
    check = PreparedCheck("f", "value", Kind.OUT, "", 1.0, (), {}, ())
    evidence = []
    for number, case in enumerate(cases):
        expected = Observation("answered", [HALVES + number])
        received = (HALVES + number) * len(case.arguments["X"])
        found = compare(received, expected.values[0], 1e-5, 1e-6)
        seen = Observation("answered", [received])
        case = replace(case, expected=expected)
        evidence.append(Evidence(case, seen, found is not None, found))
    return diagnose_generic(check, evidence).id
