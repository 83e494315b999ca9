"""Which cases a constant or one of the arguments answers."""

from dataclasses import replace

import numpy as np
import pytest

from grader.checks.trivial import is_trivial, telling_cases
from grader.course import Expectation, case
from grader.course.case import Observation
from grader.course.prepared import PreparedCheck
from grader.result import Kind

X = np.array([[0.5, 2.0], [1.5, -3.0]])


def answered(*values, kind=Kind.OUT, expects=(), **arguments):
    observation = Observation("answered", list(values))
    made = case("a case", expects=expects, **arguments).calling("f")
    made = made.__class__(**{**vars(made), "expected": observation})
    return PreparedCheck("f", "check", kind, "a title", 1.0, (), {}, (made,)), made


TRIVIAL = {
    "zeros": (np.zeros((2, 3)),),
    "a number": (1.0,),
    "nearly zero": (np.array([1e-9, 0.0]),),
    "a truth value": (True,),
    "nothing": (np.zeros((0, 3)), []),
    "not a number": (np.full(3, np.nan),),
    "an argument": (X.copy(),),
    "an argument in another shape": (X.reshape(4),),
    "an argument and an empty list": (X.copy(), []),
    "a dict of zeros": ({"W": np.zeros(2), "b": 0.0},),
}
TELLING = {
    "numbers": (X + 1,),
    "a constant of its own": (0.25,),
    "zeros and ones": (np.eye(2),),
    "one of two values": (np.zeros(2), X + 1),
    "a text": ("relu",),
}


@pytest.mark.parametrize("name", TRIVIAL)
def test_what_a_constant_or_an_argument_answers_is_trivial(name):
    assert is_trivial(*answered(*TRIVIAL[name], X=X))


@pytest.mark.parametrize("name", TELLING)
def test_what_takes_more_is_telling(name):
    check, made = answered(*TELLING[name], X=X)
    assert not is_trivial(check, made)
    assert telling_cases(check) == {0}


def test_statistics_that_a_constant_has_are_trivial():
    zeros = [Expectation("zeros", 0.9, 1)]
    spread = [Expectation("std", 0.9, 1.1)]
    assert is_trivial(*answered(X, kind=Kind.STAT, expects=zeros, n=2))
    assert not is_trivial(*answered(X, kind=Kind.STAT, expects=spread, n=2))
    assert is_trivial(*answered(X, kind=Kind.STAT, expects=[Expectation("max", 2, 2)], images=X))


def test_what_any_draws_satisfy_is_trivial():
    random = [Expectation("std", 1e-6, 10, of="W"), Expectation("mean", 0, 0.01, of="share")]
    weights = np.random.default_rng(3).normal(size=(5, 4))
    check, loose = answered(weights, np.array(0.0), kind=Kind.STAT, expects=random)
    assert is_trivial(check, replace(loose, returns=("W", "share")))
    narrow = [Expectation("std", 0.1, 0.2, of="W"), *random[1:]]
    check, scaled = answered(0.15 * weights, np.array(0.0), kind=Kind.STAT, expects=narrow)
    assert not is_trivial(check, replace(scaled, returns=("W", "share")))
