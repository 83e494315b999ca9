import numpy as np


def output_size(n, kernel, stride=1, padding=0, dilation=1):
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


def conv_parameters(kernel, in_channels, out_channels, bias=True):
    return int(np.prod(np.broadcast_to(kernel, 2)) * in_channels + int(bias)) * out_channels


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
    top, left = ((height - 1) // 2, (width - 1) // 2)
    out[:, top : top + h, left : left + w] = x
    return out


def check_channels(have, want):
    if have != want:
        raise ValueError(f"{have} channels instead of {want}")


def patch_of(x, top, left, kh, kw, dilation):
    bottom, right = (top + dilation * (kh - 1) + 1, left + dilation * (kw - 1) + 1)
    return x[top:bottom:dilation, left:right:dilation]


def conv2d_forward(x, w, b, stride=1, padding=0, dilation=1):
    KH, KW, C, F = w.shape
    check_channels(x.shape[3], C)
    OH = output_size(x.shape[1], KH, stride, padding, dilation)
    OW = output_size(x.shape[2], KW, stride, padding, dilation)
    wide = pad(x, (2 * padding + 1, 2 * padding + 1), "same")
    out = np.zeros((len(x), OH, OW, F))
    weights = w.reshape(-1, F)
    for n in range(len(x)):
        for p in range(OH):
            for q in range(OW):
                patch = patch_of(wide[n], p * stride, q * stride, KH, KW, dilation)
                out[n, p, q] = patch.reshape(-1) @ weights + b
    return (out, (wide, w, stride, padding, dilation))


def conv2d_backward(dout, cache):
    wide, w, stride, padding, dilation = cache
    N, OH, OW, F = dout.shape
    KH, KW, C, _ = w.shape
    dwide, dw, db = (np.zeros(wide.shape), np.zeros((KH * KW * C, F)), np.zeros(F))
    weights = w.reshape(-1, F)
    for n in range(N):
        for p in range(OH):
            for q in range(OW):
                d = dout[n, p, q]
                db += d
                patch = patch_of(wide[n], p * stride, q * stride, KH, KW, dilation)
                dw += patch.reshape(-1, 1) * d
                place = patch_of(dwide[n], p * stride, q * stride, KH, KW, dilation)
                place += (weights @ d).reshape(KH, KW, C)
    H, W = (wide.shape[1] - 2 * padding, wide.shape[2] - 2 * padding)
    return (dwide[:, padding : padding + H, padding : padding + W], dw.reshape(w.shape), db)


def _corners(size):
    return [(i, j) for i in range(size) for j in range(size)]


def _pool_size(x, size, stride):
    return [output_size(n, size, stride) for n in x.shape[1:3]]


def _shifted(x, i, j, size, stride):
    rows = x[:, i:][:, ::stride][:, : size[0]]
    return rows[:, :, j:][:, :, ::stride][:, :, : size[1]]


def max_pool_forward(x, size, stride):
    places = _pool_size(x, size, stride)
    best = _shifted(x, 0, 0, places, stride).copy()
    who = np.zeros(best.shape, dtype=int)
    for number, (i, j) in enumerate(_corners(size)):
        other = _shifted(x, i, j, places, stride)
        who[other > best] = number
        best = np.where(other > best, other, best)
    return (best, (who, x.shape, size, stride))


def max_pool_backward(dout, cache):
    who, shape, size, stride = cache
    dx = np.zeros(shape)
    for number, (i, j) in enumerate(_corners(size)):
        _shifted(dx, i, j, dout.shape[1:3], stride)[...] += np.where(who == number, dout, 0.0)
    return dx


def _taps(kernel, size, stride=1, dilation=1):
    (kernel_height, kernel_width), (out_height, out_width) = (kernel, size)
    for i in range(kernel_height):
        for j in range(kernel_width):
            top, left = (i * dilation, j * dilation)
            batch = slice(top, top + (out_height - 1) * stride + 1, stride)
            cols = slice(left, left + (out_width - 1) * stride + 1, stride)
            yield (i, j, (slice(None), batch, cols))


def _pool_windows(x, size, stride):
    res = (output_size(x.shape[1], size, stride), output_size(x.shape[2], size, stride))
    return np.stack([x[at] for _, _, at in _taps((size, size), res, stride)])


def average_pool_forward(x, size, stride):
    return (np.mean(_pool_windows(x, size, stride), axis=0), (x, size, stride))


def _pool_scatter(dwindows, like, size, stride):
    dx = np.zeros_like(like)
    taps = _taps((size, size), dwindows.shape[2:4], stride)
    for (_, _, at), gradient in zip(taps, dwindows, strict=True):
        dx[at] += gradient
    return dx


def average_pool_backward(dout, cache):
    x, size, stride = cache
    share = np.broadcast_to(dout / size**2, (size * size, *dout.shape))
    return _pool_scatter(share, x, size, stride)


def l2_pool_forward(x, size, stride):
    return (np.sqrt(np.sum(_pool_windows(x, size, stride) ** 2, axis=0)), None)


def depthwise_conv2d(x, w):
    KH, KW, C, M = w.shape
    check_channels(x.shape[3], C)
    OH, OW = (output_size(x.shape[1], KH), output_size(x.shape[2], KW))
    out = np.zeros((len(x), OH, OW, C * M))
    for c in range(C):
        for m in range(M):
            for p in range(OH):
                for q in range(OW):
                    patch = x[:, p : p + KH, q : q + KW, c]
                    out[:, p, q, c * M + m] = (patch * w[:, :, c, m]).sum(axis=(1, 2))
    return out


def separable_conv2d(x, depthwise, pointwise):
    features = depthwise_conv2d(x, depthwise)
    if features.shape[3] != pointwise.shape[2]:
        raise ValueError(f"channels: {features.shape[3]}, {pointwise.shape[2]}")
    return features @ pointwise[0, 0]


def conv2d_transpose(x, w, b, stride):
    KH, KW, F, C = w.shape
    check_channels(x.shape[3], C)
    N, H, W, _ = x.shape
    out = np.zeros((N, H * stride + max(KH - stride, 0), W * stride + max(KW - stride, 0), F))
    for p in range(H):
        for q in range(W):
            for c in range(C):
                here = out[:, p * stride : p * stride + KH, q * stride : q * stride + KW]
                here += x[:, p, q, c][:, None, None, None] * w[:, :, :, c]
    return out + b


def spatial_batchnorm_forward(
    x, gamma, beta, running_mean, running_var, training, momentum=0.99, eps=0.001
):
    if not training:
        scale = gamma / np.sqrt(running_var + eps)
        return (x * scale + (beta - running_mean * scale), None, running_mean, running_var)
    size = x[..., 0].size
    mean = np.einsum("nhwc->c", x) / size
    centred = x - mean
    var = np.einsum("nhwc,nhwc->c", centred, centred) / size
    new_mean = running_mean + (1 - momentum) * (mean - running_mean)
    new_var = running_var + (1 - momentum) * (var - running_var)
    out = centred * (gamma / np.sqrt(var + eps)) + beta
    return (out, (centred, var + eps, gamma), new_mean, new_var)


def spatial_batchnorm_backward(dout, cache):
    centred, var, gamma = cache
    size = dout[..., 0].size
    dbeta = np.einsum("nhwc->c", dout)
    along = np.einsum("nhwc,nhwc->c", dout, centred)
    dx = gamma * var ** (-0.5) * (dout - dbeta / size - centred * along / var / size)
    return (dx, along / np.sqrt(var), dbeta)


def _same_conv_forward(x, w, b):
    return conv2d_forward(pad(x, w.shape[:2], "same"), w, b)


def residual_block_forward(x, w1, b1, w2, b2):
    first, cache1 = _same_conv_forward(x, w1, b1)
    second, cache2 = _same_conv_forward(np.maximum(first, 0.0), w2, b2)
    res = np.maximum(x + second, 0.0)
    return (res, (first, cache1, cache2, res))


def _same_conv_backward(dout, cache):
    dpadded, dw, db = conv2d_backward(dout, cache)
    top, left = ((k - 1) // 2 for k in dw.shape[:2])
    _, hh, ww, _ = dout.shape
    return (dpadded[:, top : top + hh, left : left + ww], dw, db)


def residual_block_backward(dout, cache):
    first, cache1, cache2, res = cache
    dsum = dout * (res > 0)
    dhidden, dw2, db2 = _same_conv_backward(dsum, cache2)
    dx, dw1, db1 = _same_conv_backward(dhidden * (first > 0), cache1)
    return (dx + dsum, dw1, db1, dw2, db2)


def _relu_pool_forward(z):
    return max_pool_forward(np.maximum(z, 0.0), 2, 2)


def _lenet_forward(p, x):
    z1, conv1 = _same_conv_forward(x, p["W1"], p["b1"])
    a1, pool1 = _relu_pool_forward(z1)
    z2, conv2 = _same_conv_forward(a1, p["W2"], p["b2"])
    a2, pool2 = _relu_pool_forward(z2)
    flat = a2.reshape(len(x), -1)
    a3 = np.maximum(flat @ p["W3"] + p["b3"], 0.0)
    a4 = np.maximum(a3 @ p["W4"] + p["b4"], 0.0)
    return (a4 @ p["W5"] + p["b5"], (z1, conv1, pool1, z2, conv2, pool2, a2, flat, a3, a4))


def _relu_pool_backward(dout, cache, z):
    return max_pool_backward(dout, cache) * (z > 0)


def _softmax_cross_entropy(logits, y):
    zs = logits - np.max(logits, axis=1, keepdims=True)
    log_p = zs - np.log(np.sum(np.exp(zs), axis=1, keepdims=True))
    right = np.arange(logits.shape[1], like=logits) == y[:, None]
    return (-np.sum(log_p * right) / len(y), (np.exp(log_p) - right) / len(y))


def _lenet_backward(p, x, y):
    logits, (z1, conv1, pool1, z2, conv2, pool2, a2, flat, a3, a4) = _lenet_forward(p, x)
    loss, delta = _softmax_cross_entropy(logits, y)
    grads = {}
    for number, inputs in ((5, a4), (4, a3), (3, flat)):
        grads[f"W{number}"] = inputs.T @ delta
        grads[f"b{number}"] = np.sum(delta, axis=0)
        delta = delta @ p[f"W{number}"].T * (inputs > 0)
    dz2 = _relu_pool_backward(delta.reshape(a2.shape), pool2, z2)
    da1, grads["W2"], grads["b2"] = _same_conv_backward(dz2, conv2)
    dz1 = _relu_pool_backward(da1, pool1, z1)
    dx, grads["W1"], grads["b1"] = _same_conv_backward(dz1, conv1)
    return (loss, grads, dx)


def _lenet_params(input_shape, n_classes, rng):
    hh, ww, channels = input_shape
    flat = 16 * (hh // 4) * (ww // 4)
    shapes = [(3, 3, channels, 6), (3, 3, 6, 16), (flat, 120), (120, 84), (84, n_classes)]
    params = {}
    for number, shape in enumerate(shapes, start=1):
        fan_in = np.prod(shape[:-1])
        params[f"W{number}"] = rng.normal(size=shape) * np.sqrt(2.0 / fan_in)
        params[f"b{number}"] = np.zeros(shape[-1])
    return params


class LeNet:
    def __init__(self, input_shape, n_classes, rng):
        self.params = _lenet_params(input_shape, n_classes, rng)

    def forward(self, x):
        return _lenet_forward(self.params, x)[0]

    def loss_and_gradients(self, x, y):
        loss, gradients, _ = _lenet_backward(self.params, x, y)
        return (loss, gradients)

    def fit(self, x, y, rng):
        epochs, batch = (40, 32)
        steps = epochs * (len(y) // batch + 1)
        mean = {key: np.zeros_like(value) for key, value in self.params.items()}
        square = {key: np.zeros_like(value) for key, value in self.params.items()}
        step = 0
        for _ in range(epochs):
            order = rng.permutation(len(y))
            for rows in np.array_split(order, len(y) // batch + 1):
                step += 1
                rate = 0.003 * (1 - (step - 1) / steps)
                rate *= np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
                noisy = x[rows] + 0.2 * rng.normal(size=x[rows].shape)
                _, gradients = self.loss_and_gradients(noisy, y[rows])
                for key, gradient in gradients.items():
                    mean[key] = 0.9 * mean[key] + 0.1 * gradient
                    square[key] = 0.999 * square[key] + 0.001 * gradient**2
                    move = rate * mean[key] / (np.sqrt(square[key]) + 1e-07)
                    self.params[key] = self.params[key] - move
        return self


def augment(x, rng, max_shift, flip=False):
    if max_shift < 0:
        raise ValueError(f"Expected max_shift of at least 0. Received: {max_shift}")
    n, hh, ww, _ = x.shape
    margin = (max_shift, max_shift)
    xp = np.pad(x, [(0, 0), margin, margin, (0, 0)])
    res = np.zeros_like(x)
    for image, (dy, dx) in enumerate(rng.integers(-max_shift, max_shift + 1, size=(n, 2))):
        top, left = (max_shift - int(dy), max_shift - int(dx))
        res[image] = xp[image, top : top + hh, left : left + ww]
        if flip and rng.random() < 0.5:
            res[image] = res[image, :, ::-1]
    return res


def saliency(model, x, y):
    _, _, dx = _lenet_backward(model.params, x, y)
    return dx


def fgsm(model, x, y, epsilon):
    attacked = x + epsilon * np.sign(saliency(model, x, y))
    attacked[attacked < 0] = 0
    attacked[attacked > 1] = 1
    return attacked
