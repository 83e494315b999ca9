"""Disguises of tables: a seed hides what is public, and changes nothing that learning depends on.

Whoever knows the public data by heart, or fitted weights to them once, knows nothing of their
disguise. Scales, distances and singular values stay, so that a learning rate that suits one
disguise suits all.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

_DRAWS = 30
"""How many times other targets are drawn, of which one is taken."""


def orthogonal_map(size: int, rng: np.random.Generator) -> Array:
    """Draw an orthogonal matrix `(size, size)`, every one as likely as any other.

    Source: Mezzadri, How to generate random matrices from the classical compact groups (2007).
    """
    Q, R = np.linalg.qr(rng.normal(size=(size, size)))
    return Q * np.sign(np.diag(R))  # without the signs, some would be likelier than others


def mixed(X: Array, rng: np.random.Generator) -> Array:
    """Mix the features of all rows by one orthogonal map.

    No column is any more what it was. Distances between rows, the mean's length and singular
    values stay; standardise before, where columns differ in scale.
    """
    return X @ orthogonal_map(X.shape[1], rng)


def standardised(X: Array, train: Array) -> Array:
    """Shift and scale by the mean and the deviation of the rows that `train` picks."""
    return (X - X[train].mean(axis=0)) / X[train].std(axis=0)


def renamed(y: Array, classes: int, rng: np.random.Generator) -> Array:
    """Give the classes 0 … `classes` − 1 each other's names; rows of one class stay together."""
    return rng.permutation(classes)[y]


def other_classes(X: Array, y: Array) -> Array:
    """Other classes for the same rows: those above the median of means have the next class.

    It can be learnt, and is more than other names: a network whose last layer begins with zeros
    learns the same below it whatever the classes are called.
    """
    means = X.reshape(len(X), -1).mean(axis=1)
    found: Array = (y + (means > np.median(means))) % (int(y.max()) + 1)
    return found


def rescaled(y: Array, rng: np.random.Generator) -> Array:
    """Turn targets into a · y + c, with a from ±[0.5, 2] and c from ±2 deviations of the new.

    R², which compares with the mean, is the same before and after.
    """
    scaled = rng.choice([-1.0, 1.0]) * 2.0 ** rng.uniform(-1, 1) * y
    return scaled - scaled.mean() + rng.uniform(-2, 2) * scaled.std()


def other_scores(X: Array, answers: int, rng: np.random.Generator, directions: int) -> Array:
    """Draw other targets for the same rows: linear scores, each of mean 0 and variance 1.

    Each depends in exactly equal parts on the first principal directions of the rows, large and
    small ones, and of several draws that counts which two columns explain least. So neither a few
    columns, nor one step downhill, nor the difference of two means explains it; a fitted linear
    model does.

    Parameters
    ----------
    answers
        How many scores for each row; they do not correlate.
    directions
        How many principal directions, a power of 2 and at least as many as `answers`.

    Returns
    -------
    array (N, answers)
    """
    left, _, _ = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)
    parts = np.sqrt(len(X)) * left[:, :directions]  # (N, directions), each of variance 1
    drawn = []
    for _ in range(_DRAWS):
        signs = rng.choice([-1.0, 1.0], size=(directions, 1)) * _hadamard(directions)
        chosen = rng.permutation(directions)[:answers]
        drawn.append(parts @ signs[:, chosen] / np.sqrt(directions))
    return min(drawn, key=lambda scores: _explained_by_two(X, scores))


def _hadamard(size: int) -> Array:
    """A matrix of ±1 whose columns are orthogonal, for a power of 2: Sylvester's."""
    matrix = np.ones((1, 1))
    while len(matrix) < size:
        matrix = np.block([[matrix, matrix], [matrix, -matrix]])
    return matrix


def _explained_by_two(X: Array, scores: Array) -> float:
    """The largest R² of a score that two columns of X reach."""
    columns = (X - X.mean(axis=0))[:, X.std(axis=0) > 0]
    columns = columns / np.linalg.norm(columns, axis=0)
    between = columns.T @ columns  # (D, D), correlations
    of_scores = columns.T @ scores / np.sqrt(len(X))  # (D, answers)
    left_over = np.where(between**2 < 1 - 1e-9, 1 - between**2, np.inf)
    one, other = of_scores[:, None], of_scores[None]  # (D, 1, answers) and (1, D, answers)
    both = one**2 + other**2 - 2 * between[:, :, None] * one * other
    return float(np.max(both / left_over[:, :, None]))
