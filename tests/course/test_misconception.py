"""Wrong versions that are the reference with another passage, and those with a definition."""

import pytest

from grader.course.misconception import read_misconceptions, splice

REFERENCE = """import keras


def _helper(x):
    return x + 1


@keras.register
class Layer(keras.Layer):
    def call(self, x):
        return 2 * _helper(x)
"""
MARK = '''@misconception("Layer", hint="Why?", instead={instead!r})
class Halves:
    """leaves the 2 out"""
'''


def made(instead):
    (one,) = read_misconceptions(MARK.format(instead=instead), [REFERENCE])
    return one, splice(REFERENCE, one.exercise, one.source)


def test_a_passage_of_the_exercise_is_replaced_and_the_rest_stays():
    one, text = made({"2 * ": ""})
    assert (one.name, one.phrase) == ("Halves", "leaves the 2 out")
    assert text == REFERENCE.replace("2 * ", "").replace("@keras.register\n", "")


def test_a_passage_of_a_helper_is_replaced_in_one_that_follows():
    _, text = made({"x + 1": "x - 1"})
    assert text.startswith(REFERENCE.replace("@keras.register\n", ""))
    assert text.endswith("def _helper(x):\n    return x - 1\n")


@pytest.mark.parametrize("passage", ["3 * ", "x"])
def test_a_passage_that_stands_there_never_or_often_is_refused(passage):
    with pytest.raises(ValueError, match="exactly once"):
        made({passage: ""})
