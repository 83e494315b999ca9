"""What the numbers of a training that failed show for certain: never why, where that is a guess."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from grader.course.case import Case
from grader.diagnose.comparison import as_array
from grader.result import Diagnosis

Array = np.ndarray[Any, Any]
Fact = tuple[str, str]
_LABELS = {"logistic_accuracy", "softmax_accuracy", "predictions_accuracy", "logits_accuracy"}
_NUMBERS = {"linear_r2", "mean_squared_error", "relative_rmse"}
_OF_WEIGHTS = {"linear_r2", "logistic_accuracy", "softmax_accuracy"}
_SAME = 1e-6
"""Predictions that differ by so small a part of how the targets do are the same number."""
_NO_BETTER = 0.97
"""From this part of the targets' variance on, an error is that of a constant."""
_MOST_NAMED = 3


def training_fact(
    measure: str, case: Case, values: list[Any], is_enough: Callable[[float], bool]
) -> Diagnosis | None:
    """Say what is certain about the answer to a train check that is not good enough.

    Parameters
    ----------
    measure
        The name of the check's measure.
    values
        What the measure takes of the answer.
    is_enough
        Whether a quality would do.
    """
    with np.errstate(all="ignore"):
        found = next(_facts(measure, case, values, is_enough), None)
    return None if found is None else Diagnosis(id=f"generic.training_{found[0]}", hint=found[1])


def _facts(
    measure: str, case: Case, values: list[Any], is_enough: Callable[[float], bool]
) -> Iterator[Fact]:
    if any(array.dtype.kind == "f" and not np.isfinite(array).all() for array in _arrays(values)):
        yield (
            "not_finite",
            "NaN or an infinity came back: while training, a number became too large, or something "
            "was divided by 0. Print the loss after each step, and look at the first one that is "
            "not finite.",
        )
        return
    answer = values[0] if len(values) == 1 and isinstance(values[0], tuple | list) else []
    yield from _of_history(answer)
    weights, bias = _weights(measure, case, answer)
    if weights is not None:
        yield from _of_weights(weights, case)
    predicted = _predicted(measure, case, values, weights, bias)
    y = as_array(case.held_out.get("y"))
    if predicted is None or y is None or predicted.shape[:1] != y.shape[:1]:
        return
    if measure in _LABELS:
        yield from _of_labels(predicted, y, is_enough)
    if measure in _NUMBERS:
        yield from _of_numbers(predicted, y, measure, is_enough)
    if measure == "logistic_accuracy" and weights is not None:
        yield from _of_threshold(case.held_out["X"] @ weights, y, is_enough)
    if weights is not None and bias is not None:
        yield from _of_training_rows(measure, case, weights, bias, is_enough)


def _arrays(value: Any) -> Iterator[Array]:
    if isinstance(value, tuple | list | dict) and as_array(value) is None:
        for one in value.values() if isinstance(value, dict) else value:
            yield from _arrays(one)
    elif (array := as_array(value)) is not None:
        yield array


def _of_history(answer: Any) -> Iterator[Fact]:
    """A loss that grew, or stood still, by the answer's own account."""
    history = as_array(answer[2]) if len(answer) > 2 else None
    if history is None or history.ndim != 1 or len(history) < 2 or history.dtype.kind != "f":
        return
    first, last = float(history[0]), float(history[-1])
    if last > first + 1e-6 * abs(first):
        yield (
            "grows",
            f"The loss grew, from {first:.4g} to {last:.4g} in {len(history)} steps, as your "
            "history says itself. Is each step taken against the gradient, and is it short enough?",
        )
    if np.ptp(history) == 0:
        yield (
            "still",
            f"The loss is {first:.4g} at each of the {len(history)} steps, as your history says "
            "itself: nothing that it depends on moves.",
        )


def _weights(measure: str, case: Case, answer: Any) -> tuple[Array | None, Array | None]:
    """The weights and the bias of an answer (w, b, …) of the shapes that are asked for."""
    if measure not in _OF_WEIGHTS or len(answer) < 2:
        return None, None
    weights, bias = as_array(answer[0]), as_array(answer[1])
    X = case.held_out.get("X")
    if weights is None or bias is None or not isinstance(X, np.ndarray):
        return None, None
    fits = weights.ndim and len(weights) == X.shape[1] and bias.shape == weights.shape[1:]
    return (weights.astype(float), bias.astype(float)) if fits else (None, None)


def _of_weights(weights: Array, case: Case) -> Iterator[Fact]:
    """Weights that never moved, and features without one."""
    if not weights.any():
        yield "still", "All weights that came back are 0: training has moved none of them."
        return
    rows = _training_rows(case)
    if rows is None:
        return
    unused = np.flatnonzero(~weights.reshape(len(weights), -1).any(axis=1) & (np.ptp(rows, 0) > 0))
    if unused.size:
        named = ", ".join(map(str, unused[:_MOST_NAMED].tolist()))
        more = f" and {unused.size - _MOST_NAMED} more" if unused.size > _MOST_NAMED else ""
        if unused.size == 1:
            yield (
                "ignores",
                f"The weight of feature {named} (from 0 on) is exactly 0: it plays no part.",
            )
        else:
            yield (
                "ignores",
                f"The weights of the features {named}{more} (from 0 on) are exactly 0: they play "
                "no part.",
            )


def _training_rows(case: Case) -> Array | None:
    """The features of the training rows: the first table among the arguments."""
    tables = (one for one in case.arguments.values() if isinstance(one, np.ndarray))
    return next((one for one in tables if one.ndim == 2), None)


def _predicted(
    measure: str, case: Case, values: list[Any], weights: Array | None, bias: Array | None
) -> Array | None:
    """What is predicted of the held-out rows: labels, or numbers."""
    if measure in _OF_WEIGHTS:
        if weights is None or bias is None:
            return None
        return _decided(measure, case.held_out["X"] @ weights + bias)
    last = as_array(values[-1]) if values else None
    if last is None or last.dtype.kind not in "iuf" or not last.ndim:
        return None
    return np.argmax(last, axis=1) if measure == "logits_accuracy" and last.ndim == 2 else last


def _decided(measure: str, scores: Array) -> Array:
    if measure == "logistic_accuracy":
        return (scores >= 0).astype(int)
    return np.argmax(scores, axis=1) if measure == "softmax_accuracy" else scores


def _of_labels(predicted: Array, y: Array, is_enough: Callable[[float], bool]) -> Iterator[Fact]:
    if predicted.ndim != 1 or predicted.shape != y.shape:
        return
    if (predicted == predicted[0]).all():
        yield (
            "constant",
            f"Each of the {len(y)} held-out rows is given the class {int(predicted[0])}, whatever "
            "it holds.",
        )
        return
    classes = int(y.max()) + 1
    if classes == 2 and is_enough(float(np.mean(1 - predicted == y))):
        yield (
            "exchanged",
            "With 0 and 1 exchanged the predictions would be good enough: the two classes are the "
            "wrong way round.",
        )
    for step, way in ((1, "small"), (-1, "large")):
        if classes > 2 and is_enough(float(np.mean((predicted + step) % classes == y))):
            yield "shifted", f"Nearly every label is one too {way}: are classes counted from 0?"


def _of_numbers(
    predicted: Array, y: Array, measure: str, is_enough: Callable[[float], bool]
) -> Iterator[Fact]:
    if predicted.shape != y.shape or y.ndim != 1 or not np.std(y):
        return
    if float(np.ptp(predicted)) <= _SAME * float(np.std(y)):
        yield (
            "constant",
            f"The same number, {float(predicted[0]):.4g}, is predicted for each of the {len(y)} "
            "held-out rows, whatever they hold.",
        )
        return
    error = float(np.mean((predicted - y) ** 2))
    gap = float(np.mean(predicted - y))
    size = error / float(np.var(y))

    def quality(received: Array) -> float:
        """As the measure has it, which is a function of the mean squared error alone."""
        mse = float(np.mean((received - y) ** 2))
        return mse if measure == "mean_squared_error" else 1 - mse / float(np.var(y))

    if measure != "relative_rmse":
        if is_enough(quality(predicted - gap)):
            way = "large" if gap > 0 else "small"
            yield (
                "offset",
                f"The predictions would be good enough but for a constant: on average they are "
                f"{abs(gap):.4g} too {way}. Look at the bias, and at means that were taken away.",
            )
        if is_enough(quality(-predicted)):
            yield "sign", "With the opposite sign the predictions would be good enough."
    if size >= _NO_BETTER:
        yield (
            "no_better",
            "The predictions are no better than one number for all rows, the mean of the targets.",
        )


def _of_threshold(scores: Array, y: Array, is_enough: Callable[[float], bool]) -> Iterator[Fact]:
    """Weights that tell the classes apart beside a bias that does not."""
    order = np.argsort(scores)
    ones = (y[order] == 1).astype(int)
    # Where the first k of the sorted rows are called 0 and the others 1.
    right = np.append(0, np.cumsum(1 - ones)) + ones.sum() - np.append(0, np.cumsum(ones))
    best = float(right.max() / len(y))
    if is_enough(best):
        yield (
            "threshold",
            f"With another b, {best:.0%} of the held-out rows would be right: the weights tell the "
            "classes apart, and the bias does not.",
        )


def _of_training_rows(
    measure: str, case: Case, weights: Array, bias: Array, is_enough: Callable[[float], bool]
) -> Iterator[Fact]:
    """How well the rows are fitted from which was learned."""
    rows = _training_rows(case)
    given: Mapping[str, Any] = case.arguments
    targets = [one for one in given.values() if isinstance(one, np.ndarray) and one.ndim == 1]
    if rows is None or not targets or len(targets[0]) != len(rows):
        return
    y, fitted = targets[0], _decided(measure, rows @ weights + bias)
    if measure == "linear_r2":
        quality, what = 1 - float(np.mean((fitted - y) ** 2)) / float(np.var(y)), "R²"
    else:
        quality, what = float(np.mean(fitted == y)), "accuracy"
    if is_enough(quality):
        yield (
            "overfits",
            f"The training rows are fitted well ({what} {quality:.3f}), and others are not.",
        )
    else:
        yield (
            "unfitted",
            f"The training rows themselves are not fitted either ({what} {quality:.3f}). Look at "
            "the gradient, at the size of the steps and at how many there are.",
        )
