"""Points of the plane: as many, as balanced and as far from a straight line as promised."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.datasets import spirals, xor

SIZES = st.integers(1, 200)
SEEDS = st.integers(0, 2**32 - 1)


@given(SIZES, SEEDS)
def test_xor_is_one_where_the_signs_differ(n, seed):
    X, y = xor(n, np.random.default_rng(seed), noise=0.0)
    assert X.shape == (n, 2) and y.shape == (n,)
    assert np.issubdtype(y.dtype, np.integer)
    assert set(np.unique(X)) <= {-1.0, 1.0}
    assert [a * b < 0 for a, b in X] == [label == 1 for label in y]


@given(SIZES, SEEDS)
def test_the_corners_of_xor_occur_equally_often_but_for_a_remainder(n, seed):
    X, _ = xor(n, np.random.default_rng(seed), noise=0.0)
    counts = [np.sum((corner == X).all(axis=1)) for corner in [(-1, -1), (-1, 1), (1, -1), (1, 1)]]
    assert sum(counts) == n and max(counts) - min(counts) <= 1


def test_no_straight_line_separates_xor():
    X, y = xor(400, np.random.default_rng(3), noise=0.0)
    # Both classes have the same mean, so no linear function can be larger on all of one.
    np.testing.assert_allclose(X[y == 0].mean(axis=0), X[y == 1].mean(axis=0), atol=1e-12)


@pytest.mark.parametrize("noise", [0.05, 0.2])
def test_the_noise_of_xor_has_the_given_standard_deviation(noise):
    X, _ = xor(4_000, np.random.default_rng(5), noise)
    residuals = X - np.sign(X)
    assert residuals.std() == pytest.approx(noise, rel=0.05)
    assert abs(residuals.mean()) < 0.1 * noise


@given(SIZES, SEEDS, st.integers(1, 6), st.floats(0.0, 3.0))
def test_each_point_lies_on_the_arm_of_its_class(n, seed, classes, turns):
    X, y = spirals(n, np.random.default_rng(seed), classes, turns, noise=0.0)
    assert X.shape == (n, 2) and y.shape == (n,)
    assert np.issubdtype(y.dtype, np.integer)
    radius = np.hypot(X[:, 0], X[:, 1])
    assert np.all((radius > 0.1 - 1e-12) & (radius < 1.0 + 1e-12))
    angle = 2 * np.pi * (turns * radius + y / classes)
    np.testing.assert_allclose(X[:, 0], radius * np.cos(angle), atol=1e-9)
    np.testing.assert_allclose(X[:, 1], radius * np.sin(angle), atol=1e-9)


@given(SIZES, SEEDS, st.integers(1, 6))
def test_the_classes_of_the_spirals_are_balanced_but_for_a_remainder(n, seed, classes):
    _, y = spirals(n, np.random.default_rng(seed), classes)
    counts = np.bincount(y, minlength=classes)
    assert len(counts) == classes and counts.max() - counts.min() <= 1


def test_the_noise_of_the_spirals_has_the_given_standard_deviation():
    clean, _ = spirals(4_000, np.random.default_rng(7), noise=0.0)
    noisy, _ = spirals(4_000, np.random.default_rng(7), noise=0.1)
    assert (noisy - clean).std() == pytest.approx(0.1, rel=0.05)


def test_a_straight_line_is_little_better_than_guessing_on_the_spirals():
    X, y = spirals(1_000, np.random.default_rng(9))
    inputs = np.column_stack([X, np.ones(len(X))])
    weights = np.linalg.lstsq(inputs, 2.0 * y - 1.0, rcond=None)[0]
    assert np.mean((inputs @ weights > 0) == (y == 1)) < 0.75
