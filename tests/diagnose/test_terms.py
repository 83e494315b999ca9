"""A term that is missing or one too many is named by the argument that it is made of."""

from dataclasses import replace

import numpy as np
import pytest

from grader.course import case
from grader.course.case import Observation
from grader.course.prepared import PreparedCheck
from grader.diagnose import Evidence
from grader.diagnose.comparison import compare
from grader.diagnose.generic import diagnose_generic
from grader.result import Kind

CHECK = PreparedCheck("f", "g", Kind.OUT, "", 1.0, (), {}, ())


def asked(seed, change, l2=0.3):
    """A case whose right answer is arbitrary, and one that differs from it by a term."""
    generator = np.random.default_rng(seed)
    given = {"X": generator.normal(size=(4, 3)), "w": generator.normal(size=3)}
    expected = generator.normal(size=(4, 3))
    received = change(expected, given["X"], given["w"], l2)
    made = case("", **given, options={"l2": l2})
    made = replace(made, expected=Observation("answered", [expected]))
    found = compare(received, expected, 1e-5, 1e-6)
    return Evidence(made, Observation("answered", [received]), found is not None, found)


def said(*evidence):
    found = diagnose_generic(CHECK, evidence)
    return found.hint if found and found.id == "generic.term" else ""


TOLD = {
    "missing": (lambda e, X, w, l2: e - w, "without `w`: that term is missing."),
    "too much": (lambda e, X, w, l2: e + X, "plus `X`: that is added once too often."),
    "a penalty": (lambda e, X, w, l2: e - l2 * w, "without `l2` · `w`: that term is missing."),
    "half": (lambda e, X, w, l2: e - l2 / 2 * X, "expected and 1/2 · `l2` · `X` less."),
    "twice": (lambda e, X, w, l2: e + 2 * w, "expected and 2 · `w` more."),
    "a sign": (lambda e, X, w, l2: e - l2 * np.sign(X), "without `l2` · the sign of `X`: that"),
}


@pytest.mark.parametrize("form", TOLD)
def test_a_term_is_named(form):
    change, words = TOLD[form]
    assert words in said(asked(1, change), asked(2, change, 0.7))


def test_every_failure_has_to_show_it():
    missing, other = TOLD["missing"][0], TOLD["too much"][0]
    assert said(asked(1, missing), asked(2, other)) == ""


def test_a_right_case_that_has_the_term_speaks_against_it():
    assert said(asked(1, TOLD["missing"][0]), asked(2, lambda e, X, w, l2: e)) == ""


def test_a_right_case_in_which_the_term_is_zero_does_not():
    assert said(asked(1, TOLD["a penalty"][0]), asked(2, TOLD["a penalty"][0], 0.0))


def test_what_is_all_of_the_answer_is_no_term():
    """Nothing, or an index, came where an argument was expected."""
    (one,) = np.random.default_rng(4).normal(size=1)
    made = replace(case("", c=np.array([one])), expected=Observation("answered", [one]))
    found = compare(0.0, one, 1e-5, 1e-6)
    assert said(Evidence(made, Observation("answered", [0.0]), True, found)) == ""


@pytest.mark.parametrize(
    "change",
    [
        lambda e, X, w, l2: e - np.cos(w),
        lambda e, X, w, l2: e + 1.0,
        lambda e, X, w, l2: e - 0.37 * w,
        lambda e, X, w, l2: e * (1 + 1e-5 * X),
        lambda e, X, w, l2: X,
    ],
)
def test_nothing_is_said_of_other_differences(change):
    assert said(asked(1, change), asked(2, change)) == ""
