"""Public tables: scikit-learn's, through its own loaders, and the yearly sunspot numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

_LARGEST_GREY = 16.0


def digits() -> tuple[Array, Array]:
    """Return 1,797 handwritten digits as rows of 8 · 8 grey values from 0 to 1, and labels."""
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    return X / _LARGEST_GREY, y


def breast_cancer() -> tuple[Array, Array]:
    """Return 569 tumours with 30 features, and whether each is benign (1)."""
    from sklearn.datasets import load_breast_cancer

    X, y = load_breast_cancer(return_X_y=True)
    return X, y


def diabetes() -> tuple[Array, Array]:
    """Return 442 patients with 10 standardised features, and a measure of progression."""
    from sklearn.datasets import load_diabetes

    X, y = load_diabetes(return_X_y=True)
    return X, y


def sunspots() -> tuple[Array, Array]:
    """Return the years 1700 … 2008 and the mean number of sunspots of each."""
    years, numbers = np.loadtxt(_file("sunspots.csv"), delimiter=",", skiprows=1, unpack=True)
    return years.astype(int), numbers


def windows(series: Array, width: int) -> tuple[Array, Array]:
    """Cut a series into all windows of `width` values, each with the value that follows it.

    Returns
    -------
    (x, y) : arrays (T − width, width, 1) and (T − width,)
    """
    cut = np.lib.stride_tricks.sliding_window_view(series, width + 1)  # (T − width, width + 1)
    return cut[:, :-1, None].copy(), cut[:, -1].copy()


def _file(name: str) -> Path:
    """A file beside this module, as in a wheel, or in the repository's ``datasets/``."""
    beside = Path(__file__).with_name(name)
    return beside if beside.exists() else Path(__file__).parents[2] / "datasets" / name
