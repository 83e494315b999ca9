"""What is said of weights that are not those of the handout's network."""

import pytest

from grader.worker.weight_shapes import difference

LENET = [(3, 3, 1, 6), (6,), (64, 120), (120,), (120, 84), (84,), (84, 10), (10,)]
SHORT = [(3, 3, 1, 6), (6,), (64, 120), (120,), (120, 10), (10,)]


@pytest.mark.parametrize(
    ("wanted", "found", "said"),
    [
        ([(3, 4), (4,)], [(4,)], "received 1. Missing is a weight of shape (3, 4)"),
        ([(3, 4), (4,)], [], "received 0. Missing are weights of shapes (3, 4) and (4,)"),
        ([(3, 4)], [(3, 4), (4,)], "received 2. Too many is a weight of shape (4,)"),
        (LENET, SHORT, "received 6. Missing is a layer of 84 units or filters"),
        (SHORT, LENET, "received 8. Too many is a layer of 84 units or filters"),
        ([(3, 1), (1,)], [(1, 1), (1,)], "its input has 1 along its last axis, not 3"),
        ([(5, 6), (6, 24)], [(5, 6), (6, 6)], "weight 2 of shape (6, 24) was expected"),
        ([(7, 6), (6, 24)], [(5, 6), (6, 24)], "weight 1 of shape (7, 6) was expected"),
        ([(3, 4), (4,), (4, 5), (5,)], [(9, 9), (9,), (6,)], "differs is weight 1: shape (3, 4)"),
    ],
)
def test_what_is_missing_too_many_or_of_another_shape_is_named(wanted, found, said):
    assert said in difference(wanted, found)


def test_of_equal_shapes_and_of_an_embedding_nothing_more_is_said():
    assert not difference(LENET, list(LENET))
    assert "input" not in difference([(7, 6), (6, 24)], [(5, 6), (6, 24)])
