"""Assignment 4 with explicit loops over images, places and channels."""

import math

import numpy as np


def output_size(n, kernel, stride=1, padding=0, dilation=1):
    for value in (n, kernel, stride, dilation):
        if value < 1:
            raise ValueError(f"too small: {value}")
    if padding < 0:
        raise ValueError(f"negative padding {padding}")
    places, start = 0, -padding
    while start + dilation * (kernel - 1) < n + padding:
        places, start = places + 1, start + stride
    if places == 0:
        raise ValueError(f"kernel {kernel} does not fit")
    return places


def conv_parameters(kernel, in_channels, out_channels, bias=True):
    if isinstance(kernel, int):
        kernel = (kernel, kernel)
    count = 0
    for _ in range(out_channels):
        count += kernel[0] * kernel[1] * in_channels
        if bias:
            count += 1
    return count


def pad(x, kernel, mode):
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    if mode == "valid":
        top = bottom = left = right = 0
    elif mode == "same":
        top, left = (kh - 1) // 2, (kw - 1) // 2
        bottom, right = kh - 1 - top, kw - 1 - left
    elif mode == "full":
        top = bottom = kh - 1
        left = right = kw - 1
    else:
        raise ValueError(f"no such mode: {mode}")
    N, H, W, C = x.shape
    out = np.zeros((N, top + H + bottom, left + W + right, C))
    for n in range(N):
        for r in range(H):
            out[n, top + r, left : left + W] = x[n, r]
    return out


def check_channels(have, want):
    if have != want:
        raise ValueError(f"{have} channels instead of {want}")


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
    return out, (wide, w, stride, padding, dilation)


def patch_of(x, top, left, kh, kw, dilation):
    bottom, right = top + dilation * (kh - 1) + 1, left + dilation * (kw - 1) + 1
    return x[top:bottom:dilation, left:right:dilation]


def conv2d_backward(dout, cache):
    wide, w, stride, padding, dilation = cache
    N, OH, OW, F = dout.shape
    KH, KW, C, _ = w.shape
    dwide, dw, db = np.zeros(wide.shape), np.zeros((KH * KW * C, F)), np.zeros(F)
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
    H, W = wide.shape[1] - 2 * padding, wide.shape[2] - 2 * padding
    return dwide[:, padding : padding + H, padding : padding + W], dw.reshape(w.shape), db


def pool_places(x, size, stride):
    for p in range(output_size(x.shape[1], size, stride)):
        for q in range(output_size(x.shape[2], size, stride)):
            rows = slice(p * stride, p * stride + size)
            yield p, q, (slice(None), rows, slice(q * stride, q * stride + size))


def pool_out(x, size, stride):
    OH, OW = output_size(x.shape[1], size, stride), output_size(x.shape[2], size, stride)
    return np.zeros((x.shape[0], OH, OW, x.shape[3]))


def max_pool_forward(x, size, stride):
    out = pool_out(x, size, stride)
    for p, q, window in pool_places(x, size, stride):
        out[:, p, q] = x[window].max(axis=(1, 2))
    return out, (x, size, stride, out)


def max_pool_backward(dout, cache):
    x, size, stride, out = cache
    dx = np.zeros(x.shape)
    for p, q, _ in pool_places(x, size, stride):
        free = np.ones(dout[:, p, q].shape, dtype=bool)
        for i in range(size):
            for j in range(size):
                hit = free & (x[:, p * stride + i, q * stride + j] == out[:, p, q])
                dx[:, p * stride + i, q * stride + j] += np.where(hit, dout[:, p, q], 0)
                free &= ~hit
    return dx


def average_pool_forward(x, size, stride):
    out = pool_out(x, size, stride)
    for p, q, window in pool_places(x, size, stride):
        out[:, p, q] = x[window].sum(axis=(1, 2)) / size**2
    return out, (x.shape, size, stride)


def average_pool_backward(dout, cache):
    shape, size, stride = cache
    dx = np.zeros(shape)
    for p, q, window in pool_places(dx, size, stride):
        dx[window] += dout[:, p : p + 1, q : q + 1] / size**2
    return dx


def l2_pool_forward(x, size, stride):
    out = pool_out(x, size, stride)
    for p, q, window in pool_places(x, size, stride):
        for n in range(len(x)):
            for c in range(x.shape[3]):
                out[n, p, q, c] = math.hypot(*x[window][n, :, :, c].ravel())
    return out, None


def depthwise_conv2d(x, w):
    KH, KW, C, M = w.shape
    check_channels(x.shape[3], C)
    OH, OW = output_size(x.shape[1], KH), output_size(x.shape[2], KW)
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
    check_channels(features.shape[3], pointwise.shape[2])
    N, OH, OW, _ = features.shape
    out = np.zeros((N, OH, OW, pointwise.shape[3]))
    for f in range(pointwise.shape[3]):
        for d in range(pointwise.shape[2]):
            out[..., f] += features[..., d] * pointwise[0, 0, d, f]
    return out


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
    x, gamma, beta, running_mean, running_var, training, momentum=0.99, eps=1e-3
):
    new_mean, new_var = running_mean.copy(), running_var.copy()
    out, kept = np.zeros(x.shape), []
    for c in range(x.shape[3]):
        channel = x[..., c]
        mean, var = running_mean[c], running_var[c]
        if training:
            mean = channel.sum() / channel.size
            var = ((channel - mean) ** 2).sum() / channel.size
            new_mean[c] = momentum * running_mean[c] + (1 - momentum) * mean
            new_var[c] = momentum * running_var[c] + (1 - momentum) * var
        scale = math.sqrt(var + eps)
        kept.append(((channel - mean) / scale, scale, gamma[c]))
        out[..., c] = gamma[c] * kept[-1][0] + beta[c]
    return [out, kept, new_mean, new_var]


def spatial_batchnorm_backward(dout, cache):
    dx, dgamma, dbeta = np.zeros(dout.shape), [], []
    for c, (normalised, scale, gamma) in enumerate(cache):
        d = dout[..., c]
        dgamma.append((d * normalised).sum())
        dbeta.append(d.sum())
        dx[..., c] = gamma / scale * (d - dbeta[c] / d.size - normalised * dgamma[c] / d.size)
    return dx, np.array(dgamma), np.array(dbeta)


def same_conv(x, w, b):
    return conv2d_forward(pad(x, w.shape[:2], "same"), w, b)


def same_conv_back(dout, cache):
    dx, dw, db = conv2d_backward(dout, cache)
    top, left = (dw.shape[0] - 1) // 2, (dw.shape[1] - 1) // 2
    return dx[:, top : top + dout.shape[1], left : left + dout.shape[2]], dw, db


def residual_block_forward(x, w1, b1, w2, b2):
    a, first = same_conv(x, w1, b1)
    c, second = same_conv(np.where(a > 0, a, 0), w2, b2)
    return np.where(x + c > 0, x + c, 0), (a, x + c, first, second)


def residual_block_backward(dout, cache):
    a, total, first, second = cache
    d = np.where(total > 0, dout, 0)
    dhidden, dw2, db2 = same_conv_back(d, second)
    dx, dw1, db1 = same_conv_back(np.where(a > 0, dhidden, 0), first)
    return d + dx, dw1, db1, dw2, db2


class LeNet:
    def __init__(self, input_shape, n_classes, rng):
        H, W, C = input_shape
        sizes = [(3, 3, C, 6), (3, 3, 6, 16), (16 * (H // 4) * (W // 4), 120), (120, 84)]
        self.params = {}
        for i, size in enumerate([*sizes, (84, n_classes)]):
            limit = math.sqrt(6 / math.prod(size[:-1]))
            self.params[f"W{i + 1}"] = rng.uniform(-limit, limit, size)
            self.params[f"b{i + 1}"] = np.zeros(size[-1])

    def run(self, x):
        trace = []
        for i in (1, 2):
            z, conv = same_conv(x, self.params[f"W{i}"], self.params[f"b{i}"])
            x, pool = max_pool_forward(np.maximum(z, 0), 2, 2)
            trace.append((z, conv, pool))
        trace.append(x.shape)
        x = x.reshape(len(x), -1)
        for i in (3, 4, 5):
            trace.append(x)
            x = x @ self.params[f"W{i}"] + self.params[f"b{i}"]
            if i < 5:
                x = np.maximum(x, 0)
        return x, trace

    def forward(self, x):
        return self.run(x)[0]

    def all_gradients(self, x, y):
        z, trace = self.run(x)
        loss, d = 0.0, np.zeros(z.shape)
        for n in range(len(y)):
            shifted = z[n] - z[n].max()
            total = np.exp(shifted).sum()
            loss += (math.log(total) - shifted[y[n]]) / len(y)
            d[n] = np.exp(shifted) / total / len(y)
            d[n, y[n]] -= 1 / len(y)
        gradients = {}
        for i in (5, 4, 3):
            a = trace[i]
            gradients[f"W{i}"], gradients[f"b{i}"] = a.T @ d, d.sum(axis=0)
            d = d @ self.params[f"W{i}"].T
            if i > 3:
                d = np.where(a > 0, d, 0)
        d = d.reshape(trace[2])
        for i in (2, 1):
            z, conv, pool = trace[i - 1]
            d = np.where(z > 0, max_pool_backward(d, pool), 0)
            d, gradients[f"W{i}"], gradients[f"b{i}"] = same_conv_back(d, conv)
        return loss, gradients, d

    def loss_and_gradients(self, x, y):
        loss, gradients, _ = self.all_gradients(x, y)
        return loss, gradients

    def fit(self, x, y, rng):
        speed = {key: np.zeros(value.shape) for key, value in self.params.items()}
        for epoch in range(8):
            order = rng.permutation(len(y))
            for start in range(0, len(y), 16):
                rows = order[start : start + 16]
                _, gradients = self.loss_and_gradients(x[rows], y[rows])
                for key in self.params:
                    speed[key] = 0.9 * speed[key] - 0.03 * 0.8**epoch * gradients[key]
                    self.params[key] += speed[key]
        return self


def augment(x, rng, max_shift, flip=False):
    if max_shift < 0:
        raise ValueError(f"max_shift {max_shift}")
    N, H, W, C = x.shape
    out = np.zeros(x.shape)
    for n in range(N):
        dy = int(rng.integers(-max_shift, max_shift, endpoint=True))
        dx = int(rng.integers(-max_shift, max_shift, endpoint=True))
        mirrored = flip and rng.random() < 0.5
        for r in range(H):
            for q in range(W):
                if 0 <= r - dy < H and 0 <= q - dx < W:
                    out[n, r, W - 1 - q if mirrored else q] = x[n, r - dy, q - dx]
    return out


def saliency(model, x, y):
    return model.all_gradients(x, y)[2]


def fgsm(model, x, y, epsilon):
    out, s = x.copy(), saliency(model, x, y)
    for index in np.ndindex(x.shape):
        if s[index] > 0:
            out[index] = min(1.0, x[index] + epsilon)
        elif s[index] < 0:
            out[index] = max(0.0, x[index] - epsilon)
    return out
