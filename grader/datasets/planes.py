"""Labelled points of the plane that no straight line separates."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def xor(n: int, rng: np.random.Generator, noise: float = 0.2) -> tuple[Array, Array]:
    """Draw points around the corners (±1, ±1); the class is 1 where the signs differ.

    Returns
    -------
    (X, y) : arrays (n, 2) and (n,) of integers 0 and 1
        All four corners occur equally often, but for a remainder.
    """
    corner = rng.permutation(np.arange(n) % 4)
    signs = np.stack([corner // 2, corner % 2], axis=1)  # (n, 2)
    X = 2.0 * signs - 1.0 + noise * rng.normal(size=(n, 2))
    return X, (signs[:, 0] != signs[:, 1]).astype(int)


def spirals(
    n: int, rng: np.random.Generator, classes: int = 2, turns: float = 1.0, noise: float = 0.03
) -> tuple[Array, Array]:
    """Draw points on interleaved spirals, one for each class, with radius 0.1 … 1.

    The arm of class k at radius r has the angle 2π (turns · r + k / classes).

    Parameters
    ----------
    noise
        Standard deviation that is added to both coordinates.

    Returns
    -------
    (X, y) : arrays (n, 2) and (n,) of integers
    """
    y = rng.permutation(np.arange(n) % classes)
    radius = rng.uniform(0.1, 1.0, size=n)
    angle = 2 * np.pi * (turns * radius + y / classes)
    X = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)  # (n, 2)
    return X + noise * rng.normal(size=(n, 2)), y
