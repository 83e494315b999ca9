"""Assignment 5's Keras part against Keras's own LSTM, the NumPy part, and what models must hear."""

import os
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.solutions.test_oracles import reference

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
TOLERANCE = {"float64": {"rtol": 1e-10, "atol": 1e-10}, "float32": {"rtol": 1e-5, "atol": 1e-5}}
numpy_part = reference("a5_lstm", "lstm.py")
seeds = st.integers(0, 2**32 - 1)
N, T, D, H = 4, 5, 3, 2


@pytest.fixture(scope="module")
def keras():
    pytest.importorskip("tensorflow")
    return pytest.importorskip("keras")


@lru_cache
def part():
    """The reference's names."""
    path = ROOT / "solutions" / "a5_lstm" / "keras_lstm.py"
    names = {"__name__": path.stem, "__file__": str(path)}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), names)
    return names


def same(received, expected, dtype="float32"):
    for one, other in zip(received, expected, strict=True):
        np.testing.assert_allclose(one, other, **TOLERANCE[dtype])


def given_for(seed, dtype="float64"):
    """A sequence, two states, and the weights of an LSTM."""
    rng = np.random.default_rng(seed)
    x, h0, c0 = rng.normal(size=(N, T, D)), rng.normal(size=(N, H)), rng.normal(size=(N, H))
    weights = [rng.normal(size=shape) for shape in ((D, 4 * H), (H, 4 * H), (4 * H,))]
    return x.astype(dtype), [h0.astype(dtype), c0.astype(dtype)], weights


def layers_of(keras, dtype, weights, **options):
    """The reference's cell run by RNN, and Keras's LSTM, with the same weights."""
    own = keras.layers.RNN(part()["LSTMCell"](H, dtype=dtype), dtype=dtype, **options)
    theirs = keras.layers.LSTM(H, dtype=dtype, **options)
    for layer in (own, theirs):
        layer.build((None, T, D))
        layer.set_weights(weights)
    return own, theirs


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("seed", range(3))
def test_the_cell_run_by_rnn_is_kerass_lstm(keras, seed, dtype):
    x, states, weights = given_for(seed, dtype)
    layers = layers_of(keras, dtype, weights, return_sequences=True, return_state=True)
    own, theirs = ([np.asarray(one) for one in layer(x)] for layer in layers)
    same(own, theirs, dtype)
    own, theirs = ([np.asarray(one) for one in layer(x, initial_state=states)] for layer in layers)
    same(own, theirs, dtype)


@pytest.mark.parametrize("dtype", TOLERANCE)
def test_gradients_are_those_of_kerass_lstm(keras, dtype):
    import tensorflow as tf

    x, _, weights = given_for(7, dtype)
    dout = np.random.default_rng(8).normal(size=(N, T, H)).astype(dtype)
    found = []
    for layer in layers_of(keras, dtype, weights, return_sequences=True):
        inputs = tf.constant(x)
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            value = tf.reduce_sum(layer(inputs) * dout)
        sources = [inputs, *(variable.value for variable in layer.trainable_variables)]
        found.append([np.asarray(one) for one in tape.gradient(value, sources)])
    same(*found, dtype)


@settings(max_examples=15, deadline=None)
@given(seed=seeds)
def test_one_step_of_the_cell_is_the_numpy_parts(keras, seed):
    x, (h, c), weights = given_for(seed)
    cell = part()["LSTMCell"](H, dtype="float64")
    cell.build((N, D))
    cell.set_weights(weights)
    output, states = cell(x[:, 0], states=[h, c])
    expected = numpy_part.lstm_step_forward(x[:, 0], h, c, *weights)[:2]
    same([output, *states], [expected[0], *expected], "float64")


def test_the_cell_passes_over_masked_steps_as_kerass_does(keras):
    x, _, weights = given_for(3, "float32")
    mask = np.array([[True] * T, [True] * 3 + [False] * 2, [True] * T, [False] * T])
    own, theirs = layers_of(keras, "float32", weights)
    same([np.asarray(own(x, mask=mask))], [np.asarray(theirs(x, mask=mask))])


def test_a_model_with_the_cell_can_be_saved_and_read(keras, tmp_path):
    x, _, _ = given_for(2, "float32")
    cell = part()["LSTMCell"](H)
    model = keras.Sequential([keras.Input((T, D)), keras.layers.RNN(cell)])
    model.save(tmp_path / "model.keras")
    kept = keras.models.load_model(
        tmp_path / "model.keras", custom_objects={"LSTMCell": part()["LSTMCell"]}
    )
    same([np.asarray(kept(x))], [np.asarray(model(x))])


def test_the_forecaster_is_the_numpy_parts_regressor(keras):
    rng = np.random.default_rng(5)
    regressor = numpy_part.LSTMRegressor(1, 3, rng)
    x, y = rng.normal(size=(6, 7, 1)), rng.normal(size=6)
    model = part()["build_forecaster"](7, 3)
    assert model.count_params() == 4 * 3 * (3 + 2) + 3 + 1
    model.set_weights(list(regressor.params.values()))
    same([np.asarray(model(x))[:, 0]], [regressor.predict(x)])
    loss, _ = regressor.loss_and_gradients(x, y)
    same([model.evaluate(x, y[:, None], verbose=0)], [loss])


def spread(model, where):
    """How far apart the logits of sequences are that differ in one of their sixty steps."""
    rng = np.random.default_rng(0)
    x = np.repeat(rng.normal(size=(1, 60, 2)), 20, axis=0)
    x[:, where] = 2 * rng.normal(size=(20, 2))
    return np.std(np.asarray(model(x)), axis=0).max()


def test_only_a_bidirectional_classifier_hears_the_first_of_sixty_steps(keras):
    build = part()["build_sequence_classifier"]
    one_way, both = build(60, 2, 3), build(60, 2, 3, bidirectional=True)
    assert spread(one_way, 0) < 1e-5 < 1e-3 < spread(one_way, -1)
    assert spread(both, 0) > 1e-3 and spread(both, -1) > 1e-3


def test_a_classifier_with_set_weights_gives_the_numpy_parts_logits(keras):
    rng = np.random.default_rng(6)
    x = rng.normal(size=(N, T, D))
    model = part()["build_sequence_classifier"](T, D, 4, bidirectional=True)
    weights = [0.3 * rng.normal(size=weight.shape) for weight in model.weights]
    model.set_weights(weights)
    out = numpy_part.bidirectional(x, tuple(weights[:3]), tuple(weights[3:6]))
    units = out.shape[2] // 2
    ends = np.concatenate([out[:, -1, :units], out[:, 0, units:]], axis=1)
    same([np.asarray(model(x))], [ends @ weights[6] + weights[7]])
