"""Measures of fitted models on held-out data, by name, so that frozen checks can use them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.diagnose.comparison import as_array, kind_of
from grader.result import ConfusionPlot, CurvePlot, Plot, RocPlot

Array = np.ndarray[Any, Any]
_ROC_POINTS = 120
_MOST_OTHERWISE = 0.1
"""In so many rows two ways of decoding one model may differ: where two ids are equally likely."""


class Unmeasurable(Exception):
    """The answer is not what the measure can judge; the message says what was expected."""


@dataclass(frozen=True)
class Measured:
    """A quality and plots worth looking at."""

    quality: float
    plots: tuple[Plot, ...] = ()


@dataclass(frozen=True)
class Measure:
    """A measure with the title that messages use.

    `of` takes the student's values, the held-out data and the reference's values.
    """

    title: str
    of: Callable[[list[Any], dict[str, Any], list[Any]], Measured]
    lower_is_better: bool = False


def linear_r2(values: list[Any], held_out: dict[str, Any], reference: list[Any]) -> Measured:
    """R² = 1 − Σ(y − ŷ)² / Σ(y − ȳ)² of ŷ = Xw + b, from an answer ``(w, b)``."""
    X, y = held_out["X"], held_out["y"]
    w, b = _weights(values, [(X.shape[1],), ()])
    residual = y - (X @ w + b)
    return Measured(float(1 - np.sum(residual**2) / np.sum((y - y.mean()) ** 2)))


def logistic_accuracy(
    values: list[Any], held_out: dict[str, Any], reference: list[Any]
) -> Measured:
    """Accuracy of Xw + b ≥ 0, from an answer ``(w, b, …)`` whose third part may be a history."""
    X, y = held_out["X"], held_out["y"]
    w, b = _weights(values, [(X.shape[1],), ()])
    logits = X @ w + b
    predicted = (logits >= 0).astype(int)
    plots: list[Plot] = [_confusion(y, predicted, 2), _roc(y, logits)]
    plots += _curves(values, reference)
    return Measured(float(np.mean(predicted == y)), tuple(plots))


def softmax_accuracy(values: list[Any], held_out: dict[str, Any], reference: list[Any]) -> Measured:
    """Accuracy of argmax(XW + b), from an answer ``(W, b)``."""
    X, y = held_out["X"], held_out["y"]
    classes = int(y.max()) + 1
    W, b = _weights(values, [(X.shape[1], classes), (classes,)])
    predicted = np.argmax(X @ W + b, axis=1)
    return Measured(float(np.mean(predicted == y)), (_confusion(y, predicted, classes),))


def predictions_accuracy(
    values: list[Any], held_out: dict[str, Any], reference: list[Any]
) -> Measured:
    """Accuracy of predicted labels, from an answer that ends with them."""
    y = held_out["y"]
    predicted = _last(values, y.shape, "iu", "integer labels")
    classes = int(y.max()) + 1
    inside = np.clip(predicted, 0, classes - 1)
    return Measured(float(np.mean(predicted == y)), (_confusion(y, inside, classes),))


def logits_accuracy(values: list[Any], held_out: dict[str, Any], reference: list[Any]) -> Measured:
    """Accuracy of the largest logit of each row, from an answer that ends with logits (N, K)."""
    y = held_out["y"]
    classes = np.shape(reference[-1])[-1]
    logits = _finite(_last(values, (len(y), classes), "iuf", "logits"))
    predicted = np.argmax(logits, axis=1)
    return Measured(float(np.mean(predicted == y)), (_confusion(y, predicted, classes),))


def mean_squared_error(
    values: list[Any], held_out: dict[str, Any], reference: list[Any]
) -> Measured:
    """Mean of (y − ŷ)², from an answer that ends with predictions."""
    y = held_out["y"]
    predicted = _finite(_last(values, y.shape, "iuf", "predictions"))
    return Measured(float(np.mean((y - predicted) ** 2)))


def relative_rmse(values: list[Any], held_out: dict[str, Any], reference: list[Any]) -> Measured:
    """√mean(y − ŷ)² over that of the forecast in ``persistence``, the last value seen."""
    own = mean_squared_error(values, held_out, reference).quality
    baseline = float(np.mean((held_out["y"] - held_out["persistence"]) ** 2))
    return Measured(float(np.sqrt(own / baseline)))


def exact_match(values: list[Any], held_out: dict[str, Any], reference: list[Any]) -> Measured:
    """The share of rows that are right in every place, from an answer that ends with them."""
    y = held_out["y"]
    predicted = _last(values, y.shape, "iu", "integer ids")
    return Measured(float(np.mean(np.all(predicted == y, axis=1))))


def decoded_match(values: list[Any], held_out: dict[str, Any], reference: list[Any]) -> Measured:
    """Exact match of an answer ``(decoded, answers)``: the course's decoding and the student's.

    Both have to be right. That they differ in many rows has a sentence of its own.
    """
    shape = held_out["y"].shape
    decoded, answers = (_last(values[:end], shape, "iu", "integer ids") for end in (1, 2))
    otherwise = np.any(decoded != answers, axis=1)
    if np.mean(otherwise) > _MOST_OTHERWISE:
        raise Unmeasurable(
            f"generate completes {int(otherwise.sum())} of {len(otherwise)} prompts otherwise than "
            "greedy decoding of the trained model does (the most likely id, one after the other)"
        )
    agreed = np.where(otherwise[:, None], -1, decoded.astype(np.int64))
    return exact_match([agreed], held_out, reference)


MEASURES: dict[str, Measure] = {
    "linear_r2": Measure("R²", linear_r2),
    "logistic_accuracy": Measure("accuracy", logistic_accuracy),
    "softmax_accuracy": Measure("accuracy", softmax_accuracy),
    "predictions_accuracy": Measure("accuracy", predictions_accuracy),
    "logits_accuracy": Measure("accuracy", logits_accuracy),
    "mean_squared_error": Measure("mean squared error", mean_squared_error, lower_is_better=True),
    "relative_rmse": Measure("RMSE over persistence", relative_rmse, lower_is_better=True),
    "exact_match": Measure("exact match", exact_match),
    "decoded_match": Measure("exact match", decoded_match),
}


def _last(values: list[Any], shape: tuple[int, ...], kinds: str, what: str) -> Array:
    """The last value of an answer, which must have this shape and a dtype of these kinds."""
    array = as_array(values[-1]) if values else None
    if array is None or array.shape != shape or array.dtype.kind not in kinds:
        found = kind_of(values[-1]) if values else "nothing"
        received = found if array is None else f"{array.dtype} {array.shape}"
        raise Unmeasurable(f"{what} of shape {shape} were expected; received {received}")
    return array


def _finite(array: Array) -> Array:
    numbers = _plain(array)
    if not np.isfinite(numbers).all():
        raise Unmeasurable("the answer contains NaN or infinity: did training diverge?")
    return numbers


def _plain(array: Array) -> Array:
    """The numbers as floats; of a long double that is more than any float, an infinity."""
    with np.errstate(all="ignore"):
        return array.astype(np.float64)


def _weights(values: list[Any], shapes: list[tuple[int, ...]]) -> list[Array]:
    answer = values[0] if len(values) == 1 else None
    if not isinstance(answer, tuple | list) or len(answer) < len(shapes):
        received = kind_of(answer)
        raise Unmeasurable(
            f"a tuple of {len(shapes)} or more values was expected; received {received}"
        )
    found = []
    for index, shape in enumerate(shapes):
        array = as_array(answer[index])
        if array is None or array.shape != shape or array.dtype.kind not in "biuf":
            received = kind_of(answer[index]) if array is None else f"shape {array.shape}"
            raise Unmeasurable(
                f"value {index + 1} of the answer should have shape {shape}; received {received}"
            )
        numbers = _plain(array)
        if not np.isfinite(numbers).all():
            raise Unmeasurable(f"value {index + 1} of the answer contains NaN or infinity")
        found.append(numbers)
    return found


def _confusion(y: Array, predicted: Array, classes: int) -> ConfusionPlot:
    counts = np.zeros((classes, classes), dtype=int)
    np.add.at(counts, (y, predicted), 1)
    return ConfusionPlot(
        title="confusion matrix on held-out data",
        labels=[str(label) for label in range(classes)],
        counts=counts.tolist(),
    )


def _roc(y: Array, scores: Array) -> RocPlot:
    order = np.argsort(-scores, kind="stable")
    last_of_tie = np.append(np.diff(scores[order]) != 0, True)
    true = np.append(0, np.cumsum(y[order] == 1)[last_of_tie]) / max(int((y == 1).sum()), 1)
    false = np.append(0, np.cumsum(y[order] == 0)[last_of_tie]) / max(int((y == 0).sum()), 1)
    area = float(np.sum(np.diff(false) * (true[1:] + true[:-1]) / 2))
    keep = np.unique(np.linspace(0, len(true) - 1, min(_ROC_POINTS, len(true))).astype(int))
    return RocPlot(
        title="ROC curve on held-out data",
        false_positive_rate=np.round(false[keep], 4).tolist(),
        true_positive_rate=np.round(true[keep], 4).tolist(),
        area=round(area, 4),
    )


def _curves(values: list[Any], reference: list[Any]) -> list[Plot]:
    if len(values[0]) < 3 or len(reference[0]) < 3:
        return []
    mine, theirs = as_array(values[0][2]), as_array(reference[0][2])
    if mine is None or theirs is None or mine.ndim != 1 or mine.dtype.kind not in "biuf":
        return []
    mine = _plain(mine)
    if not np.isfinite(mine).all():
        return []
    return [
        CurvePlot(
            title="training objective",
            student=_thinned(mine),
            reference=_thinned(theirs),
            steps=len(theirs),
        )
    ]


def _thinned(curve: Array) -> list[float]:
    keep = np.unique(np.linspace(0, len(curve) - 1, min(_ROC_POINTS, len(curve))).astype(int))
    return [float(f"{value:.5g}") for value in curve[keep]] if len(curve) else []
