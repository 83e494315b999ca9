"""What answers as a right solution with one slip does is told of it, and nothing else is."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from grader.course import frozen
from grader.course.prepare import prepare
from grader.course.slip_recorder import JOINT
from grader.course.slips import Slip
from grader.diagnose.slips import told_of
from grader.judge.grading import GradingOptions
from grader.result import Visibility
from tests.conftest import grade_text, strongest
from tests.mini import REFERENCE, check_of, mini_course


@cache
def with_slips():
    made = prepare(mini_course(), "mini seed", Visibility.HIDDEN, strongest(), with_slips=True)
    return frozen.from_files(frozen.to_files(made))


def told(exercise, source, check):
    before, _, after = REFERENCE.partition(f"def {exercise}(")
    text = before + source + "\n\n" + "\ndef ".join(["", *after.split("\ndef ")[1:]])
    options = GradingOptions(only=frozenset({exercise}))
    result = grade_text(with_slips(), {"mini.py": text}, strongest(), only=options.only)
    found = check_of(result, f"{exercise}.{check}")
    assert found.lost_points
    return found.diagnosis


NAMED = {
    "a term": (
        "predict",
        "def predict(X, w, b):\n    return np.einsum('nd,d->n', X, w)",
        "batch",
        "generic.slip.term",
    ),
    "a sign": (
        "predict",
        "def predict(X, w, b):\n    return sum(X[:, k] * w[k] for k in range(len(w))) - b",
        "batch",
        "generic.slip.sign",
    ),
    "a square": (
        "half_mse",
        "def half_mse(X, y, w, b):\n    return sum(predict(X, w, b) - y) / len(y) / 2",
        "value",
        "generic.slip.power",
    ),
    "a factor": (
        "gradients",
        "def gradients(X, y, w, b):\n"
        "    r = (predict(X, w, b) - y)\n    return (r / len(X)) @ X, r.sum() * len(X)",
        "derivative",
        "",
    ),
    "a row": (
        "half_mse",
        "def half_mse(X, y, w, b):\n"
        "    r = predict(X, w, b) - y\n"
        "    return sum(r[i] ** 2 for i in range(1, len(y))) / len(y) / 2",
        "value",
        "generic.slip.rows",
    ),
    "the last row": (
        "half_mse",
        "def half_mse(X, y, w, b):\n"
        "    for one in predict(X, w, b) - y:\n        total = one**2 / len(y) / 2\n"
        "    return total",
        "value",
        "generic.slip.rows",
    ),
    "a sum": (
        "gradients",
        "def gradients(X, y, w, b):\n"
        "    r = (predict(X, w, b) - y) / len(X)\n    return r @ X, r.mean()",
        "derivative",
        "generic.slip.function",
    ),
}


@pytest.mark.parametrize("form", NAMED)
def test_another_writing_with_the_same_slip_is_told_of_it(form):
    exercise, source, check, pattern = NAMED[form]
    found = told(exercise, source, check)
    assert (found.id if found else "") == pattern
    if found:
        assert found.hint.startswith("Your answers are exactly those of a right solution in which")


@pytest.mark.parametrize("seed", range(12))
def test_of_a_random_answer_nothing_is_said(seed):
    """Numbers of the right shape, fractional or whole, of any size."""
    values = np.random.default_rng(seed).normal(scale=10.0 ** (seed % 4), size=5)
    whole = f"np.round({values.tolist()})" if seed % 3 == 0 else f"np.array({values.tolist()})"
    source = f"def predict(X, w, b):\n    return {whole}[:len(X)]"
    assert told("predict", source, "batch") is None


def test_of_a_call_that_the_student_does_not_write_nothing_is_told():
    said = "the argument side of searchsorted is left out"
    joined = f"{said}{JOINT}the term `b` is left out"
    course = replace(
        with_slips(), slips={"predict": (Slip("argument", said), Slip("term", joined))}
    )
    assert told_of(course, "predict", [0], "won += 0.5 * (one == zero)") is None
    assert said in told_of(course, "predict", [0], "np.searchsorted(a, b)").hint
    assert told_of(course, "predict", [1], "X @ w").hint.endswith(
        "in which the term `b` is left out."
    )


def test_half_a_slip_is_not_told():
    source = "def predict(X, w, b):\n    return X @ w + (b if len(X) == 5 else 0)"
    assert told("predict", source, "batch") is None


def test_a_students_copy_says_nothing_of_the_code():
    sentences = [one.said for found in with_slips().slips.values() for one in found]
    assert sentences and not [one for one in sentences if "np." in one or "residual" in one]
