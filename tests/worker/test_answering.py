"""What a worker sends of an answer that is too large, and of names that are too long."""

import numpy as np
import pytest

from grader.wire.budget import Budget, Effort
from grader.wire.encoding import Opaque, decode
from grader.worker.answering import sendable
from tests.mini import body, check_of, grade_mini

BUDGET = Budget(2**20, 1_000)


@pytest.mark.parametrize(
    ("value", "words", "reason"),
    [
        (np.zeros((400, 400)), "an array of shape (400, 400)", "more than 1 MB"),
        ([0.0] * 2_000, "a list of 2,000 values", "more than 1,000 items"),
        (((),) * 2_000, "a tuple of 2,000 values", "more than 1,000 items"),
        ("x" * 2**20, "a string of 1,048,576 characters", "more than 1 MB"),
        ({str(n): n for n in range(900)}, "a dict of 900 entries", "more than 1,000 items"),
    ],
)
def test_what_is_too_large_is_named(value, words, reason):
    (found,) = decode(sendable([value], BUDGET))
    assert found == Opaque(words, f"{reason}, too large to be compared")


def test_of_several_values_the_small_ones_are_sent():
    small, large = decode(sendable([np.ones(3), np.zeros(10**6)], BUDGET))
    assert small.tolist() == [1, 1, 1]
    assert large.type == "an array of shape (1000000,)"


@pytest.mark.parametrize(
    "code",
    [
        "raise type('E' * 10**7, (Exception,), {})('x' * 10**7)",
        "raise NameError('x' * 10**7, name='y' * 10**7)",
        "import warnings\nfor n in range(99):\n    warnings.warn('x' * 10**6, RuntimeWarning)",
        "print('\\r'.join('x' * n for n in range(3_000)))\nprint('\\U0001f600' * 10**6)",
        "X[:] = 0\nglobals().clear()",
    ],
)
def test_what_goes_with_an_answer_is_bounded(code):
    check = check_of(grade_mini(body(code)), "predict.batch")
    assert check.status in {"error", "failed"}, check.message
    assert len(check.message) < 10_000


def test_a_list_that_grew_beyond_any_message_has_been_changed():
    from grader.worker.steps import _fingerprint

    assert _fingerprint([0.0]) != _fingerprint([0.0] * 2_000_000)


def test_after_many_items_what_is_too_many_is_named():
    effort, budget = Effort(5_000), Budget(2**20, 4_000, free=100)
    rows = [[1.0]] * 1_500
    seen = [decode(sendable([rows], budget, effort))[0] for _ in range(3)]
    assert seen[0] == rows
    assert seen[1].type == seen[2].type == "a list of 1,500 values"
    assert decode(sendable([[1.0] * 90], budget, effort)) == [[1.0] * 90]


def test_what_was_encoded_in_vain_counts_as_well():
    effort, budget = Effort(5_000), Budget(2**20, 4_000, free=100)
    (found,) = decode(sendable([[(1.0, (2.0,))] * 1_900], budget, effort))
    assert type(found) is Opaque and effort.left < 2_000
