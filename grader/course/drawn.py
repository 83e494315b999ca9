"""Statistics of random output, by the names that an `Expectation` has for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from grader.course.case import Case, Expectation

Array = np.ndarray[Any, Any]

STATISTICS: dict[str, Callable[[Array], float]] = {
    "mean": lambda x: float(np.mean(x)),
    "std": lambda x: float(np.std(x)),
    "min": lambda x: float(np.min(x)),
    "max": lambda x: float(np.max(x)),
    "zeros": lambda x: float(np.mean(x == 0)),
    "distinct": lambda x: float(np.unique(x).size / max(x.size, 1)),
    "alike_rows": lambda x: float(np.mean(x[1:] == x[:-1])),
    "alike_columns": lambda x: float(np.mean(x[..., 1:] == x[..., :-1])),
    "unevenness": lambda x: _unevenness(x),
    "related_rows": lambda x: _related_rows(x),
    "related_columns": lambda x: _related_rows(np.moveaxis(x, -1, 0)),
    "size": lambda x: float(x.size),
    "first_over_last": lambda x: _first_over_last(x.ravel()),
}
"""Statistics by name: of all entries, whatever the shape."""


def _first_over_last(x: Array) -> float:
    """The ratio x₁/xₙ, for a decay along an axis; NaN, which is in no range, where xₙ is 0."""
    return float(x[0] / x[-1]) if x[-1] else float("nan")


def _unevenness(x: Array) -> float:
    """χ² per degree of freedom of how often each value occurs: near 1 where chance has it."""
    counts = np.unique(x, return_counts=True)[1]
    mean = counts.mean()
    return float(np.sum((counts - mean) ** 2) / (mean * max(counts.size - 1, 1)))


def _related_rows(x: Array) -> float:
    """How far each row goes together with the one before: the mean size of their correlations."""
    rows = x.reshape(len(x), -1)
    rows = rows - rows.mean(axis=1, keepdims=True)
    rows = rows / np.sqrt(np.sum(rows**2, axis=1, keepdims=True))
    return float(np.mean(np.abs(np.sum(rows[1:] * rows[:-1], axis=1))))


def statistics_of(case: Case, position: int, array: Array) -> Iterator[tuple[Expectation, float]]:
    """What is expected of one returned value, each with its own statistic."""
    for expectation in case.expects:
        if (expectation.of or case.returns[0]) != case.returns[position]:
            continue
        with np.errstate(all="ignore"):
            yield expectation, STATISTICS[expectation.statistic](array.astype(np.float64))


def outside(case: Case, position: int, array: Array) -> Iterator[tuple[Expectation, float]]:
    """The expectations of one returned value that its statistics are not within."""
    for expectation, value in statistics_of(case, position, array):
        if not expectation.low <= value <= expectation.high:  # NaN fails too
            yield expectation, value


def drawn_alike(case: Case, position: int, one: Array, other: Array) -> bool:
    """Whether two draws differ by no more than draws of one distribution do.

    A range is as wide as what is right varies; what is larger varies by more.
    """
    if one.shape != other.shape:
        return False
    pairs = zip(
        statistics_of(case, position, one), statistics_of(case, position, other), strict=True
    )
    return all(_is_near(expectation, mine, theirs) for (expectation, mine), (_, theirs) in pairs)


_WIDE = 10


def _is_near(expectation: Expectation, mine: float, theirs: float) -> bool:
    low, high = expectation.low, expectation.high
    if np.isnan(mine) or np.isnan(theirs):  # a correlation of what is constant, say
        return bool(np.isnan(mine) and np.isnan(theirs))
    if low <= theirs <= high:
        return low <= mine <= high
    if low > 0 and high > _WIDE * low:  # a range of magnitudes
        return mine == theirs if 0 in (mine, theirs) else 0.1 <= mine / theirs <= 10
    middle = max(abs(low + high) / 2, 1e-12)
    scale = max(abs(theirs) / middle, 1.0) if low * high > 0 else 1.0
    is_outside = mine < low if theirs < low else mine > high
    return is_outside and abs(mine - theirs) <= scale * (high - low) / 2
