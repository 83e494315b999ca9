"""Tasks on sequences: every answer is right, by a second computation in plain Python."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.datasets import SEPARATOR, adding_problem, addition, reversal, sorting

SIZES = st.integers(1, 50)
LENGTHS = st.integers(1, 12)
SEEDS = st.integers(0, 2**32 - 1)
HALVES = slice(0, 3), slice(3, 6)


def parts(task):
    """Rows of input and answer as lists; the separator must stand between them."""
    rows = task.sequences.tolist()
    start = task.answer_start
    assert all(row[start - 1] == SEPARATOR for row in rows)
    digits = [row[: start - 1] + row[start:] for row in rows]
    assert all(0 <= one <= 9 for row in digits for one in row)
    return [(row[: start - 1], row[start:]) for row in rows]


@given(SIZES, LENGTHS, SEEDS)
def test_the_answer_of_reversal_is_the_input_backwards(n, length, seed):
    task = reversal(n, length, np.random.default_rng(seed))
    assert task.sequences.shape == (n, 2 * length + 1) and task.answer_start == length + 1
    for given_digits, answer in parts(task):
        assert answer == list(reversed(given_digits))


@given(SIZES, LENGTHS, SEEDS)
def test_the_answer_of_sorting_is_the_input_in_order(n, length, seed):
    task = sorting(n, length, np.random.default_rng(seed))
    assert task.sequences.shape == (n, 2 * length + 1) and task.answer_start == length + 1
    for given_digits, answer in parts(task):
        assert answer == sorted(given_digits)


@given(SIZES, SEEDS)
def test_the_answer_of_addition_is_the_sum_with_the_ones_first(n, seed):
    task = addition(n, np.random.default_rng(seed))
    assert task.sequences.shape == (n, 8) and task.answer_start == 5
    for (a, b, c, d), answer in parts(task):
        total = (10 * a + b) + (10 * c + d)
        assert answer == [int(digit) for digit in reversed(f"{total:03d}")]


def test_no_pair_of_addition_occurs_twice():
    task = addition(10_000, np.random.default_rng(0))  # all there are
    assert len({tuple(row[:4]) for row in task.sequences.tolist()}) == 10_000


def test_more_pairs_than_there_are_cannot_be_drawn():
    with pytest.raises(ValueError):
        addition(10_001, np.random.default_rng(0))


@pytest.mark.parametrize("task", [reversal, sorting])
def test_all_digits_occur_at_every_position(task):
    drawn = task(2_000, 4, np.random.default_rng(1)).sequences[:, :4]
    shares = np.array([[np.mean(column == digit) for digit in range(10)] for column in drawn.T])
    assert np.all(np.abs(shares - 0.1) < 6 * np.sqrt(0.1 * 0.9 / 2_000))


@given(SIZES, st.integers(2, 30), SEEDS)
def test_the_adding_problem_marks_one_number_in_each_half_and_asks_for_their_sum(n, length, seed):
    x, y = adding_problem(n, length, np.random.default_rng(seed))
    assert x.shape == (n, length, 2) and y.shape == (n,)
    for row, target in zip(x.tolist(), y.tolist(), strict=True):
        marked = [place for place, (_, mark) in enumerate(row) if mark == 1.0]
        assert all(mark in (0.0, 1.0) and 0.0 <= number < 1.0 for number, mark in row)
        first, second = marked
        assert first < length // 2 <= second
        assert target == pytest.approx(row[first][0] + row[second][0])


def test_weights_of_the_adding_problem_tell_the_first_mark_from_the_other():
    x, plain = adding_problem(50, 6, np.random.default_rng(5))
    same_x, y = adding_problem(50, 6, np.random.default_rng(5), weights=(2.0, -0.5))
    np.testing.assert_array_equal(x, same_x)
    first, second = (np.sum((x[:, :, 0] * x[:, :, 1])[:, half], axis=1) for half in HALVES)
    np.testing.assert_allclose(plain, first + second)
    np.testing.assert_allclose(y, 2.0 * first - 0.5 * second)


def test_every_place_of_the_adding_problem_is_marked_now_and_then():
    x, _ = adding_problem(2_000, 9, np.random.default_rng(2))
    assert np.all(x[:, :, 1].mean(axis=0) > 0.1)


def test_always_answering_one_has_a_mean_squared_error_of_a_sixth():
    _, y = adding_problem(20_000, 20, np.random.default_rng(4))
    assert np.mean((y - 1.0) ** 2) == pytest.approx(1 / 6, rel=0.03)
