import math

import numpy as np


def relu(z):
    return z * (z > 0)


def relu_grad(z):
    return np.where(z > 0, 1.0, 0.0)


def leaky_relu(z, alpha=0.01):
    return relu(z) - alpha * relu(-z)


def leaky_relu_grad(z, alpha=0.01):
    slope = np.full_like(z, alpha)
    slope[z > 0] = 1.0
    return slope


def elu(z, alpha=1.0):
    return np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0.0)))


def elu_grad(z, alpha=1.0):
    right = np.heaviside(z, 0.0)
    return right + (1 - right) * alpha * np.exp(-relu(-z))


def tanh(z):
    return np.tanh(z)


def tanh_grad(z):
    return 4 * sigmoid_grad(2 * z)


def sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, e) / (1.0 + e)


def sigmoid_grad(z):
    return sigmoid(z) * sigmoid(-z)


def maxout(z, k):
    if k <= 0 or z.shape[-1] % k:
        raise ValueError(f"{z.shape[-1]} entries cannot be grouped by {k}")
    return np.stack([z[..., start::k] for start in range(k)]).max(axis=0)


def he_normal(fan_in, fan_out, rng):
    return np.sqrt(2.0 / fan_in) * rng.normal(size=(fan_in, fan_out))


def xavier_uniform(fan_in, fan_out, rng):
    bound = (6 / (fan_in + fan_out)) ** 0.5
    return rng.uniform(-bound, bound, size=fan_in * fan_out).reshape(fan_out, fan_in).T


def dense_forward(x, W, b):
    return [np.einsum("nd,dh->nh", x, W) + b, {"x": x.copy(), "W": W.copy()}]


def dense_backward(dout, cache):
    return [
        np.einsum("nh,dh->nd", dout, cache["W"]),
        np.einsum("nd,nh->dh", cache["x"], dout),
        np.einsum("nh->h", dout),
    ]


def _log_softmax(logits):
    zs = logits - np.max(logits, axis=-1, keepdims=True)
    return zs - np.log(np.sum(np.exp(zs), axis=-1, keepdims=True))


def _one_hot(y, logits):
    return y[:, None] == np.arange(logits.shape[1], like=logits)


def softmax_cross_entropy(logits, y, label_smoothing=0.0):
    n, classes = logits.shape
    target = (1.0 - label_smoothing) * _one_hot(y, logits) + label_smoothing / classes
    log_p = _log_softmax(logits)
    return (-np.sum(target * log_p) / n, (np.exp(log_p) - target) / n)


def focal_loss(logits, y, gamma=2.0):
    n = len(y)
    log_p = _log_softmax(logits)
    log_right = np.take_along_axis(log_p, y[:, None], axis=1)
    right, miss = (np.exp(log_right), -np.expm1(log_right))
    loss = -np.sum(miss**gamma * log_right) / n
    ratio = np.where(miss > 0, right * log_right / np.where(miss > 0, miss, 1.0), -1.0)
    slope = miss**gamma * (gamma * ratio - 1.0)
    return (loss, slope * (_one_hot(y, logits) - np.exp(log_p)) / n)


def _log_sum_exp(logits):
    largest = logits.max(axis=1)
    return largest + np.log(np.einsum("nk->n", np.exp(logits - largest[:, None])))


def distillation_loss(student_logits, teacher_logits, y, temperature, alpha):
    n = y.size
    s, t = (student_logits / temperature, teacher_logits / temperature)
    log_p, log_q = (s - _log_sum_exp(s)[:, None], t - _log_sum_exp(t)[:, None])
    p, q = (np.exp(log_p), np.exp(log_q))
    kl = (np.einsum("nk,nk->", q, log_q) - np.einsum("nk,nk->", q, log_p)) / n
    ce, dce = softmax_cross_entropy(student_logits, y)
    loss = alpha * ce + (1 - alpha) * temperature**2 * kl
    return (float(loss), alpha * dce + (1 - alpha) * temperature / n * (p - q))


def batchnorm_forward(
    x, gamma, beta, running_mean, running_var, training, momentum=0.99, eps=0.001
):
    if not training:
        a = gamma / np.sqrt(running_var + eps)
        return (
            np.einsum("nd,d->nd", x, a) + (beta - a * running_mean),
            None,
            running_mean,
            running_var,
        )
    n = len(x)
    mean = np.einsum("nd->d", x) / n
    centred = x - mean
    var = np.einsum("nd,nd->d", centred, centred) / n
    std = np.sqrt(var + eps)
    out = np.einsum("nd,d->nd", centred, gamma / std) + beta
    new_mean = running_mean + (1 - momentum) * (mean - running_mean)
    new_var = running_var + (1 - momentum) * (var - running_var)
    return (out, (centred, std, gamma), new_mean, new_var)


def batchnorm_backward(dout, cache):
    centred, std, gamma = cache
    n = len(dout)
    dx_hat = np.einsum("nd,d->nd", dout, gamma)
    dvar = -0.5 * np.einsum("nd,nd->d", dx_hat, centred) / std**3
    dmean = -np.einsum("nd->d", dx_hat) / std
    dx = dx_hat / std + 2.0 / n * dvar * centred + dmean / n
    return (dx, np.einsum("nd,nd->d", dout, centred) / std, np.einsum("nd->d", dout))


def dropout_forward(x, rate, training, rng):
    if not 0 <= rate < 1:
        raise ValueError(f"0 <= {rate} < 1 does not hold")
    mask = np.ones(x.shape)
    if training:
        mask = rng.choice([0.0, 1 / (1 - rate)], p=[rate, 1 - rate], size=x.shape)
    return (np.multiply(x, mask), [mask])


def dropout_backward(dout, cache):
    (mask,) = cache
    return np.multiply(dout, mask)


_ACTIVATIONS = {
    "relu": (relu, relu_grad),
    "leaky_relu": (leaky_relu, leaky_relu_grad),
    "elu": (elu, elu_grad),
    "tanh": (tanh, tanh_grad),
    "sigmoid": (sigmoid, sigmoid_grad),
}


def _first_params(layer_sizes, activation, rng):
    rng = np.random.default_rng() if rng is None else rng
    draw = xavier_uniform if activation in {"tanh", "sigmoid"} else he_normal
    params = {}
    for layer in range(1, len(layer_sizes)):
        fan_in, fan_out = (layer_sizes[layer - 1], layer_sizes[layer])
        params[f"W{layer}"] = draw(fan_in, fan_out, rng)
        params[f"b{layer}"] = np.zeros(fan_out)
    return params


def _layers(model):
    return range(1, len(model.params) // 2 + 1)


def _run(model, X):
    activate, _ = _ACTIVATIONS[model.activation]
    res, passed = (X, [])
    for layer in _layers(model):
        if passed:
            res = activate(res)
        res, cache = dense_forward(res, model.params[f"W{layer}"], model.params[f"b{layer}"])
        passed.append((res, cache))
    return (res, passed)


class MLP:
    def __init__(self, layer_sizes, activation="relu", l1=0.0, l2=0.0, rng=None):
        if activation not in _ACTIVATIONS:
            known = ", ".join(_ACTIVATIONS)
            raise ValueError(f"Expected an activation of {known}. Received: {activation!r}")
        self.activation, self.l1, self.l2 = (activation, l1, l2)
        self.params = _first_params(layer_sizes, activation, rng)

    def forward(self, X):
        return _run(self, X)[0]

    def loss_and_gradients(self, X, y):
        logits, passed = _run(self, X)
        loss, dout = softmax_cross_entropy(logits, y)
        _, slope = _ACTIVATIONS[self.activation]
        gradients = {}
        for layer in reversed(_layers(self)):
            z, cache = passed[layer - 1]
            if gradients:
                dout = dout * slope(z)
            dout, dW, gradients[f"b{layer}"] = dense_backward(dout, cache)
            W = self.params[f"W{layer}"]
            gradients[f"W{layer}"] = dW + self.l1 * np.sign(W) + self.l2 * W
            loss = loss + self.l1 * np.sum(np.abs(W)) + self.l2 / 2 * np.sum(W**2)
        return (loss, gradients)


def sgd_step(param, grad, state, learning_rate=0.01):
    return (np.tensordot([1.0, -learning_rate], np.stack([param, grad]), axes=1), ())


def momentum_step(param, grad, state, learning_rate=0.01, momentum=0.9):
    v = grad.copy() if state is None else momentum * state["v"] + grad
    return (param - learning_rate * v, {"v": v})


def adam_step(param, grad, state, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-07):
    m, v, t = (np.zeros_like(param), np.zeros_like(param), 0) if state is None else state
    t = t + 1
    m = beta_1 * m + (1.0 - beta_1) * grad
    v = beta_2 * v + (1.0 - beta_2) * grad**2
    rate = learning_rate * np.sqrt(1.0 - beta_2**t) / (1.0 - beta_1**t)
    return (param - rate * m / (np.sqrt(v) + epsilon), (m, v, t))


def adamw_step(param, grad, state, learning_rate=0.001, weight_decay=0.004, **options):
    new, state = adam_step(np.zeros_like(param), grad, state, learning_rate, **options)
    return (param * (1 - learning_rate * weight_decay) + new, state)


def clip_by_global_norm(grads, max_norm):
    squares = 0.0
    for gradient in grads.values():
        for value in gradient.ravel():
            squares += value * value
    norm = math.sqrt(squares)
    clipped = {}
    for name, gradient in grads.items():
        clipped[name] = gradient.copy()
        if norm > max_norm:
            for index in np.ndindex(gradient.shape):
                clipped[name][index] = gradient[index] / norm * max_norm
    return (clipped, norm)


class EarlyStopping:
    def __init__(self, patience, min_delta=0.0):
        self.patience = patience
        self.min_delta = min_delta
        self.best = math.inf
        self.bad = 0

    def update(self, value):
        if value < self.best - self.min_delta:
            self.best = value
            self.bad = 0
            return False
        self.bad += 1
        return self.bad >= self.patience


def train(X_train, y_train, X_val, y_val, rng):
    model = MLP([X_train.shape[1], 128, 64, int(np.max(y_train)) + 1], l2=0.001, rng=rng)
    hs = dict.fromkeys(model.params)
    stopping, best = (EarlyStopping(patience=40), {})
    for _ in range(300):
        for batch in np.array_split(rng.permutation(len(X_train)), -(-len(X_train) // 32)):
            _, grads = model.loss_and_gradients(X_train[batch], y_train[batch])
            for name, gradient in grads.items():
                model.params[name], hs[name] = adam_step(
                    model.params[name], gradient, hs[name], learning_rate=0.003
                )
        loss, _ = softmax_cross_entropy(model.forward(X_val), y_val)
        if loss < stopping.best:
            best = dict(model.params)
        if stopping.update(loss):
            break
    model.params.update(best)
    return model


def gradient_norms(depth, activation, rng):
    ww, classes, n = (32, 10, 64)
    model = MLP([ww] * depth + [classes], activation, rng=rng)
    X, y = (rng.normal(size=(n, ww)), rng.integers(0, classes, size=n))
    _, grads = model.loss_and_gradients(X, y)
    return np.array([np.linalg.norm(grads[f"W{layer}"]) for layer in range(1, depth + 1)])
