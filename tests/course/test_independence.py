"""What is expected of entries that are drawn independently, and what does not meet it."""

import numpy as np
import pytest

from grader.course import independent
from grader.course.drawn import STATISTICS

SHAPE, RATE = (60, 70), 0.3
ROWS, COLUMNS = SHAPE

DRAWS = {
    "one draw for all rows": lambda rng: np.broadcast_to(rng.random(COLUMNS), SHAPE),
    "one draw for all columns": lambda rng: np.broadcast_to(rng.random((ROWS, 1)), SHAPE),
    "pairs": lambda rng: np.repeat(rng.random((ROWS, COLUMNS // 2)), 2, axis=1),
    "never twice beside each other": lambda rng: rng.random(SHAPE) + np.arange(COLUMNS) % 2,
}


def unmet(drawn):
    values = (drawn < RATE).astype(float)
    return [
        one.statistic
        for one in independent(RATE, SHAPE)
        if not one.low <= STATISTICS[one.statistic](values) <= one.high
    ]


def test_entries_that_are_drawn_by_themselves_meet_it():
    assert [unmet(np.random.default_rng(seed).random(SHAPE)) for seed in range(50)] == [[]] * 50


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
def test_entries_that_follow_their_neighbours_do_not(draw):
    assert all(unmet(draw(np.random.default_rng(seed))) for seed in range(20))


def test_it_may_speak_of_one_result_of_several():
    assert {one.of for one in independent(RATE, SHAPE, of="inputs")} == {"inputs"}


def test_rows_that_are_related_and_values_in_equal_number_are_seen():
    rng = np.random.default_rng(0)
    drawn, factors = rng.normal(size=(40, 60)), rng.normal(size=(2, 60))
    related_rows, related_columns = STATISTICS["related_rows"], STATISTICS["related_columns"]
    assert max(related_rows(drawn), related_columns(drawn)) < 0.25
    assert related_rows(np.outer(factors[0], factors[1])) > 0.99
    assert related_columns(drawn[:, :1] + 0.1 * drawn) > 0.9
    unevenness = STATISTICS["unevenness"]
    assert unevenness(rng.permutation(np.resize(np.arange(9), 900))) == 0
    assert 0.1 < unevenness(rng.integers(9, size=900)) < 3
