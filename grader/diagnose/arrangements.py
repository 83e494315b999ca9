"""Right numbers in a wrong arrangement: reversed, shifted, in another order, not yet summed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import Any

import numpy as np

from grader.course.prepared import PreparedCheck
from grader.diagnose.comparison import Array, Difference
from grader.diagnose.evidence import Evidence
from grader.diagnose.ratios import numbers_of

Found = tuple[str, str]
_FEWEST = 3
"""So many different numbers an arrangement has to have: fewer come in any order by chance."""
_MOST_NUMBERS = 200_000


def diagnose_arrangement(check: PreparedCheck, evidence: Sequence[Evidence]) -> Found | None:
    """Name the arrangement that explains every failure, where none comes about by chance."""
    failures = [item for item in evidence if item.failed]
    common: dict[str, str] | None = None
    for item in failures:
        found = dict(_arrangements(item))
        common = found if common is None else {k: v for k, v in common.items() if k in found}
        if not common:
            return None
    return next(iter(common.items())) if common else None


def _arrangements(item: Evidence) -> Iterator[Found]:
    mismatch = item.mismatch
    if mismatch is None or mismatch.difference not in {Difference.VALUES, Difference.SHAPE}:
        return
    pair = numbers_of(mismatch.expected, mismatch.received, alike=False)
    if pair is None or max(pair[0].size, pair[1].size) > _MOST_NUMBERS:
        return
    expected, received = pair
    where = f" {mismatch.position}" if mismatch.position else ""
    if not _tells(expected):
        return
    if expected.shape == received.shape:
        yield from _in_another_order(expected, received, where)
    else:
        yield from _of_another_shape(expected, received, where)


def _tells(expected: Array) -> bool:
    finite = expected[np.isfinite(expected)]
    distinct = np.unique(np.round(finite, 9))
    return distinct.size >= _FEWEST and bool((distinct != np.round(distinct)).any())


def _in_another_order(expected: Array, received: Array, where: str) -> Iterator[Found]:
    for axis in range(expected.ndim):
        length = expected.shape[axis]
        if length < 2:
            continue
        on = f" along axis {axis}" if expected.ndim > 1 else ""
        if _is_close(received, np.flip(expected, axis)):
            yield f"reversed_{axis}", f"The values{where} are right, but reversed{on}."
        for shift in (1, -1):
            if length > 2 and _is_close(received, np.roll(expected, shift, axis)):
                way = "later" if shift > 0 else "earlier"
                yield (
                    f"shifted_{axis}",
                    f"The values{where} are right, but each stands one place {way}{on}.",
                )
            kept = _slices(expected.ndim, axis, shift), _slices(expected.ndim, axis, -shift)
            if length > 3 and _is_close(received[kept[0]], expected[kept[1]]):
                way = "late" if shift > 0 else "early"
                yield (
                    f"moved_{axis}",
                    f"The values{where} are right, but stand one place too {way}{on}; the one at "
                    "the end is another.",
                )
    if expected.ndim == 2 and _is_close(received, expected.T):
        yield "transposed", f"The values{where} are right, but transposed."
    for axis in range(expected.ndim):
        if _is_permuted(expected, received, axis):
            on = f" along axis {axis}" if expected.ndim > 1 else ""
            yield f"permuted_{axis}", f"The values{where} are right, but in another order{on}."


def _slices(ndim: int, axis: int, shift: int) -> tuple[slice, ...]:
    one = slice(1, None) if shift > 0 else slice(None, -1)
    return tuple(one if index == axis else slice(None) for index in range(ndim))


def _is_permuted(expected: Array, received: Array, axis: int) -> bool:
    """Whether the entries along an axis are the expected ones, each once, in another order."""
    length = expected.shape[axis]
    if not 3 <= length <= 200:
        return False
    mine = np.moveaxis(received, axis, 0).reshape(length, -1)
    theirs = np.moveaxis(expected, axis, 0).reshape(length, -1)
    left = list(range(length))
    for row in mine:
        found = next((one for one in left if _is_close(row, theirs[one])), None)
        if found is None:
            return False
        left.remove(found)
    return True


def _of_another_shape(expected: Array, received: Array, where: str) -> Iterator[Found]:
    for axis in range(received.ndim):
        if received.ndim != expected.ndim + 1 or received.shape[axis] < 2:
            continue
        for name, reduced in (("sum", received.sum(axis)), ("mean", received.mean(axis))):
            if _is_close(reduced, expected):
                yield (
                    f"not_reduced_{axis}",
                    f"The {name} over axis {axis} of what came{where} is what was expected.",
                )
    for axis in range(expected.ndim):
        if received.ndim == 0 or expected.ndim != received.ndim + 1 or expected.shape[axis] < 2:
            continue
        for name, reduced in (("sum", expected.sum(axis)), ("mean", expected.mean(axis))):
            if _is_close(reduced, received):
                yield (
                    f"reduced_{axis}",
                    f"What came{where} is the {name} over axis {axis} of what was expected: "
                    "something is summed or averaged over one axis too many.",
                )
    if received.ndim == 0 and expected.ndim > 0:
        for name, number in (("sum", expected.sum()), ("mean", expected.mean())):
            if _is_close(np.asarray(received), np.asarray(number)):
                yield (
                    "over_reduced",
                    f"What came{where} is the {name} of all that was expected: something is "
                    "summed or averaged over all axes.",
                )
    if received.ndim == expected.ndim:
        yield from _of_another_length(expected, received, where)
        if expected.ndim > 2 and sorted(expected.shape) == sorted(received.shape):
            for axes in _orders(expected.ndim):
                if _is_close(received.transpose(axes), expected):
                    yield "axes", f"The values{where} are right, but the axes are in another order."
                    return


def _orders(ndim: int) -> Iterator[tuple[int, ...]]:
    if ndim <= 5:
        yield from permutations(range(ndim))


def _of_another_length(expected: Array, received: Array, where: str) -> Iterator[Found]:
    """A beginning or an end that is missing, or too much of one."""
    differing = [k for k in range(expected.ndim) if expected.shape[k] != received.shape[k]]
    if len(differing) != 1:
        return
    axis = differing[0]
    short, long = expected.shape[axis], received.shape[axis]
    on = f" along axis {axis}" if expected.ndim > 1 else ""
    count = abs(short - long)
    smaller, larger = (expected, received) if short < long else (received, expected)
    size = smaller.shape[axis]
    if not size or not _tells(smaller):
        return
    first = np.take(larger, range(size), axis)
    last = np.take(larger, range(larger.shape[axis] - size, larger.shape[axis]), axis)
    entries = f"{count} {'entry' if count == 1 else 'entries'}"
    is_short = long < short
    for part, end in ((first, "end"), (last, "beginning")):
        if _is_close(part, smaller):
            what = "missing" if is_short else "too many"
            verb = "is" if count == 1 else "are"
            yield (
                f"length_{end}",
                f"The values{where} are right, but {entries} at the {end}{on} {verb} {what}.",
            )


def _is_close(received: Any, expected: Any) -> bool:
    return np.shape(received) == np.shape(expected) and bool(
        np.allclose(received, expected, rtol=1e-6, atol=1e-9, equal_nan=True)
    )
