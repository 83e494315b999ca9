"""Right numbers in a wrong arrangement are told; other numbers never are."""

import numpy as np
import pytest

from tests.diagnose.test_generic import said

A = np.random.default_rng(5).normal(size=(4, 3))
Q = np.random.default_rng(6).normal(size=(3, 3))
CUBE = np.random.default_rng(7).normal(size=(2, 3, 4))

TOLD = {
    "reversed rows": ("reversed_0", A, A[::-1]),
    "reversed columns": ("reversed_1", A, A[:, ::-1]),
    "rolled": ("shifted_0", A, np.roll(A, 1, 0)),
    "one place late": ("moved_0", A, np.vstack([A[:1] * 0 + 7, A[:-1]])),
    "transposed": ("transposed", Q, Q.T),
    "permuted columns": ("permuted_1", CUBE[0], CUBE[0][:, [2, 0, 1, 3]]),
    "not summed": ("not_reduced_0", CUBE.sum(0), CUBE),
    "averaged too far": ("reduced_1", A, A.mean(1)),
    "summed over all": ("over_reduced", A, A.sum()),
    "one row too few": ("length_end", A, A[:-1]),
    "one row too many": ("length_beginning", A, np.vstack([A[:1], A])),
    "axes": ("axes", CUBE, CUBE.transpose(2, 0, 1)),
}


@pytest.mark.parametrize("form", TOLD)
def test_an_arrangement_is_named(form):
    pattern, expected, received = TOLD[form]
    assert said((expected, received), (2 * expected, 2 * received)) == f"generic.{pattern}"


@pytest.mark.parametrize(
    ("expected", "received"),
    [
        (np.array([0.5, 1.5, 0.5]), np.array([1.5, 0.5, 1.5])),
        (np.array([1, 2, 3]), np.array([3, 2, 1])),
        (np.array([0.5, 0.25]), np.array([0.25, 0.5])),
    ],
)
def test_what_chance_arranges_so_is_not(expected, received):
    assert said((expected, received)) == ""


def test_every_failure_has_to_show_it():
    assert said((A, A[::-1]), (A + 1, A[::-1])) == ""


@pytest.mark.parametrize("seed", range(20))
def test_of_random_numbers_no_arrangement_is_told(seed):
    generator = np.random.default_rng(seed)
    shape = [(4, 3), (3, 3), (5,), (2, 3, 4)][seed % 4]
    assert said((generator.normal(size=shape), generator.normal(size=shape))) == ""
