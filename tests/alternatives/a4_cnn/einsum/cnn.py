"""Assignment 4 with views of all windows and one sum over named axes."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def output_size(n, kernel, stride=1, padding=0, dilation=1):
    given = [n, kernel, stride, dilation, padding + 1]
    if min(given) < 1:
        raise ValueError(f"impossible: {[n, kernel, stride, dilation, padding]}")
    room = n + 2 * padding - dilation * (kernel - 1) - 1
    if room < 0:
        raise ValueError(f"a kernel of {kernel} is too large for {n}")
    return 1 + room // stride


def conv_parameters(kernel, in_channels, out_channels, bias=True):
    return int(np.prod(np.broadcast_to(kernel, 2)) * in_channels + int(bias)) * out_channels


def pad(x, kernel, mode):
    k = np.broadcast_to(kernel, 2) - 1
    before = {"valid": 0 * k, "same": k // 2, "full": k}.get(mode)
    if before is None:
        raise ValueError(f"mode {mode!r} is none of valid, same, full")
    after = k - before if mode == "same" else before
    return np.pad(x, ((0, 0), (before[0], after[0]), (before[1], after[1]), (0, 0)))


def _windows(x, kernel, stride, dilation=1):
    """(N, OH, OW, C, KH, KW), a view."""
    extent = [dilation * (k - 1) + 1 for k in kernel]
    for n, k, e in zip(x.shape[1:3], kernel, extent):
        if e > n:
            raise ValueError(f"a kernel of {k} does not fit into {n}")
    view = sliding_window_view(x, extent, axis=(1, 2))
    return view[:, ::stride, ::stride, :, ::dilation, ::dilation]


def _writable(x, kernel, stride, dilation=1):
    extent = [dilation * (k - 1) + 1 for k in kernel]
    view = sliding_window_view(x, extent, axis=(1, 2), writeable=True)
    return view[:, ::stride, ::stride, :, ::dilation, ::dilation]


def _scatter(parts, shape, kernel, stride, dilation=1):
    dx = np.zeros(shape)
    view = _writable(dx, kernel, stride, dilation)
    for i, j in np.ndindex(*kernel):
        view[..., i, j] += parts[..., i, j]
    return dx


def _agree(x, channels):
    if x.shape[-1] != channels:
        raise ValueError(f"x has {x.shape[-1]} channels, the kernel {channels}")


def conv2d_forward(x, w, b, stride=1, padding=0, dilation=1):
    _agree(x, w.shape[2])
    wide = np.pad(x, ((0, 0), (padding,) * 2, (padding,) * 2, (0, 0)))
    view = _windows(wide, w.shape[:2], stride, dilation)
    out = np.einsum("npqcij,ijcf->npqf", view, w, optimize=True) + b
    return [out, (wide, w, stride, padding, dilation)]


def conv2d_backward(dout, cache):
    wide, w, stride, padding, dilation = cache
    view = _windows(wide, w.shape[:2], stride, dilation)
    dw = np.einsum("npqcij,npqf->ijcf", view, dout, optimize=True)
    parts = np.einsum("npqf,ijcf->npqcij", dout, w, optimize=True)
    dwide = _scatter(parts, wide.shape, w.shape[:2], stride, dilation)
    inner = slice(padding, -padding or None)
    return [dwide[:, inner, inner], dw, np.einsum("npqf->f", dout)]


def max_pool_forward(x, size, stride):
    view = _windows(x, (size, size), stride)
    return view.max(axis=(4, 5)), (x, size, stride)


def max_pool_backward(dout, cache):
    x, size, stride = cache
    view = _windows(x, (size, size), stride)
    flat = view.reshape(*view.shape[:4], -1)
    first = np.eye(size * size)[flat.argmax(axis=4)]
    parts = np.einsum("npqc,npqck->npqck", dout, first).reshape(view.shape)
    return _scatter(parts, x.shape, (size, size), stride)


def average_pool_forward(x, size, stride):
    return _windows(x, (size, size), stride).mean(axis=(4, 5)), (x.shape, size, stride)


def average_pool_backward(dout, cache):
    shape, size, stride = cache
    parts = np.einsum("npqc,ij->npqcij", dout, np.full((size, size), size**-2.0))
    return _scatter(parts, shape, (size, size), stride)


def l2_pool_forward(x, size, stride):
    return np.linalg.norm(_windows(x, (size, size), stride), axis=(4, 5)), {}


def depthwise_conv2d(x, w):
    _agree(x, w.shape[2])
    out = np.einsum("npqcij,ijcm->npqcm", _windows(x, w.shape[:2], 1), w)
    return out.reshape(*out.shape[:3], -1)


def separable_conv2d(x, depthwise, pointwise):
    _agree(x, depthwise.shape[2])
    _, _, C, M = depthwise.shape
    if pointwise.shape[2] != C * M:
        raise ValueError(f"pointwise has {pointwise.shape[2]} channels instead of {C * M}")
    mix = pointwise[0, 0].reshape(C, M, -1)
    view = _windows(x, depthwise.shape[:2], 1)
    return np.einsum("npqcij,ijcm,cmf->npqf", view, depthwise, mix, optimize=True)


def conv2d_transpose(x, w, b, stride):
    _agree(x, w.shape[3])
    N, H, W, _ = x.shape
    KH, KW, F, _ = w.shape
    shape = (N, H * stride + max(KH - stride, 0), W * stride + max(KW - stride, 0), F)
    out = np.zeros(shape)
    view = _writable(out, (KH, KW), stride)[:, :H, :W]
    for i, j in np.ndindex(KH, KW):
        view[..., i, j] += np.einsum("npqc,fc->npqf", x, w[i, j])
    return out + b


def spatial_batchnorm_forward(
    x, gamma, beta, running_mean, running_var, training, momentum=0.99, eps=1e-3
):
    if not training:
        scale = gamma / np.sqrt(running_var + eps)
        return x * scale + (beta - running_mean * scale), None, running_mean, running_var
    size = x[..., 0].size
    mean = np.einsum("nhwc->c", x) / size
    centred = x - mean
    var = np.einsum("nhwc,nhwc->c", centred, centred) / size
    new_mean = running_mean + (1 - momentum) * (mean - running_mean)
    new_var = running_var + (1 - momentum) * (var - running_var)
    out = centred * (gamma / np.sqrt(var + eps)) + beta
    return out, (centred, var + eps, gamma), new_mean, new_var


def spatial_batchnorm_backward(dout, cache):
    centred, var, gamma = cache
    size = dout[..., 0].size
    dbeta = np.einsum("nhwc->c", dout)
    along = np.einsum("nhwc,nhwc->c", dout, centred)
    dx = gamma * var**-0.5 * (dout - dbeta / size - centred * along / var / size)
    return dx, along / np.sqrt(var), dbeta


def _same(x, w, b):
    return conv2d_forward(pad(x, w.shape[:2], "same"), w, b)


def _unsame(dout, cache):
    dwide, dw, db = conv2d_backward(dout, cache)
    i, j = (dw.shape[0] - 1) // 2, (dw.shape[1] - 1) // 2
    return dwide[:, i:, j:][:, : dout.shape[1], : dout.shape[2]], dw, db


def residual_block_forward(x, w1, b1, w2, b2):
    hidden, c1 = _same(x, w1, b1)
    hidden = hidden.clip(0)
    out, c2 = _same(hidden, w2, b2)
    out = (out + x).clip(0)
    return out, {"hidden": hidden, "out": out, "c1": c1, "c2": c2}


def residual_block_backward(dout, cache):
    d = dout * np.sign(cache["out"])
    dhidden, dw2, db2 = _unsame(d, cache["c2"])
    dx, dw1, db1 = _unsame(dhidden * np.sign(cache["hidden"]), cache["c1"])
    return [dx + d, dw1, db1, dw2, db2]


class LeNet:
    def __init__(self, input_shape, n_classes, rng):
        h, w, c = input_shape
        d = (h // 4) * (w // 4) * 16
        shapes = {"W1": (3, 3, c, 6), "W2": (3, 3, 6, 16), "W3": (d, 120), "W4": (120, 84)}
        shapes["W5"] = (84, n_classes)
        self.params = {}
        for name, shape in shapes.items():
            self.params[name] = rng.normal(0, (2 / np.prod(shape[:-1])) ** 0.5, shape)
            self.params[name.replace("W", "b")] = np.full(shape[-1], 0.01)

    def _steps(self, x):
        p, caches = self.params, []
        for k in "12":
            x, c = _same(x, p[f"W{k}"], p[f"b{k}"])
            caches.append((c, x > 0))
            x, c = max_pool_forward(x.clip(0), 2, 2)
            caches.append(c)
        caches.append(x.shape)
        x = x.reshape(x.shape[0], -1)
        for k in "345":
            caches.append(x)
            x = np.einsum("nd,dk->nk", x, p[f"W{k}"], optimize=True) + p[f"b{k}"]
            x = x if k == "5" else x.clip(0)
        return x, caches

    def forward(self, x):
        return self._steps(x)[0]

    def back(self, x, y):
        logits, caches = self._steps(x)
        top = logits.max(axis=1)
        log_sum = top + np.log(np.exp(logits - top[:, None]).sum(axis=1))
        loss = float((log_sum - logits[np.arange(len(y)), y]).mean())
        d = np.exp(logits - log_sum[:, None])
        d[np.arange(len(y)), y] -= 1
        d /= len(y)
        g = {}
        for k in "543":
            a = caches.pop()
            g[f"W{k}"] = np.einsum("nd,nk->dk", a, d, optimize=True)
            g[f"b{k}"] = d.sum(0)
            d = np.einsum("nk,dk->nd", d, self.params[f"W{k}"], optimize=True) * (a > 0)
        d = d.reshape(caches.pop())
        for k in "21":
            d = max_pool_backward(d, caches.pop())
            c, on = caches.pop()
            d, g[f"W{k}"], g[f"b{k}"] = _unsame(d * on, c)
        return loss, g, d

    def loss_and_gradients(self, x, y):
        return self.back(x, y)[:2]

    def fit(self, x, y, rng):
        m = {k: 0.0 for k in self.params}
        v = {k: 0.0 for k in self.params}
        t = 0
        for epoch in range(25):
            for rows in np.array_split(rng.permutation(len(y)), 40):
                t += 1
                _, g = self.loss_and_gradients(x[rows], y[rows])
                for k in self.params:
                    m[k] = 0.9 * m[k] + 0.1 * g[k]
                    v[k] = 0.99 * v[k] + 0.01 * g[k] ** 2
                    step = m[k] / (1 - 0.9**t) / (np.sqrt(v[k] / (1 - 0.99**t)) + 1e-8)
                    self.params[k] = self.params[k] - 0.002 * (1 - epoch / 25) * step
        return self


def augment(x, rng, max_shift, flip=False):
    if max_shift < 0:
        raise ValueError(f"max_shift must not be {max_shift}")
    N, H, W, _ = x.shape
    choices = np.arange(-max_shift, max_shift + 1)
    dy, dx = rng.choice(choices, size=N), rng.choice(choices, size=N)
    # Matrices that move rows and columns: out = A x B.
    rows = (np.arange(H)[:, None] - np.arange(H)) == dy[:, None, None]
    columns = (np.arange(W)[:, None] - np.arange(W)) == dx[:, None, None]
    if flip:
        mirrored = rng.uniform(size=N) < 0.5
        columns = np.where(mirrored[:, None, None], columns[:, ::-1], columns)
    return np.einsum("nrh,nhwc,nqw->nrqc", rows * 1.0, x, columns * 1.0, optimize=True)


def saliency(model, x, y):
    return model.back(x, y)[2]


def fgsm(model, x, y, epsilon):
    gradient = saliency(model, x, y)
    return np.minimum(1, np.maximum(0, x + epsilon * ((gradient > 0) * 1.0 - (gradient < 0))))
