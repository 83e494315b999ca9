"""A misconception that explains one check is not named where the others speak against it."""

from functools import cache

import pytest

from grader.course.misconception import splice
from grader.diagnose.foretold import passes
from grader.result import Kind, Status
from grader.student.checking import load_public
from tests.conftest import ROOT, grade_text, live, strongest, untrained
from tests.mini import MISTAKES, check_of, grade_mini, mini, replaced

NAME, FILE = "a2_logistic_regression", "logistic_regression.py"


def told(exercise, source, on_check=None, name=NAME):
    """Of the public checks, in which those are that the constants fit."""
    file = {"a1_least_squares": "least_squares.py"}.get(name, FILE)
    text = splice(live(name).references[file], exercise, source)
    options = {"only": frozenset({exercise}), "on_check": on_check}
    return grade_text(public(name), {file: text}, strongest(), **options).checks


@cache
def public(name):
    return load_public(ROOT / "assignments" / name)


KNN = """
def knn_predict(X_train, y_train, X_test, k, metric="euclidean"):
    gaps = X_test[:, None] - X_train[None]
    distances = np.abs(gaps).sum(-1) if metric == "manhattan" else (gaps**2).sum(-1)
    nearest = y_train[np.argsort(distances, axis=1, kind="stable")[:, :{number}]]
    {votes}
"""
CONTRADICTED = {
    "the nearest row alone": KNN.format(number=1, votes="return nearest[:, 0]"),
    "the mean of the labels": KNN.format(
        number="k", votes="return np.round(nearest.mean(axis=1)).astype(int)"
    ),
    "the largest label": KNN.format(number="k", votes="return nearest.max(axis=1)"),
}


@pytest.mark.parametrize("form", CONTRADICTED)
def test_what_other_checks_contradict_is_not_named(form):
    streamed = []
    checks = told("knn_predict", CONTRADICTED[form], streamed.append)
    assert [one.check for one in checks if one.status is Status.FAILED][1:]
    named = [one.diagnosis.id for one in checks if one.diagnosis and one.kind is not Kind.ERR]
    assert set(named) <= {"generic.constant"}
    assert streamed == checks


CONSTANTS = {
    "the index of the best": ("grid_search", "x, y, candidates", "0"),
    "a loss of nothing": ("binary_cross_entropy", "X, y, w, b", "0.0"),
}


@pytest.mark.parametrize("form", CONSTANTS)
def test_a_constant_is_no_misconception(form):
    """Somewhere it is the answer of one, by chance."""
    exercise, parameters, value = CONSTANTS[form]
    name = "a1_least_squares" if exercise == "grid_search" else NAME
    source = f"def {exercise}({parameters}):\n    return {value}\n"
    checks = told(exercise, source, name=name)
    assert checks and {one.diagnosis.id for one in checks if one.diagnosis} <= {"generic.constant"}


def test_a_pattern_takes_the_place_of_what_is_contradicted():
    """The sign is wrong as well, so that it is not the logarithm of 0 alone."""
    source = """
def binary_cross_entropy(X, y, w, b):
    p = predict_proba(X, w, b)
    return np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
"""
    checks = {one.check: one.diagnosis for one in told("binary_cross_entropy", source)}
    assert checks["saturated_loss"].id == "generic.not_finite"
    assert checks["loss"].id == "generic.sign"


def test_what_nothing_contradicts_is_named_and_told_in_order():
    mistake = next(one for one in live(NAME).misconceptions if one.exercise == "knn_predict")
    streamed = []
    checks = told("knn_predict", mistake.source, streamed.append)
    assert mistake.id in {one.diagnosis.id for one in checks if one.diagnosis}
    assert streamed == checks


def test_how_a_misconception_would_do_is_known_of_each_kind_that_was_recorded():
    known = MISTAKES[0].id
    by_kind = {one.kind.value: one for one in mini().checks if one.exercise == "half_mse"}
    assert {kind: passes(one, known) for kind, one in by_kind.items()} == {"out": False}
    assert passes(mini().checks[0], known) is None  # of another exercise


def test_half_a_mistake_is_not_taken_for_it():
    """It explains nothing as a whole, and is told by no name."""
    text = replaced(" / 2\n", " / (2 if len(X) == 5 else 1)\n")
    assert check_of(grade_mini(text), "half_mse.value").diagnosis is None


@pytest.mark.parametrize("name", ["a1_least_squares", "a2_logistic_regression"])
def test_every_misconception_fails_some_check(name):
    assignment = untrained(name)
    for known in assignment.misconceptions:
        foretold = [passes(one, known.id) for one in assignment.checks_of(known.exercise)]
        assert False in foretold or None in foretold, known.id
