"""Whether a received value is the expected one, and if not, in what way it differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import Any

import numpy as np

from grader.wire.encoding import Opaque

Array = np.ndarray[Any, Any]
# Tuples: a union of types would be made anew, and asked more slowly, for each of many values.
_FEW_BYTES = 2**16
_SEQUENCES = (tuple, list)
_EXACT = (str, bool, np.bool_, type(None))
"""What is equal or not, without a tolerance."""
_WHOLE = "biu"
_TRUTH = {bool, np.bool_}
_NUMBERS = "biufc"
"""The kinds of dtype that hold numbers."""
_SINGLE_NUMBERS = {
    *(float, int, bool, complex),
    *(np.dtype(code).type for code in "?bBhHiIlLqQefdgFDG"),
}
_HOLDING_NUMBERS = {*_SINGLE_NUMBERS, np.ndarray}
"""The types whose values are numbers, or hold them."""
_MAX_KEYS, _MAX_KEY = 20, 60
"""How many keys of a dict are shown, and how many characters of each."""


class Difference(StrEnum):
    """In what way a value differs."""

    NONE_RETURNED = "none_returned"
    TYPE = "type"
    COUNT = "count"
    SHAPE = "shape"
    DTYPE = "dtype"
    NOT_FINITE = "not_finite"
    VALUES = "values"


NUMBERS = frozenset({Difference.VALUES, Difference.NOT_FINITE})
"""What differs where the form is as expected."""


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
    if isinstance(expected, _SEQUENCES) and not _is_numbers(expected):
        return _compare_sequences(received, expected, rtol, atol, position)
    if isinstance(expected, dict):
        return _compare_dicts(received, expected, rtol, atol, position)
    if isinstance(expected, _EXACT):
        are_truths = type(received) in _TRUTH and type(expected) in _TRUTH
        if (are_truths or type(received) is type(expected)) and received == expected:
            return None
        if are_truths:
            summary = f"{bool(expected)} was expected; received {bool(received)}"
        elif type(received) is type(expected):
            summary = f"a different {_NOUNS[type(received)]} was expected"
        else:
            summary = f"{_plainly(expected)} was expected; received {_plainly(received)}"
        return _mismatch(Difference.VALUES, position, expected, received, summary)
    if type(expected) is np.ndarray is type(received) and _is_same(received, expected):
        return None  # as most right answers are
    wanted = None if isinstance(expected, Opaque) else as_array(expected)
    if wanted is not None:
        return _compare_arrays(received, wanted, rtol, atol, position)
    if type(expected) in {bytes, int} and type(received) is type(expected) and received == expected:
        return None
    summary = f"{_wanted(expected)} was expected; received {kind_of(received)}"
    return _mismatch(Difference.TYPE, position, expected, received, summary)


def _is_same(received: Array, expected: Array) -> bool:
    """Whether two small arrays of numbers are the same, bit by bit."""
    dtype = expected.dtype
    return (
        received.shape == expected.shape
        and received.dtype == dtype
        and dtype.kind in _NUMBERS
        and received.nbytes <= _FEW_BYTES
        and received.tobytes() == expected.tobytes()
    )


def _compare_sequences(
    received: Any, expected: Any, rtol: float, atol: float, position: str
) -> Mismatch | None:
    if not isinstance(received, _SEQUENCES):
        summary = f"{kind_of(tuple(expected))} was expected; received {kind_of(received)}"
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
        summary = f"a dict was expected; received {kind_of(received)}"
        return _mismatch(Difference.TYPE, position, expected, received, summary)
    if set(received) != set(expected):
        summary = f"the keys differ: expected {_keys(expected)}, received {_keys(received)}"
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
        summary = f"{_wanted(expected)} was expected; received {kind_of(received)}"
        return _mismatch(Difference.TYPE, position, expected, received, summary)
    if array.ndim > 1 and isinstance(received, list):
        summary = "an array was expected; received a list of lists (use np.array)"
        return _mismatch(Difference.TYPE, position, expected, received, summary)
    if array.shape != expected.shape:
        if isinstance(received, tuple) and array.ndim > expected.ndim:
            comma = "; `return x,` makes one of x" if len(received) == 1 else ""
            summary = f"{_wanted(expected)} was expected; received {kind_of(received)}{comma}"
            return _mismatch(Difference.TYPE, position, expected, received, summary)
        summary = f"shape {expected.shape} was expected; received {array.shape}"
        return _mismatch(Difference.SHAPE, position, expected, array, summary)
    dtype_problem = _dtype_problem(array, expected, is_array=type(received) is np.ndarray)
    if dtype_problem:
        return _mismatch(Difference.DTYPE, position, expected, array, dtype_problem)
    if _is_same(array, expected):
        return None  # NaN is then where it is expected
    with np.errstate(all="ignore"):
        return _compare_numbers(array, expected, rtol, atol, position)


def _compare_numbers(
    array: Array, expected: Array, rtol: float, atol: float, position: str
) -> Mismatch | None:
    """Compare two arrays of one shape and fitting dtypes."""
    exact = np.complex128 if expected.dtype.kind == "c" else np.float64
    one, other = array.astype(exact), expected.astype(exact)
    # Most answers are right, and then this is all. NaN is within nothing, but everything is
    # within an infinity.
    bound = atol + rtol * np.abs(other)
    if (np.abs(one - other) <= bound).all() and np.isfinite(bound).all():
        return None
    unexpected = ~np.isfinite(one) & np.isfinite(other) | np.isnan(one) & ~np.isnan(other)
    if unexpected.any() and not _are_asked_for(one[unexpected], other):
        what = "NaN" if np.isnan(one[unexpected]).any() else "an infinity"
        summary = f"{what} came out in {_share(unexpected)}"
        return _mismatch(Difference.NOT_FINITE, position, other, one, summary)
    wrong = ~np.isclose(one, other, rtol=rtol, atol=atol, equal_nan=True)
    if wrong.any():
        verb = "differs" if wrong.size == 1 else "differ"
        if array.dtype.kind in _WHOLE and expected.dtype.kind in _WHOLE:
            one, other = array, expected  # True and 3, and not 1. and 3.
        return _mismatch(Difference.VALUES, position, other, one, f"{_share(wrong)} {verb}")
    return None


def _are_asked_for(infinities: Array, expected: Array) -> bool:
    """Whether there are such infinities among what is expected: these stand elsewhere, no more."""
    return bool(np.isin(infinities, expected[np.isinf(expected)]).all())


def _dtype_problem(received: Array, expected: Array, *, is_array: bool) -> str:
    """Say what is wrong with the dtype; scalars and lists of numbers may have any real one."""
    if received.dtype.kind == "c" and expected.dtype.kind != "c":
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
        return value if value.dtype.kind in _NUMBERS else None
    if isinstance(value, _SEQUENCES):
        if _shape_of(value) is None:
            return None
        try:
            array = np.array(value)  # of numbers in equal rows: it takes no more than they do
        except (ValueError, OverflowError):  # too many axes, or an integer beyond all floats
            return None
        return array if array.dtype.kind in _NUMBERS else None
    return _number(value)


def _number(value: Any) -> Array | None:
    if isinstance(value, np.generic):
        return np.asarray(value) if value.dtype.kind in _NUMBERS else None
    if not isinstance(value, bool | int | float | complex):
        return None
    whole = isinstance(value, int) and abs(value) >= 2**63
    try:
        return np.asarray(value, dtype=np.float64 if whole else None)
    except OverflowError:  # an integer beyond all floats
        return None


def _shape_of(value: Any) -> tuple[int, ...] | None:
    """The shape of a number, an array or a list of such of equal shape; None for all else.

    To find it builds no array: NumPy would make one of whatever stands in a list, and of one
    long string and many short ones it makes many long ones. It goes level by level, since a list
    may be long and most are plain numbers.
    """
    shape: list[int] = []
    level: Sequence[Any] = [value]
    while (kinds := set(map(type, level))) <= {list, tuple}:
        lengths = set(map(len, level))
        if len(lengths) > 1:
            return None
        shape += lengths
        if lengths == {0}:
            return tuple(shape)
        level = list(chain.from_iterable(level))
    if kinds <= _SINGLE_NUMBERS:
        return tuple(shape)
    found = {_shape_of_one(item) for item in level} if kinds <= _HOLDING_NUMBERS else {None}
    inner = found.pop()
    return None if found or inner is None else (*shape, *inner)


def _shape_of_one(value: Any) -> tuple[int, ...] | None:
    """The shape of a number or an array of numbers."""
    array = _number(value) if type(value) is not np.ndarray else value
    return None if array is None or array.dtype.kind not in _NUMBERS else array.shape


def _keys(entries: dict[Any, Any]) -> str:
    """The keys of a dict, in order; a few of many, each in part."""
    shown = [repr(key[:_MAX_KEY] if isinstance(key, str) else key) for key in entries]
    shown = sorted(one[: _MAX_KEY + 2] for one in shown)
    more = f", … ({len(shown):,} in all)" if len(shown) > _MAX_KEYS else ""
    return f"[{', '.join(shown[:_MAX_KEYS])}{more}]"


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
    return kind_of(expected)


_NOUNS: dict[type, str] = {bool: "truth value", np.bool_: "truth value", str: "string"}


def _plainly(value: Any) -> str:
    noun = _NOUNS.get(type(value))
    return f"a {noun}" if noun else kind_of(value)


def kind_of(value: Any) -> str:
    """What a value is, in words without any value of it."""
    if value is None:
        return "None"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, Opaque):
        return f"{value.type} ({value.detail})" if value.detail else value.type
    if isinstance(value, _SEQUENCES):
        return _kind_of_sequence(value)
    if isinstance(value, bool | int | float | complex | np.generic):
        return "an integer too large for a float" if _number(value) is None else "a number"
    return {"str": "a string", "dict": "a dict", "bytes": "bytes"}.get(
        type(value).__name__, f"a {type(value).__name__}"
    )


def _kind_of_sequence(value: Any) -> str:
    name = type(value).__name__
    kinds = set(map(type, value))
    if name == "tuple":  # nothing is unusual about several values of several types
        return f"a tuple of {len(value)} values" if len(value) != 1 else "a tuple of one value"
    if kinds and kinds <= {list, tuple}:
        ragged = len(set(map(len, value))) > 1
        return f"a ragged {name} of {name}s" if ragged else f"a {name} of {len(value)} {name}s"
    if kinds & {list, tuple}:
        return f"a {name} of {len(value)} values, some of which are lists"
    if not kinds <= _HOLDING_NUMBERS:
        return f"a {name} of {len(value)} values that are not all numbers"
    return f"a {name} of {len(value)} values"


def _mismatch(
    difference: Difference, position: str, expected: Any, received: Any, summary: str
) -> Mismatch:
    return Mismatch(difference, position, expected, received, summary)
