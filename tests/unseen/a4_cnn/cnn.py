"""Assignment 4 as a student who thinks in loops over the kernel's places would hand it in."""

import numpy as np


def output_size(n, kernel, stride=1, padding=0, dilation=1):
    for name, value in (("n", n), ("kernel", kernel), ("stride", stride), ("dilation", dilation)):
        if value < 1:
            raise ValueError(f"{name} is {value}, but it has to be at least 1")
    if padding < 0:
        raise ValueError(f"padding is {padding}, but it cannot be negative")
    extent = (kernel - 1) * dilation + 1
    available = n + padding + padding
    if extent > available:
        raise ValueError(f"a kernel of {kernel} (extent {extent}) does not fit into {available}")
    return (available - extent) // stride + 1


def _pair(kernel):
    if isinstance(kernel, (tuple, list)):
        return tuple(kernel)
    return kernel, kernel


def conv_parameters(kernel, in_channels, out_channels, bias=True):
    height, width = _pair(kernel)
    per_filter = height * width * in_channels
    if bias:
        per_filter += 1
    return per_filter * out_channels


def pad(x, kernel, mode):
    kh, kw = _pair(kernel)
    if mode == "valid":
        top = bottom = left = right = 0
    elif mode == "same":
        top = (kh - 1) // 2
        bottom = kh - 1 - top
        left = (kw - 1) // 2
        right = kw - 1 - left
    elif mode == "full":
        top = bottom = kh - 1
        left = right = kw - 1
    else:
        raise ValueError(f"the mode {mode!r} is not known")
    N, H, W, C = x.shape
    out = np.zeros((N, H + top + bottom, W + left + right, C))
    out[:, top : top + H, left : left + W] = x
    return out


def conv2d_forward(x, w, b, stride=1, padding=0, dilation=1):
    N, H, W, C = x.shape
    KH, KW, C_w, F = w.shape
    if C != C_w:
        raise ValueError(f"x has {C} channels, but w has {C_w}")
    OH = output_size(H, KH, stride, padding, dilation)
    OW = output_size(W, KW, stride, padding, dilation)
    xp = np.zeros((N, H + 2 * padding, W + 2 * padding, C))
    xp[:, padding : padding + H, padding : padding + W] = x
    out = np.zeros((N, OH, OW, F)) + b
    for i in range(KH):
        for j in range(KW):
            top, left = i * dilation, j * dilation
            patch = xp[:, top : top + stride * OH : stride, left : left + stride * OW : stride]
            out += np.einsum("npqc,cf->npqf", patch, w[i, j])
    return out, (xp, w, stride, padding, dilation, (H, W))


def conv2d_backward(dout, cache):
    xp, w, stride, padding, dilation, (H, W) = cache
    N, OH, OW, F = dout.shape
    KH, KW = w.shape[:2]
    dxp = np.zeros(xp.shape)
    dw = np.zeros(w.shape)
    for i in range(KH):
        for j in range(KW):
            rows = slice(i * dilation, i * dilation + stride * OH, stride)
            columns = slice(j * dilation, j * dilation + stride * OW, stride)
            dw[i, j] = np.einsum("npqc,npqf->cf", xp[:, rows, columns], dout)
            dxp[:, rows, columns] += dout @ w[i, j].T
    db = dout.sum(axis=(0, 1, 2))
    dx = dxp[:, padding : padding + H, padding : padding + W]
    return dx, dw, db


def _windows(x, size, stride):
    """The entries of every window, (N, OH, OW, size * size, C), row by row."""
    OH = output_size(x.shape[1], size, stride)
    OW = output_size(x.shape[2], size, stride)
    entries = []
    for i in range(size):
        for j in range(size):
            entries.append(x[:, i : i + stride * OH : stride, j : j + stride * OW : stride])
    return np.stack(entries, axis=3)


def _spread(parts, shape, size, stride):
    """Add the parts of every window to the places where its entries came from."""
    dx = np.zeros(shape)
    OH, OW = parts.shape[1:3]
    for k in range(size * size):
        i, j = divmod(k, size)
        dx[:, i : i + stride * OH : stride, j : j + stride * OW : stride] += parts[:, :, :, k]
    return dx


def max_pool_forward(x, size, stride):
    windows = _windows(x, size, stride)
    return windows.max(axis=3), (windows.argmax(axis=3), x.shape, size, stride)


def max_pool_backward(dout, cache):
    winners, shape, size, stride = cache
    N, OH, OW, C = dout.shape
    parts = np.zeros((N, OH, OW, size * size, C))
    for k in range(size * size):
        parts[:, :, :, k] = dout * (winners == k)
    return _spread(parts, shape, size, stride)


def average_pool_forward(x, size, stride):
    windows = _windows(x, size, stride)
    return windows.sum(axis=3) / size**2, (x.shape, size, stride)


def average_pool_backward(dout, cache):
    shape, size, stride = cache
    share = dout / (size * size)
    parts = np.repeat(share[:, :, :, None, :], size * size, axis=3)
    return _spread(parts, shape, size, stride)


def l2_pool_forward(x, size, stride):
    windows = _windows(x, size, stride)
    return np.sqrt(np.sum(windows**2, axis=3)), None


def depthwise_conv2d(x, w):
    KH, KW, C, M = w.shape
    if x.shape[3] != C:
        raise ValueError(f"x has {x.shape[3]} channels, but w has {C}")
    OH = output_size(x.shape[1], KH)
    OW = output_size(x.shape[2], KW)
    out = np.zeros((len(x), OH, OW, C * M))
    for c in range(C):
        for m in range(M):
            for i in range(KH):
                for j in range(KW):
                    out[..., c * M + m] += x[:, i : i + OH, j : j + OW, c] * w[i, j, c, m]
    return out


def separable_conv2d(x, depthwise, pointwise):
    between = depthwise_conv2d(x, depthwise)
    if between.shape[3] != pointwise.shape[2]:
        raise ValueError(f"{between.shape[3]} channels meet a kernel for {pointwise.shape[2]}")
    return between @ pointwise[0, 0]


def conv2d_transpose(x, w, b, stride):
    N, H, W, C = x.shape
    KH, KW, F, C_w = w.shape
    if C != C_w:
        raise ValueError(f"x has {C} channels, but w has {C_w}")
    OH = H * stride + max(KH - stride, 0)
    OW = W * stride + max(KW - stride, 0)
    out = np.zeros((N, OH, OW, F))
    for p in range(H):
        for q in range(W):
            top, left = p * stride, q * stride
            stamp = np.einsum("nc,ijfc->nijf", x[:, p, q], w)
            out[:, top : top + KH, left : left + KW] += stamp
    return out + b


def spatial_batchnorm_forward(
    x, gamma, beta, running_mean, running_var, training, momentum=0.99, eps=1e-3
):
    C = x.shape[-1]
    flat = x.reshape(-1, C)
    if training:
        mean = flat.mean(axis=0)
        var = flat.var(axis=0)
        new_mean = momentum * running_mean + (1 - momentum) * mean
        new_var = momentum * running_var + (1 - momentum) * var
    else:
        mean, var = running_mean, running_var
        new_mean, new_var = running_mean, running_var
    inverse = 1 / np.sqrt(var + eps)
    x_hat = (flat - mean) * inverse
    out = gamma * x_hat + beta
    return out.reshape(x.shape), (x_hat, gamma, inverse), new_mean, new_var


def spatial_batchnorm_backward(dout, cache):
    x_hat, gamma, inverse = cache
    flat = dout.reshape(x_hat.shape)
    dbeta = flat.sum(axis=0)
    dgamma = (flat * x_hat).sum(axis=0)
    g = gamma * flat
    dx = inverse * (g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0))
    return dx.reshape(dout.shape), dgamma, dbeta


def _same_forward(x, w, b):
    out, cache = conv2d_forward(pad(x, w.shape[:2], "same"), w, b)
    return out, (cache, x.shape)


def _same_backward(dout, cache):
    inner, (N, H, W, C) = cache
    dxp, dw, db = conv2d_backward(dout, inner)
    KH, KW = dw.shape[:2]
    top, left = (KH - 1) // 2, (KW - 1) // 2
    return dxp[:, top : top + H, left : left + W], dw, db


def residual_block_forward(x, w1, b1, w2, b2):
    z1, cache1 = _same_forward(x, w1, b1)
    a1 = np.maximum(z1, 0)
    z2, cache2 = _same_forward(a1, w2, b2)
    total = x + z2
    return np.maximum(total, 0), (cache1, cache2, z1, total)


def residual_block_backward(dout, cache):
    cache1, cache2, z1, total = cache
    dtotal = dout * (total > 0)
    da1, dw2, db2 = _same_backward(dtotal, cache2)
    dz1 = da1 * (z1 > 0)
    dx, dw1, db1 = _same_backward(dz1, cache1)
    return dx + dtotal, dw1, db1, dw2, db2


class LeNet:
    def __init__(self, input_shape, n_classes, rng):
        H, W, C = input_shape
        D = 16 * (H // 4) * (W // 4)
        shapes = {
            1: (3, 3, C, 6),
            2: (3, 3, 6, 16),
            3: (D, 120),
            4: (120, 84),
            5: (84, n_classes),
        }
        self.params = {}
        for number, shape in shapes.items():
            fan_in = np.prod(shape[:-1])
            self.params[f"W{number}"] = rng.standard_normal(shape) * np.sqrt(2 / fan_in)
            self.params[f"b{number}"] = np.zeros(shape[-1])

    def _run(self, x):
        p = self.params
        steps = {}
        out = x
        for k in (1, 2):
            z, steps[f"conv{k}"] = _same_forward(out, p[f"W{k}"], p[f"b{k}"])
            steps[f"z{k}"] = z
            out, steps[f"pool{k}"] = max_pool_forward(np.maximum(z, 0), 2, 2)
        steps["shape"] = out.shape
        out = out.reshape(len(x), -1)
        for k in (3, 4, 5):
            steps[f"in{k}"] = out
            z = out @ p[f"W{k}"] + p[f"b{k}"]
            steps[f"z{k}"] = z
            out = np.maximum(z, 0)
        return z, steps

    def forward(self, x):
        return self._run(x)[0]

    def _differentiate(self, x, y):
        logits, steps = self._run(x)
        N = len(y)
        rows = np.arange(N)
        shifted = logits - logits.max(axis=1, keepdims=True)
        exponentials = np.exp(shifted)
        sums = exponentials.sum(axis=1)
        loss = np.mean(np.log(sums) - shifted[rows, y])
        delta = exponentials / sums[:, None]
        delta[rows, y] -= 1
        delta = delta / N
        grads = {}
        for k in (5, 4, 3):
            if k < 5:
                delta = delta * (steps[f"z{k}"] > 0)
            grads[f"W{k}"] = steps[f"in{k}"].T @ delta
            grads[f"b{k}"] = delta.sum(axis=0)
            delta = delta @ self.params[f"W{k}"].T
        delta = delta.reshape(steps["shape"])
        for k in (2, 1):
            delta = max_pool_backward(delta, steps[f"pool{k}"])
            delta = delta * (steps[f"z{k}"] > 0)
            delta, grads[f"W{k}"], grads[f"b{k}"] = _same_backward(delta, steps[f"conv{k}"])
        return loss, grads, delta

    def loss_and_gradients(self, x, y):
        loss, grads, _ = self._differentiate(x, y)
        return loss, grads

    def fit(self, x, y, rng):
        first = {name: np.zeros_like(value) for name, value in self.params.items()}
        second = {name: np.zeros_like(value) for name, value in self.params.items()}
        t = 0
        for epoch in range(14):
            order = rng.permutation(len(x))
            rate = 0.003 * 0.85**epoch
            for start in range(0, len(x), 32):
                rows = order[start : start + 32]
                _, grads = self.loss_and_gradients(x[rows], y[rows])
                t += 1
                for name, grad in grads.items():
                    first[name] = 0.9 * first[name] + 0.1 * grad
                    second[name] = 0.99 * second[name] + 0.01 * grad**2
                    step = first[name] / (1 - 0.9**t)
                    step = step / (np.sqrt(second[name] / (1 - 0.99**t)) + 1e-8)
                    self.params[name] = self.params[name] - rate * step
        return self


def augment(x, rng, max_shift, flip=False):
    if max_shift < 0:
        raise ValueError(f"max_shift is {max_shift}, but it cannot be negative")
    N, H, W, C = x.shape
    out = np.zeros(x.shape)
    for n in range(N):
        dy, dx = rng.integers(-max_shift, max_shift, size=2, endpoint=True)
        for row in range(H):
            if not 0 <= row - dy < H:
                continue
            for column in range(W):
                if 0 <= column - dx < W:
                    out[n, row, column] = x[n, row - dy, column - dx]
        if flip and rng.random() < 0.5:
            out[n] = out[n, :, ::-1].copy()
    return out


def saliency(model, x, y):
    _, _, dx = model._differentiate(x, y)
    return dx


def fgsm(model, x, y, epsilon):
    step = epsilon * np.sign(saliency(model, x, y))
    return np.clip(x + step, 0.0, 1.0)
