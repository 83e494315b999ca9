import itertools

import numpy as np


def output_size(n, kernel, stride=1, padding=0, dilation=1):
    if n < 1:
        raise ValueError(f"n has to be positive, not {n}")
    if kernel < 1:
        raise ValueError(f"kernel has to be positive, not {kernel}")
    if stride < 1:
        raise ValueError(f"stride has to be positive, not {stride}")
    if dilation < 1:
        raise ValueError(f"dilation has to be positive, not {dilation}")
    if padding < 0:
        raise ValueError(f"padding cannot be negative: {padding}")
    last_start = n + 2 * padding - 1 - dilation * (kernel - 1)
    if last_start < 0:
        raise ValueError(f"a kernel of {kernel} is too large for {n}")
    return 1 + last_start // stride


def conv_parameters(kernel, in_channels, out_channels, bias=True):
    if isinstance(kernel, int):
        kernel = (kernel, kernel)
    per_filter = kernel[0] * kernel[1] * in_channels
    if bias:
        per_filter += 1
    return per_filter * out_channels


def both(kernel):
    if np.ndim(kernel):
        return int(kernel[0]), int(kernel[1])
    return int(kernel), int(kernel)


def before_and_after(k, mode):
    if mode == "full":
        return k - 1, k - 1
    if mode == "same":
        before = (k - 1) // 2
        return before, k - 1 - before
    if mode == "valid":
        return 0, 0
    raise ValueError(f"unknown mode {mode}")


def pad(x, kernel, mode):
    kh, kw = both(kernel)
    up, down = before_and_after(kh, mode)
    left, right = before_and_after(kw, mode)
    n, height, width, c = x.shape
    big = np.zeros((n, up + height + down, left + width + right, c))
    big[:, up : up + height, left : left + width, :] = x
    return big


def conv2d_forward(x, w, b, stride=1, padding=0, dilation=1):
    if x.shape[-1] != w.shape[2]:
        raise ValueError(f"x has {x.shape[-1]} channels, w has {w.shape[2]}")
    kh, kw, _, filters = w.shape
    oh = output_size(x.shape[1], kh, stride, padding, dilation)
    ow = output_size(x.shape[2], kw, stride, padding, dilation)
    image = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    reach_h = dilation * (kh - 1) + 1
    reach_w = dilation * (kw - 1) + 1
    out = np.empty((x.shape[0], oh, ow, filters))
    for p in range(oh):
        for q in range(ow):
            top, left = p * stride, q * stride
            patch = image[:, top : top + reach_h : dilation, left : left + reach_w : dilation]
            out[:, p, q] = np.einsum("nijc,ijcf->nf", patch, w) + b
    return out, dict(image=image, w=w, stride=stride, padding=padding, dilation=dilation)


def conv2d_backward(dout, cache):
    image, w = cache["image"], cache["w"]
    stride, padding, dilation = cache["stride"], cache["padding"], cache["dilation"]
    reach_h = dilation * (w.shape[0] - 1) + 1
    reach_w = dilation * (w.shape[1] - 1) + 1
    dimage = np.zeros(image.shape)
    dw = np.zeros(w.shape)
    for p in range(dout.shape[1]):
        rows = slice(p * stride, p * stride + reach_h, dilation)
        for q in range(dout.shape[2]):
            columns = slice(q * stride, q * stride + reach_w, dilation)
            grad = dout[:, p, q]
            dw += np.einsum("nijc,nf->ijcf", image[:, rows, columns], grad)
            dimage[:, rows, columns] += np.einsum("nf,ijcf->nijc", grad, w)
    bottom = image.shape[1] - padding
    right = image.shape[2] - padding
    db = dout.reshape(-1, dout.shape[-1]).sum(axis=0)
    return dimage[:, padding:bottom, padding:right], dw, db


def starts(length, size, stride):
    return [k * stride for k in range(output_size(length, size, stride))]


def max_pool_forward(x, size, stride):
    rows, columns = starts(x.shape[1], size, stride), starts(x.shape[2], size, stride)
    n, c = x.shape[0], x.shape[3]
    out = np.zeros((n, len(rows), len(columns), c))
    arg = np.zeros(out.shape, dtype=int)
    for p, r in enumerate(rows):
        for q, s in enumerate(columns):
            flat = x[:, r : r + size, s : s + size, :].reshape(n, size * size, c)
            arg[:, p, q] = flat.argmax(axis=1)
            out[:, p, q] = flat.max(axis=1)
    return out, (x.shape, arg, size, stride)


def max_pool_backward(dout, cache):
    shape, arg, size, stride = cache
    dx = np.zeros(shape)
    for n, p, q, c in itertools.product(*map(range, dout.shape)):
        down, across = divmod(arg[n, p, q, c], size)
        dx[n, p * stride + down, q * stride + across, c] += dout[n, p, q, c]
    return dx


def average_pool_forward(x, size, stride):
    rows, columns = starts(x.shape[1], size, stride), starts(x.shape[2], size, stride)
    out = np.zeros((x.shape[0], len(rows), len(columns), x.shape[3]))
    for p, r in enumerate(rows):
        for q, s in enumerate(columns):
            total = x[:, r : r + size, s : s + size].sum(axis=(1, 2))
            out[:, p, q] = total / (size * size)
    return out, (x.shape, size, stride)


def average_pool_backward(dout, cache):
    shape, size, stride = cache
    dx = np.zeros(shape)
    for p in range(dout.shape[1]):
        for q in range(dout.shape[2]):
            share = dout[:, p, q] / size**2
            top, left = p * stride, q * stride
            dx[:, top : top + size, left : left + size] += share[:, None, None, :]
    return dx


def l2_pool_forward(x, size, stride):
    rows, columns = starts(x.shape[1], size, stride), starts(x.shape[2], size, stride)
    out = np.zeros((x.shape[0], len(rows), len(columns), x.shape[3]))
    for p, r in enumerate(rows):
        for q, s in enumerate(columns):
            window = x[:, r : r + size, s : s + size]
            out[:, p, q] = np.sqrt((window * window).sum(axis=(1, 2)))
    return out, None


def depthwise_conv2d(x, w):
    kh, kw, channels, m = w.shape
    if x.shape[3] != channels:
        raise ValueError(f"x has {x.shape[3]} channels, w has {channels}")
    oh, ow = output_size(x.shape[1], kh), output_size(x.shape[2], kw)
    out = np.zeros((x.shape[0], oh, ow, channels * m))
    for c in range(channels):
        for k in range(m):
            plane = out[..., c * m + k]
            for i in range(kh):
                for j in range(kw):
                    plane += x[:, i : i + oh, j : j + ow, c] * w[i, j, c, k]
    return out


def separable_conv2d(x, depthwise, pointwise):
    maps = depthwise_conv2d(x, depthwise)
    if maps.shape[3] != pointwise.shape[2]:
        raise ValueError(f"{maps.shape[3]} maps, but pointwise takes {pointwise.shape[2]}")
    return maps @ pointwise[0, 0]


def conv2d_transpose(x, w, b, stride):
    kh, kw, filters, channels = w.shape
    n, height, width, given = x.shape
    if given != channels:
        raise ValueError(f"x has {given} channels, w has {channels}")
    oh = height * stride + max(kh - stride, 0)
    ow = width * stride + max(kw - stride, 0)
    out = np.zeros((n, oh, ow, filters))
    for p in range(height):
        for q in range(width):
            stamp = np.einsum("nc,ijfc->nijf", x[:, p, q], w)
            top, left = stride * p, stride * q
            out[:, top : top + kh, left : left + kw] += stamp
    return out + b


def spatial_batchnorm_forward(
    x, gamma, beta, running_mean, running_var, training, momentum=0.99, eps=1e-3
):
    if not training:
        scale = 1.0 / np.sqrt(running_var + eps)
        x_hat = (x - running_mean) * scale
        return x_hat * gamma + beta, (x_hat, gamma, scale), running_mean, running_var
    pixels = x.reshape(-1, x.shape[-1])
    mu = pixels.sum(axis=0) / len(pixels)
    variance = ((pixels - mu) ** 2).sum(axis=0) / len(pixels)
    scale = 1.0 / np.sqrt(variance + eps)
    x_hat = (x - mu) * scale
    new_mean = momentum * running_mean + (1 - momentum) * mu
    new_var = momentum * running_var + (1 - momentum) * variance
    return x_hat * gamma + beta, (x_hat, gamma, scale), new_mean, new_var


def spatial_batchnorm_backward(dout, cache):
    x_hat, gamma, scale = cache
    m = dout.size // dout.shape[-1]
    dbeta = dout.sum(axis=(0, 1, 2))
    dgamma = np.einsum("nhwc,nhwc->c", dout, x_hat)
    dx = gamma * scale * (dout - dbeta / m - x_hat * dgamma / m)
    return dx, dgamma, dbeta


def residual_block_forward(x, w1, b1, w2, b2):
    z1, inner = conv2d_forward(pad(x, w1.shape[:2], "same"), w1, b1)
    a1 = z1 * (z1 > 0)
    z2, outer = conv2d_forward(pad(a1, w2.shape[:2], "same"), w2, b2)
    total = z2 + x
    return total * (total > 0), {"inner": inner, "outer": outer, "z1": z1, "total": total}


def without_padding(dbig, kernel, height, width):
    up = (kernel[0] - 1) // 2
    left = (kernel[1] - 1) // 2
    return dbig[:, up : up + height, left : left + width]


def residual_block_backward(dout, cache):
    height, width = dout.shape[1:3]
    dtotal = np.where(cache["total"] > 0, dout, 0.0)
    dbig, dw2, db2 = conv2d_backward(dtotal, cache["outer"])
    da1 = without_padding(dbig, dw2.shape, height, width)
    dz1 = np.where(cache["z1"] > 0, da1, 0.0)
    dbig, dw1, db1 = conv2d_backward(dz1, cache["inner"])
    dx = without_padding(dbig, dw1.shape, height, width)
    return dx + dtotal, dw1, db1, dw2, db2


class LeNet:
    def __init__(self, input_shape, n_classes, rng):
        height, width, channels = input_shape
        widths = [16 * (height // 4) * (width // 4), 120, 84, n_classes]
        shapes = [(3, 3, channels, 6), (3, 3, 6, 16), *zip(widths[:-1], widths[1:])]
        self.params = {}
        for k, shape in enumerate(shapes):
            std = np.sqrt(2 / np.prod(shape[:-1]))
            self.params[f"W{k + 1}"] = std * rng.standard_normal(shape)
            self.params[f"b{k + 1}"] = np.zeros(shape[-1])

    def run(self, x):
        p, kept = self.params, {}
        a = x
        for k in (1, 2):
            z, kept[f"conv{k}"] = conv2d_forward(pad(a, 3, "same"), p[f"W{k}"], p[f"b{k}"])
            kept[f"z{k}"] = z
            a, kept[f"pool{k}"] = max_pool_forward(np.maximum(z, 0), 2, 2)
        kept["maps"] = a.shape
        a = a.reshape(len(x), -1)
        for k in (3, 4, 5):
            kept[f"in{k}"] = a
            z = a @ p[f"W{k}"] + p[f"b{k}"]
            a = np.maximum(z, 0) if k < 5 else z
        return a, kept

    def forward(self, x):
        return self.run(x)[0]

    def all_gradients(self, x, y):
        p, grads = self.params, {}
        logits, kept = self.run(x)
        stable = logits - logits.max(axis=1, keepdims=True)
        log_z = np.log(np.exp(stable).sum(axis=1))
        rows = np.arange(len(y))
        loss = (log_z - stable[rows, y]).mean()
        d = np.exp(stable - log_z[:, None])
        d[rows, y] -= 1
        d /= len(y)
        for k in (5, 4, 3):
            grads[f"W{k}"] = kept[f"in{k}"].T @ d
            grads[f"b{k}"] = d.sum(axis=0)
            d = d @ p[f"W{k}"].T
            if k > 3:
                d = d * (kept[f"in{k}"] > 0)
        d = d.reshape(kept["maps"])
        for k in (2, 1):
            d = max_pool_backward(d, kept[f"pool{k}"])
            d = np.where(kept[f"z{k}"] > 0, d, 0)
            d, grads[f"W{k}"], grads[f"b{k}"] = conv2d_backward(d, kept[f"conv{k}"])
            d = d[:, 1:-1, 1:-1]
        return loss, grads, d

    def loss_and_gradients(self, x, y):
        loss, grads, _ = self.all_gradients(x, y)
        return loss, grads

    def fit(self, x, y, rng):
        velocity = {name: np.zeros_like(value) for name, value in self.params.items()}
        for epoch in range(12):
            order = rng.permutation(len(y))
            for start in range(0, len(y), 32):
                batch = order[start : start + 32]
                _, grads = self.loss_and_gradients(x[batch], y[batch])
                for name in self.params:
                    velocity[name] = 0.9 * velocity[name] - 0.02 * grads[name]
                    self.params[name] = self.params[name] + velocity[name]
        return self


def shifted(image, dy, dx):
    height, width = image.shape[:2]
    moved = np.zeros_like(image)
    for r in range(height):
        for s in range(width):
            if 0 <= r + dy < height and 0 <= s + dx < width:
                moved[r + dy, s + dx] = image[r, s]
    return moved


def augment(x, rng, max_shift, flip=False):
    if max_shift < 0:
        raise ValueError(f"max_shift is {max_shift}, below 0")
    images = []
    for image in x:
        dy = rng.integers(-max_shift, max_shift, endpoint=True)
        dx = rng.integers(-max_shift, max_shift, endpoint=True)
        image = shifted(image, dy, dx)
        if flip and rng.random() < 0.5:
            image = np.flip(image, axis=1)
        images.append(image)
    return np.array(images)


def saliency(model, x, y):
    return model.all_gradients(x, y)[2]


def fgsm(model, x, y, epsilon):
    step = epsilon * np.sign(saliency(model, x, y))
    return np.minimum(np.maximum(x + step, 0), 1)
