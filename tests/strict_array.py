"""An array that NumPy's protocols reach and nothing else does, as CuPy's.

What works on it works on a GPU: every ufunc and every function of NumPy that is dispatched comes
here, but nothing turns it into a NumPy array behind one's back.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.references import mapped


class StrictArray(np.lib.mixins.NDArrayOperatorsMixin):
    """Wraps a NumPy array; never mixes with one."""

    def __init__(self, array: Any) -> None:
        self._array = np.array(array)

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        raise TypeError("Implicit conversion to a NumPy array is not allowed.")

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        result = getattr(ufunc, method)(*_lower(inputs), **_lower(options))
        out = options.get("out")
        if out is not None:
            return out[0] if len(out) == 1 else out
        return _raise_up(result)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        if any(kind is not StrictArray for kind in types):
            return NotImplemented
        # NumPy's own array is welcome where it is to be turned into one of ours.
        lower = _lower if function not in {np.array, np.asarray} else plain
        return _raise_up(function(*lower(args), **lower(options)))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        found = getattr(self._array, name)
        if not callable(found):
            return _raise_up(found)
        return lambda *args, **options: _raise_up(found(*_lower(args), **_lower(options)))

    def __getitem__(self, key: Any) -> Any:
        return _view(self._array[plain(key)])  # CuPy takes NumPy's arrays as indices

    def __setitem__(self, key: Any, value: Any) -> None:
        self._array[plain(key)] = _lower(value)

    def __iter__(self) -> Iterator[Any]:
        return (self[number] for number in range(len(self)))

    def __len__(self) -> int:
        return len(self._array)

    def __float__(self) -> float:
        return float(self._array)

    def __int__(self) -> int:
        return int(self._array)

    def __index__(self) -> int:
        return self._array.__index__()

    def __bool__(self) -> bool:
        return bool(self._array)

    def __repr__(self) -> str:
        return repr(self._array)

    def __format__(self, form: str) -> str:
        return format(self._array, form)


def plain(value: Any) -> Any:
    """Unwrap the arrays in a value, at any depth."""
    return mapped(value, lambda one: one._array if isinstance(one, StrictArray) else one)


def _lower(value: Any) -> Any:
    """The arrays inside; a NumPy array among them is refused."""

    def change(one: Any) -> Any:
        if isinstance(one, np.ndarray):
            raise TypeError(f"Unsupported type {type(one)}")
        return one._array if isinstance(one, StrictArray) else one

    return mapped(value, change)


def _raise_up(value: Any) -> Any:
    """Wrap results; a scalar of NumPy's becomes an array without axes, as on a GPU."""
    return mapped(
        value, lambda one: _view(one) if isinstance(one, np.ndarray | np.generic) else one
    )


def _view(array: Any) -> StrictArray:
    """Wrap without a copy, so that a slice can be written into."""
    made = StrictArray.__new__(StrictArray)
    made._array = np.asarray(array)
    return made
