"""The values of an answer, encoded where one that is too large can still be named."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.wire.budget import Budget, Effort
from grader.wire.encoding import Opaque, TooLarge, describe_type, encode, encode_counting

_NOUNS: dict[type, str] = {
    str: "characters",
    bytes: "bytes",
    dict: "entries",
    list: "values",
    tuple: "values",
}


def sendable(values: list[Any], budget: Budget, effort: Effort | None = None) -> bytes:
    """Encode the values; one that does not fit crosses as a description of what it was.

    Parameters
    ----------
    effort
        What is left of the items that all answers may have together.
    """
    effort = effort or Effort()
    allowed = effort.within(budget)
    try:
        data, items = encode_counting(values, allowed.bytes, allowed.items)
    except TooLarge as first:
        effort.charge(budget, first.items)
        if len(values) == 1:
            return encode([_described(values[0], first)])
        share = Budget(allowed.bytes // len(values), allowed.items // len(values))
        fitting = [_fitting(value, share) for value in values]
        data, items = encode_counting(fitting)
    effort.charge(budget, items)
    return data


def _fitting(value: Any, share: Budget) -> Any:
    """The value, where it fits into its share."""
    try:
        encode(value, share.bytes, share.items)
    except TooLarge as problem:
        return _described(value, problem)
    return value


def _described(value: Any, problem: TooLarge) -> Opaque:
    """What a value is, in the words of the judge's own messages."""
    kind = type(value)
    if kind is np.ndarray:
        words = f"an array of shape {value.shape}"
    elif kind in _NOUNS:
        words = f"a {'string' if kind is str else kind.__name__} of {len(value):,} {_NOUNS[kind]}"
    else:
        words = f"a {describe_type(value)}"
    return Opaque(words, f"{problem}, too large to be compared")
