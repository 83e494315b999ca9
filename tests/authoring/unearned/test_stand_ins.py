"""Definitions that answer in the reference's form without the work."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from grader.authoring.unearned import stand_ins
from grader.authoring.unearned.stand_ins import CONSTANTS, Filling, StandIns, filled, leaves


class Scale:
    """A class of a reference, with state."""

    def __init__(self, n, rng):
        self.params = {"w": rng.normal(size=n)}

    def forward(self, X):
        self.params["w"] += 1
        return X * self.params["w"], {"kept": X}


def pair(X, y):
    X += 1
    return X.sum(), (y.astype(int), "text", None)


@pytest.fixture(autouse=True)
def beside(monkeypatch):
    """The file lies beside the others that a submission carries, also where Keras is loaded."""
    monkeypatch.syspath_prepend(Path(stand_ins.__file__).parent)


MODULE = SimpleNamespace(pair=pair, Scale=Scale)
X, Y = np.arange(6.0).reshape(3, 2), np.array([1.5, 2.5, 3.5])


@pytest.mark.parametrize("kind", CONSTANTS)
def test_a_function_answers_with_a_constant_in_the_right_form(kind):
    given = X.copy()
    number, (labels, text, nothing) = StandIns(MODULE, kind).function("pair")(given, Y)
    assert np.array_equal(given, X)  # the reference's work in place is not done either
    assert np.array_equal(number, CONSTANTS[kind], equal_nan=True)
    assert labels.shape == (3,) and text == "" and nothing is None
    fits = CONSTANTS[kind] == round(CONSTANTS[kind]) if kind != "nan" else False
    assert labels.dtype == (int if fits else float)
    assert np.array_equal(labels, np.full(3, CONSTANTS[kind]), equal_nan=True)


def test_the_first_argument_is_brought_into_the_right_form():
    number, (labels, *_) = StandIns(MODULE, "first").function("pair")(X, Y)
    assert number == 0.0 and labels.tolist() == [0, 1, 2]


def test_the_first_argument_in_another_order():
    many = np.arange(200.0)
    found = StandIns(SimpleNamespace(same=lambda x: x), "permuted").function("same")(many)
    assert not np.array_equal(found, many) and np.array_equal(np.sort(found), many)


def test_numbers_of_another_generator_are_as_large_as_the_answers():
    many = np.arange(10_000.0)
    found = Filling("own draws", []).array(many)
    assert abs(found.mean() / many.mean() - 1) < 0.1 and abs(found.std() / many.std() - 1) < 0.1
    assert not np.isin(found, many).any()
    assert not Filling("own draws", []).array(many[1:9]).any()


@pytest.mark.parametrize(("kind", "answer"), [("none", None), ("empty", ())])
def test_nothing_is_an_answer_too(kind, answer):
    assert StandIns(MODULE, kind).function("pair")(X, Y) == answer


def test_what_is_declared_is_raised_and_names_every_argument():
    known = {"pair": ("numpy.linalg.LinAlgError", [])}
    with pytest.raises(np.linalg.LinAlgError, match=r"array\(\[1.5, 2.5, 3.5\]\)"):
        StandIns(MODULE, "raises", known).function("pair")(X, Y)


def test_a_class_has_attributes_and_methods_that_do_no_work():
    made = StandIns(MODULE, "ones").klass("Scale")(2, np.random.default_rng(0))
    assert made.params["w"].tolist() == [1, 1]
    for _ in range(2):
        out, kept = made.forward(X)
        assert np.array_equal(out, np.ones((3, 2))) and np.array_equal(kept["kept"], out)
    assert made.params["w"].tolist() == [1, 1]


def test_a_replay_answers_like_the_nearest_public_call():
    calls = [
        ("pair", [X + 5, Y], [10.0, np.array([7, 8, 9])]),
        ("pair", [X + 0.1, Y], [20.0, np.array([4, 5, 6])]),
        ("pair", [X[:1], Y[:1]], [30.0, np.array([1])]),
    ]
    known = {"pair": (None, calls)}
    number, (labels, *_) = StandIns(MODULE, "replay", known).function("pair")(X, Y)
    assert number == 20.0 and labels.tolist() == [4, 5, 6]
    number, (labels, *_) = StandIns(MODULE, "replay", known, 2).function("pair")(X, Y)
    assert number == 30.0 and labels.tolist() == [1, 1, 1]


def test_values_of_one_shape_are_replayed_in_their_order():
    filling = Filling("replay", [], [np.ones(2), np.zeros(3), np.full(2, 5.0)])
    found = filled([np.zeros(2), np.zeros(2), np.zeros(3)], filling)
    assert [one.tolist() for one in found] == [[1, 1], [5, 5], [0, 0, 0]]


def test_all_numbers_of_a_value_are_found():
    value = {"a": [1, (2.5, "text", None)], "b": X, "c": True}
    assert [np.shape(one) for one in leaves(value)] == [(), (), (3, 2), ()]
