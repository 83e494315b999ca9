"""Assignment 4 with shifted slices, and gradients that are convolutions themselves."""

import numpy as np


def output_size(n, kernel, stride=1, padding=0, dilation=1):
    if n < 1 or kernel < 1 or stride < 1 or dilation < 1 or padding < 0:
        raise ValueError(f"{n=}, {kernel=}, {stride=}, {padding=}, {dilation=}")
    size = int(np.floor((n + 2 * padding - dilation * (kernel - 1) - 1) / stride)) + 1
    if size < 1:
        raise ValueError(f"no room: {n=}, {kernel=}, {stride=}, {padding=}, {dilation=}")
    return size


def conv_parameters(kernel, in_channels, out_channels, bias=True):
    shape = (*_both(kernel), in_channels, out_channels)
    return np.zeros(shape).size + out_channels * bias


def _both(kernel):
    try:
        height, width = kernel
    except TypeError:
        height = width = kernel
    return height, width


def pad(x, kernel, mode):
    height, width = _both(kernel)
    if mode == "valid":
        height = width = 1
    if mode == "full":
        return _frame(x, height - 1, width - 1, height - 1, width - 1)
    if mode not in ("valid", "same"):
        raise ValueError(f"mode is {mode}")
    return _frame(x, (height - 1) // 2, (width - 1) // 2, height // 2, width // 2)


def _frame(x, top, left, bottom, right):
    n, _, width, c = x.shape
    x = np.concatenate([np.zeros((n, top, width, c)), x, np.zeros((n, bottom, width, c))], axis=1)
    n, height, _, c = x.shape
    empty = np.zeros((n, height, left + right, c))
    return np.concatenate([empty[:, :, :left], x, empty[:, :, left:]], axis=2)


def _shifted(x, i, j, size, stride):
    """What the weight at (i, j) meets."""
    rows = x[:, i:][:, ::stride][:, : size[0]]
    return rows[:, :, j:][:, :, ::stride][:, :, : size[1]]


def _spread(w, dilation):
    """A kernel with zeros between its weights."""
    height, width, c, f = w.shape
    out = np.zeros(((height - 1) * dilation + 1, (width - 1) * dilation + 1, c, f))
    out[::dilation, ::dilation] = w
    return out


def _correlate(x, w, stride=1):
    """Valid correlation, without a bias."""
    size = [(n - k) // stride + 1 for n, k in zip(x.shape[1:3], w.shape[:2])]
    return sum(
        _shifted(x, i, j, size, stride) @ w[i, j]
        for i in range(w.shape[0])
        for j in range(w.shape[1])
    )


def conv2d_forward(x, w, b, stride=1, padding=0, dilation=1):
    if x.shape[3] != w.shape[2]:
        raise ValueError(f"channels: {x.shape[3]}, {w.shape[2]}")
    for n, k in zip(x.shape[1:3], w.shape[:2]):
        output_size(n, k, stride, padding, dilation)
    wide = _frame(x, padding, padding, padding, padding)
    return b + _correlate(wide, _spread(w, dilation), stride), (wide, w, stride, padding, dilation)


def conv2d_backward(dout, cache):
    wide, w, stride, padding, dilation = cache
    n, oh, ow, f = dout.shape
    # dout with stride − 1 zeros between its entries.
    sparse = np.zeros((n, (oh - 1) * stride + 1, (ow - 1) * stride + 1, f))
    sparse[:, ::stride, ::stride] = dout
    # dx̃: the full correlation of dout with the mirrored kernel; nothing where no kernel was.
    kernel = _spread(w, dilation)
    mirrored = kernel[::-1, ::-1].swapaxes(2, 3)
    reached = _correlate(pad(sparse, kernel.shape[:2], "full"), mirrored)
    _, height, width, _ = wide.shape
    dwide = _frame(reached, 0, 0, height - reached.shape[1], width - reached.shape[2])
    # dw: images become channels, dout becomes the kernel.
    used = wide[:, : reached.shape[1], : reached.shape[2]].transpose(3, 1, 2, 0)
    dw = _correlate(used, sparse.transpose(1, 2, 0, 3)).transpose(1, 2, 0, 3)
    dx = dwide[:, padding : height - padding, padding : width - padding]
    return dx, dw[::dilation, ::dilation], dout.sum(axis=2).sum(axis=1).sum(axis=0)


def _pool_size(x, size, stride):
    return [output_size(n, size, stride) for n in x.shape[1:3]]


def _corners(size):
    return [(i, j) for i in range(size) for j in range(size)]


def max_pool_forward(x, size, stride):
    places = _pool_size(x, size, stride)
    best = _shifted(x, 0, 0, places, stride).copy()
    who = np.zeros(best.shape, dtype=int)
    for number, (i, j) in enumerate(_corners(size)):
        other = _shifted(x, i, j, places, stride)
        who[other > best] = number
        best = np.where(other > best, other, best)
    return best, (who, x.shape, size, stride)


def max_pool_backward(dout, cache):
    who, shape, size, stride = cache
    dx = np.zeros(shape)
    for number, (i, j) in enumerate(_corners(size)):
        _shifted(dx, i, j, dout.shape[1:3], stride)[...] += np.where(who == number, dout, 0.0)
    return dx


def average_pool_forward(x, size, stride):
    places = _pool_size(x, size, stride)
    total = sum(_shifted(x, i, j, places, stride) for i, j in _corners(size))
    return total / (size * size), (x.shape, size, stride)


def average_pool_backward(dout, cache):
    shape, size, stride = cache
    dx = np.zeros(shape)
    for i, j in _corners(size):
        _shifted(dx, i, j, dout.shape[1:3], stride)[...] += dout
    return dx / size**2


def l2_pool_forward(x, size, stride):
    mean, _ = average_pool_forward(x * x, size, stride)
    return np.sqrt(mean) * size, None


def depthwise_conv2d(x, w):
    height, width, c, m = w.shape
    if x.shape[3] != c:
        raise ValueError(f"channels: {x.shape[3]}, {c}")
    # An ordinary convolution, whose kernels are 0 outside their own channel.
    block = np.zeros((height, width, c, c, m))
    for channel in range(c):
        block[:, :, channel, channel] = w[:, :, channel]
    for n, k in zip(x.shape[1:3], w.shape[:2]):
        output_size(n, k)
    return _correlate(x, block.reshape(height, width, c, c * m))


def separable_conv2d(x, depthwise, pointwise):
    features = depthwise_conv2d(x, depthwise)
    if features.shape[3] != pointwise.shape[2]:
        raise ValueError(f"channels: {features.shape[3]}, {pointwise.shape[2]}")
    return features @ pointwise[0, 0]


def conv2d_transpose(x, w, b, stride):
    if x.shape[3] != w.shape[3]:
        raise ValueError(f"channels: {x.shape[3]}, {w.shape[3]}")
    n, height, width, c = x.shape
    sparse = np.zeros((n, (height - 1) * stride + 1, (width - 1) * stride + 1, c))
    sparse[:, ::stride, ::stride] = x
    full = pad(sparse, w.shape[:2], "full")
    out = _correlate(full, w[::-1, ::-1].swapaxes(2, 3))
    kernel_height, kernel_width = w.shape[:2]
    return _frame(out, 0, 0, max(stride - kernel_height, 0), max(stride - kernel_width, 0)) + b


def spatial_batchnorm_forward(
    x, gamma, beta, running_mean, running_var, training, momentum=0.99, eps=1e-3
):
    new_mean, new_var = running_mean + 0, running_var + 0
    mean, var = new_mean, new_var
    if training:
        mean = x.mean(axis=(0, 1, 2))
        var = (x**2).mean(axis=(0, 1, 2)) - mean**2
        new_mean = momentum * new_mean + (1.0 - momentum) * mean
        new_var = momentum * new_var + (1.0 - momentum) * var
    std = np.sqrt(np.maximum(var, 0.0) + eps)
    return gamma * (x - mean) / std + beta, (x - mean, std, gamma), new_mean, new_var


def spatial_batchnorm_backward(dout, cache):
    centred, std, gamma = cache
    everywhere = {"axis": (0, 1, 2), "keepdims": True}
    dnorm = dout * gamma
    dvar = np.sum(dnorm * centred, **everywhere) * -0.5 / std**3
    dcentred = dnorm / std + dvar * 2 * centred / dout[..., 0].size
    dx = dcentred - dcentred.mean(**everywhere)
    return dx, np.sum(dout * centred / std, axis=(0, 1, 2)), np.sum(dout, axis=(0, 1, 2))


def _relu(z):
    return (np.abs(z) + z) / 2


def residual_block_forward(x, w1, b1, w2, b2):
    a, first = conv2d_forward(pad(x, w1.shape[:2], "same"), w1, b1)
    c, second = conv2d_forward(pad(_relu(a), w2.shape[:2], "same"), w2, b2)
    return _relu(c + x), [first, second, a, c + x]


def _centre(dwide, kernel, like):
    top, left = [(k - 1) // 2 for k in kernel[:2]]
    return dwide[:, top:][:, : like.shape[1]][:, :, left:][:, :, : like.shape[2]]


def residual_block_backward(dout, cache):
    first, second, a, total = cache
    d = dout.copy()
    d[total <= 0] = 0
    dwide, dw2, db2 = conv2d_backward(d, second)
    da = _centre(dwide, dw2.shape, d).copy()
    da[a <= 0] = 0
    dwide, dw1, db1 = conv2d_backward(da, first)
    return d + _centre(dwide, dw1.shape, d), dw1, db1, dw2, db2


class Conv:
    """A convolution of 3 × 3 with its relu and its pool."""

    def __init__(self, params, number):
        self.params, self.names = params, (f"W{number}", f"b{number}")

    def forward(self, x):
        W, b = (self.params[name] for name in self.names)
        self.z, self.conv = conv2d_forward(x, W, b, padding=1)
        out, self.pool = max_pool_forward(_relu(self.z), 2, 2)
        return out

    def backward(self, dout, gradients):
        dz = max_pool_backward(dout, self.pool) * (self.z > 0)
        dx, *dweights = conv2d_backward(dz, self.conv)
        gradients.update(zip(self.names, dweights))
        return dx


class Flatten:
    def forward(self, x):
        self.shape = x.shape
        return x.reshape(self.shape[0], -1)

    def backward(self, dout, gradients):
        return dout.reshape(self.shape)


class Dense:
    def __init__(self, params, number, relu=True):
        self.params, self.names, self.relu = params, (f"W{number}", f"b{number}"), relu

    def forward(self, x):
        W, b = (self.params[name] for name in self.names)
        self.x, self.z = x, x @ W + b
        return _relu(self.z) if self.relu else self.z

    def backward(self, dout, gradients):
        if self.relu:
            dout = dout * (self.z > 0)
        gradients[self.names[0]] = self.x.T @ dout
        gradients[self.names[1]] = dout.sum(axis=0)
        return dout @ self.params[self.names[0]].T


class LeNet:
    def __init__(self, input_shape, n_classes, rng):
        h, w, c = input_shape
        flat = 16 * (h // 2 // 2) * (w // 2 // 2)
        self.params = {
            "W1": rng.normal(size=(3, 3, c, 6)) / np.sqrt(4.5 * c),
            "W2": rng.normal(size=(3, 3, 6, 16)) / np.sqrt(27),
            "W3": rng.normal(size=(flat, 120)) * np.sqrt(2 / flat),
            "W4": rng.normal(size=(120, 84)) / np.sqrt(60),
            "W5": rng.normal(size=(84, n_classes)) / np.sqrt(84),
        }
        for number, size in enumerate((6, 16, 120, 84, n_classes)):
            self.params[f"b{number + 1}"] = np.zeros(size)

    def layers(self):
        p = self.params
        return [
            *(Conv(p, 1), Conv(p, 2), Flatten()),
            *(Dense(p, 3), Dense(p, 4), Dense(p, 5, relu=False)),
        ]

    def forward(self, x):
        for layer in self.layers():
            x = layer.forward(x)
        return x

    def differentiate(self, x, y):
        layers, gradients = self.layers(), {}
        for layer in layers:
            x = layer.forward(x)
        log_p = x - np.logaddexp.reduce(x, axis=1, keepdims=True)
        rows = np.arange(y.size)
        d = np.exp(log_p)
        d[rows, y] -= 1.0
        d = d / y.size
        for layer in layers[::-1]:
            d = layer.backward(d, gradients)
        return np.mean(-log_p[rows, y]), gradients, d

    def loss_and_gradients(self, x, y):
        loss, gradients, _ = self.differentiate(x, y)
        return [loss, gradients]

    def fit(self, x, y, rng):
        average = {name: np.zeros_like(value) for name, value in self.params.items()}
        size = {name: np.zeros_like(value) for name, value in self.params.items()}
        for epoch in range(15):
            order = rng.permutation(y.size)
            for start in range(0, y.size, 32):
                rows = order[start : start + 32]
                _, gradients = self.loss_and_gradients(x[rows], y[rows])
                for name, gradient in gradients.items():
                    average[name] += 0.1 * (gradient - average[name])
                    size[name] = np.maximum(0.99 * size[name], np.abs(gradient))  # Adamax
                    rate = 0.004 if epoch < 11 else 0.001
                    self.params[name] -= rate * average[name] / (size[name] + 1e-8)
        return self


def augment(x, rng, max_shift, flip=False):
    if max_shift < 0:
        raise ValueError(f"{max_shift=}")
    _, height, width, _ = x.shape
    m = max_shift
    wide, images = _frame(x, m, m, m, m), []
    for image in wide:
        top, left = rng.integers(0, 2 * m + 1), rng.integers(0, 2 * m + 1)
        image = image[top : top + height, left : left + width]
        images.append(np.fliplr(image) if flip and rng.integers(2) else image)
    return np.stack(images)


def saliency(model, x, y):
    return model.differentiate(x, y)[2]


def fgsm(model, x, y, epsilon):
    return (x + epsilon * np.sign(saliency(model, x, y))).clip(0, 1)
