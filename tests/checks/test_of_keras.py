"""What the source of a Keras class and an answer together show, and what they do not."""

import pytest

from grader.checks.of_keras import of_keras
from grader.checks.verdict import ClassFacts
from grader.course.case import Case, Observation
from grader.course.prepared import PreparedCheck
from grader.diagnose import Evidence
from grader.diagnose.comparison import Difference, Mismatch
from grader.diagnose.exceptions import diagnose_exception
from grader.diagnose.generic import diagnose_generic
from grader.result import Diagnosis, Kind

CHECK = PreparedCheck("Dense", "value", Kind.KERAS, "", 1.0, (), {}, ())
FORWARD = ClassFacts("Dense", frozenset({"__init__", "forward"}))
NUMPY = ClassFacts("Dense", frozenset({"call"}), (("tanh", "line 7"),))
DIFFERS = Mismatch(Difference.VALUES, "", 0.5, 0.25, "")


def raised(kind, function=""):
    frames = [{"function": function}] if function else []
    return Evidence(Case(""), Observation("raised", raised=[kind]), True, error={"frames": frames})


def differing(op, mismatch=DIFFERS):
    case = Case("", steps=({"op": op},))
    return Evidence(case, Observation("answered"), True, mismatch)


def said(evidence, facts, found=None, check=CHECK):
    known = of_keras(check, [evidence], facts, found)
    return known.id.removeprefix("generic.") if known else ""


LIBRARY = Diagnosis(id="generic.library", hint="")
NOT_IMPLEMENTED = "builtins.NotImplementedError"


def test_the_method_that_keras_looks_for_is_named():
    assert said(raised(NOT_IMPLEMENTED), FORWARD, LIBRARY) == "no_call"
    assert said(raised("builtins.TypeError", "build"), FORWARD) == "no_call"


@pytest.mark.parametrize(
    ("evidence", "facts"),
    [
        (raised(NOT_IMPLEMENTED), NUMPY),
        (raised("builtins.KeyError"), FORWARD),
        (raised("builtins.TypeError", "forward"), FORWARD),
        (raised("builtins.TypeError"), ClassFacts()),
        (raised("builtins.TypeError"), ClassFacts("Dense", frozenset({"__init__"}))),
        (differing("keras.predict"), FORWARD),
    ],
)
def test_it_is_not_where_something_else_is_the_matter(evidence, facts):
    assert said(evidence, facts) == ""


def test_a_class_of_numpys_part_has_a_method_forward():
    out = PreparedCheck("MLP", "value", Kind.OUT, "", 1.0, (), {}, ())
    assert said(raised(NOT_IMPLEMENTED), FORWARD, check=out) == ""


def test_numpy_of_a_tensor_explains_a_gradient():
    assert said(differing("keras.gradients"), NUMPY) == "numpy_of_a_tensor"
    assert said(differing("keras.fit"), NUMPY) == "numpy_of_a_tensor"
    assert said(differing("keras.predict"), NUMPY) == ""
    assert said(differing("keras.gradients"), FORWARD) == ""
    other = Diagnosis(id="misconception.Dense.ForgetsTheBias", hint="")
    assert said(differing("keras.gradients"), NUMPY, other) == other.id


def test_a_gradient_that_is_not_there_is_told_as_one():
    nothing = Mismatch(Difference.NONE_RETURNED, "['x']", 0.5, None, "")
    found = diagnose_generic(CHECK, [differing("keras.gradients", nothing)])
    assert found.id == "generic.no_gradient" and "No gradient leads to ['x']:" in found.hint
    assert diagnose_generic(CHECK, [differing("call", nothing)]).id == "generic.none"


MESSAGES = {
    "Cannot convert a symbolic tf.Tensor (mul_2:0) to a numpy array. This error": "numpy_of",
    "float() argument must be a string or a real number, not 'SymbolicTensor'": "number_of",
    "'SymbolicTensor' object has no attribute 'numpy'": "number_of",
    "Using a symbolic `tf.Tensor` as a Python `bool` is not allowed.": "truth_of",
    "<tf.Tensor 'Add_2:0' shape=() dtype=float32> is out of scope and cannot be used here.": "kept",
}


@pytest.mark.parametrize("message", MESSAGES)
def test_what_a_graph_refuses_is_told_in_plain_words(message):
    one = Evidence(Case(""), Observation("raised"), True, error={"message": message})
    found = diagnose_exception([one])
    assert found.id.startswith(f"generic.raised_{MESSAGES[message]}") and "graph" in found.hint


def test_what_stands_behind_an_exception_is_read_too():
    error = {"message": "it cannot be called", "cause": "too many values to unpack (expected 2)"}
    found = diagnose_exception([Evidence(Case(""), Observation("raised"), True, error=error)])
    assert found.hint == "More than 2 values came where 2 are taken apart."
