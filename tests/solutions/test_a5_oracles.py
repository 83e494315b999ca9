"""Assignment 5's NumPy references against Keras's layers and TensorFlow's differentiation."""

import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.solutions.test_oracles import reference

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
TIGHT = {"rtol": 1e-10, "atol": 1e-10}
a5 = reference("a5_lstm", "lstm.py")
seeds = st.integers(0, 2**32 - 1)
N, T, D, H = 4, 5, 3, 2


def same(received, expected, tolerance=TIGHT):
    for one, other in zip(received, expected, strict=True):
        assert np.shape(one) == np.shape(other)
        np.testing.assert_allclose(one, other, **tolerance)


def given_for(seed, gates, units=H):
    """A sequence, two states, and the weights of a layer with so many gates."""
    rng = np.random.default_rng(seed)
    x, h0, c0 = rng.normal(size=(N, T, D)), rng.normal(size=(N, units)), rng.normal(size=(N, units))
    shapes = ((D, gates * units), (units, gates * units), (gates * units,))
    return x, h0, c0, tuple(rng.normal(size=shape) for shape in shapes)


@pytest.fixture(scope="module")
def keras():
    return pytest.importorskip("keras")


@pytest.fixture(scope="module")
def tf():
    return pytest.importorskip("tensorflow")


def run(layer, weights, x, states):
    """The outputs of a Keras layer with these weights, from these states."""
    layer.build(x.shape)
    layer.set_weights(weights)
    results = layer(x, initial_state=[*states])
    results = results if isinstance(results, list | tuple) else [results]
    return [np.asarray(result) for result in results]


FORMS = [("float64", TIGHT), ("float32", {"rtol": 1e-5, "atol": 1e-5})]


@pytest.mark.parametrize(("dtype", "tolerance"), FORMS)
@pytest.mark.parametrize("seed", range(3))
def test_the_plain_network_is_simple_rnn(keras, seed, dtype, tolerance):
    x, h0, _, weights = given_for(seed, 1)
    layer = keras.layers.SimpleRNN(H, return_sequences=True, dtype=dtype)
    [expected] = run(layer, weights, x.astype(dtype), [h0.astype(dtype)])
    same([a5.rnn_forward(x, h0, *weights)[0]], [expected], tolerance)
    same([a5.rnn_step_forward(x[:, 0], h0, *weights)[0]], [expected[:, 0]], tolerance)


@pytest.mark.parametrize(("dtype", "tolerance"), FORMS)
@pytest.mark.parametrize("seed", range(3))
def test_the_lstm_is_keras_lstm(keras, seed, dtype, tolerance):
    x, h0, c0, weights = given_for(seed, 4)
    layer = keras.layers.LSTM(H, return_sequences=True, return_state=True, dtype=dtype)
    states = [h0.astype(dtype), c0.astype(dtype)]
    expected, _, c_last = run(layer, weights, x.astype(dtype), states)
    same(a5.lstm_forward(x, h0, c0, *weights)[:2], [expected, c_last], tolerance)
    _, first_h, first_c = run(layer, weights, x[:, :1].astype(dtype), states)
    same(a5.lstm_step_forward(x[:, 0], h0, c0, *weights)[:2], [first_h, first_c], tolerance)


@pytest.mark.parametrize(("dtype", "tolerance"), FORMS)
@pytest.mark.parametrize("seed", range(3))
def test_the_gru_is_keras_gru(keras, seed, dtype, tolerance):
    x, h0, _, weights = given_for(seed, 3)
    layer = keras.layers.GRU(H, return_sequences=True, reset_after=False, dtype=dtype)
    [expected] = run(layer, weights, x.astype(dtype), [h0.astype(dtype)])
    same([a5.gru_forward(x, h0, *weights)[0]], [expected], tolerance)
    same([a5.gru_step(x[:, 0], h0, *weights)], [expected[:, 0]], tolerance)


@pytest.mark.parametrize(("dtype", "tolerance"), FORMS)
def test_both_directions_are_keras_bidirectional(keras, dtype, tolerance):
    x, _, _, forward = given_for(1, 4)
    _, _, _, backward = given_for(2, 4, units=3)
    layers = [
        keras.layers.LSTM(units, return_sequences=True, go_backwards=turned, dtype=dtype)
        for units, turned in ((H, False), (3, True))
    ]
    both = keras.layers.Bidirectional(layers[0], backward_layer=layers[1], dtype=dtype)
    both.build(x.shape)
    both.set_weights([*forward, *backward])
    expected = np.asarray(both(x.astype(dtype)))
    same([a5.bidirectional(x, forward, backward)], [expected], tolerance)


def test_the_regressor_is_a_keras_model(keras):
    x, _, _, weights = given_for(4, 4)
    Wy, by = np.random.default_rng(4).normal(size=(H, 1)), np.array([0.3])
    layers = keras.layers
    model = keras.Sequential([layers.LSTM(H, dtype="float64"), layers.Dense(1, dtype="float64")])
    model.build(x.shape)
    model.set_weights([*weights, Wy, by])
    regressor = a5.LSTMRegressor(D, H, None)
    regressor.params.update(zip(("Wx", "Wh", "b", "Wy", "by"), [*weights, Wy, by], strict=True))
    same([regressor.predict(x)], [np.asarray(model(x))[:, 0]])


def automatic(tf, loss, *arguments):
    """Gradients of `loss` by TensorFlow, in float64."""
    tensors = [tf.constant(argument, dtype=tf.float64) for argument in arguments]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        value = loss(*tensors)
    return [gradient.numpy() for gradient in tape.gradient(value, tensors)]


def plain_in_tensorflow(tf, x, h, Wx, Wh, b):
    states = []
    for t in range(x.shape[1]):
        h = tf.tanh(x[:, t] @ Wx + h @ Wh + b)
        states.append(h)
    return tf.stack(states, axis=1)


def lstm_in_tensorflow(tf, x, h, c, Wx, Wh, b):
    states = []
    for t in range(x.shape[1]):
        i, f, g, o = tf.split(x[:, t] @ Wx + h @ Wh + b, 4, axis=1)
        c = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(g)
        h = tf.sigmoid(o) * tf.tanh(c)
        states.append(h)
    return tf.stack(states, axis=1), c


@pytest.mark.parametrize("seed", range(3))
def test_gradients_of_the_plain_network_are_automatic_differentiations(tf, seed):
    x, h0, _, weights = given_for(seed, 1)
    dh = np.random.default_rng(seed + 9).normal(size=(N, T, H))

    def loss(x, *others):
        return tf.reduce_sum(plain_in_tensorflow(tf, x, *others) * dh[:, : x.shape[1]])

    _, cache = a5.rnn_forward(x, h0, *weights)
    same(a5.rnn_backward(dh, cache), automatic(tf, loss, x, h0, *weights))
    dx, *expected = automatic(tf, loss, x[:, :1], h0, *weights)
    _, cache = a5.rnn_step_forward(x[:, 0], h0, *weights)
    same(a5.rnn_step_backward(dh[:, 0], cache), [dx[:, 0], *expected])


@pytest.mark.parametrize("seed", range(3))
def test_gradients_of_the_lstm_are_automatic_differentiations(tf, seed):
    x, h0, c0, weights = given_for(seed, 4)
    rng = np.random.default_rng(seed + 9)
    dh, dc = rng.normal(size=(N, T, H)), rng.normal(size=(N, H))

    def loss(x, *others):
        h, c = lstm_in_tensorflow(tf, x, *others)
        return tf.reduce_sum(h * dh[:, : x.shape[1]]) + tf.reduce_sum(c * dc)

    *_, cache = a5.lstm_forward(x, h0, c0, *weights)
    same(a5.lstm_backward(dh, dc, cache), automatic(tf, loss, x, h0, c0, *weights))
    dx, *expected = automatic(tf, loss, x[:, :1], h0, c0, *weights)
    *_, cache = a5.lstm_step_forward(x[:, 0], h0, c0, *weights)
    same(a5.lstm_step_backward(dh[:, 0], dc, cache), [dx[:, 0], *expected])


@pytest.mark.parametrize("seed", range(3))
def test_gradients_of_the_regressor_are_automatic_differentiations(tf, seed):
    x, _, _, _ = given_for(seed, 4)
    y = np.random.default_rng(seed + 9).normal(size=N)
    regressor = a5.LSTMRegressor(D, H, np.random.default_rng(seed))

    def loss(Wx, Wh, b, Wy, by):
        zeros = tf.zeros((N, H), tf.float64)
        h, _ = lstm_in_tensorflow(tf, tf.constant(x), zeros, zeros, Wx, Wh, b)
        return tf.reduce_mean(((h[:, -1] @ Wy + by)[:, 0] - y) ** 2)

    expected = automatic(tf, loss, *regressor.params.values())
    value, gradients = regressor.loss_and_gradients(x, y)
    assert list(gradients) == list(regressor.params)
    same(gradients.values(), expected)
    assert np.isclose(value, loss(*map(tf.constant, regressor.params.values())), **TIGHT)


def test_the_gradient_of_the_cell_is_the_product_of_the_forget_gates(tf):
    # With Wh = 0 the cell is the only way through time.
    x, h0, c0, (Wx, Wh, b) = given_for(3, 4)
    *_, cache = a5.lstm_forward(x, h0, c0, Wx, 0 * Wh, b)
    _, _, dc0, *_ = a5.lstm_backward(np.zeros((N, T, H)), np.ones((N, H)), cache)
    f = tf.sigmoid(x @ Wx + b)[:, :, H : 2 * H].numpy()
    same([a5.forget_gate_gradient(f)], [dc0])


@given(seeds, st.integers(0, 6))
def test_no_jacobian_is_longer_than_its_bound(seed, steps):
    x, h, _, (Wx, Wh, b) = given_for(seed, 1)
    jacobian = np.eye(H)
    for t in range(steps):
        h, _ = a5.rnn_step_forward(x[:, t % T], h, Wx, Wh, b)
        jacobian = jacobian @ (Wh * (1 - h[0] ** 2))  # ∂h_t/∂h_0, transposed
    assert np.linalg.norm(jacobian, 2) <= a5.jacobian_norm_bound(Wh, 1.0, steps) * (1 + 1e-9)


@given(seeds)
def test_variants_without_their_speciality_are_the_lstm(seed):
    x, h, c, weights = given_for(seed, 4)
    x = x[:, 0]
    expected = a5.lstm_step_forward(x, h, c, *weights)[:2]
    same(a5.peephole_lstm_step(x, h, c, *weights, np.zeros((3, H))), expected)
    # i = σ(−a_f) = 1 − f, when the input gate's weights are minus the forget gate's.
    opposite = [np.concatenate([-w[..., H : 2 * H], w[..., H:]], axis=-1) for w in weights]
    coupled = a5.coupled_lstm_step(x, h, c, *(w[..., H:] for w in weights))
    same(coupled, a5.lstm_step_forward(x, h, c, *opposite)[:2])


@given(seeds)
def test_peepholes_are_weights_on_the_cells(seed):
    x, h, c, (Wx, Wh, b) = given_for(seed, 4)
    x, p = x[:, 0], np.random.default_rng(seed).normal(size=(3, H))
    h_next, c_next = a5.peephole_lstm_step(x, h, c, Wx, Wh, b, p)
    # The same by an ordinary LSTM of one row, whose bias knows both cells.
    for row in range(N):
        none = np.zeros(H)
        seen = b + np.concatenate([p[0] * c[row], p[1] * c[row], none, p[2] * c_next[row]])
        one = slice(row, row + 1)
        expected = a5.lstm_step_forward(x[one], h[one], c[one], Wx, Wh, seen)[:2]
        same((h_next[one], c_next[one]), expected)


@given(seeds)
def test_a_sequence_read_backwards_swaps_the_halves(seed):
    x, _, _, forward = given_for(seed, 4)
    _, _, _, backward = given_for(seed + 1, 4, units=3)
    out = a5.bidirectional(x, forward, backward)
    turned = a5.bidirectional(x[:, ::-1], backward, forward)[:, ::-1]
    same([np.concatenate([turned[..., 3:], turned[..., :3]], axis=2)], [out])


@given(seeds, st.floats(0, 3))
def test_clipping_keeps_directions_and_is_idempotent(seed, limit):
    rng = np.random.default_rng(seed)
    grads = {"W": 2 * rng.normal(size=(3, 2)), "b": 2 * rng.normal(size=2)}
    clipped = a5.clip_by_value(grads, limit)
    for name, grad in grads.items():
        assert np.all(np.abs(clipped[name]) <= limit) and np.all(clipped[name] * grad >= 0)
        np.testing.assert_array_equal(
            clipped[name][np.abs(grad) <= limit], grad[np.abs(grad) <= limit]
        )
    same(a5.clip_by_value(clipped, limit).values(), clipped.values())


def collapsed_by_tensorflow(tf, path, blank, classes):
    scores = tf.one_hot(path, classes, dtype=tf.float32)[:, None, :]  # (T, 1, classes)
    [found], _ = tf.nn.ctc_greedy_decoder(scores, [len(path)], blank_index=blank)
    return found.values.numpy()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=12), st.integers(0, 3))
def test_a_path_is_collapsed_as_by_tensorflow(path, blank):
    tf = pytest.importorskip("tensorflow")
    expected = collapsed_by_tensorflow(tf, path, blank, 4)
    np.testing.assert_array_equal(a5.ctc_collapse(path, blank), expected)
    np.testing.assert_array_equal(a5.ctc_collapse(np.array(path), blank), expected)


@given(st.lists(st.integers(1, 4), max_size=8))
def test_a_blank_after_every_label_keeps_them_all(labels):
    path = [entry for label in labels for entry in (label, label, 0)]
    np.testing.assert_array_equal(a5.ctc_collapse(path), np.array(labels, dtype=int))


def test_fitting_leaves_other_lengths_possible_and_repeats_itself():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(6, 3, 2)), rng.normal(size=6)
    models = [a5.LSTMRegressor(2, 3, np.random.default_rng(seed)) for seed in (1, 1, 2)]
    first, again, other = (
        model.fit(x, y, np.random.default_rng(5)).predict(rng.normal(size=(1, 7, 2)) * 0 + 1)
        for model in models
    )
    assert first.shape == (1,) and first == again and first != other
