"""Assignment 6's NumPy reference against Keras's layers and automatic differentiation."""

import importlib.util
import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
TIGHT = {"rtol": 1e-10, "atol": 1e-10}
FLOAT32 = {"rtol": 1e-5, "atol": 1e-5}
N, T, D, F, HEADS = 3, 5, 8, 7, 2
"""Four columns for each head: Keras rounds 1/√d to float32, and 1/2 stays what it is."""
WEIGHTS = {name: (D, D) for name in ("Wq", "Wk", "Wv", "Wo")}
NORMS = dict.fromkeys(("gamma1", "beta1", "gamma2", "beta2"), (D,))
DENSE = {"W1": (D, F), "b1": (F,), "W2": (F, D), "b2": (D,)}
seeds = st.integers(0, 2**32 - 1)


def reference():
    path = ROOT / "solutions" / "a6_transformer" / "transformer.py"
    specification = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


a6 = reference()


@pytest.fixture(scope="module")
def tf():
    return pytest.importorskip("tensorflow")


@pytest.fixture(scope="module")
def keras(tf):
    return pytest.importorskip("keras")


def same(received, expected, **tolerance):
    for one, other in zip(received, expected, strict=True):
        np.testing.assert_allclose(one, other, **(tolerance or TIGHT))


def drawn(rng, shapes):
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


def differentiated(tf, function, dout, *arguments):
    """The output of `function`, and by TensorFlow the gradients of Σ out · dout, in float64."""
    tensors = [tf.constant(argument) for argument in arguments]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        out = function(*tensors)
        loss = tf.reduce_sum(out * dout)
    return out.numpy(), [gradient.numpy() for gradient in tape.gradient(loss, tensors)]


def masks(rng):
    """Every form of mask, each with a key for every query."""
    lengths = rng.integers(1, T + 1, size=N)
    free = rng.random((N, T, T)) < 0.6
    free[:, np.arange(T), np.arange(T)] = True
    padding = a6.padding_mask(lengths, T)[:, None, :]
    return [None, a6.causal_mask(T), free, padding, padding & a6.causal_mask(T)]


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_attention_and_its_gradients_are_tensorflows(tf, seed, masked):
    rng = np.random.default_rng(seed)
    q, k, v = (rng.normal(size=(2, 3, *size)) for size in ((4, 5), (6, 5), (6, 7)))
    mask = None
    if masked:
        mask = rng.random((2, 1, 4, 6)) < 0.6
        mask[..., 0] = True
    dout = rng.normal(size=(2, 3, 4, 7))

    def attention(q, k, v):
        scores = tf.einsum("nhqd,nhkd->nhqk", q, k) / np.sqrt(5)
        if masked:
            scores = tf.where(mask, scores, tf.constant(-1e300, tf.float64))
        return tf.nn.softmax(scores) @ v

    out, gradients = differentiated(tf, attention, dout, q, k, v)
    received, weights = a6.scaled_dot_product_attention(q, k, v, mask)
    np.testing.assert_allclose(received, out, **TIGHT)
    np.testing.assert_allclose(weights.sum(axis=-1), 1, **TIGHT)
    same(a6.scaled_dot_product_attention_backward(dout, q, k, v, mask), gradients)


@given(seeds)
def test_a_query_that_may_attend_to_nothing_changes_nothing(seed):
    rng = np.random.default_rng(seed)
    q, k, v, dout = (rng.normal(size=(4, 3)) for _ in range(4))
    mask = rng.random((4, 4)) < 0.5
    blind = ~mask.any(axis=1)
    out, weights = a6.scaled_dot_product_attention(q, k, v, mask)
    assert np.all(out[blind] == 0) and np.all(weights[~mask] == 0)
    dq, dk, dv = a6.scaled_dot_product_attention_backward(dout, q, k, v, mask)
    assert np.all(dq[blind] == 0)
    keys = ~mask.any(axis=0)
    assert np.all(dk[keys] == 0) and np.all(dv[keys] == 0)
    others = a6.scaled_dot_product_attention_backward(dout[~blind], q[~blind], k, v, mask[~blind])
    same((dk, dv), others[1:])


@given(seeds)
def test_splitting_and_merging_are_inverse_and_heads_own_neighbouring_columns(seed):
    x = np.random.default_rng(seed).normal(size=(2, 3, 8))
    for heads in (1, 2, 4, 8):
        split = a6.split_heads(x, heads)
        np.testing.assert_array_equal(a6.merge_heads(split), x)
        for head, columns in enumerate(np.split(x, heads, axis=2)):
            np.testing.assert_array_equal(split[:, head], columns)


def keras_attention(keras, weights, dtype):
    layer = keras.layers.MultiHeadAttention(HEADS, D // HEADS, use_bias=False, dtype=dtype)
    layer.build((N, T, D), (N, T, D))
    query, key, value = (weights[name].reshape(D, HEADS, -1) for name in ("Wq", "Wk", "Wv"))
    layer.set_weights([query, key, value, weights["Wo"].reshape(HEADS, -1, D)])
    return layer


@pytest.mark.parametrize("seed", range(2))
def test_multi_head_attention_is_keras(tf, keras, seed):
    rng = np.random.default_rng(seed)
    x, weights, dout = rng.normal(size=(N, T, D)), drawn(rng, WEIGHTS), rng.normal(size=(N, T, D))
    layer = keras_attention(keras, weights, "float64")
    for mask in masks(rng):
        full = None if mask is None else np.broadcast_to(mask, (N, T, T))
        tensor = tf.constant(x)
        with tf.GradientTape() as tape:
            tape.watch(tensor)
            out = layer(tensor, tensor, attention_mask=full)
            loss = tf.reduce_sum(out * dout)
        dx, *dweights = tape.gradient(loss, [tensor, *(w.value for w in layer.weights)])
        received, cache = a6.multi_head_attention_forward(x, **weights, heads=HEADS, mask=mask)
        np.testing.assert_allclose(received, out, **TIGHT)
        expected = [dx, *(np.reshape(gradient, (D, D)) for gradient in dweights)]
        same(a6.multi_head_attention_backward(dout, cache), expected)


def test_multi_head_attention_is_keras_in_float32(keras):
    rng = np.random.default_rng(5)
    x, weights = rng.normal(size=(N, T, D)), drawn(rng, WEIGHTS)
    layer = keras_attention(keras, weights, "float32")
    expected = layer(x, x, use_causal_mask=True)
    received, _ = a6.multi_head_attention_forward(x, **weights, heads=HEADS, mask=a6.causal_mask(T))
    np.testing.assert_allclose(received, expected, **FLOAT32)


@pytest.mark.parametrize("shape", [(4, D), (2, 3, D), (2, 3, 4, D)])
def test_layer_norm_is_keras(tf, keras, shape):
    rng = np.random.default_rng(len(shape))
    x, dout = rng.normal(size=shape), rng.normal(size=shape)
    gamma, beta = rng.normal(size=D), rng.normal(size=D)
    for eps in (1e-3, 0.2):
        layer = keras.layers.LayerNormalization(epsilon=eps, dtype="float64")
        layer.build(shape)
        layer.set_weights([gamma, beta])
        tensor = tf.constant(x)
        with tf.GradientTape() as tape:
            tape.watch(tensor)
            out = layer(tensor)
            loss = tf.reduce_sum(out * dout)
        gradients = tape.gradient(loss, [tensor, layer.gamma.value, layer.beta.value])
        received, cache = a6.layer_norm_forward(x, gamma, beta, eps=eps)
        np.testing.assert_allclose(received, out, **TIGHT)
        same(a6.layer_norm_backward(dout, cache), gradients)


def test_gelu_is_keras_tanh_form_and_near_the_exact_one(keras):
    x = np.linspace(-6, 6, 1001)
    exact = np.asarray(keras.activations.gelu(x, approximate=False))
    theirs = keras.activations.gelu(x, approximate=True)
    # TensorFlow rounds the 0.044715 to float32.
    np.testing.assert_allclose(a6.gelu(x), theirs, rtol=1e-7, atol=1e-7)
    assert 4.6e-4 < np.max(np.abs(a6.gelu(x) - exact)) < 4.8e-4


def tanh_gelu(tf, x):
    return 0.5 * x * (1 + tf.tanh((2 / np.pi) ** 0.5 * (x + 0.044715 * x**3)))


@pytest.mark.parametrize("leading", [(4,), (2, 3), (2, 3, 4)])
def test_the_feed_forward_layers_and_their_gradients_are_tensorflows(tf, leading):
    rng = np.random.default_rng(len(leading))
    x, dout = rng.normal(size=(*leading, D)), rng.normal(size=(*leading, D))
    weights = drawn(rng, DENSE)

    def feed_forward(x, W1, b1, W2, b2):
        return tf.tensordot(tanh_gelu(tf, tf.tensordot(x, W1, 1) + b1), W2, 1) + b2

    out, gradients = differentiated(tf, feed_forward, dout, x, *weights.values())
    received, cache = a6.feed_forward_forward(x, **weights)
    np.testing.assert_allclose(received, out, **TIGHT)
    same(a6.feed_forward_backward(dout, cache), gradients)


@pytest.mark.parametrize("seed", range(2))
def test_the_encoder_block_is_put_together_as_keras_layers_are(tf, keras, seed):
    rng = np.random.default_rng(seed)
    x, params = rng.normal(size=(N, T, D)), drawn(rng, {**WEIGHTS, **NORMS, **DENSE})
    attention = keras_attention(keras, params, "float64")
    norms = []
    for number in "12":
        norm = keras.layers.LayerNormalization(dtype="float64")
        norm.build((N, T, D))
        norm.set_weights([params["gamma" + number], params["beta" + number]])
        norms.append(norm)
    for mask in masks(rng):
        normed = norms[0](x)
        full = None if mask is None else np.broadcast_to(mask, (N, T, T))
        y = x + attention(normed, normed, attention_mask=full)
        hidden = tanh_gelu(tf, norms[1](y) @ params["W1"] + params["b1"])
        expected = y + hidden @ params["W2"] + params["b2"]
        received, _ = a6.encoder_block_forward(x, params, HEADS, mask)
        np.testing.assert_allclose(received, expected, **TIGHT)


@pytest.mark.parametrize("seed", range(3))
def test_the_masked_loss_and_its_gradient(tf, keras, seed):
    rng = np.random.default_rng(seed)
    logits, targets = 3 * rng.normal(size=(N, T, F)), rng.integers(0, F, size=(N, T))
    mask = rng.random((N, T)) < 0.6
    mask[0, 0] = True
    loss_object = keras.losses.SparseCategoricalCrossentropy(
        from_logits=True, reduction="sum", dtype="float64"
    )
    tensor = tf.constant(logits)
    with tf.GradientTape() as tape:
        tape.watch(tensor)
        expected = loss_object(targets, tensor, sample_weight=mask) / mask.sum()
    loss, dlogits = a6.masked_cross_entropy(logits, np.where(mask, targets, -1), mask)
    np.testing.assert_allclose(loss, expected, **TIGHT)
    np.testing.assert_allclose(dlogits, tape.gradient(expected, tensor), **TIGHT)


@given(seeds)
def test_an_uncounted_token_has_no_say_in_the_loss(seed):
    rng = np.random.default_rng(seed)
    logits, targets = rng.normal(size=(N, T, F)), rng.integers(0, F, size=(N, T))
    mask = rng.random((N, T)) < 0.5
    other = logits + np.where(mask, 0.0, rng.normal(size=(N, T)))[..., None] * rng.normal(size=F)
    loss, dlogits = a6.masked_cross_entropy(logits, targets, mask)
    same(a6.masked_cross_entropy(other, np.where(mask, targets, -1), mask), (loss, dlogits))
    np.testing.assert_allclose(dlogits.sum(axis=-1), 0, atol=1e-12)
    assert loss >= 0 and np.all(dlogits[~mask] == 0)
    empty = a6.masked_cross_entropy(logits, targets, np.zeros_like(mask))
    same(empty, (0.0, np.zeros_like(logits)))


@given(st.integers(1, 20), st.integers(1, 9))
def test_the_encoding_is_a_rotation_from_one_position_to_the_next(length, pairs):
    encoding = a6.positional_encoding(length, 2 * pairs)
    sines, cosines = encoding[:, ::2], encoding[:, 1::2]
    np.testing.assert_allclose(sines**2 + cosines**2, 1, **TIGHT)
    angles = 10_000.0 ** -(np.arange(pairs) / pairs)
    turned = (sines + 1j * cosines)[:-1] * np.exp(-1j * angles)
    np.testing.assert_allclose(sines[1:] + 1j * cosines[1:], turned, **TIGHT)
    # An odd width has other wavelengths, and one sine more than cosines.
    odd = a6.positional_encoding(length, 2 * pairs + 1)
    last = np.sin(np.arange(length) / 10_000.0 ** (2 * pairs / (2 * pairs + 1)))
    np.testing.assert_allclose(odd[:, -1], last, **TIGHT)


@given(seeds, st.integers(1, 6))
def test_the_k_largest_survive_and_the_first_of_equal_ones(seed, k):
    rng = np.random.default_rng(seed)
    logits = rng.integers(-2, 3, size=(3, 2, 6)).astype(float)
    received = a6.top_k_filter(logits, k)
    for row, filtered in zip(logits.reshape(-1, 6), received.reshape(-1, 6), strict=True):
        chosen = sorted(range(6), key=lambda index: (-row[index], index))[:k]
        expected = [row[index] if index in chosen else -np.inf for index in range(6)]
        np.testing.assert_array_equal(filtered, expected)


@given(seeds, st.integers(0, 6))
def test_greedy_generation_follows_a_table(seed, n_tokens):
    rng = np.random.default_rng(seed)
    table, prompt = rng.normal(size=(5, 5)), rng.integers(0, 5, size=3)
    expected = list(prompt)
    while len(expected) < 3 + n_tokens and not (len(expected) > 3 and expected[-1] == 0):
        expected.append(int(np.argmax(table[expected[-1]])))
    received = a6.greedy_generate(lambda ids: table[ids[-1]], prompt, n_tokens, end=0)
    np.testing.assert_array_equal(received, expected)


@given(seeds, st.floats(0, 1))
def test_hidden_tokens_and_shown_ones_make_up_the_sequence(seed, rate):
    tokens = np.random.default_rng(seed).integers(0, 50, size=(6, 7))
    inputs, targets = a6.mask_tokens(tokens, rate, 99, np.random.default_rng(seed))
    hidden = inputs == 99
    np.testing.assert_array_equal(np.where(hidden, targets, inputs), tokens)
    np.testing.assert_array_equal(targets == -1, ~hidden)
    assert rate not in (0.0, 1.0) or hidden.mean() == rate
