"""What training left as it was, or makes whatever the targets are, has not been trained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from grader.diagnose.comparison import as_array

Array = np.ndarray[Any, Any]

_STILL = 1e-3
"""A kernel that differs by less, as a share of its length, is the same, scales apart.

Training moves every kernel by more than a hundredth."""
_LEAST = 8
"""Of so few numbers a common scale may be chance."""
_MOST_NAMED = 6


def untrained(settings: Mapping[str, Any], received: Mapping[str, Any]) -> str | None:
    """A sentence about the kernels that were not trained; None where nothing speaks against any.

    Kernels are the arrays with two or more axes: a bias may stay at zero for good reasons.
    """
    after = _kernels(received.get(settings.get("trained", "")))
    for setting, sentence in (
        ("before", "training left {} as before, scales apart: every kernel has to learn"),
        (
            "control",
            "{} would be the same, scales apart, if the rows had other targets: every kernel has "
            "to learn from the targets",
        ),
    ):
        other = _kernels(received.get(settings.get(setting, "")))
        same = [name for name in after if name in other and _is_same(after[name], other[name])]
        if same:
            return sentence.format(_joined(same))
    return None


def _kernels(value: Any) -> dict[str, Array]:
    """The arrays of finite numbers with two or more axes, by name."""
    found = {}
    for name, given in value.items() if type(value) is dict else ():
        array = as_array(given)
        if type(name) is str and array is not None and array.ndim > 1 and array.dtype.kind in "iuf":
            with np.errstate(all="ignore"):
                numbers = array.astype(np.float64)
            if np.isfinite(numbers).all():
                found[name] = numbers
    return found


def _is_same(after: Array, before: Array) -> bool:
    """Whether one array is the other, but for scales, of the whole or of units, and their order."""
    if after.shape != before.shape or not after.size:
        return False
    with np.errstate(all="ignore"):
        length = np.linalg.norm(after)
        if after.size <= _LEAST:
            return bool(np.linalg.norm(after - before) <= _STILL * length)
        whole = [(after.reshape(-1, 1), before.reshape(-1, 1))]
        columns = [(after.reshape(-1, after.shape[-1]), before.reshape(-1, after.shape[-1]))]
        forms = whole + (columns if len(columns[0][0]) > _LEAST else [])
        if any(_distance(one, other) <= _STILL * length for one, other in forms):
            return True
    return len(columns[0][0]) > _LEAST and _is_reordered(*columns[0])


def _is_reordered(after: Array, before: Array) -> bool:
    """Whether each unit's column is one of the others, scales and order apart."""
    with np.errstate(all="ignore"):
        one, other = (array / np.linalg.norm(array, axis=0) for array in (after, before))
        nearest = [np.abs(column @ other).max(initial=0.0) for column in one.T]
    return bool(np.min(nearest) >= 1 - _STILL**2)


def _distance(after: Array, before: Array) -> float:
    """What is left of the columns when those of `before` are scaled to them as well as can be."""
    squares = np.sum(before**2, axis=0)
    scale = np.sum(after * before, axis=0) / np.where(squares > 0, squares, 1.0)
    return float(np.linalg.norm(after - scale * before))


def _joined(names: list[str]) -> str:
    shown = ", ".join(names[:_MOST_NAMED])
    return shown + (", …" if len(names) > _MOST_NAMED else "")
