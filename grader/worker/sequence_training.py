"""Steps for language models: train one on sequences, see what it depends on, stand in for one."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from grader.worker import keras_own
from grader.worker.keras_steps import compiled_model, layer_of, zero_weights
from grader.worker.steps import Operation, Scope, Step, WrongForm, look_up

Array = np.ndarray[Any, Any]

_NOTHING_LEFT = 1e-3
"""A training loss below which further epochs would change nothing."""


def _train_sequences(scope: Scope, step: Step) -> dict[str, Array]:
    """Train on whole sequences, and complete the prompts: by the student's `generate`, and here.

    The last `watched` sequences are not trained on: how many of them are answered exactly says
    when to stop. The model is asked for all their positions at once, since greedy decoding is
    exactly right where every position is, and a slow `generate` shall not eat the time of
    training. The right answers to the prompts are not here.
    """
    model, generate = compiled_model(scope, step), look_up(scope.module, "generate")
    sequences, prompts = np.asarray(step["sequences"], "int32"), np.asarray(step["prompts"])
    start, watched = int(step["answer_start"]), int(step["watched"])
    fitted, seen = sequences[:-watched], sequences[-watched:]
    weight = np.zeros(fitted[:, 1:].shape, "float32")
    weight[:, start - 1 :] = 1.0  # position t predicts id t + 1
    for _ in range(int(step["epochs"])):
        curves = keras_own.fit(
            model,
            fitted[:, :-1],
            fitted[:, 1:],
            sample_weight=weight,
            batch_size=step["batch_size"],
        )
        is_enough = _exactly_right(model, seen, start) >= step["enough"]
        if is_enough or not curves["loss"][-1] > _NOTHING_LEFT:
            break
    length = sequences.shape[1]
    decoded = _decoded(model, prompts, length)
    answers = _answers(generate, model, prompts, length)
    zero_weights(model)
    blank = _decoded(model, prompts, length)
    return {"answers": answers, "decoded": decoded, "blank": blank}


def _decoded(model: Any, prompts: Array, length: int) -> Array:
    """What greedy decoding of the model appends to the prompts until they have this length."""
    ids = np.zeros((len(prompts), length), "int32")
    width = prompts.shape[1]
    ids[:, :width] = prompts
    for place in range(width, length):
        logits = _logits(model, ids[:, :-1])
        ids[:, place] = np.argmax(logits[:, place - 1], axis=-1)  # position t predicts id t + 1
    return ids[:, width:]


def _logits(model: Any, ids: Array) -> Array:
    """The logits of every position of every row."""
    logits = keras.ops.convert_to_numpy(keras_own.call(model, ids, training=False))
    if logits.ndim != 3 or logits.shape[:2] != ids.shape:
        raise WrongForm(f"logits of shape (N, T, V) were expected; received {logits.shape}")
    return logits


def _exactly_right(model: Any, sequences: Array, start: int) -> float:
    """The share of sequences of which every id from `start` on is the most likely one."""
    logits = _logits(model, sequences[:, :-1])[:, start - 1 :]
    most_likely = np.argmax(logits, axis=-1)  # position t predicts id t + 1
    return float(np.mean(np.all(most_likely == sequences[:, start:], axis=1)))


def _answers(generate: Any, model: Any, prompts: Array, length: int) -> Array:
    """What `generate` appends to the prompts until they have this length."""
    rows, width = prompts.shape
    result = generate(model, np.array(prompts, "int32"), length - width)
    ids = keras.ops.convert_to_numpy(result)
    if ids.shape != (rows, length):
        raise WrongForm(
            f"generate should return ids of shape {(rows, length)} for prompts of shape "
            f"{(rows, width)}; received shape {ids.shape}"
        )
    return ids[:, width:]


def _influence(scope: Scope, step: Step) -> Array:
    """Whether each row of changed ids (columns) changes the logits of each position (rows)."""
    model, ids = layer_of(scope, step), np.asarray(step["value"], "int32")
    changed = np.asarray(step["changed"], "int32")
    logits = _logits(model, np.vstack([ids, changed]))
    difference = np.abs(logits[1:] - logits[0]).max(axis=2)  # (changes, positions)
    return (difference > step["tolerance"]).T.astype(int)


class _TableLogits(keras.layers.Layer):
    """The logits of position t are the row of a table that all ids up to t name, in their order."""

    def __init__(self, table: Any, **options: Any) -> None:
        super().__init__(trainable=False, **options)
        self.table = np.asarray(table, "float32")

    def call(self, ids: Any) -> Any:
        # Each id counts one more, times its position: padding is noticed, and on which side it is.
        positions = keras.ops.arange(1, ids.shape[1] + 1, dtype="int32")
        sums = keras.ops.cumsum((keras.ops.cast(ids, "int32") + 1) * positions, axis=1)
        rows = keras.ops.mod(sums, len(self.table))
        return keras.ops.take(keras.ops.convert_to_tensor(self.table), rows, axis=0)


def _table_model(scope: Scope, step: Step) -> Any:
    ids = keras.Input((step["length"],), dtype="int32")
    return keras.Model(ids, _TableLogits(scope.resolve(step["value"]))(ids))


def _next_id_model(scope: Scope, step: Step) -> Any:
    """A compiled model that sees one id at a time, for tests of how models are trained."""
    vocabulary = step["vocabulary"]
    table = keras.layers.Embedding(vocabulary, vocabulary, embeddings_initializer="zeros")
    model = keras.Sequential([keras.Input((step["length"],), dtype="int32"), table])
    model.compile(
        optimizer=keras.optimizers.Adam(step["learning_rate"]),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    return model


def _best(scope: Scope, step: Step) -> Array:
    """The most likely id at each position, in inference mode."""
    model = layer_of(scope, step)
    logits = keras_own.call(model, scope.resolve(step["value"]), training=False)
    return np.argmax(keras.ops.convert_to_numpy(logits), axis=-1)


OPERATIONS: dict[str, Operation] = {
    "sequences.train": _train_sequences,
    "sequences.influence": _influence,
    "sequences.table_model": _table_model,
    "sequences.next_id_model": _next_id_model,
    "sequences.best": _best,
}
