"""Assignment 4 with patches as rows of one matrix, and a dictionary for every cache."""

from functools import cache

import numpy as np


def output_size(n, kernel, stride=1, padding=0, dilation=1):
    for name in ("n", "kernel", "stride", "dilation"):
        if locals()[name] <= 0:
            raise ValueError(f"{name} = {locals()[name]} is not positive")
    if padding < 0:
        raise ValueError(f"padding = {padding} is negative")
    last = n + 2 * padding - (kernel + (kernel - 1) * (dilation - 1))
    if last < 0:
        raise ValueError(f"kernel = {kernel} is too large")
    return len(range(0, last + 1, stride))


def conv_parameters(kernel, in_channels, out_channels, bias=True):
    height, width = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    weights = out_channels * height * width * in_channels
    return weights + out_channels if bias else weights


def pad(x, kernel, mode):
    if mode not in ("valid", "same", "full"):
        raise ValueError("unknown mode " + str(mode))
    height, width = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    n, h, w, c = x.shape
    if mode == "valid":
        return x
    if mode == "full":
        out = np.zeros((n, h + 2 * height - 2, w + 2 * width - 2, c))
        out[:, height - 1 : height - 1 + h, width - 1 : width - 1 + w] = x
        return out
    out = np.zeros((n, h + height - 1, w + width - 1, c))
    top, left = (height - 1) // 2, (width - 1) // 2
    out[:, top : top + h, left : left + w] = x
    return out


@cache
def _index(height, width, kernel_height, kernel_width, stride, dilation):
    """For each place, the numbers of the pixels in its patch: (OH, OW, KH, KW)."""
    oh = output_size(height, kernel_height, stride, 0, dilation)
    ow = output_size(width, kernel_width, stride, 0, dilation)
    rows = stride * np.arange(oh)[:, None] + dilation * np.arange(kernel_height)
    columns = stride * np.arange(ow)[:, None] + dilation * np.arange(kernel_width)
    return rows[:, None, :, None] * width + columns[None, :, None, :]


def _patches(x, index):
    """(N, OH, OW, KH, KW, C)."""
    n, _, _, c = x.shape
    return x.reshape(n, -1, c)[:, index]


def _put_back(patches, index, shape):
    n, h, w, c = shape
    flat = np.zeros((n, h * w, c))
    np.add.at(flat, (slice(None), index), patches)
    return flat.reshape(shape)


def conv2d_forward(x, w, b, stride=1, padding=0, dilation=1):
    kernel_height, kernel_width, c, f = w.shape
    n, height, width, channels = x.shape
    if channels != c:
        raise ValueError(f"the images have {channels} channels, the kernels {c}")
    oh = output_size(height, kernel_height, stride, padding, dilation)
    ow = output_size(width, kernel_width, stride, padding, dilation)
    wide = np.zeros((n, height + 2 * padding, width + 2 * padding, c))
    wide[:, padding : padding + height, padding : padding + width] = x
    index = _index(*wide.shape[1:3], kernel_height, kernel_width, stride, dilation)
    matrix = _patches(wide, index).reshape(n * oh * ow, -1)
    out = (matrix @ w.reshape(-1, f) + b).reshape(n, oh, ow, f)
    cache = {"matrix": matrix, "index": index, "wide": wide.shape, "x": x.shape, "w": w}
    return out, {**cache, "padding": padding}


def conv2d_backward(dout, cache):
    w, padding, (_, height, width, _) = cache["w"], cache["padding"], cache["x"]
    rows = dout.reshape(-1, dout.shape[3])
    dw = (cache["matrix"].T @ rows).reshape(w.shape)
    dpatches = (rows @ w.reshape(-1, w.shape[3]).T).reshape(*dout.shape[:3], *w.shape[:3])
    dwide = _put_back(dpatches, cache["index"], cache["wide"])
    return (
        dwide[:, padding : padding + height, padding : padding + width],
        dw,
        np.ones(len(rows)) @ rows,
    )


def _windows(x, size, stride):
    """(N, OH, OW, size², C) and the pixels' numbers."""
    index = _index(*x.shape[1:3], size, size, stride, 1)
    index = index.reshape(*index.shape[:2], -1)
    return _patches(x, index), index


def max_pool_forward(x, size, stride):
    windows, index = _windows(x, size, stride)
    best = windows.argmax(axis=3)[:, :, :, None]
    out = np.take_along_axis(windows, best, axis=3)[:, :, :, 0]
    return out, {"best": best, "index": index, "shape": x.shape}


def max_pool_backward(dout, cache):
    n, oh, ow, c = dout.shape
    spread = np.zeros((n, oh, ow, cache["index"].shape[2], c))
    np.put_along_axis(spread, cache["best"], dout[:, :, :, None], axis=3)
    return _put_back(spread, cache["index"], cache["shape"])


def average_pool_forward(x, size, stride):
    windows, index = _windows(x, size, stride)
    return np.average(windows, axis=3), {"index": index, "shape": x.shape}


def average_pool_backward(dout, cache):
    entries = cache["index"].shape[2]
    spread = np.repeat(dout[:, :, :, None] / entries, entries, axis=3)
    return _put_back(spread, cache["index"], cache["shape"])


def l2_pool_forward(x, size, stride):
    windows, _ = _windows(x, size, stride)
    return np.power(np.square(windows).sum(axis=3), 0.5), "nothing"


def depthwise_conv2d(x, w):
    kernel_height, kernel_width, channels, _ = w.shape
    if x.shape[3] != channels:
        raise ValueError(f"{x.shape[3]} and {channels} channels")
    outputs = []
    for c in range(channels):
        one, _ = conv2d_forward(x[..., c : c + 1], w[:, :, c : c + 1], np.zeros(w.shape[3]))
        outputs.append(one)
    return np.concatenate(outputs, axis=3)


def separable_conv2d(x, depthwise, pointwise):
    features = depthwise_conv2d(x, depthwise)
    return conv2d_forward(features, pointwise, np.zeros(pointwise.shape[-1]))[0]


def conv2d_transpose(x, w, b, stride):
    kernel_height, kernel_width, f, c = w.shape
    n, height, width, channels = x.shape
    if c != channels:
        raise ValueError(f"{channels} and {c} channels")
    # Only what the kernels reach; where the stride is larger, more is added behind.
    reach = ((height - 1) * stride + kernel_height, (width - 1) * stride + kernel_width)
    index = _index(*reach, kernel_height, kernel_width, stride, 1)
    parts = np.tensordot(x, w, axes=(3, 3))  # (N, H, W, KH, KW, F)
    out = _put_back(parts, index, (n, *reach, f))
    more = [max(stride - k, 0) for k in (kernel_height, kernel_width)]
    return np.pad(out, ((0, 0), (0, more[0]), (0, more[1]), (0, 0))) + b


def spatial_batchnorm_forward(
    x, gamma, beta, running_mean, running_var, training, momentum=0.99, eps=1e-3
):
    rows = x.reshape(-1, x.shape[3])
    if training:
        mean, var = rows.mean(axis=0), rows.var(axis=0)
        moved = [
            momentum * old + (1 - momentum) * new
            for old, new in ((running_mean, mean), (running_var, var))
        ]
    else:
        mean, var = running_mean, running_var
        moved = [running_mean.copy(), running_var.copy()]
    inverse = 1 / np.sqrt(var + eps)
    hat = (rows - mean) * inverse
    cache = {"hat": hat, "inverse": inverse, "gamma": gamma}
    return ((hat * gamma + beta).reshape(x.shape), cache, *moved)


def spatial_batchnorm_backward(dout, cache):
    hat, inverse, gamma = cache["hat"], cache["inverse"], cache["gamma"]
    rows = dout.reshape(hat.shape)
    m = len(rows)
    dhat = rows * gamma
    # Through the variance, then through the mean.
    dvar = (dhat * hat).sum(axis=0) * inverse * -0.5
    dmean = -dhat.sum(axis=0) * inverse
    dx = dhat * inverse + dvar * 2 / m * hat + dmean / m
    return dx.reshape(dout.shape), (rows * hat).sum(axis=0), rows.sum(axis=0)


def _crop(dwide, kernel, like):
    top, left = (kernel[0] - 1) // 2, (kernel[1] - 1) // 2
    return dwide[:, top : top + like.shape[1], left : left + like.shape[2], :]


def residual_block_forward(x, w1, b1, w2, b2):
    kernel = w1.shape[:2]
    first, cache1 = conv2d_forward(pad(x, kernel, "same"), w1, b1)
    positive = first > 0
    second, cache2 = conv2d_forward(pad(first * positive, w2.shape[:2], "same"), w2, b2)
    total = second + x
    cache = {"one": cache1, "two": cache2, "positive": positive, "alive": total > 0}
    return total * cache["alive"], cache


def residual_block_backward(dout, cache):
    d = dout * cache["alive"]
    dhidden, dw2, db2 = conv2d_backward(d, cache["two"])
    dhidden = _crop(dhidden, dw2.shape, dout) * cache["positive"]
    dx, dw1, db1 = conv2d_backward(dhidden, cache["one"])
    return _crop(dx, dw1.shape, dout) + d, dw1, db1, dw2, db2


class LeNet:
    def __init__(self, input_shape, n_classes, rng=None):
        rng = rng or np.random.default_rng()
        height, width, channels = input_shape
        widths = [3 * 3 * channels, 3 * 3 * 6, (height // 4) * (width // 4) * 16, 120, 84]
        outs = [6, 16, 120, 84, n_classes]
        self.params = {}
        for number, (fan_in, fan_out) in enumerate(zip(widths, outs), start=1):
            W = rng.standard_normal((fan_in, fan_out)) * np.sqrt(2 / fan_in)
            if number < 3:
                W = W.reshape(3, 3, -1, fan_out)
            self.params.update({f"W{number}": W, f"b{number}": np.zeros(fan_out)})

    def forward(self, x):
        self_, tape = self.params, []
        for number in (1, 2):
            wide = pad(x, 3, "same")
            z, conv = conv2d_forward(wide, self_[f"W{number}"], self_[f"b{number}"])
            x, pool = max_pool_forward(np.where(z > 0, z, 0.0), 2, 2)
            tape.append((z, conv, pool))
        flat = x.reshape(x.shape[0], x.size // x.shape[0])
        three = np.maximum(flat @ self_["W3"] + self_["b3"], 0)
        four = np.maximum(three @ self_["W4"] + self_["b4"], 0)
        self._tape = (tape, x.shape, flat, three, four)
        return four @ self_["W5"] + self_["b5"]

    def backward(self, dlogits):
        tape, shape, flat, three, four = self._tape
        p, g = self.params, {}
        g["W5"], g["b5"] = four.T @ dlogits, dlogits.sum(axis=0)
        dfour = (dlogits @ p["W5"].T) * (four > 0)
        g["W4"], g["b4"] = three.T @ dfour, dfour.sum(axis=0)
        dthree = (dfour @ p["W4"].T) * (three > 0)
        g["W3"], g["b3"] = flat.T @ dthree, dthree.sum(axis=0)
        dx = (dthree @ p["W3"].T).reshape(shape)
        for number in (2, 1):
            z, conv, pool = tape[number - 1]
            dz = max_pool_backward(dx, pool) * (z > 0)
            dwide, g[f"W{number}"], g[f"b{number}"] = conv2d_backward(dz, conv)
            dx = dwide[:, 1:-1, 1:-1]
        return g, dx

    def loss(self, x, y):
        logits = self.forward(x)
        logits = logits - logits.max(axis=1, keepdims=True)
        log_p = logits - np.log(np.sum(np.exp(logits), axis=1, keepdims=True))
        onehot = np.eye(logits.shape[1])[y]
        loss = -(log_p[onehot == 1]).mean()
        return loss, (np.exp(log_p) - onehot) / y.shape[0]

    def loss_and_gradients(self, x, y):
        loss, dlogits = self.loss(x, y)
        return np.array(loss), self.backward(dlogits)[0]

    def fit(self, x, y, rng=None):
        rng = rng or np.random.default_rng()
        square = {key: np.zeros_like(value) for key, value in self.params.items()}
        for rate in [0.001] * 12 + [0.0003] * 4:
            order = rng.permutation(x.shape[0])
            for rows in np.split(order, range(26, len(order), 26)):
                for key, gradient in self.loss_and_gradients(x[rows], y[rows])[1].items():
                    square[key] = 0.95 * square[key] + 0.05 * gradient * gradient
                    self.params[key] -= rate * gradient / np.sqrt(square[key] + 1e-10)
        return self


def augment(x, rng, max_shift, flip=False):
    if max_shift < 0:
        raise ValueError(f"{max_shift} is below 0")
    n, height, width, _ = x.shape
    dy, dx = rng.integers(-max_shift, max_shift + 1, size=(2, n))
    # Where each pixel comes from; whatever lies outside becomes 0.
    rows = np.arange(height) - dy[:, None]
    columns = np.arange(width) - dx[:, None]
    if flip:
        columns = np.where(rng.random((n, 1)) < 0.5, columns[:, ::-1], columns)
    inside_rows, inside_columns = (rows >= 0) & (rows < height), (columns >= 0) & (columns < width)
    taken = x[
        np.arange(n)[:, None, None],
        np.clip(rows, 0, height - 1)[:, :, None],
        np.clip(columns, 0, width - 1)[:, None, :],
    ]
    return taken * (inside_rows[:, :, None] & inside_columns[:, None, :])[..., None]


def saliency(model, x, y):
    return model.backward(model.loss(x, y)[1])[1]


def fgsm(model, x, y, epsilon):
    attacked = x + epsilon * np.sign(saliency(model, x, y))
    attacked[attacked < 0] = 0
    attacked[attacked > 1] = 1
    return attacked
