"""Steps that compute with the numbers of results, whatever holds them."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.worker.steps import Operation, Scope, Step, WrongForm, form_of


def _difference(scope: Scope, step: Step) -> Any:
    first, second = _two_arrays(scope, step)
    return first - second


def _quotient(scope: Scope, step: Step) -> Any:
    first, second = _two_arrays(scope, step)
    with np.errstate(all="ignore"):
        return first / second


def _equal_share(scope: Scope, step: Step) -> float:
    first, second = _two_arrays(scope, step)
    return float(np.mean(first == second)) if first.size else 1.0


def _class_share(scope: Scope, step: Step) -> Any:
    rows = np.asarray(scope.resolve(step["rows"]), dtype=np.float64)
    labels = np.asarray(scope.resolve(step["labels"]))
    rows = rows - rows.mean(axis=0)
    # One large unit would drown all others.
    rows = rows / np.maximum(rows.std(axis=0), np.finfo(np.float64).tiny)
    between = [
        np.sum(labels == one) * np.sum(rows[labels == one].mean(axis=0) ** 2)
        for one in np.unique(labels)
    ]
    with np.errstate(all="ignore"):
        return np.sum(between) / np.sum(rows**2, keepdims=True).ravel()


def _cancellation(scope: Scope, step: Step) -> Any:
    terms = np.asarray(scope.resolve(step["terms"]), dtype=np.float64)
    with np.errstate(all="ignore"):
        return np.sum(np.std(terms, axis=0)) / np.std(np.sum(terms, axis=1), keepdims=True)


def _sorted(scope: Scope, step: Step) -> Any:
    return np.sort(np.ravel(_array(scope.saved[step["on"]])))


def _correlation(scope: Scope, step: Step) -> float:
    first, second = (np.ravel(one) - np.mean(one) for one in _two_arrays(scope, step))
    with np.errstate(all="ignore"):
        return float(np.sum(first * second) / np.sqrt(np.sum(first**2) * np.sum(second**2)))


def _lagged_correlation(scope: Scope, step: Step) -> float:
    """The largest size of the correlations of one sequence with another, shifted by any lag.

    What is constant goes together with nothing: 0.
    """
    first, second = (np.ravel(one) - np.mean(one) for one in _two_arrays(scope, step))
    with np.errstate(all="ignore"):
        products = np.fft.irfft(np.fft.rfft(first) * np.conj(np.fft.rfft(second)), first.size)
        found = np.abs(products / np.sqrt(np.sum(first**2) * np.sum(second**2)))
    # A sequence is itself where it is not shifted.
    is_itself = isinstance(step["second"], str) and step["first"] == step["second"]
    found = found[1:] if is_itself else found
    return float(np.max(np.nan_to_num(found)))


def _two_arrays(scope: Scope, step: Step) -> tuple[Any, Any]:
    """Two results as arrays of floats, whatever holds their numbers; they have one shape."""
    found = []
    for key in ("first", "second"):
        value = scope.saved[step[key]] if isinstance(step[key], str) else scope.resolve(step[key])
        found.append(_array(value))
    if found[0].shape != found[1].shape:
        shapes = " and ".join(str(one.shape) for one in found)
        raise WrongForm(f"two arrays of one shape were expected; received {shapes}")
    return found[0], found[1]


def _array(value: Any) -> Any:
    """A result as an array of floats, whatever holds its numbers."""
    if hasattr(value, "__array_function__") and not isinstance(value, np.ndarray):
        return value  # on a GPU, say: it stays there
    try:
        return np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, RuntimeError):
        raise WrongForm(f"an array of numbers was expected; received {form_of(value)}") from None


NUMERIC: dict[str, Operation] = {
    "difference": _difference,
    "quotient": _quotient,
    "equal_share": _equal_share,
    "class_share": _class_share,
    "cancellation": _cancellation,
    "sorted": _sorted,
    "correlation": _correlation,
    "lagged_correlation": _lagged_correlation,
}
