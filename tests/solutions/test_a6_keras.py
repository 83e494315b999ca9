"""Assignment 6's Keras part: oracles for its layers, and no way for an answer to leak."""

import os
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from grader import datasets
from grader.worker.steps import Scope
from solutions.a6_transformer import keras_model_checks
from tests.conftest import ROOT

FILE = ROOT / "solutions" / "a6_transformer" / "keras_transformer.py"
TIGHT = {"rtol": 1e-10, "atol": 1e-10}
SINGLE = {"rtol": 1e-5, "atol": 1e-5}
SEEDS = range(3)


@pytest.fixture(scope="module", autouse=True)
def _import_keras():
    """Import it only where these tests run: collecting them must not take seconds."""
    global tf, keras, sequence_training
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    tf = pytest.importorskip("tensorflow")
    keras = pytest.importorskip("keras")
    from grader.worker import sequence_training


@lru_cache
def module(path: Path = FILE):
    """Run the reference's file and return its names."""
    names = {"__name__": "keras_transformer"}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), names)
    return names


def made(name, *arguments, **options):
    return module()[name](*arguments, **options)


def kerass(layer, x, **options):
    """Keras's self-attention."""
    return layer(x, x, **options)


def of_both(seed, dtype, heads=2):
    """Self-attention of our own and Keras's, with the same weights, and an input.

    Heads have size 4, because Keras rounds 1/√d to float32.
    """
    rng = np.random.default_rng(seed)
    d = 4 * heads
    x = rng.normal(size=(3, 5, d)).astype(dtype)
    Wq, Wk, Wv, Wo = weights = [rng.normal(size=(d, d)) / np.sqrt(d) for _ in range(4)]
    mine = made("MultiHeadSelfAttention", heads, dtype=dtype)
    theirs = keras.layers.MultiHeadAttention(heads, d // heads, use_bias=False, dtype=dtype)
    mine(x)
    theirs(x, x)
    mine.set_weights(weights)
    cube = (d, heads, d // heads)
    theirs.set_weights([*(W.reshape(cube) for W in (Wq, Wk, Wv)), Wo.reshape(*cube[1:], d)])
    return mine, theirs, x, rng


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("dtype", "within"), [("float64", TIGHT), ("float32", SINGLE)])
def test_attention_is_that_of_keras(seed, dtype, within, request):
    if dtype == "float64":
        request.getfixturevalue("float64")
    mine, theirs, x, rng = of_both(seed, dtype, heads=1 + seed)
    one = (rng.uniform(size=(5, 5)) < 0.5) | np.eye(5, dtype=bool)
    many = (rng.uniform(size=(3, 5, 5)) < 0.5) | np.eye(5, dtype=bool)
    padding = (np.arange(5) < np.array([2, 5, 3])[:, None])[:, None, :]
    np.testing.assert_allclose(mine(x), kerass(theirs, x), **within)
    for mask, same in ((one, one[None]), (many, many), (padding, np.repeat(padding, 5, axis=1))):
        expected = kerass(theirs, x, attention_mask=same)
        np.testing.assert_allclose(mine(x, attention_mask=mask), expected, **within)


def gradients(layer, x, dout, call=None):
    variables = [variable.value for variable in layer.trainable_variables]
    with tf.GradientTape() as tape:
        tensor = tf.constant(x)
        tape.watch(tensor)
        total = tf.reduce_sum((layer(tensor) if call is None else call(layer, tensor)) * dout)
    return [gradient.numpy() for gradient in tape.gradient(total, [tensor, *variables])]


@pytest.mark.parametrize("seed", SEEDS)
def test_attention_has_the_gradients_of_kerass(seed, float64):
    mine, theirs, x, rng = of_both(seed, "float64")
    dout = rng.normal(size=x.shape)
    expected = gradients(theirs, x, dout, kerass)
    for one, other in zip(gradients(mine, x, dout), expected, strict=True):
        np.testing.assert_allclose(one, other.reshape(one.shape), **TIGHT)


def test_a_row_that_may_attend_to_nothing_is_zero(float64):
    mine, _, x, _ = of_both(0, "float64")
    mask = np.tril(np.ones((5, 5), dtype=bool), k=-1)
    out = np.asarray(mine(x, attention_mask=mask))
    assert np.all(out[:, 0] == 0) and np.all(np.abs(out[:, 1:]).max(axis=-1) > 0)


def test_the_positional_encoding_is_the_formula():
    for length, width in ((7, 6), (4, 5)):
        x = np.random.default_rng(length).normal(size=(2, length, width))
        out = np.asarray(made("PositionalEncoding", dtype="float64")(x)) - x
        for t in range(length):
            for j in range(width):
                angle = t / 10_000 ** (2 * (j // 2) / width)
                expected = np.cos(angle) if j % 2 else np.sin(angle)
                np.testing.assert_allclose(out[:, t, j], expected, rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("policy", ["mixed_float16", "float16", "bfloat16"])
def test_half_precision_rounds_results_and_nothing_else(policy):
    x = np.random.default_rng(0).normal(size=(2, 4, 6)).astype("float32")
    mask = np.tril(np.ones((4, 4), dtype=bool), k=-1)  # the first query sees nothing
    attention = made("MultiHeadSelfAttention", 2, dtype=policy)
    out = attention(x, attention_mask=mask)
    assert np.all(np.asarray(out, "float32")[:, 0] == 0) and np.all(np.isfinite(out))
    block = made("TransformerBlock", 2, 10, 0.1, dtype=policy)
    assert block(x, attention_mask=mask).dtype == block.compute_dtype
    assert {weight.dtype for weight in block.weights} == {block.variable_dtype}
    code = made("PositionalEncoding", dtype=policy)(np.zeros((1, 3000, 6), "float32"))
    exact = made("PositionalEncoding")(np.zeros((1, 3000, 6), "float32"))
    np.testing.assert_allclose(np.asarray(code, "float32"), exact, atol=5e-3)


def test_a_trained_model_is_saved_and_loaded(tmp_path):
    x = np.random.default_rng(0).normal(size=(8, 4, 6)).astype("float32")
    inputs = keras.Input((4, 6))
    encoded = made("PositionalEncoding")(inputs)
    model = keras.Model(
        inputs, made("TransformerBlock", 2, 10, 0.1, dtype="mixed_float16")(encoded)
    )
    model.compile(loss="mse")
    model.fit(x, x, verbose=0)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again(x), model(x))
    assert again.layers[-1].attention.dtype_policy.name == "mixed_float16"


@pytest.mark.parametrize("heads", [0, 4])
def test_heads_that_do_not_divide_are_refused_by_build(heads):
    with pytest.raises(ValueError, match=f"Received: {heads}"):
        made("MultiHeadSelfAttention", heads).build((None, 4, 6))


@pytest.mark.parametrize("masked", [False, True])
def test_the_block_is_made_of_kerass_layers(masked, float64):
    rng = np.random.default_rng(7)
    x = rng.normal(size=(3, 5, 8))
    mask = np.tril(np.ones((5, 5), dtype=bool)) if masked else None
    block = made("TransformerBlock", 2, 10, 0.0, dtype="float64")
    block(x)
    values = [rng.normal(size=weight.shape) for weight in block.get_weights()]
    block.set_weights(values)
    options = {"dtype": "float64"}
    norm1 = keras.layers.LayerNormalization(epsilon=1e-3, **options)
    norm2 = keras.layers.LayerNormalization(epsilon=1e-3, **options)
    attention = keras.layers.MultiHeadAttention(2, 4, use_bias=False, **options)
    widen = keras.layers.Dense(10, activation="gelu", **options)
    narrow = keras.layers.Dense(8, **options)
    for layer, shape in ((norm1, x.shape), (norm2, x.shape), (widen, x.shape)):
        layer.build(shape)
    narrow.build((3, 5, 10))
    attention(x, x)
    norm1.set_weights(values[:2])
    cubes = [W.reshape(8, 2, 4) for W in values[2:5]]
    attention.set_weights([*cubes, values[5].reshape(2, 4, 8)])
    norm2.set_weights(values[6:8])
    widen.set_weights(values[8:10])
    narrow.set_weights(values[10:])
    normed = norm1(x)
    given = None if mask is None else mask[None]
    h = x + kerass(attention, normed, attention_mask=given)
    expected = h + narrow(widen(norm2(h)))
    np.testing.assert_allclose(block(x, attention_mask=mask), expected, **TIGHT)


def test_the_model_is_causal_and_its_loss_that_of_tensorflow():
    keras.utils.set_random_seed(1)
    model = made("build_language_model", 9, 6, 8, 2, 2)
    ids = np.random.default_rng(1).integers(9, size=(4, 6))
    logits = np.asarray(model(ids))
    for t in range(5):
        later = ids.copy()
        later[:, t + 1 :] = (later[:, t + 1 :] + 3) % 9
        np.testing.assert_allclose(
            np.asarray(model(later))[:, : t + 1], logits[:, : t + 1], **SINGLE
        )
    expected = tf.nn.sparse_softmax_cross_entropy_with_logits(ids, logits)
    loss = float(model.compute_loss(ids, ids, logits))
    np.testing.assert_allclose(loss, np.mean(expected), rtol=1e-5)


def echo_of(loss=0.0):
    """Make a model that records what it is trained on and asked, and learns nothing."""

    class Echo(keras.Model):
        def __init__(self, loss=0.0):
            super().__init__()
            self.given_loss = loss
            self.seen = []
            self.asked = []
            self.scale = self.add_weight(shape=(), initializer="ones")
            self.built = True
            self.compile(loss="mse", run_eagerly=True)

        def call(self, ids, training=False):
            self.asked.append(np.array(ids))
            return self.scale * np.ones((*ids.shape, 11), "float32")

        def train_step(self, data):
            self.seen.append([np.array(one) for one in data])
            self.metrics[0].update_state(self.given_loss)
            return self.get_metrics_result()

    return Echo(loss)


def trained(model, generate, sequences, start, prompts, **options):
    """Run the step with a stand-in for the student's part."""
    student = type("student", (), {"generate": staticmethod(generate)})
    scope = Scope(student)
    scope.saved["model"] = model
    step = {
        "on": "model",
        "sequences": sequences,
        "answer_start": start,
        "prompts": prompts,
        "watched": 5,
        "enough": 0.9,
        "batch_size": 100,
        "epochs": 60,
        **options,
    }
    return sequence_training.OPERATIONS["sequences.train"](scope, step)


def test_training_shifts_by_one_counts_answers_alone_and_keeps_the_watched_rows():
    task = datasets.reversal(20, 4, np.random.default_rng(0))
    echo, asked = echo_of(), []

    def generate(model, prompt, n_tokens):
        asked.append(prompt.copy())
        return np.concatenate([prompt, np.zeros((len(prompt), n_tokens), int)], axis=1)

    sequences, start = task.sequences, task.answer_start
    prompts = sequences[:3, :start]
    found = trained(echo, generate, sequences, start, prompts)
    [(inputs, targets, weight)] = echo.seen
    assert [found[name].shape for name in ("answers", "decoded", "blank")] == [(3, 4)] * 3
    given = sequences[:15][np.lexsort(sequences[:15].T)]
    order = np.lexsort(np.hstack([inputs, targets[:, -1:]]).T)  # Keras shuffles
    inputs, targets = inputs[order], targets[order]
    np.testing.assert_array_equal(inputs, given[:, :-1])
    np.testing.assert_array_equal(targets, given[:, 1:])
    np.testing.assert_array_equal(np.where(weight[0])[0], [4, 5, 6, 7])
    np.testing.assert_array_equal(targets[:, 4:], given[:, start:])
    np.testing.assert_array_equal(echo.asked[0], sequences[15:, :-1])
    for ids in echo.asked[1:]:  # decoding begins with the prompts, and knows no answer
        np.testing.assert_array_equal(ids[:, :start], prompts)
        assert not ids[:, start:].any()
    assert [prompt.shape for prompt in asked] == [(3, start)]  # never an answer


def test_a_model_that_learns_nothing_is_trained_for_so_many_epochs():
    task = datasets.reversal(20, 4, np.random.default_rng(0))
    echo, start = echo_of(loss=1.0), task.answer_start

    def generate(model, prompt, n_tokens):
        return np.concatenate([prompt, np.zeros((len(prompt), n_tokens), int)], axis=1)

    trained(echo, generate, task.sequences, start, task.sequences[:3, :start], epochs=7)
    assert len(echo.seen) == 7


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("task", ["reversal", "sorting", "addition"])
def test_held_out_rows_are_none_of_the_given_ones(seed, task):
    """What is asked must not be what was trained on, although digits drawn anew may repeat."""
    rng = np.random.default_rng(seed)
    case = next(iter(train_check(task).cases(rng)))
    step = next(one for one in case.steps if one["op"] == "sequences.train")
    start = step["answer_start"]
    given = {tuple(row) for row in step["sequences"][:, :start].tolist()}
    repeated = sum(tuple(row) in given for row in step["prompts"].tolist())
    assert repeated == 0
    assert case.held_out["y"].shape == (len(step["prompts"]), step["sequences"].shape[1] - start)
    assert step["prompts"].shape[1] == start  # no column of the answer enters the worker


def train_check(task):
    from grader.course import Assignment

    assignment = Assignment("a6_transformer", title="Transformer")
    file = assignment.file("keras_transformer.py", backend="keras")
    keras_model_checks.declare_keras_models(file)
    generate = next(one for one in file.exercises if one.name == "generate")
    return next(check for check in generate.checks if check.name == task)


@pytest.mark.slow
@pytest.mark.parametrize("honest", [True, False])
def test_reversal_is_learned_and_answers_at_random_are_not(honest):
    """With answers of other rows nothing can be predicted: a high score would be a leak."""
    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(3)
    task = datasets.reversal(1_300, 4, rng)
    sequences, start = task.sequences.copy(), task.answer_start
    if not honest:
        sequences[:, start:] = rng.permutation(sequences[:, start:])
    model = made("build_language_model", 11, sequences.shape[1] - 1, 32, 4, 1)
    given, asked = sequences[:1_000], sequences[1_000:]
    options = {"watched": 100, "enough": 0.95, "epochs": 100 if honest else 15, "batch_size": 32}
    found = trained(model, module()["generate"], given, start, asked[:, :start], **options)
    right = {name: np.mean(np.all(ids == asked[:, start:], axis=1)) for name, ids in found.items()}
    assert right["answers"] >= 0.9 if honest else right["answers"] <= 0.02
    assert right["decoded"] == pytest.approx(right["answers"], abs=0.01)
    assert right["blank"] <= 0.02
