"""Whether a received value is the expected one, and if not, in what way it differs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from grader.wire import Opaque

Array = np.ndarray[Any, Any]


class Difference(StrEnum):
    """In what way a value differs."""

    NONE_RETURNED = "none_returned"
    TYPE = "type"
    COUNT = "count"
    SHAPE = "shape"
    DTYPE = "dtype"
    NOT_FINITE = "not_finite"
    VALUES = "values"


@dataclass(frozen=True)
class Mismatch:
    """The first difference found.

    Attributes
    ----------
    difference
        Its sort.
    position
        Where in a tuple or dict it lies, as `[0]` or `['loss']`; empty at the top.
    expected, received
        The two values at that position, as arrays where they are arrays.
    summary
        What differs, in words without any value of either.
    """

    difference: Difference
    position: str
    expected: Any
    received: Any
    summary: str


def compare(
    received: Any, expected: Any, rtol: float, atol: float, position: str = ""
) -> Mismatch | None:
    """Compare what came with what should have come; None when they agree.

    A scalar may be a Python number, a NumPy scalar or a 0-d array; a tuple may be a list; a
    1-D array may be a list of numbers. Floats agree when
    ``|received − expected| <= atol + rtol · |expected|``.
    """
    if received is None and expected is not None:
        return _mismatch(
            Difference.NONE_RETURNED, position, expected, received, "None was returned"
        )
    if isinstance(received, Opaque):
        reason = f" ({received.detail})" if received.detail else ""
        summary = f"{_wanted(expected)} was expected; received {received.type}{reason}"
        return _mismatch(Difference.TYPE, position, expected, received, summary)
    if isinstance(expected, tuple | list) and not _is_numbers(expected):
        return _compare_sequences(received, expected, rtol, atol, position)
    if isinstance(expected, dict):
        return _compare_dicts(received, expected, rtol, atol, position)
    if isinstance(expected, str | bool | np.bool_ | type(None)):
        if type(received) in {type(expected), np.bool_} and received == expected:
            return None
        if type(received) is type(expected):
            summary = f"a different {_NOUNS[type(received)]} was expected"
        else:
            summary = f"{_plainly(expected)} was expected; received {_plainly(received)}"
        return _mismatch(Difference.VALUES, position, expected, received, summary)
    return _compare_arrays(received, np.asarray(expected), rtol, atol, position)


def _compare_sequences(
    received: Any, expected: Any, rtol: float, atol: float, position: str
) -> Mismatch | None:
    if not isinstance(received, tuple | list):
        summary = f"a tuple of {len(expected)} values was expected; received one {_kind(received)}"
        return _mismatch(Difference.TYPE, position, expected, received, summary)
    if len(received) != len(expected):
        summary = f"{len(expected)} values were expected; received {len(received)}"
        return _mismatch(Difference.COUNT, position, expected, received, summary)
    for index, (one, other) in enumerate(zip(received, expected, strict=True)):
        found = compare(one, other, rtol, atol, f"{position}[{index}]")
        if found is not None:
            return found
    return None


def _compare_dicts(
    received: Any, expected: dict[str, Any], rtol: float, atol: float, position: str
) -> Mismatch | None:
    if not isinstance(received, dict):
        summary = f"a dict was expected; received {_kind(received)}"
        return _mismatch(Difference.TYPE, position, expected, received, summary)
    if set(received) != set(expected):
        summary = f"the keys differ: expected {sorted(expected)}, received {sorted(received)}"
        return _mismatch(Difference.COUNT, position, expected, received, summary)
    for key, value in expected.items():
        found = compare(received[key], value, rtol, atol, f"{position}[{key!r}]")
        if found is not None:
            return found
    return None


def _compare_arrays(
    received: Any, expected: Array, rtol: float, atol: float, position: str
) -> Mismatch | None:
    array = as_array(received)
    if array is None:
        summary = f"{_wanted(expected)} was expected; received {_kind(received)}"
        return _mismatch(Difference.TYPE, position, expected, received, summary)
    if array.ndim > 1 and isinstance(received, list):
        summary = "an array was expected; received a list of lists (use np.array)"
        return _mismatch(Difference.TYPE, position, expected, received, summary)
    if array.shape != expected.shape:
        summary = f"shape {expected.shape} was expected; received {array.shape}"
        return _mismatch(Difference.SHAPE, position, expected, array, summary)
    dtype_problem = _dtype_problem(array, expected, is_array=type(received) is np.ndarray)
    if dtype_problem:
        return _mismatch(Difference.DTYPE, position, expected, array, dtype_problem)
    one, other = array.astype(np.float64), expected.astype(np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        # Most answers are right, and then this is all. NaN is within nothing, but everything is
        # within an infinity.
        bound = atol + rtol * np.abs(other)
        if (np.abs(one - other) <= bound).all() and np.isfinite(bound).all():
            return None
    unexpected = ~np.isfinite(one) & np.isfinite(other)
    if unexpected.any():
        what = "NaN" if np.isnan(one[unexpected]).any() else "an infinity"
        summary = f"{what} came out in {_share(unexpected)}"
        return _mismatch(Difference.NOT_FINITE, position, other, one, summary)
    wrong = ~np.isclose(one, other, rtol=rtol, atol=atol, equal_nan=True)
    if wrong.any():
        verb = "differs" if wrong.size == 1 else "differ"
        return _mismatch(Difference.VALUES, position, other, one, f"{_share(wrong)} {verb}")
    return None


def _dtype_problem(received: Array, expected: Array, *, is_array: bool) -> str:
    """Say what is wrong with the dtype; scalars and lists of numbers may have any real one."""
    if received.dtype.kind == "c":
        return "real numbers were expected; received complex ones"
    if expected.ndim == 0:
        return ""
    if expected.dtype.kind in "iu" and received.dtype.kind not in "iu" and received.size:
        return f"an integer dtype was expected; received {received.dtype}"
    if expected.dtype.kind == "b" and received.dtype.kind != "b":
        return f"dtype bool was expected; received {received.dtype}"
    if is_array and expected.dtype == np.float64 and received.dtype != np.float64:
        return f"dtype float64 was expected; received {received.dtype}"
    return ""


def as_array(value: Any) -> Array | None:
    """The value as an array of numbers; None where it is none.

    A list of numbers counts as floats when floats are among them; an empty list as floats.
    """
    if type(value) is np.ndarray:
        return value
    if isinstance(value, bool | int | float | complex | np.generic):
        number: Any = value
        try:
            return np.asarray(number, dtype=None if abs(number) < 2**63 else np.float64)
        except (OverflowError, TypeError):
            return None
    if isinstance(value, list | tuple):
        try:
            array = np.array(value)
        except (ValueError, OverflowError, TypeError):
            return None
        return array if array.dtype.kind in "biufc" else None
    return None


def _is_numbers(value: Any) -> bool:
    """Whether a list stands for a 1-D array: a history, say."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(type(item) in {int, float} for item in value)
    )


def _share(mask: Array) -> str:
    count, size = int(np.count_nonzero(mask)), mask.size
    if size == 1:
        return "the value" if mask.ndim == 0 else "the only value"
    return f"all {size} values" if count == size else f"{count} of {size} values"


def _wanted(expected: Any) -> str:
    if isinstance(expected, Opaque):
        return "another value"
    if isinstance(expected, np.ndarray):
        return "a number" if expected.ndim == 0 else f"an array of shape {expected.shape}"
    return _kind(expected)


_NOUNS: dict[type, str] = {bool: "truth value", np.bool_: "truth value", str: "string"}


def _plainly(value: Any) -> str:
    noun = _NOUNS.get(type(value))
    return f"a {noun}" if noun else _kind(value)


def _kind(value: Any) -> str:
    if value is None:
        return "None"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, list | tuple):
        nested = any(isinstance(item, list | tuple) for item in value)
        name = type(value).__name__
        if nested and len({len(item) for item in value if isinstance(item, list | tuple)}) > 1:
            return f"a ragged {name} of {name}s"
        return f"a {name} of {len(value)} values"
    if isinstance(value, bool | int | float | complex | np.generic):
        return "a number"
    return {"str": "a string", "dict": "a dict", "bytes": "bytes"}.get(
        type(value).__name__, f"a {type(value).__name__}"
    )


def _mismatch(
    difference: Difference, position: str, expected: Any, received: Any, summary: str
) -> Mismatch:
    return Mismatch(difference, position, expected, received, summary)
