"""Assignment 3's NumPy reference against Keras and automatic differentiation, in float64."""

import importlib.util
import os
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
TIGHT = {"rtol": 1e-10, "atol": 1e-10}
FLOAT32 = {"rtol": 1e-5, "atol": 1e-5}
BETAS = {"beta_1": 0.75, "beta_2": 0.9375}
"""Keras rounds its betas to float32; these stay what they are."""
ACTIVATIONS = ("relu", "leaky_relu", "elu", "tanh", "sigmoid")
seeds = st.integers(0, 2**32 - 1)


def reference():
    path = ROOT / "solutions" / "a3_mlp" / "mlp.py"
    specification = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


mlp = reference()


@pytest.fixture(scope="module")
def tf():
    return pytest.importorskip("tensorflow")


@pytest.fixture(scope="module")
def keras(tf):
    return pytest.importorskip("keras")


def automatic(tf, loss, *arguments):
    """The value of `loss` and its gradients by TensorFlow, in float64."""
    tensors = [tf.constant(np.asarray(argument), dtype=tf.float64) for argument in arguments]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        value = loss(*tensors)
    return value.numpy(), [gradient.numpy() for gradient in tape.gradient(value, tensors)]


def same(received, expected, **tolerance):
    for one, other in zip(received, expected, strict=True):
        np.testing.assert_allclose(one, other, **(tolerance or TIGHT))


def scored(seed, n=7, k=4, scale=3.0):
    rng = np.random.default_rng(seed)
    return scale * rng.normal(size=(n, k)), rng.integers(0, k, size=n), rng


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_are_kerass_and_their_slopes_automatic(tf, keras, name):
    z = 2 * np.random.default_rng(0).normal(size=(5, 6))
    # TensorFlow rounds the slope of its leaky ReLU to float32; this one is a float32.
    options = {"alpha": 0.125} if name == "leaky_relu" else {}
    theirs = getattr(keras.activations, name)
    theirs = partial(theirs, negative_slope=0.125) if options else theirs
    _, [slope] = automatic(tf, lambda z: tf.reduce_sum(theirs(z)), z)
    np.testing.assert_allclose(getattr(mlp, name)(z, **options), theirs(z), **TIGHT)
    np.testing.assert_allclose(getattr(mlp, f"{name}_grad")(z, **options), slope, **TIGHT)
    single = z.astype("float32")
    np.testing.assert_allclose(getattr(mlp, name)(single, **options), theirs(single), **FLOAT32)


def test_alpha_scales_the_left_side_of_elu(tf):
    z = 2 * np.random.default_rng(1).normal(size=9)
    exact = partial(lambda alpha, z: tf.where(z > 0, z, alpha * tf.math.expm1(z)), 0.7)
    _, [slope] = automatic(tf, lambda z: tf.reduce_sum(exact(z)), z)
    np.testing.assert_allclose(mlp.elu(z, 0.7), exact(tf.constant(z)), **TIGHT)
    np.testing.assert_allclose(mlp.elu_grad(z, 0.7), slope, **TIGHT)


def test_slopes_at_the_kink_are_those_of_the_left_side():
    zero = np.zeros(1)
    assert (mlp.relu_grad(zero), mlp.leaky_relu_grad(zero, 0.3)) == (0, 0.3)
    assert mlp.elu_grad(zero, 0.7) == 0.7


@pytest.mark.filterwarnings("error")
def test_far_from_zero_nothing_overflows():
    z = np.array([-1e3, 1e3])
    np.testing.assert_array_equal(mlp.sigmoid(z), [0, 1])
    np.testing.assert_array_equal(mlp.elu(z), [-1, 1e3])
    np.testing.assert_array_equal(mlp.elu_grad(z), [0, 1])


@given(seeds, st.integers(1, 4), st.integers(1, 4))
def test_maxout_takes_the_largest_of_each_group(seed, groups, k):
    z = np.random.default_rng(seed).normal(size=(2, 3, groups * k))
    expected = [np.max(part, axis=-1) for part in np.split(z, groups, axis=-1)]
    np.testing.assert_array_equal(mlp.maxout(z, k), np.stack(expected, axis=-1))


@pytest.mark.parametrize(
    ("ours", "theirs"), [("he_normal", "HeNormal"), ("xavier_uniform", "GlorotUniform")]
)
def test_first_weights_spread_as_in_keras(keras, ours, theirs):
    drawn = getattr(mlp, ours)(400, 300, np.random.default_rng(3))
    expected = np.asarray(getattr(keras.initializers, theirs)(seed=3)((400, 300)))
    assert np.isclose(drawn.std(), expected.std(), rtol=0.01)
    assert abs(drawn.mean()) < 1e-3
    if ours == "xavier_uniform":
        assert np.isclose(np.abs(drawn).max(), np.abs(expected).max(), rtol=1e-3)


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", TIGHT), ("float32", FLOAT32)])
def test_dense_is_kerass_layer(tf, keras, dtype, tolerance):
    rng = np.random.default_rng(4)
    x, W, b, dout = (rng.normal(size=size).astype(dtype) for size in [(5, 3), (3, 4), 4, (5, 4)])
    layer = keras.layers.Dense(4, dtype=dtype)
    layer.build((None, 3))
    layer.set_weights([W, b])
    tensor = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(tensor)
        weighted = tf.reduce_sum(layer(tensor) * dout)
    expected = tape.gradient(weighted, [tensor, *(v.value for v in layer.trainable_variables)])
    out, cache = mlp.dense_forward(x, W, b)
    np.testing.assert_allclose(out, layer(x), **tolerance)
    same(mlp.dense_backward(dout, cache), expected, **tolerance)


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.5])
def test_the_cross_entropy_is_kerass(tf, keras, smoothing):
    logits, y, _ = scored(5)
    targets = np.eye(4)[y]

    def theirs(logits):
        return tf.reduce_mean(
            keras.losses.categorical_crossentropy(
                targets, logits, from_logits=True, label_smoothing=smoothing
            )
        )

    loss, [expected] = automatic(tf, theirs, logits)
    same(mlp.softmax_cross_entropy(logits, y, smoothing), (loss, expected))


@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.0, 5.0])
def test_the_focal_loss_and_its_gradient(tf, gamma):
    logits, y, _ = scored(6)

    def theirs(logits):
        log_right = tf.gather(tf.nn.log_softmax(logits), y, batch_dims=1)
        return -tf.reduce_mean((1 - tf.exp(log_right)) ** gamma * log_right)

    loss, [expected] = automatic(tf, theirs, logits)
    same(mlp.focal_loss(logits, y, gamma), (loss, expected))


def test_the_focal_loss_is_kerass(keras):
    logits, y, _ = scored(7)
    theirs = keras.losses.CategoricalFocalCrossentropy(
        alpha=1.0, gamma=2.0, from_logits=True, dtype="float64"
    )
    expected = float(theirs(np.eye(4)[y], logits))
    assert np.isclose(mlp.focal_loss(logits, y)[0], expected, rtol=1e-6)  # Keras clips at 1e-7


@given(seeds)
def test_without_focus_it_is_the_cross_entropy(seed):
    logits, y, _ = scored(seed)
    same(mlp.focal_loss(logits, y, 0.0), mlp.softmax_cross_entropy(logits, y))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_losses_are_finite_for_saturated_logits(gamma):
    logits, y = np.array([[2e3, 0.0, -5.0], [2e3, 0.0, -5.0]]), np.array([0, 1])
    for loss, gradient in (
        mlp.focal_loss(logits, y, gamma),
        mlp.softmax_cross_entropy(logits, y, 0.1),
        mlp.distillation_loss(logits, -logits, y, 2.0, 0.5),
    ):
        assert np.isfinite(loss)
        assert np.isfinite(gradient).all()


@pytest.mark.parametrize(("temperature", "alpha"), [(1.0, 0.5), (4.0, 0.3), (0.5, 0.0)])
def test_the_distillation_loss_and_its_gradient(tf, temperature, alpha):
    student, y, rng = scored(8)
    teacher = 3 * rng.normal(size=student.shape)

    def theirs(student):
        hard = tf.nn.sparse_softmax_cross_entropy_with_logits(y, student)
        q = tf.nn.softmax(tf.constant(teacher) / temperature)
        log_p = tf.nn.log_softmax(student / temperature)
        soft = tf.reduce_sum(q * (tf.math.log(q) - log_p), axis=1)
        return tf.reduce_mean(alpha * hard + (1 - alpha) * temperature**2 * soft)

    loss, [expected] = automatic(tf, theirs, student)
    same(mlp.distillation_loss(student, teacher, y, temperature, alpha), (loss, expected))


@given(seeds, st.floats(0.5, 5))
def test_a_student_who_knows_all_that_the_teacher_knows_learns_nothing(seed, temperature):
    logits, y, _ = scored(seed)
    loss, gradient = mlp.distillation_loss(logits, logits, y, temperature, 0.0)
    assert abs(loss) < 1e-12
    np.testing.assert_allclose(gradient, 0, atol=1e-12)


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", TIGHT), ("float32", FLOAT32)])
@pytest.mark.parametrize("momentum", [0.99, 0.6])
def test_batch_normalisation_is_kerass_layer(tf, keras, dtype, tolerance, momentum):
    rng = np.random.default_rng(9)
    x, dout = (rng.normal(size=(6, 3)).astype(dtype) for _ in range(2))
    weights = [rng.normal(size=3).astype(dtype) for _ in range(3)]
    weights.append(rng.uniform(0.5, 2, size=3).astype(dtype))
    layer = keras.layers.BatchNormalization(momentum=momentum, dtype=dtype)
    layer.build((None, 3))
    layer.set_weights(weights)
    at_rest = mlp.batchnorm_forward(x, *weights, False, momentum)
    np.testing.assert_allclose(at_rest[0], layer(x, training=False), **tolerance)
    same(at_rest[2:], weights[2:], **tolerance)
    tensor = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(tensor)
        theirs = layer(tensor, training=True)
        weighted = tf.reduce_sum(theirs * dout)
    expected = tape.gradient(weighted, [tensor, layer.gamma.value, layer.beta.value])
    out, cache, *running = mlp.batchnorm_forward(x, *weights, True, momentum)
    np.testing.assert_allclose(out, theirs, **tolerance)
    same(running, layer.get_weights()[2:], **tolerance)
    same(mlp.batchnorm_backward(dout, cache), expected, **tolerance)


@given(seeds, st.floats(0, 0.95))
def test_dropout_keeps_the_mean_and_its_gradient_goes_the_same_way(seed, rate):
    rng = np.random.default_rng(seed)
    x = rng.uniform(1, 2, size=(200, 50))
    out, cache = mlp.dropout_forward(x, rate, True, rng)
    assert np.isin(np.round(out / x * (1 - rate), 12), [0, 1]).all()
    assert abs(np.mean(out == 0) - rate) < 0.03
    np.testing.assert_allclose(mlp.dropout_backward(x, cache), out, **TIGHT)
    out, cache = mlp.dropout_forward(x, rate, False, None)
    np.testing.assert_array_equal(out, x)
    np.testing.assert_array_equal(mlp.dropout_backward(x, cache), x)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("sizes", [[3, 4], [3, 5, 4], [3, 6, 5, 4]])
def test_the_network_is_kerass_with_the_same_weights(tf, keras, activation, sizes):
    rng = np.random.default_rng(10)
    X, y = rng.normal(size=(7, 3)), rng.integers(0, 4, size=7)
    model = mlp.MLP(sizes, activation, l1=0.03125, l2=0.25, rng=rng)
    names = list(model.params)
    for name in names:
        model.params[name] = model.params[name] + 0.1 * rng.normal(size=model.params[name].shape)
    penalty = keras.regularizers.L1L2(
        l1=0.03125, l2=0.25 / 2
    )  # exact in float32, which Keras rounds them to
    between = activation
    if activation == "leaky_relu":  # TensorFlow's own rounds the slope to float32
        between = partial(lambda alpha, z: tf.where(z > 0, z, alpha * z), 0.01)
    stack = [keras.Input((3,), dtype="float64")]
    for size in sizes[1:]:
        stack.append(keras.layers.Dense(size, kernel_regularizer=penalty, dtype="float64"))
        stack.append(keras.layers.Activation(between, dtype="float64"))
    theirs = keras.Sequential(stack[:-1])
    theirs.set_weights([model.params[name] for name in names])
    np.testing.assert_allclose(model.forward(X), theirs(X), **TIGHT)
    with tf.GradientTape() as tape:
        cross_entropy = tf.nn.sparse_softmax_cross_entropy_with_logits(y, theirs(tf.constant(X)))
        objective = tf.reduce_mean(cross_entropy) + tf.add_n(theirs.losses)
    weights = [variable.value for variable in theirs.trainable_variables]
    loss, gradients = model.loss_and_gradients(X, y)
    assert set(gradients) == set(names)
    received = [loss, *(gradients[name] for name in names)]
    same(received, [objective, *tape.gradient(objective, weights)])


@pytest.mark.parametrize(
    ("ours", "theirs", "options"),
    [
        ("sgd_step", "SGD", {"learning_rate": 0.25}),
        ("momentum_step", "SGD", {"learning_rate": 0.25, "momentum": 0.75}),
        ("adam_step", "Adam", {"learning_rate": 0.25, **BETAS}),
        ("adamw_step", "AdamW", {"learning_rate": 0.25, "weight_decay": 0.125, **BETAS}),
    ],
)
def test_optimisers_are_kerass(keras, ours, theirs, options):
    rng = np.random.default_rng(11)
    param, state = rng.normal(size=(3, 2)), None
    variable = keras.Variable(param, dtype="float64")
    optimizer = getattr(keras.optimizers, theirs)(**options)
    optimizer.build([variable])
    for _ in range(6):
        gradient = rng.normal(size=(3, 2))
        optimizer.apply([keras.ops.convert_to_tensor(gradient, dtype="float64")])
        param, state = getattr(mlp, ours)(param, gradient, state, **options)
        np.testing.assert_allclose(param, np.asarray(variable), **TIGHT)


def test_clipping_is_tensorflows(tf):
    rng = np.random.default_rng(12)
    grads = {"W": rng.normal(size=(3, 2)), "b": rng.normal(size=2)}
    for most in (0.5, 100.0):
        clipped, norm = mlp.clip_by_global_norm(grads, most)
        expected, expected_norm = tf.clip_by_global_norm(list(grads.values()), most)
        same([*clipped.values(), norm], [*(one.numpy() for one in expected), expected_norm])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.integers(1, 4))
def test_early_stopping_knows_the_best_value(values, patience):
    stopping = mlp.EarlyStopping(patience)
    for seen, value in enumerate(values, start=1):
        stop = stopping.update(value)
        assert stopping.best == min(values[:seen])
        best_at = values.index(stopping.best)
        assert stop is (seen - 1 - best_at >= patience)


def test_gradients_vanish_with_sigmoids_only():
    ratios = {}
    for activation in ("sigmoid", "relu"):
        norms = mlp.gradient_norms(12, activation, np.random.default_rng(13))
        assert norms.shape == (12,)
        ratios[activation] = norms[0] / norms[-1]
    assert ratios["sigmoid"] < 1e-4
    assert ratios["relu"] > 0.1
