"""A few numbers for an answer: equal answers have equal ones, and others almost surely not."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Signatures = Array
"""One row for each answer: what sort it is, and two sums of its numbers."""
KEPT = 3
"""So many numbers of a signature are kept; the others are needed of one of two alone."""

_MAX_NUMBERS = 2_000_000
_TOLERANCE = 1e-8
_NONE = np.full(5, np.nan)
"""The signature of what has none: it is the same as no other."""


def signature(values: Sequence[Any], sort: str = "") -> Array:
    """The signature of an answer's values, or of an exception by `sort` alone.

    Two sums are kept, weighted by fixed random numbers: of the values, and of their inverse
    hyperbolic sines, in which a small number counts beside a large one. Behind them stands how
    large their terms are, by which a tolerance is chosen.
    """
    code = zlib.crc32(sort.encode())
    sums = np.zeros(4)
    total = 0
    for position, (form, numbers) in enumerate(_leaves(values)):
        total += 0 if numbers is None else numbers.size
        if total > _MAX_NUMBERS:
            return _NONE
        code = zlib.crc32(f"{position} {form}".encode(), code)
        if numbers is not None:
            sums += _sums(numbers, position)
    return np.array([float(code), *sums])


def same(rows: Signatures, row: Array) -> Array:
    """Which signatures are that of this answer."""
    with np.errstate(all="ignore"):
        is_same = rows[:, 0] == row[0]
        for index in (1, 2):
            bound = _TOLERANCE * row[index + 2] + 1e-12
            is_same &= np.abs(rows[:, index] - row[index]) <= bound
    return np.asarray(is_same)


def _sums(numbers: Array, position: int) -> Array:
    with np.errstate(all="ignore"):
        numbers = np.where(np.isnan(numbers), 12.34, np.clip(numbers, -1e100, 1e100))
        first, second = _weights(numbers.size, position)
        plain = first * numbers
        small = second * np.arcsinh(numbers)
    return np.array([plain.sum(), small.sum(), np.abs(plain).sum(), np.abs(small).sum()])


@lru_cache(maxsize=64)
def _weights(size: int, position: int) -> tuple[Array, Array]:
    generator = np.random.default_rng([size, position])
    return generator.uniform(0.5, 1.5, size), generator.uniform(0.5, 1.5, size)


def _leaves(value: Any) -> Iterator[tuple[str, Array | None]]:
    """The form of each part of a value, and its numbers; a scalar is one in any type."""
    if isinstance(value, tuple | list):
        yield f"{len(value)} values", None
        for one in value:
            yield from _leaves(one)
    elif isinstance(value, dict):
        for key in sorted(value, key=str):
            yield f"key {key}", None
            yield from _leaves(value[key])
    elif isinstance(value, np.ndarray | np.generic | int | float | bool):
        array = np.asarray(value)
        if array.dtype.kind in "biuf":
            yield f"{array.shape} {_kind(array)}", array.astype(np.float64).ravel()
        else:
            yield f"{array.shape} {array.dtype}", None
    else:
        yield str(value)[:200] if isinstance(value, str | bytes) else type(value).__name__, None


def _kind(array: Array) -> str:
    """What the comparison tells apart: no dtype of a number, and of arrays floats by their size."""
    if array.ndim == 0:
        return "number"
    return array.dtype.name if array.dtype.kind == "f" else "whole"
