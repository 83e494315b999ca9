"""What users do with a layer, as steps: a functional model that is fitted, saved and loaded."""

from __future__ import annotations

from typing import Any

from grader.course.step import Step, step

USED = ("answers of the fitted model", "answers of the loaded model")
"""What a case with `as_used` returns."""


def as_used(
    layer: str,
    X: Any,
    y: Any,
    weights: list[Any],
    *,
    learning_rate: float = 0.1,
    **options: Any,
) -> dict[str, Step]:
    """Steps that put a layer into a functional model, fit it, save it and load it.

    Parameters
    ----------
    layer
        The name of an earlier result.
    X, y
        Rows and targets of two epochs, with two batches each, by the mean squared error.
    weights
        What the layer begins with.
    options
        For the call of the layer: a mask, for example.
    """
    fitted, loaded = USED
    return {
        "model": step.functional(layer, X.shape[1:], dtype=str(X.dtype), **options),
        "_given": step.set_weights(layer, weights),
        "optimizer": step.keras("optimizers.SGD", learning_rate),
        "_compiled": step.method(
            "model", "compile", optimizer=step.ref("optimizer"), loss="mean_squared_error"
        ),
        "_fitted": step.fit("model", X, y, epochs=2, batch_size=(len(X) + 1) // 2, shuffle=False),
        fitted: step.predict("model", X),
        "loaded": step.reloaded("model", X),
        loaded: step.predict("loaded", X),
    }
