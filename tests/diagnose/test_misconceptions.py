"""Misconceptions on exceptions: two of one type are not yet one mistake."""

import pytest

from grader.course.misconception import splice
from grader.course.raised import alike
from grader.student.checking import load_public
from tests.conftest import ROOT, grade_text, live, strongest
from tests.mini import check_of

NAME = "a6_transformer"
KNOWN = "misconception.positional_encoding.needs_an_even_width"
OWN_WORDS = """
def {name}(length, d_model):
    rows = np.arange(length).reshape(-1, 1)
    frequency = 10_000.0 ** (-np.arange(0, d_model, 2) / d_model)
    table = np.zeros((length, d_model))
    {line}
    table[:, ::2] = np.sin(rows * frequency)
    table[:, 1::2] = np.cos(rows * frequency)
    return table
"""
ON_ODD = "if d_model % 2: {}"


def diagnosis_of(source, helper=""):
    text = splice(live(NAME).references["transformer.py"], "positional_encoding", source)
    result = grade_text(
        load_public(ROOT / "assignments" / NAME),
        {"transformer.py": text + helper},
        strongest(),
        only=frozenset({"positional_encoding"}),
    )
    check = check_of(result, "positional_encoding.odd_width")
    assert check.status == "error"
    return check.diagnosis


def test_the_same_message_in_the_same_function_is_the_mistake():
    source = OWN_WORDS.format(name="positional_encoding", line="pass")
    assert diagnosis_of(source).id == KNOWN


@pytest.mark.parametrize(
    "code", ["raise ValueError('no')", "raise ValueError", "np.zeros(2) + np.zeros(3)"]
)
def test_another_exception_of_its_type_is_not(code):
    line = ON_ODD.format(code)
    found = diagnosis_of(OWN_WORDS.format(name="positional_encoding", line=line))
    assert found is None or found.id == "generic.raised_shapes"


def test_nor_is_the_same_message_from_another_function():
    helper = OWN_WORDS.format(name="sinusoids", line="pass")
    caller = "def positional_encoding(length, d_model):\n    return sinusoids(length, d_model)\n"
    assert diagnosis_of(caller, helper) is None


def test_what_tensorflow_says_of_one_mistake_in_two_ways_is_the_same():
    one = "Creating variables on a non-first call to a function decorated with tf.function."
    other = "tf.function only supports singleton tf.Variables created on the first call. Make sure"
    assert alike(one, "") == alike(other, "train_step")
    assert alike("some other message", "train_step") == ("some other message", "train_step")
