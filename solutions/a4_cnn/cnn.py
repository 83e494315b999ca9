"""Assignment 4: convolution, pooling, the blocks around them, and a network that reads digits.

Shapes: images `x (N, H, W, C)`, kernels `w (KH, KW, C, F)`, biases `b (F,)`, labels `y (N,)` of
integers; OH and OW are the sizes of an output. A `*_forward` returns `(out, cache)`: the cache is
yours, whatever the `*_backward` of the same name needs. `dout` is the gradient of the loss with
respect to `out`. Strides, paddings, dilations and pool sizes are integers for both axes. No
function changes its inputs.
"""

import numpy as np


def output_size(n, kernel, stride=1, padding=0, dilation=1):
    """Size of a convolution's output: ⌊(n + 2·padding − extent) / stride⌋ + 1.

    The extent of a kernel is dilation·(kernel − 1) + 1; an exact fit gives 1.

    Raises
    ------
    ValueError
        When n, kernel, stride or dilation is below 1, padding is below 0, or the extent is larger
        than n + 2·padding; the message names the value (the kernel, when it does not fit).

    Examples
    --------
    >>> output_size(28, 5, stride=2, padding=2)
    14

    Source: N5, section 4.2.4; Dumoulin and Visin, arXiv:1603.07285, chapter 2, and section 5.1
    for dilations.
    """
    ### BEGIN SOLUTION
    at_least_one = {"n": n, "kernel": kernel, "stride": stride, "dilation": dilation}
    for name, value in at_least_one.items():
        if value < 1:
            raise ValueError(f"Expected {name} of at least 1. Received: {value}")
    if padding < 0:
        raise ValueError(f"Expected padding of at least 0. Received: {padding}")
    extent = dilation * (kernel - 1) + 1
    if extent > n + 2 * padding:
        raise ValueError(
            f"Expected a kernel that fits into {n} + 2 * {padding}. "
            f"Received: kernel {kernel} with dilation {dilation}"
        )
    return (n + 2 * padding - extent) // stride + 1
    ### END SOLUTION


def conv_parameters(kernel, in_channels, out_channels, bias=True):
    """Number of parameters of a convolution: KH · KW · C · F, and F more with a bias.

    Parameters
    ----------
    kernel : int or pair (KH, KW)
    in_channels, out_channels : int
        C and F.

    Returns
    -------
    int

    Source: N4, section 2.3.1.
    """
    ### BEGIN SOLUTION
    height, width = _pair(kernel)
    return height * width * in_channels * out_channels + (out_channels if bias else 0)
    ### END SOLUTION


def pad(x, kernel, mode):
    """Zeros around the images, for a convolution of stride 1 in one of three modes.

    `"valid"` adds none; `"same"` adds k − 1 on each axis, ⌊(k − 1)/2⌋ of them before and the rest
    after, so that the output is as large as the input; `"full"` adds k − 1 on each side.

    Parameters
    ----------
    x : array (N, H, W, C)
    kernel : int or pair (KH, KW)

    Raises
    ------
    ValueError
        For another mode; the message names it.

    Source: N1, section 3.3.1.
    """
    ### BEGIN SOLUTION
    extra = [k - 1 for k in _pair(kernel)]
    widths = {
        "valid": [(0, 0) for _ in extra],
        "same": [(e // 2, e - e // 2) for e in extra],
        "full": [(e, e) for e in extra],
    }
    if mode not in widths:
        raise ValueError(f"Expected mode valid, same or full. Received: {mode!r}")
    return np.pad(x, [(0, 0), *widths[mode], (0, 0)])
    ### END SOLUTION


### BEGIN SOLUTION
def _pair(kernel):
    """The kernel's height and width."""
    return (kernel, kernel) if np.ndim(kernel) == 0 else tuple(kernel)


def _taps(kernel, size, stride=1, dilation=1):
    """For each place (i, j) in the kernel, the index of the inputs that it meets.

    `x[at]` then has the output's shape `(N, OH, OW, C)`: what the kernel's weight at (i, j) is
    multiplied by, for every place of the kernel over the image at once.
    """
    (kernel_height, kernel_width), (out_height, out_width) = kernel, size
    for i in range(kernel_height):
        for j in range(kernel_width):
            top, left = i * dilation, j * dilation
            rows = slice(top, top + (out_height - 1) * stride + 1, stride)
            columns = slice(left, left + (out_width - 1) * stride + 1, stride)
            yield i, j, (slice(None), rows, columns)


def _require_channels(x, channels):
    if x.shape[3] != channels:
        raise ValueError(f"Expected images of {channels} channels. Received: {x.shape[3]}")


### END SOLUTION


def conv2d_forward(x, w, b, stride=1, padding=0, dilation=1):
    """Convolution (cross-correlation) of images with kernels, with symmetric zero padding.

    out[n, p, q, f] = b[f] + Σ_{i, j, c} x̃[n, p·stride + i·dilation, q·stride + j·dilation, c] ·
    w[i, j, c, f], where x̃ is x with `padding` zeros on all four sides.

    Parameters
    ----------
    x : array (N, H, W, C)
    w : array (KH, KW, C, F)
    b : array (F,)

    Returns
    -------
    (out, cache) : array (N, OH, OW, F), and what `conv2d_backward` needs

    Raises
    ------
    ValueError
        When x and w differ in C, or the kernel does not fit; the message names both numbers of
        channels, or the kernel's size.

    Source: N5, sections 4.2.2 and 4.2.6; N1, section 3.1.
    """
    ### BEGIN SOLUTION
    kernel_height, kernel_width, channels, filters = w.shape
    _require_channels(x, channels)
    size = (
        output_size(x.shape[1], kernel_height, stride, padding, dilation),
        output_size(x.shape[2], kernel_width, stride, padding, dilation),
    )
    padded = np.pad(x, [(0, 0), (padding, padding), (padding, padding), (0, 0)])
    out = np.zeros_like(x, shape=(len(x), *size, filters)) + b
    for i, j, at in _taps((kernel_height, kernel_width), size, stride, dilation):
        out += np.tensordot(padded[at], w[i, j], axes=1)  # (N, OH, OW, C) · (C, F)
    return out, (padded, w, stride, padding, dilation)
    ### END SOLUTION


def conv2d_backward(dout, cache):
    """Gradients of `conv2d_forward` with respect to x, w and b.

    Every product x̃ · w of the forward pass gives dout · w to dx̃ and dout · x̃ to dw; db is the sum
    of dout over images and places. The gradient of the padding itself is dropped.

    Parameters
    ----------
    dout : array (N, OH, OW, F)

    Returns
    -------
    (dx, dw, db) : arrays of the shapes of x, w and b

    Source: the chain rule; Dumoulin and Visin, arXiv:1603.07285, chapter 4.
    """
    ### BEGIN SOLUTION
    padded, w, stride, padding, dilation = cache
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    everywhere = ((0, 1, 2), (0, 1, 2))
    for i, j, at in _taps(w.shape[:2], dout.shape[1:3], stride, dilation):
        dw[i, j] = np.tensordot(padded[at], dout, axes=everywhere)  # (C, F)
        dpadded[at] += np.tensordot(dout, w[i, j].T, axes=1)  # (N, OH, OW, F) · (F, C)
    height, width = padded.shape[1] - padding, padded.shape[2] - padding
    return dpadded[:, padding:height, padding:width], dw, np.sum(dout, axis=(0, 1, 2))
    ### END SOLUTION


### BEGIN SOLUTION
def _pool_windows(x, size, stride):
    """All entries of each window, row by row, on a new first axis: `(size², N, OH, OW, C)`."""
    out = output_size(x.shape[1], size, stride), output_size(x.shape[2], size, stride)
    return np.stack([x[at] for _, _, at in _taps((size, size), out, stride)])


def _pool_scatter(dwindows, like, size, stride):
    """Add the gradients `(size², N, OH, OW, C)` of the windows' entries where they came from."""
    dx = np.zeros_like(like)
    taps = _taps((size, size), dwindows.shape[2:4], stride)
    for (_, _, at), gradient in zip(taps, dwindows, strict=True):
        dx[at] += gradient  # windows overlap where stride < size
    return dx


### END SOLUTION


def max_pool_forward(x, size, stride):
    """Largest entry of each size × size window, channel by channel.

    Windows start every `stride` rows and columns; one that would reach beyond the edge is dropped.

    Returns
    -------
    (out, cache) : array (N, OH, OW, C), and what `max_pool_backward` needs

    Raises
    ------
    ValueError
        When the window does not fit; the message names its size.

    Source: N1, section 3.4.1.
    """
    ### BEGIN SOLUTION
    windows = _pool_windows(x, size, stride)  # (size², N, OH, OW, C)
    return np.max(windows, axis=0), (x, size, stride, np.argmax(windows, axis=0))
    ### END SOLUTION


def max_pool_backward(dout, cache):
    """Gradient of `max_pool_forward`: the largest entry of each window takes all of it.

    Of several largest ones the first takes it, row by row within the window.

    Returns
    -------
    array (N, H, W, C)

    Source: N1, section 3.4.1.
    """
    ### BEGIN SOLUTION
    x, size, stride, winner = cache
    places = np.arange(size * size, like=winner).reshape(-1, 1, 1, 1, 1)
    return _pool_scatter((places == winner) * dout, x, size, stride)
    ### END SOLUTION


def average_pool_forward(x, size, stride):
    """Mean of each size × size window, channel by channel; edges as for `max_pool_forward`.

    Returns
    -------
    (out, cache) : array (N, OH, OW, C), and what `average_pool_backward` needs

    Raises
    ------
    ValueError
        When the window does not fit; the message names its size.

    Source: N1, section 3.4.1.
    """
    ### BEGIN SOLUTION
    return np.mean(_pool_windows(x, size, stride), axis=0), (x, size, stride)
    ### END SOLUTION


def average_pool_backward(dout, cache):
    """Gradient of `average_pool_forward`: every entry of a window takes an equal part.

    Returns
    -------
    array (N, H, W, C)

    Source: N1, section 3.4.1.
    """
    ### BEGIN SOLUTION
    x, size, stride = cache
    share = np.broadcast_to(dout / size**2, (size * size, *dout.shape))
    return _pool_scatter(share, x, size, stride)
    ### END SOLUTION


def l2_pool_forward(x, size, stride):
    """Root of the sum of squares of each size × size window; edges as for `max_pool_forward`.

    Returns
    -------
    (out, cache) : array (N, OH, OW, C), and anything, None too: there is no backward pass

    Raises
    ------
    ValueError
        When the window does not fit; the message names its size.

    Source: N1, section 3.4.1, which names it.
    """
    ### BEGIN SOLUTION
    return np.sqrt(np.sum(_pool_windows(x, size, stride) ** 2, axis=0)), None
    ### END SOLUTION


def depthwise_conv2d(x, w):
    """Convolution of every channel with M kernels of its own: valid, stride 1, no bias.

    out[n, p, q, c·M + m] = Σ_{i, j} x[n, p + i, q + j, c] · w[i, j, c, m].

    Parameters
    ----------
    x : array (N, H, W, C)
    w : array (KH, KW, C, M)

    Returns
    -------
    array (N, OH, OW, C·M)

    Raises
    ------
    ValueError
        When x and w differ in C, or the kernel does not fit; as for `conv2d_forward`.

    Source: N1, section 3.6, which names it; Chollet, Xception, arXiv:1610.02357.
    """
    ### BEGIN SOLUTION
    kernel_height, kernel_width, channels, multiplier = w.shape
    _require_channels(x, channels)
    size = output_size(x.shape[1], kernel_height), output_size(x.shape[2], kernel_width)
    out = np.zeros_like(x, shape=(len(x), *size, channels, multiplier))
    for i, j, at in _taps((kernel_height, kernel_width), size):
        out += x[at][..., None] * w[i, j]  # (N, OH, OW, C, 1) · (C, M)
    return out.reshape(len(x), *size, channels * multiplier)
    ### END SOLUTION


def separable_conv2d(x, depthwise, pointwise):
    """Depthwise convolution, then a 1 × 1 convolution that mixes the channels; nothing between.

    Parameters
    ----------
    x : array (N, H, W, C)
    depthwise : array (KH, KW, C, M)
    pointwise : array (1, 1, C·M, F)

    Returns
    -------
    array (N, OH, OW, F)

    Raises
    ------
    ValueError
        When the channels do not match; the message names both numbers.

    Source: N1, section 3.6, which names it; Chollet, Xception, arXiv:1610.02357.
    """
    ### BEGIN SOLUTION
    features = depthwise_conv2d(x, depthwise)  # (N, OH, OW, C·M)
    no_bias = np.zeros_like(pointwise, shape=pointwise.shape[3])
    out, _ = conv2d_forward(features, pointwise, no_bias)
    return out
    ### END SOLUTION


def conv2d_transpose(x, w, b, stride):
    """Transposed convolution: each input puts a kernel, times its value, into a larger output.

    Input (p, q) adds x[n, p, q, c] · w[i, j, f, c] to output (p·stride + i, q·stride + j), and b
    is added once everywhere. On each axis, n inputs and k rows of the kernel make
    n·stride + max(k − stride, 0) outputs, as in Keras: no padding ("valid").

    Parameters
    ----------
    x : array (N, H, W, C)
    w : array (KH, KW, F, C)
    b : array (F,)

    Returns
    -------
    array (N, OH, OW, F)

    Raises
    ------
    ValueError
        When x and w differ in C; the message names both numbers of channels.

    Source: Dumoulin and Visin, arXiv:1603.07285, chapter 4.
    """
    ### BEGIN SOLUTION
    kernel_height, kernel_width, filters, channels = w.shape
    _require_channels(x, channels)
    n, height, width, _ = x.shape
    out_height = height * stride + max(kernel_height - stride, 0)
    out_width = width * stride + max(kernel_width - stride, 0)
    out = np.zeros_like(x, shape=(n, out_height, out_width, filters)) + b
    for i, j, at in _taps((kernel_height, kernel_width), (height, width), stride):
        out[at] += np.tensordot(x, w[i, j].T, axes=1)  # (N, H, W, C) · (C, F)
    return out
    ### END SOLUTION


def spatial_batchnorm_forward(
    x, gamma, beta, running_mean, running_var, training, momentum=0.99, eps=1e-3
):
    """Batch normalisation of images: each channel over N, H and W.

    x̂ = (x − mean) / √(var + eps), out = gamma · x̂ + beta. In training mean and (biased) var are
    those of the batch, and running ← momentum · running + (1 − momentum) · batch; at inference
    they are the running ones, which come back unchanged.

    Parameters
    ----------
    x : array (N, H, W, C)
    gamma, beta, running_mean, running_var : arrays (C,)
    training : bool

    Returns
    -------
    (out, cache, new_mean, new_var) : array (N, H, W, C), what `spatial_batchnorm_backward` needs,
        and the running values, arrays (C,)

    Source: Ioffe and Szegedy, arXiv:1502.03167, section 3.2.
    """
    ### BEGIN SOLUTION
    mean, var = running_mean, running_var
    if training:
        mean, var = np.mean(x, axis=(0, 1, 2)), np.var(x, axis=(0, 1, 2))  # (C,)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    deviation = np.sqrt(var + eps)
    normalised = (x - mean) / deviation
    return gamma * normalised + beta, (normalised, gamma, deviation), running_mean, running_var
    ### END SOLUTION


def spatial_batchnorm_backward(dout, cache):
    """Gradients of `spatial_batchnorm_forward` in training: mean and var depend on x too.

    dgamma = Σ dout · x̂, dbeta = Σ dout (over N, H, W), and with g = gamma · dout
    dx = (g − mean(g) − x̂ · mean(g · x̂)) / √(var + eps).

    Returns
    -------
    (dx, dgamma, dbeta) : arrays (N, H, W, C), (C,) and (C,)

    Source: Ioffe and Szegedy, arXiv:1502.03167, section 3.
    """
    ### BEGIN SOLUTION
    normalised, gamma, deviation = cache
    axes = (0, 1, 2)
    g = gamma * dout
    along = normalised * np.mean(g * normalised, axis=axes)
    dx = (g - np.mean(g, axis=axes) - along) / deviation
    return dx, np.sum(dout * normalised, axis=axes), np.sum(dout, axis=axes)
    ### END SOLUTION


### BEGIN SOLUTION
def _same_conv_forward(x, w, b):
    return conv2d_forward(pad(x, w.shape[:2], "same"), w, b)


def _same_conv_backward(dout, cache):
    dpadded, dw, db = conv2d_backward(dout, cache)
    top, left = ((k - 1) // 2 for k in dw.shape[:2])
    _, height, width, _ = dout.shape
    return dpadded[:, top : top + height, left : left + width], dw, db


### END SOLUTION


def residual_block_forward(x, w1, b1, w2, b2):
    """Residual block: relu(x + conv(relu(conv(x)))), the convolutions "same" as in `pad`.

    Parameters
    ----------
    x : array (N, H, W, C)
    w1, w2 : arrays (KH, KW, C, C)
    b1, b2 : arrays (C,)

    Returns
    -------
    (out, cache) : array (N, H, W, C), and what `residual_block_backward` needs

    Source: He et al., arXiv:1512.03385, without batch normalisation; N1, section 3.8.
    """
    ### BEGIN SOLUTION
    first, cache1 = _same_conv_forward(x, w1, b1)
    second, cache2 = _same_conv_forward(np.maximum(first, 0.0), w2, b2)
    out = np.maximum(x + second, 0.0)
    return out, (first, cache1, cache2, out)
    ### END SOLUTION


def residual_block_backward(dout, cache):
    """Gradients of `residual_block_forward`; relu'(0) = 0.

    Returns
    -------
    (dx, dw1, db1, dw2, db2) : arrays of the shapes of x, w1, b1, w2 and b2

    Source: the chain rule; N1, section 3.8, on why the direct way helps.
    """
    ### BEGIN SOLUTION
    first, cache1, cache2, out = cache
    dsum = dout * (out > 0)  # reaches x directly and through both convolutions
    dhidden, dw2, db2 = _same_conv_backward(dsum, cache2)
    dx, dw1, db1 = _same_conv_backward(dhidden * (first > 0), cache1)
    return dx + dsum, dw1, db1, dw2, db2
    ### END SOLUTION


### BEGIN SOLUTION
def _softmax_cross_entropy(logits, y):
    """The mean cross-entropy and its gradient with respect to the logits."""
    shifted = logits - np.max(logits, axis=1, keepdims=True)  # (N, K)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    right = np.arange(logits.shape[1], like=logits) == y[:, None]  # (N, K)
    return -np.sum(log_p * right) / len(y), (np.exp(log_p) - right) / len(y)


def _relu_pool_forward(z):
    return max_pool_forward(np.maximum(z, 0.0), 2, 2)


def _relu_pool_backward(dout, cache, z):
    return max_pool_backward(dout, cache) * (z > 0)


def _lenet_params(input_shape, n_classes, rng):
    """He's weights, and biases of 0."""
    height, width, channels = input_shape
    flat = 16 * (height // 4) * (width // 4)
    shapes = [(3, 3, channels, 6), (3, 3, 6, 16), (flat, 120), (120, 84), (84, n_classes)]
    params = {}
    for number, shape in enumerate(shapes, start=1):
        fan_in = np.prod(shape[:-1])
        params[f"W{number}"] = rng.normal(size=shape) * np.sqrt(2.0 / fan_in)
        params[f"b{number}"] = np.zeros(shape[-1])
    return params


def _lenet_forward(p, x):
    """The logits and what `_lenet_backward` needs."""
    z1, conv1 = _same_conv_forward(x, p["W1"], p["b1"])  # (N, H, W, 6)
    a1, pool1 = _relu_pool_forward(z1)  # (N, H/2, W/2, 6)
    z2, conv2 = _same_conv_forward(a1, p["W2"], p["b2"])  # (N, H/2, W/2, 16)
    a2, pool2 = _relu_pool_forward(z2)  # (N, H/4, W/4, 16)
    flat = a2.reshape(len(x), -1)  # (N, D)
    a3 = np.maximum(flat @ p["W3"] + p["b3"], 0.0)  # (N, 120)
    a4 = np.maximum(a3 @ p["W4"] + p["b4"], 0.0)  # (N, 84)
    return a4 @ p["W5"] + p["b5"], (z1, conv1, pool1, z2, conv2, pool2, a2, flat, a3, a4)


def _lenet_backward(p, x, y):
    """The loss, the gradients of the params, and the gradient of x."""
    logits, (z1, conv1, pool1, z2, conv2, pool2, a2, flat, a3, a4) = _lenet_forward(p, x)
    loss, delta = _softmax_cross_entropy(logits, y)  # (N, K)
    gradients = {}
    for number, inputs in ((5, a4), (4, a3), (3, flat)):
        gradients[f"W{number}"] = inputs.T @ delta
        gradients[f"b{number}"] = np.sum(delta, axis=0)
        delta = delta @ p[f"W{number}"].T * (inputs > 0)
    dz2 = _relu_pool_backward(delta.reshape(a2.shape), pool2, z2)
    da1, gradients["W2"], gradients["b2"] = _same_conv_backward(dz2, conv2)
    dz1 = _relu_pool_backward(da1, pool1, z1)
    dx, gradients["W1"], gradients["b1"] = _same_conv_backward(dz1, conv1)
    return loss, gradients, dx


### END SOLUTION


class LeNet:
    """Two convolutions and three dense layers: a relative of LeNet-5, for images of any size.

    conv 3 × 3 "same" of 6 filters → relu → max pool 2/2 → conv 3 × 3 "same" of 16 → relu → max
    pool 2/2 → flatten (row-major, channels last) → 120 → relu → 84 → relu → n_classes logits.

    Parameters
    ----------
    input_shape : (H, W, C)
    n_classes : int
    rng : np.random.Generator
        Draws the first weights; how is yours to choose.

    Attributes
    ----------
    params : dict
        W1 (3, 3, C, 6), b1 (6,), W2 (3, 3, 6, 16), b2 (16,), W3 (D, 120), b3 (120,),
        W4 (120, 84), b4 (84,), W5 (84, n_classes), b5 (n_classes,), with D = 16·⌊H/4⌋·⌊W/4⌋.
        Every method reads them at the time of the call: others may replace them.

    Source: after LeCun et al., Gradient-based learning applied to document recognition (1998);
    N1, section 3.2, shows the original.
    """

    def __init__(self, input_shape, n_classes, rng):
        ### BEGIN SOLUTION
        self.params = _lenet_params(input_shape, n_classes, rng)
        ### END SOLUTION

    def forward(self, x):
        """Logits, `(N, n_classes)`, of images `(N, H, W, C)`."""
        ### BEGIN SOLUTION
        return _lenet_forward(self.params, x)[0]
        ### END SOLUTION

    def loss_and_gradients(self, x, y):
        """Mean cross-entropy of softmax, and its gradient for each entry of `params`.

        Returns
        -------
        (loss, gradients) : float, and a dict with the keys of `params`
        """
        ### BEGIN SOLUTION
        loss, gradients, _ = _lenet_backward(self.params, x, y)
        return loss, gradients
        ### END SOLUTION

    def fit(self, x, y, rng):
        """Learn from images `(N, H, W, C)` and labels `(N,)`, by any method; returns `self`.

        All randomness comes from `rng`.
        """
        ### BEGIN SOLUTION
        epochs, batch = 40, 32
        steps = epochs * (len(y) // batch + 1)
        mean = {key: np.zeros_like(value) for key, value in self.params.items()}
        square = {key: np.zeros_like(value) for key, value in self.params.items()}
        step = 0
        for _ in range(epochs):
            order = rng.permutation(len(y))
            for rows in np.array_split(order, len(y) // batch + 1):
                step += 1
                # Adam, whose rate falls to 0 at the end.
                rate = 0.003 * (1 - (step - 1) / steps)
                rate *= np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
                noisy = x[rows] + 0.2 * rng.normal(size=x[rows].shape)  # against overfitting
                _, gradients = self.loss_and_gradients(noisy, y[rows])
                for key, gradient in gradients.items():
                    mean[key] = 0.9 * mean[key] + 0.1 * gradient
                    square[key] = 0.999 * square[key] + 0.001 * gradient**2
                    move = rate * mean[key] / (np.sqrt(square[key]) + 1e-7)
                    self.params[key] = self.params[key] - move
        return self
        ### END SOLUTION


def augment(x, rng, max_shift, flip=False):
    """Random shifts, and mirror images if asked: training images that cost nothing.

    Each image is moved by its own (dy, dx), down and to the right where positive, each uniform on
    the integers from −max_shift to max_shift; what is moved out is lost, and zeros move in. Then,
    if `flip`, each image is mirrored left-right with probability 1/2.

    Parameters
    ----------
    x : array (N, H, W, C)
    rng : np.random.Generator
        The only source of randomness.
    max_shift : int
        May be as large as the images or larger.

    Returns
    -------
    array (N, H, W, C)

    Raises
    ------
    ValueError
        When max_shift is below 0; the message names it.

    Source: N1, section 3.10.1.
    """
    ### BEGIN SOLUTION
    if max_shift < 0:
        raise ValueError(f"Expected max_shift of at least 0. Received: {max_shift}")
    n, height, width, _ = x.shape
    margin = (max_shift, max_shift)
    padded = np.pad(x, [(0, 0), margin, margin, (0, 0)])
    out = np.zeros_like(x)
    for image, (dy, dx) in enumerate(rng.integers(-max_shift, max_shift + 1, size=(n, 2))):
        top, left = max_shift - int(dy), max_shift - int(dx)
        out[image] = padded[image, top : top + height, left : left + width]
        if flip and rng.random() < 0.5:
            out[image] = out[image, :, ::-1]
    return out
    ### END SOLUTION


def saliency(model, x, y):
    """Which pixels matter: the gradient of the mean cross-entropy with respect to the images.

    Parameters
    ----------
    model : LeNet
        Your own; it is not changed.
    x : array (N, H, W, C)
    y : array (N,) of integers

    Returns
    -------
    array (N, H, W, C)
        With its signs; relu'(0) = 0, and of equal maxima the first takes the gradient.

    Source: Simonyan et al., arXiv:1312.6034.
    """
    ### BEGIN SOLUTION
    _, _, dx = _lenet_backward(model.params, x, y)
    return dx
    ### END SOLUTION


def fgsm(model, x, y, epsilon):
    """Fast gradient sign method: images that look the same and are read wrongly.

    clip(x + epsilon · sign(saliency), 0, 1), with sign(0) = 0.

    Returns
    -------
    array (N, H, W, C)

    Source: Goodfellow et al., arXiv:1412.6572.
    """
    ### BEGIN SOLUTION
    return np.clip(x + epsilon * np.sign(saliency(model, x, y)), 0.0, 1.0)
    ### END SOLUTION
