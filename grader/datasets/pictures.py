"""Disguises of images `(N, H, W)`: neighbours stay neighbours, and people still see what it is."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

_QUARTERS = 4


def posed(images: Array, rng: np.random.Generator) -> Array:
    """Show all images in one of the eight poses of a square: quarter turns, mirrored or not.

    Only square images keep their shape.
    """
    turned = np.rot90(images, int(rng.integers(_QUARTERS)), axes=(1, 2))
    return (turned[:, :, ::-1] if rng.integers(2) else turned).copy()


def contrasted(images: Array, rng: np.random.Generator, least: float = 0.7) -> Array:
    """Change the contrast of all images: grey g from [0, 1] becomes s · g^γ.

    Black stays 0, so that a background stays one. s is drawn from [`least`, 1] and γ from
    [`least`, 1 / `least`].
    """
    exponent = least ** rng.uniform(-1, 1)
    return rng.uniform(least, 1.0) * images**exponent


def inverted(images: Array) -> Array:
    """Show images with grey values from [0, 1] as their negatives."""
    return 1.0 - images


def negatives(images: Array, rng: np.random.Generator) -> Array:
    """Show about half of the images, each by the toss of a coin, as their negatives.

    A class and its negatives have grey for their mean, so that no linear classifier and no
    class's mean tells them apart.
    """
    return np.where((rng.random(len(images)) < 0.5)[:, None, None], inverted(images), images)


def shifted(images: Array, rng: np.random.Generator, most: int = 1) -> Array:
    """Move every image by its own number of pixels, up to `most` each way; zeros come in."""
    _, height, width = images.shape
    field = placed(images, (height + 2 * most, width + 2 * most), rng)
    return field[:, most : most + height, most : most + width].copy()


def placed(images: Array, field: tuple[int, int], rng: np.random.Generator) -> Array:
    """Put every image at a random place of a field of zeros, `(height, width)` large.

    Returns
    -------
    array (N, height, width)
    """
    n, height, width = images.shape
    out = np.zeros((n, *field), images.dtype)
    down = rng.integers(0, field[0] - height + 1, size=n)
    right = rng.integers(0, field[1] - width + 1, size=n)
    for image, target, row, column in zip(images, out, down, right, strict=True):
        target[row : row + height, column : column + width] = image
    return out
