"""Assignment 4's NumPy reference against Keras's layers and TensorFlow's gradients."""

import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.solutions.test_oracles import TIGHT, reference

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

cnn = reference("a4_cnn", "cnn.py")
seeds = st.integers(0, 2**32 - 1)


@pytest.fixture(scope="module")
def tf():
    return pytest.importorskip("tensorflow")


@pytest.fixture(scope="module")
def layers(tf):
    return pytest.importorskip("keras").layers


def arrays(seed, *shapes):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) for shape in shapes]


def close(received, expected):
    np.testing.assert_allclose(received, np.asarray(expected), **TIGHT)


def in_keras(tf, layer, x, dout, weights=(), **options):
    """A layer's output, and the gradients of Σ output · dout: of x, then of the weights."""
    layer.build(x.shape)
    if weights:
        layer.set_weights(list(weights))
    with tf.GradientTape() as tape:
        image = tf.constant(x)
        tape.watch(image)
        out = layer(image, **options)
        loss = tf.reduce_sum(out * dout)
    variables = [weight.value for weight in layer.trainable_weights]
    dx, *others = tape.gradient(loss, [image, *variables])
    return out.numpy(), [dx.numpy(), *(gradient.numpy() for gradient in others)]


CONVOLUTIONS = [(1, 0, 1), (2, 0, 1), (3, 2, 1), (1, 1, 2), (1, 3, 3), (2, 2, 2), (3, 1, 2)]


@pytest.mark.parametrize(("stride", "padding", "dilation"), CONVOLUTIONS)
@pytest.mark.parametrize("seed", range(2))
def test_the_convolution_is_tensorflows_op(tf, seed, stride, padding, dilation):
    x, w, b = arrays(seed, (2, 9, 11, 3), (3, 2, 3, 4), (4,))
    out, cache = cnn.conv2d_forward(x, w, b, stride, padding, dilation)
    [dout] = arrays(seed + 1, out.shape)

    def op(x, w, b):
        edges = [(0, 0), (padding, padding), (padding, padding), (0, 0)]
        # Its gradient of a dilated convolution does not exist on CPUs: zeros between the weights.
        rows = tf.range(3) * dilation
        columns = tf.range(2) * dilation
        places = tf.stack(tf.meshgrid(rows, columns, indexing="ij"), axis=-1)
        shape = (2 * dilation + 1, dilation + 1, 3, 4)
        kernel = tf.scatter_nd(places, w, shape)
        return tf.nn.conv2d(tf.pad(x, edges), kernel, stride, "VALID") + b

    with tf.GradientTape() as tape:
        given = [tf.constant(value) for value in (x, w, b)]
        tape.watch(given)
        expected = op(*given)
        loss = tf.reduce_sum(expected * dout)
    close(out, expected)
    for mine, theirs in zip(
        cnn.conv2d_backward(dout, cache), tape.gradient(loss, given), strict=True
    ):
        close(mine, theirs)


@pytest.mark.parametrize(("stride", "dilation"), [(2, 2), (3, 2), (2, 3)])
def test_stride_and_dilation_together_are_tensorflows_convolution(tf, stride, dilation):
    x, w, b = arrays(8, (2, 13, 11, 3), (3, 2, 3, 4), (4,))
    expected = tf.raw_ops.Conv2D(
        input=x,
        filter=w,
        strides=[1, stride, stride, 1],
        dilations=[1, dilation, dilation, 1],
        padding="VALID",
    )
    out, _ = cnn.conv2d_forward(x, w, b, stride=stride, dilation=dilation)
    close(out, expected + b)


@pytest.mark.parametrize(("stride", "dilation"), [(1, 1), (2, 1), (3, 1), (1, 2), (1, 3)])
@pytest.mark.parametrize("kernel", [(3, 3), (2, 4), (1, 2)])
def test_the_convolution_is_keras(tf, layers, kernel, stride, dilation):
    x, w, b = arrays(1, (2, 8, 11, 3), (*kernel, 3, 5), (5,))
    out, cache = cnn.conv2d_forward(x, w, b, stride, 0, dilation)
    [dout] = arrays(2, out.shape)
    layer = layers.Conv2D(5, kernel, strides=stride, dilation_rate=dilation, dtype="float64")
    expected, gradients = in_keras(tf, layer, x, dout, (w, b))
    close(out, expected)
    for mine, theirs in zip(cnn.conv2d_backward(dout, cache), gradients, strict=True):
        close(mine, theirs)


@pytest.mark.parametrize("kernel", [(1, 1), (2, 2), (3, 3), (4, 5), (5, 2)])
@pytest.mark.parametrize("mode", ["valid", "same"])
def test_the_modes_are_keras(layers, kernel, mode):
    x, w, b = arrays(3, (2, 7, 6, 3), (*kernel, 3, 4), (4,))
    layer = layers.Conv2D(4, kernel, padding=mode, dtype="float64")
    layer.build(x.shape)
    layer.set_weights([w, b])
    out, _ = cnn.conv2d_forward(cnn.pad(x, kernel, mode), w, b)
    close(out, layer(x))
    assert layer.count_params() == cnn.conv_parameters(kernel, 3, 4)


@given(seeds, st.integers(1, 5), st.integers(1, 4))
def test_full_padding_meets_every_pixel_with_every_weight(seed, height, width):
    x, w = arrays(seed, (1, 4, 6, 1), (height, width, 1, 1))
    out, _ = cnn.conv2d_forward(cnn.pad(x, (height, width), "full"), w, np.zeros(1))
    np.testing.assert_allclose(out.sum(), x.sum() * w.sum(), rtol=1e-9, atol=1e-9)
    assert out.shape == (1, 4 + height - 1, 6 + width - 1, 1)


@given(
    st.integers(1, 30), st.integers(1, 7), st.integers(1, 4), st.integers(0, 3), st.integers(1, 3)
)
def test_the_output_size_counts_the_places(n, kernel, stride, padding, dilation):
    extent = dilation * (kernel - 1) + 1
    places = len(range(0, n + 2 * padding - extent + 1, stride))
    if places:
        assert cnn.output_size(n, kernel, stride, padding, dilation) == places
    else:
        with pytest.raises(ValueError, match=str(kernel)):
            cnn.output_size(n, kernel, stride, padding, dilation)


@pytest.mark.parametrize(("size", "stride"), [(2, 2), (3, 2), (3, 3), (2, 3), (1, 1), (4, 1)])
def test_pools_are_keras(tf, layers, size, stride):
    [x] = arrays(4, (2, 7, 9, 3))
    for forward, backward, layer in (
        (cnn.max_pool_forward, cnn.max_pool_backward, layers.MaxPooling2D),
        (cnn.average_pool_forward, cnn.average_pool_backward, layers.AveragePooling2D),
    ):
        out, cache = forward(x, size, stride)
        [dout] = arrays(5, out.shape)
        expected, [dx] = in_keras(tf, layer(size, stride, dtype="float64"), x, dout)
        close(out, expected)
        close(backward(dout, cache), dx)
    squares = layers.AveragePooling2D(size, stride, dtype="float64")(x**2)
    close(cnn.l2_pool_forward(x, size, stride)[0] ** 2, np.asarray(squares) * size**2)


@given(seeds, st.integers(1, 4), st.integers(1, 4))
def test_pools_keep_the_sum_of_gradients(seed, size, stride):
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 3, size=(2, 6, 5, 2)).astype(float)  # many ties
    for forward, backward in (
        (cnn.max_pool_forward, cnn.max_pool_backward),
        (cnn.average_pool_forward, cnn.average_pool_backward),
    ):
        out, cache = forward(x, size, stride)
        dout = rng.normal(size=out.shape)
        dx = backward(dout, cache)
        assert dx.shape == x.shape
        np.testing.assert_allclose(dx.sum(axis=(1, 2)), dout.sum(axis=(1, 2)), atol=1e-9)


def test_the_first_maximum_takes_the_gradient():
    x = np.array([[1.0, 5.0], [5.0, 5.0]]).reshape(1, 2, 2, 1)
    _, cache = cnn.max_pool_forward(x, 2, 2)
    dx = cnn.max_pool_backward(np.ones((1, 1, 1, 1)), cache)
    np.testing.assert_array_equal(dx[0, :, :, 0], [[0, 1], [0, 0]])


def test_depthwise_and_separable_are_keras(layers):
    x, depthwise, pointwise = arrays(6, (2, 7, 8, 3), (3, 2, 3, 4), (1, 1, 12, 5))
    layer = layers.DepthwiseConv2D((3, 2), depth_multiplier=4, use_bias=False, dtype="float64")
    layer.build(x.shape)
    layer.set_weights([depthwise])
    close(cnn.depthwise_conv2d(x, depthwise), layer(x))
    layer = layers.SeparableConv2D(5, (3, 2), depth_multiplier=4, use_bias=False, dtype="float64")
    layer.build(x.shape)
    layer.set_weights([depthwise, pointwise])
    close(cnn.separable_conv2d(x, depthwise, pointwise), layer(x))


@pytest.mark.parametrize("kernel", [(3, 3), (2, 3), (1, 1), (4, 2)])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_the_transposed_convolution_is_keras_and_the_convolutions_gradient(layers, kernel, stride):
    x, w, b = arrays(7, (2, 4, 5, 3), (*kernel, 6, 3), (6,))
    layer = layers.Conv2DTranspose(6, kernel, strides=stride, dtype="float64")
    layer.build(x.shape)
    layer.set_weights([w, b])
    out = cnn.conv2d_transpose(x, w, b, stride)
    close(out, layer(x))
    forward, cache = cnn.conv2d_forward(out, w, np.zeros(3), stride)
    if forward.shape == x.shape:
        close(out, cnn.conv2d_backward(x, cache)[0] + b)


@pytest.mark.parametrize("training", [True, False])
def test_batch_normalisation_is_keras(tf, layers, training):
    x, gamma, beta, mean = arrays(10, (3, 5, 4, 6), (6,), (6,), (6,))
    var = np.linspace(0.5, 2, 6)
    layer = layers.BatchNormalization(momentum=0.9, epsilon=0.01, dtype="float64")
    [dout] = arrays(11, x.shape)
    weights = (gamma, beta, mean, var)
    expected, gradients = in_keras(tf, layer, x, dout, weights, training=training)
    out, cache, new_mean, new_var = cnn.spatial_batchnorm_forward(
        x, gamma, beta, mean, var, training, momentum=0.9, eps=0.01
    )
    close(out, expected)
    close(new_mean, layer.moving_mean)
    close(new_var, layer.moving_variance)
    if training:
        for mine, theirs in zip(
            cnn.spatial_batchnorm_backward(dout, cache), gradients, strict=True
        ):
            close(mine, theirs)


def relu_network(tf, layers, weights, x):
    """LeNet of Keras's layers with these weights."""
    network = [
        layers.Conv2D(6, 3, padding="same", activation="relu", dtype="float64"),
        layers.MaxPooling2D(2, dtype="float64"),
        layers.Conv2D(16, 3, padding="same", activation="relu", dtype="float64"),
        layers.MaxPooling2D(2, dtype="float64"),
        layers.Flatten(dtype="float64"),
        layers.Dense(120, activation="relu", dtype="float64"),
        layers.Dense(84, activation="relu", dtype="float64"),
        layers.Dense(weights["W5"].shape[1], dtype="float64"),
    ]
    image = tf.constant(x)
    for layer in network:
        image = layer(image)
    weighted = [layer for layer in network if layer.weights]
    for number, layer in enumerate(weighted, start=1):
        layer.set_weights([weights[f"W{number}"], weights[f"b{number}"]])
    return network, weighted


@pytest.mark.parametrize(("shape", "classes"), [((8, 8, 1), 10), ((9, 6, 2), 3)])
def test_lenet_its_gradients_and_its_saliency(tf, layers, shape, classes):
    rng = np.random.default_rng(12)
    x, y = rng.uniform(size=(5, *shape)), rng.integers(0, classes, size=5)
    model = cnn.LeNet(shape, classes, rng)
    for key in model.params:
        model.params[key] = model.params[key] + 0.1 * rng.normal(size=model.params[key].shape)
    network, weighted = relu_network(tf, layers, model.params, x)
    variables = [weight.value for layer in weighted for weight in layer.weights]
    with tf.GradientTape() as tape:
        image = tf.constant(x)
        tape.watch(image)
        logits = image
        for layer in network:
            logits = layer(logits)
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits))
    dx, *gradients = tape.gradient(loss, [image, *variables])
    close(model.forward(x), logits)
    received_loss, received = model.loss_and_gradients(x, y)
    close(received_loss, loss)
    for key, expected in zip(model.params, gradients, strict=True):
        close(received[key], expected)
    close(cnn.saliency(model, x, y), dx)
    close(cnn.fgsm(model, x, y, 0.2), np.clip(x + 0.2 * np.sign(dx), 0, 1))
    assert sum(value.size for value in model.params.values()) == 19_754 or classes == 3


@pytest.mark.parametrize("kernel", [(3, 3), (2, 5), (4, 1)])
def test_the_residual_block_is_keras(tf, layers, kernel):
    x, w1, b1, w2, b2 = arrays(13, (2, 6, 5, 3), (*kernel, 3, 3), (3,), (*kernel, 3, 3), (3,))
    first, second = (layers.Conv2D(3, kernel, padding="same", dtype="float64") for _ in "12")
    for layer, weights in ((first, [w1, b1]), (second, [w2, b2])):
        layer.build(x.shape)
        layer.set_weights(weights)
    out, cache = cnn.residual_block_forward(x, w1, b1, w2, b2)
    [dout] = arrays(14, out.shape)
    with tf.GradientTape() as tape:
        image = tf.constant(x)
        tape.watch(image)
        expected = tf.nn.relu(image + second(tf.nn.relu(first(image))))
        loss = tf.reduce_sum(expected * dout)
    variables = [weight.value for layer in (first, second) for weight in layer.weights]
    close(out, expected)
    received = cnn.residual_block_backward(dout, cache)
    for mine, theirs in zip(received, tape.gradient(loss, [image, *variables]), strict=True):
        close(mine, theirs)


@settings(max_examples=25)
@given(seeds, st.integers(0, 9), st.booleans())
def test_augmentation_moves_images_and_invents_nothing(seed, max_shift, flip):
    rng = np.random.default_rng(seed)
    x = rng.uniform(1, 2, size=(4, 5, 7, 2))
    out = cnn.augment(x, np.random.default_rng(seed), max_shift, flip)
    assert out.shape == x.shape
    for before, after in zip(x, out, strict=True):
        kept = after[after != 0]
        assert np.isin(kept, before).all() and len(np.unique(kept)) == len(kept)
        # What is left is a rectangle.
        inside = after[..., 0] != 0
        assert inside.sum() == inside.any(axis=0).sum() * inside.any(axis=1).sum()


def test_single_precision_is_within_a_hundred_thousandth():
    x, w, b = arrays(15, (2, 9, 8, 3), (3, 3, 3, 4), (4,))
    exact, _ = cnn.conv2d_forward(x, w, b, stride=2, padding=1)
    single = (value.astype(np.float32) for value in (x, w, b))
    rounded, _ = cnn.conv2d_forward(*single, stride=2, padding=1)
    np.testing.assert_allclose(rounded, exact, rtol=1e-5, atol=1e-5)
