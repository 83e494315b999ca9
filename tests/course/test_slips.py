"""Slips: made from the text of a reference, told without showing it, kept as signatures."""

import ast

import numpy as np
import pytest

from grader.course.slips import KEPT, same, signature, slips_of, with_slips

REFERENCE = '''
import numpy as np

def _square(x):
    return x ** 2

def loss(X, y, w, l2=0.5):
    """Half the mean of the squares, and l2 / 2 of those of `w`.

    Its residual is what is left.
    """
    if len(X) == 0:
        raise ValueError(f"Expected rows. Received: {len(X) + 1}")
    residual = X @ w - y
    return np.mean(_square(residual)) / 2 + l2 / 2 * np.sum(w ** 2, axis=0)

def twice(X, y, w):
    return 2 * loss(X, y, w)
'''


def said(exercise="loss"):
    return [one.slip.said for one in slips_of(REFERENCE, exercise, ["loss", "twice"])]


@pytest.mark.parametrize(
    "sentence",
    [
        "the argument `l2` is ignored, as if it were always 0.5",
        "the default value of `l2` is another than the contract's",
        "the term `y` is left out, where `residual` is computed",
        "a term with `l2` and `w` is left out",
        "the division by 2 is left out",
        "the square of `w` is left out",
        "the sum stands for the mean",
        "the sum is taken over axis 1, which is another axis",
        "a difference is taken the wrong way round, where `residual` is computed",
    ],
)
def test_a_slip_is_told_by_names_of_the_contract(sentence):
    assert sentence in said()


def test_no_sentence_shows_a_private_name_or_a_guard():
    assert not [one for one in said() if "_square" in one or "len" in one]


def test_all_slips_stand_in_one_file_beside_the_reference():
    made = slips_of(REFERENCE, "loss", ["loss", "twice"])
    space = {}
    exec(with_slips(REFERENCE, {"loss": made}), space)
    for name, source in space["SOURCES_OF_SLIPS"].items():
        assert name in {node.name for node in ast.parse(source).body}
    assert {one.name for one in made} == set(space["SOURCES_OF_SLIPS"])
    assert "loss" in space and "answers_of_slips" in space


def run(steps, exercise="loss"):
    made = slips_of(REFERENCE, exercise, ["loss", "twice"])
    space = {}
    exec(with_slips(REFERENCE, {exercise: made}), space)
    answers = space["answers_of_slips"](exercise, [one.name for one in made], steps, ["r"])
    return {one.slip.said: answer for one, answer in zip(made, answers, strict=True)}


def test_a_slip_of_a_helper_reaches_its_exercise_alone():
    X, w, y = np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([0.5, 0.25]), np.array([1.0, 3.0])
    call = {"op": "call", "target": "loss", "args": [X, y, w], "options": {}, "save": "r"}
    found = run([call])
    assert found["the square of something is left out"] == ["answered", [0.015625]]
    assert not [one for one in said("twice") if "square" in one]


def test_what_a_slip_raises_is_told_as_a_worker_would():
    call = {"op": "call", "target": "loss", "args": [1.0, 2.0, 3.0], "options": {}, "save": "r"}
    outcome, (kind, _) = next(iter(run([call]).values()))
    assert (outcome, kind) == ("raised", "builtins.TypeError")


def rows(*values):
    return np.array([signature([value])[:KEPT] for value in values])


def test_equal_answers_have_one_signature():
    x = np.random.default_rng(0).normal(size=50)
    backwards = np.array([float(one) for one in x * 3.0 / 3.0])
    assert same(rows(x, (1, 2.0), 5), signature([backwards])).tolist() == [True, False, False]
    assert same(rows(np.float64(5)), signature([5])).all()


@pytest.mark.parametrize(
    "change",
    [
        lambda x: x + 1e-5,
        lambda x: x[::-1],
        lambda x: -x,
        lambda x: x.reshape(5, 10),
        lambda x: x.astype("float32"),
        lambda x: np.where(np.arange(50) == 7, np.nan, x),
        lambda x: x * np.where(np.arange(50) == 7, 1.0001, 1),
    ],
)
def test_other_answers_have_another(change):
    x = np.random.default_rng(1).normal(size=50)
    assert not same(rows(x), signature([change(x)])).any()


def test_a_small_number_counts_beside_large_ones():
    x = np.array([1e12, 0.5])
    assert not same(rows(x), signature([np.array([1e12, 0.6])])).any()
