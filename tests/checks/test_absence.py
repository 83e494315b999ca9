"""What is not there: each case has a sentence of its own, and it is true."""

import pytest

from grader.judge.grading import grade
from grader.result import Status
from grader.submissions import Submission
from tests.conftest import grade_text, prepared, strongest, untrained
from tests.mini import REFERENCE, body, check_of, grade_mini, mini, replaced

RENAMED = REFERENCE.replace("def half_mse(", "def half_MSE(")
WITHOUT_PREDICT = REFERENCE.replace("def predict(X, w, b):\n    return X @ w + b\n", "")
HELPER = "def products(X, w):\n    raise NotImplementedError('later')\n\n"

SENTENCES = {
    "a stub": (
        body("raise NotImplementedError"),
        "predict.batch",
        Status.MISSING,
        "predict is not written yet. `grader hint predict` helps.",
    ),
    "a part that is not written": (
        body("if len(X) > 1:\n    raise NotImplementedError\nreturn X @ w + b"),
        "predict.batch",
        Status.MISSING,
        "predict is not written yet: line 6 raises NotImplementedError.",
    ),
    "a part inside a function of its own": (
        body("def inner():\n    raise NotImplementedError\nreturn inner()"),
        "predict.batch",
        Status.MISSING,
        "predict is not written yet: line 6 raises NotImplementedError.",
    ),
    "another exercise that is a stub": (
        body("raise NotImplementedError"),
        "half_mse.value",
        Status.SKIPPED,
        "half_mse calls predict, which is not written yet.",
    ),
    "a helper of one's own that is a stub": (
        body("return products(X, w) + b") + HELPER,
        "predict.batch",
        Status.SKIPPED,
        "predict calls products, which is not written yet.",
    ),
    "such a helper behind another exercise": (
        body("return products(X, w) + b") + HELPER,
        "half_mse.value",
        Status.SKIPPED,
        "half_mse calls products, which is not written yet.",
    ),
    "another name for it": (
        RENAMED,
        "half_mse.value",
        Status.MISSING,
        "There is no half_mse in your file. Did you mean half_MSE?",
    ),
    "no name like it": (
        "import numpy as np\n",
        "solve.solution",
        Status.MISSING,
        "There is no solve in your file.",
    ),
    "another exercise that is not in the file": (
        WITHOUT_PREDICT,
        "half_mse.value",
        Status.SKIPPED,
        "half_mse calls predict (line 6), which is not in your file.",
    ),
    "another exercise under another name": (
        WITHOUT_PREDICT + "\ndef Predict(X, w, b):\n    return X @ w + b\n",
        "half_mse.value",
        Status.SKIPPED,
        "half_mse calls predict (line 6), which is not in your file. Did you mean Predict?",
    ),
}


@pytest.mark.parametrize("public", [True, False])
@pytest.mark.parametrize("name", SENTENCES)
def test_it_is_told_in_its_own_sentence(name, public):
    text, which, status, sentence = SENTENCES[name]
    check = check_of(grade_mini(text, public=public), which)
    assert (check.status, check.message) == (status, sentence)
    assert bool(check.waits_for) is (status is Status.SKIPPED)


LAST = len(REFERENCE.split("\n"))
END = "; it should return its result instead."
ENDS = {
    "exit(1)": (Status.ERROR, f"calls exit(){{}}{END}"),
    "import sys; sys.exit('no')": (Status.ERROR, f"calls sys.exit(){{}}{END}"),
    "raise SystemExit": (Status.ERROR, f"raises SystemExit{{}}{END}"),
    "import argparse; argparse.ArgumentParser().error('')": (
        Status.ERROR,
        f"ends the program{{}}{END}",
    ),
    "raise MemoryError": (Status.OUT_OF_MEMORY, "ran out of memory{}."),
}


@pytest.mark.parametrize("line", ENDS)
def test_what_ended_the_program_is_told_of_the_function_that_did(line):
    status, sentence = ENDS[line]
    helper = f"{body('return product(X)')}def product(X):\n    {line}\n"
    check = check_of(grade_mini(helper, public=False), "predict.batch")
    told = sentence.format(f" in line {LAST + 1}")
    assert (check.status, check.message) == (status, f"predict calls product, which {told}")
    if status is Status.ERROR:
        check = check_of(grade_mini(body(line), public=True), "half_mse.value")
        told = sentence.format(" in line 5")
        assert (check.status, check.waits_for) == (Status.SKIPPED, "predict")
        assert check.message == f"half_mse calls predict, which {told}"


def test_a_file_that_was_not_handed_in_is_another_thing():
    submission = Submission("s", "m1_mini", {"other.py": b""})
    result = grade(submission, mini(), strongest())
    assert {check.message for check in result.checks} == {
        "mini.py was not handed in; found: other.py."
    }
    assert all(check.whole_file for check in result.checks)


def test_what_nothing_can_be_graded_of_says_what_was_found():
    found = "Found: report.pdf; hand in .py or .ipynb."
    submission = Submission("s", "m1_mini", nothing_to_grade=found)
    result = grade(submission, mini(), strongest())
    assert {check.message for check in result.checks} == {f"mini.py was not handed in. {found}"}


def test_a_file_that_is_not_there_is_told_beside_what_was_handed_in_by_its_own_name():
    """Nobody handed in the modules that notebooks become."""
    files = dict.fromkeys(("logistic_regression.py", "from_part1_ipynb.py"), b"x = 1\n")
    sources = {"logistic_regression.py": "part2.ipynb", "from_part1_ipynb.py": "part1.ipynb"}
    submission = Submission("s", "a2_logistic_regression", files, sources=sources)
    result = grade(submission, untrained("a2_logistic_regression"), strongest())
    told = {one.message for one in result.checks if one.file == "keras_logistic_regression.py"}
    assert told == {
        "keras_logistic_regression.py was not handed in; found: part1.ipynb, part2.ipynb."
    }
    assert result.submission.files == ["part1.ipynb", "part2.ipynb"]


def test_another_exercise_is_never_suggested():
    """Both names are exercises of their own: nobody meant predict by predict_proba."""
    reference = "def predict(X, w, b):\n    return X @ w\n"
    result = grade_text(prepared("a2_logistic_regression"), {"logistic_regression.py": reference})
    assert check_of(result, "predict_proba.probabilities").message == (
        "There is no predict_proba in your file."
    )


def _below_a_condition(name):
    return REFERENCE.replace(f"def {name}", f"if np is None:\n  def {name}")


def test_what_is_written_and_not_there_in_the_end_is_not_called_absent():
    check = check_of(grade_mini(_below_a_condition("solve"), public=True), "solve.solution")
    assert check.status is Status.MISSING
    assert check.message.startswith("solve is written in mini.py, line 1")
    assert check.message.endswith(", but it is not there once your code has run.")


def test_what_calls_something_that_is_not_there_in_the_end_is_not_told_to_write_it():
    check = check_of(grade_mini(_below_a_condition("predict"), public=True), "half_mse.value")
    assert "half_mse waits for predict, which is not right yet. Fix predict" in check.message


OTHER = {
    "a library's own": ("return np.random.BitGenerator(0)", "NotImplementedError: BitGenerator"),
    "a name that is no exercise": ("return X @ weights", "name 'weights' is not defined"),
    "one that only speaks of it": ("raise ValueError('NotImplementedError')", "ValueError: Not"),
}


@pytest.mark.parametrize("name", OTHER)
def test_other_exceptions_are_not_taken_for_it(name):
    code, words = OTHER[name]
    check = check_of(grade_mini(body(code), public=True), "predict.batch")
    assert check.status is Status.ERROR
    assert words in check.message


def test_a_name_that_is_there_under_another_statement_is_no_missing_exercise():
    text = replaced("return np.mean((predict(X, w, b) - y) ** 2) / 2", "del predict\n    return 1")
    check = check_of(grade_mini(text, public=True), "half_mse.value")
    assert "not in your file" not in check.message


CALLS_A_STUB = """
import numpy as np

def sigmoid(z):
    raise NotImplementedError

def sigmoid_grad(z):
    s = sigmoid(z)
    return s * (1.0 - s)
"""


def test_a_written_exercise_that_calls_an_unwritten_one_is_not_called_unwritten():
    files = {"logistic_regression.py": CALLS_A_STUB}
    result = grade_text(prepared("a2_logistic_regression"), files)
    checks = [check for check in result.checks if check.exercise == "sigmoid_grad"]
    assert {check.status for check in checks} == {Status.SKIPPED}
    assert {check.message for check in checks} == {
        "sigmoid_grad calls sigmoid, which is not written yet."
    }
    assert {check.waits_for for check in checks} == {"sigmoid"}
