"""Steps for language models: train one on sequences, see what it depends on, stand in for one."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from grader.worker import keras_own
from grader.worker.keras_steps import compiled_model, kernels, layer_of, zero_weights
from grader.worker.steps import Operation, Scope, Step, WrongForm, look_up
from grader.worker.weight_shapes import difference

Array = np.ndarray[Any, Any]

_NOTHING_LEFT = 1e-3
"""A training loss below which further epochs would change nothing."""


def _train_sequences(scope: Scope, step: Step) -> dict[str, Any]:
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
    trained = kernels(model)
    _soften(model)
    answers = _answers(generate, model, prompts, length)
    zero_weights(model)
    blank = _decoded(model, prompts, length)
    return {"answers": answers, "decoded": decoded, "blank": blank, "kernels": trained}


def _soften(model: Any) -> None:
    """Make its logits a tenth of what they are: the most likely id stays, by little alone.

    So an id that is drawn from the softmax is mostly another one, however sure the model was.
    """
    for one in _contract_order(model)[-2:]:  # of the layer that makes them
        one.assign(0.1 * keras.ops.convert_to_numpy(one))


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


def _contract_order(layer: Any) -> list[Any]:
    """The weights of a model, layer by layer; a layer may have an order of its own."""
    found = keras_own.weights(layer)
    if isinstance(layer, keras.Model):
        inside = keras.Model.layers.fget(layer)  # what Keras keeps, whatever the class says
        parts = [weight for one in inside for weight in _contract_order(one)]
        if sorted(map(id, parts)) == sorted(map(id, found)):
            return parts
    return found


def _given_weights_logits(scope: Scope, step: Step) -> Array:
    """The logits of a language model whose weights, in the contract's order, a seed draws.

    Where the model scales its embedding by √d_model, that is made up for: with equal weights
    both forms of the contract give equal logits. Afterwards it has the weights that it had.
    """
    model, ids = layer_of(scope, step), np.asarray(step["value"], "int32")
    variables, shapes = _contract_order(model), [tuple(shape) for shape in step["shapes"]]
    found = [tuple(one.shape) for one in variables]
    if problem := difference(shapes, found):
        raise WrongForm(problem)
    rng = np.random.default_rng(int(step["seed"]))
    values = [
        rng.uniform(0.5, 1.5, size=shape)
        if len(shape) == 1
        else 1.2 * rng.normal(size=shape) / np.sqrt(1 if number == 0 else shape[0])
        for number, shape in enumerate(shapes)
    ]
    before = [keras.ops.convert_to_numpy(one) for one in variables]
    if _is_scaled(model, variables, values, ids):
        values[0] /= np.sqrt(shapes[0][1])
    _assign(variables, values)
    logits = _logits(model, ids)
    _assign(variables, before)
    return logits


def _is_scaled(model: Any, variables: list[Any], values: list[Array], ids: Array) -> bool:
    """Whether the embedding is multiplied by √d_model, by the logits with blocks that add 0."""
    embedding, last, bias = values[0], values[-2], values[-1]
    d_model = embedding.shape[1]
    zeros = [np.zeros_like(one) for one in values[1:-4]]
    norm = [np.ones(d_model), np.zeros(d_model)]
    _assign(variables, [embedding, *zeros, *norm, last, bias])
    logits = _logits(model, ids)
    columns = np.arange(d_model)
    angles = np.arange(ids.shape[1])[:, None] / 10_000.0 ** (2 * (columns // 2) / d_model)
    code = np.where(columns % 2 == 0, np.sin(angles), np.cos(angles))  # (T, D)
    errors = []
    for scale in (1.0, np.sqrt(d_model)):
        x = scale * embedding[ids] + code
        centred = x - x.mean(axis=-1, keepdims=True)
        normed = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-3)
        errors.append(np.abs(normed @ last + bias - logits).max())
    return bool(errors[1] < errors[0])


def _assign(variables: list[Any], values: list[Array]) -> None:
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


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
    "sequences.given_weights_logits": _given_weights_logits,
    "sequences.table_model": _table_model,
    "sequences.next_id_model": _next_id_model,
    "sequences.best": _best,
}
