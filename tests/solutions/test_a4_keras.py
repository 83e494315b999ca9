"""Assignment 4's Keras part against Keras's own layers, TensorFlow's operations and `cnn.py`."""

import os
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.datasets import digits
from tests.solutions.test_oracles import reference

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
TOLERANCE = {"float64": {"rtol": 1e-10, "atol": 1e-12}, "float32": {"rtol": 1e-5, "atol": 1e-5}}
seeds = st.integers(0, 2**32 - 1)


@pytest.fixture(scope="module")
def keras():
    pytest.importorskip("tensorflow")
    return pytest.importorskip("keras")


@lru_cache
def part(file="keras_cnn.py"):
    return reference("a4_cnn", file)


def automatic(function, x, variables=()):
    """Value of `function` and its gradients, by TensorFlow."""
    import tensorflow as tf

    x = tf.convert_to_tensor(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = function(x)
    sources = [x, *(variable.value for variable in variables)]
    return np.asarray(value), [np.asarray(one) for one in tape.gradient(value, sources)]


def same(received, expected, dtype="float64"):
    for one, other in zip(received, expected, strict=True):
        np.testing.assert_allclose(one, other, **TOLERANCE[dtype])


def lenet(shape, n_classes, seed):
    """The network of `cnn.py` and Keras's, with the same weights."""
    rng = np.random.default_rng(seed)
    own = part("cnn.py").LeNet(shape, n_classes, rng)
    own.params = {key: w + 0.1 * rng.normal(size=w.shape) for key, w in own.params.items()}
    model = part().build_lenet(shape, n_classes)
    model.set_weights(list(own.params.values()))
    return own, model, rng


@pytest.mark.parametrize(("shape", "n_classes"), [((8, 8, 1), 10), ((13, 6, 3), 4)])
def test_the_network_is_the_one_of_the_numpy_part(keras, float64, shape, n_classes):
    own, model, rng = lenet(shape, n_classes, 0)
    x, y = rng.uniform(size=(5, *shape)), rng.integers(0, n_classes, size=5)
    loss, gradients = own.loss_and_gradients(x, y)
    compiled = lambda x: model.compute_loss(x, y, model(x))  # noqa: E731
    found, (dx, *others) = automatic(compiled, x, model.trainable_variables)
    same(
        [model(x), found, *others], [own.forward(x), loss, *(gradients[key] for key in own.params)]
    )
    same([dx], [part("cnn.py").saliency(own, x, y)])


def test_the_network_is_tensorflows_operations(keras, float64):
    import tensorflow as tf

    _, model, rng = lenet((9, 12, 2), 5, 1)
    x = rng.normal(size=(4, 9, 12, 2))
    w1, b1, w2, b2, *dense = model.get_weights()
    out = tf.nn.max_pool2d(tf.nn.relu(tf.nn.conv2d(x, w1, 1, "SAME") + b1), 2, 2, "VALID")
    out = tf.nn.max_pool2d(tf.nn.relu(tf.nn.conv2d(out, w2, 1, "SAME") + b2), 2, 2, "VALID")
    out = tf.reshape(out, (4, -1))
    for W, b in zip(dense[::2], dense[1::2], strict=True):
        out = (tf.nn.relu(out) if W is not dense[0] else out) @ W + b
    same([model(x)], [out])


def test_the_network_has_the_parameters_that_the_docstring_names(keras):
    assert part().build_lenet((8, 8, 1), 10).count_params() == 19_754


@pytest.mark.slow
def test_the_network_reads_digits(keras):
    X, y = digits()
    X = X.reshape(-1, 8, 8, 1)
    order = np.random.default_rng(0).permutation(len(X))
    train, test = order[:1300], order[1300:]
    keras.utils.set_random_seed(0)
    model = part().build_lenet((8, 8, 1), 10)
    model.fit(X[train], y[train], epochs=25, batch_size=32, verbose=0)
    assert np.mean(np.argmax(model(X[test]), axis=1) == y[test]) >= 0.96


@pytest.mark.parametrize("dtype", TOLERANCE)
@settings(max_examples=10, deadline=None)
@given(seeds, st.integers(1, 6), st.integers(1, 6), st.integers(1, 4))
def test_the_block_is_made_of_kerass_layers(keras, dtype, seed, height, width, channels):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(2, height, width, channels)).astype(dtype)
    dout = rng.normal(size=x.shape).astype(dtype)
    shapes = [(3, 3, channels, channels), (channels,)] * 2
    weights = [rng.normal(size=shape) for shape in shapes]
    block = part().ResidualBlock(channels, dtype=dtype)
    inputs = keras.Input(x.shape[1:], dtype=dtype)
    conv = {"filters": channels, "kernel_size": 3, "padding": "same", "dtype": dtype}
    inner = keras.layers.Conv2D(**conv)(keras.layers.Conv2D(activation="relu", **conv)(inputs))
    total = keras.layers.Add(dtype=dtype)([inputs, inner])
    theirs = keras.Model(inputs, keras.layers.ReLU(dtype=dtype)(total))
    found = []
    for one in (block, theirs):
        one(x)
        one.set_weights(weights)
        weighted = lambda x, one=one: keras.ops.sum(one(x) * dout)  # noqa: E731
        _, gradients = automatic(weighted, x, one.trainable_variables)
        scale = [1 + np.abs(gradient).max() for gradient in gradients]
        found.append([one(x), *(g / s for g, s in zip(gradients, scale, strict=True))])
    same(*found, dtype)


@pytest.mark.parametrize("seed", range(3))
def test_the_block_is_the_one_of_the_numpy_part(keras, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(2, 5, 6, 3))
    weights = [rng.normal(size=(3, 3, 3, 3)), rng.normal(size=3)] * 2
    block = part().ResidualBlock(3, dtype="float64")
    block(x)
    block.set_weights(weights)
    same([block(x)], [part("cnn.py").residual_block_forward(x, *weights)[0]])


def test_a_block_survives_being_saved(keras, tmp_path):
    model = keras.Sequential([keras.Input((5, 4, 2)), part().ResidualBlock(2, name="block")])
    model.save(tmp_path / "model.keras")
    custom = {"ResidualBlock": part().ResidualBlock}
    again = keras.saving.load_model(tmp_path / "model.keras", custom_objects=custom)
    x = np.random.default_rng(0).normal(size=(3, 5, 4, 2))
    np.testing.assert_array_equal(again(x), model(x))


@settings(max_examples=10, deadline=None)
@given(seeds, st.integers(0, 1000), st.booleans())
def test_augmentation_rests_at_inference_and_repeats_itself_by_seed(keras, seed, own, flip):
    x = np.random.default_rng(seed).uniform(size=(4, 6, 9, 2)).astype("float32")
    first, second = (part().build_augmentation(0.3, 0.1, flip, seed=own) for _ in range(2))
    np.testing.assert_array_equal(first(x, training=False), x)
    changed = first(x, training=True)
    assert changed.shape == x.shape and not np.allclose(changed, x)
    np.testing.assert_array_equal(changed, second(x, training=True))


def test_augmentation_stays_within_what_it_is_told(keras):
    x = np.zeros((200, 20, 10, 1), "float32")
    x[:, 10, 5] = 1
    shifted = np.asarray(part().build_augmentation(0.2, 0.0, seed=1)(x, training=True))[..., 0]
    rows, columns = np.nonzero(shifted.sum(axis=0))
    assert (np.abs(rows - 10).max(), np.abs(columns - 5).max()) == (4, 2)
    mirrored = np.asarray(part().build_augmentation(0, 0, True, seed=1)(x, training=True))[..., 0]
    at = mirrored[:, 10].argmax(axis=1)
    assert set(at) == {4, 5} and 70 <= np.sum(at == 4) <= 130


def normalised_base(keras, rng, letters, functional):
    """A base of convolutions (c), normalisations (n) and relus (r), all weights random."""
    made = {
        "c": lambda: keras.layers.Conv2D(3, 3, padding="same"),
        "n": keras.layers.BatchNormalization,
        "r": keras.layers.ReLU,
    }
    stack = [made[letter]() for letter in letters]
    inputs = keras.Input((5, 6, 3))
    if functional:
        out = inputs
        for layer in stack:
            out = layer(out)
        base = keras.Model(inputs, out)
    else:
        base = keras.Sequential([inputs, *stack])
    base.set_weights([rng.uniform(0.2, 0.8, size=w.shape) for w in base.get_weights()])
    return base


def test_a_transfer_model_is_softmax_regression_on_averaged_features(keras):
    rng = np.random.default_rng(3)
    base = normalised_base(keras, rng, "cnr", functional=False)
    x, y = rng.normal(size=(7, 5, 6, 3)).astype("float32"), np.arange(7) % 4
    features = np.asarray(base(x, training=False)).mean(axis=(1, 2), dtype=np.float64)
    model = part().build_transfer_model(base, 4)
    W, b = rng.normal(size=(3, 4)), rng.normal(size=4)
    model.set_weights([*base.get_weights(), W, b])
    a2 = reference("a2_logistic_regression", "logistic_regression.py")
    loss, _ = a2.softmax_cross_entropy(features @ W + b, y)
    compiled = lambda x: model.compute_loss(x, y, model(x, training=True))  # noqa: E731
    found, (_, *gradients) = automatic(compiled, x, model.trainable_variables)
    expected = a2.softmax_regression_gradients(features, y, W, b)
    same([found, *gradients], [loss, *expected], "float32")


@pytest.mark.parametrize(
    ("letters", "functional", "n_layers"),
    [("cncnr", False, 3), ("ncnc", True, 2), ("crcn", True, 9), ("cnc", False, 0)],
)
def test_what_was_unfrozen_learns_and_nothing_else(keras, letters, functional, n_layers):
    rng = np.random.default_rng(4)
    base = normalised_base(keras, rng, letters, functional)
    x, y = rng.normal(size=(6, 5, 6, 3)).astype("float32"), np.arange(6) % 2
    model = part().build_transfer_model(base, 2)
    before = base.get_weights()
    model.fit(x, y, epochs=1, batch_size=3, verbose=0)
    same(base.get_weights(), before)
    assert part().unfreeze(model, n_layers) is model
    late = base.layers[max(len(base.layers) - n_layers, 0) :]
    chosen = [layer for layer in late if isinstance(layer, keras.layers.Conv2D)]
    kept = [layer for layer in base.layers if layer not in chosen]
    before = {id(layer): layer.get_weights() for layer in base.layers}
    expected = {id(weight) for layer in (*chosen, model.layers[-1]) for weight in layer.weights}
    assert {id(weight) for weight in model.trainable_variables} == expected
    model.fit(x, y, epochs=1, batch_size=3, verbose=0)
    for layer in kept:
        same(layer.get_weights(), before[id(layer)])
    assert model.optimizer.iterations == 2


def test_a_block_is_loaded_as_it_was_saved(keras, tmp_path):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(4, 5, 6, 3)).astype("float32")
    inputs = keras.Input(x.shape[1:])
    model = keras.Model(inputs, part().ResidualBlock(3)(inputs))
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")  # by the name it is registered with
    np.testing.assert_allclose(loaded(x), model(x), rtol=1e-6, atol=1e-6)
