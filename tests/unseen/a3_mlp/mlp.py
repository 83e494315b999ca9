"""Assignment 3 as a student who keeps caches in dictionaries would hand it in."""

import numpy as np


def relu(z):
    return np.where(z > 0, z, 0.0)


def relu_grad(z):
    slope = np.zeros(np.shape(z))
    slope[z > 0] = 1.0
    return slope


def leaky_relu(z, alpha=0.01):
    return np.where(z > 0, z, alpha * z)


def leaky_relu_grad(z, alpha=0.01):
    slope = np.full(np.shape(z), float(alpha))
    slope[z > 0] = 1.0
    return slope


def elu(z, alpha=1.0):
    negative = np.minimum(z, 0)
    return np.where(z > 0, z, alpha * (np.exp(negative) - 1))


def elu_grad(z, alpha=1.0):
    slope = np.ones(np.shape(z))
    below = z <= 0
    slope[below] = alpha * np.exp(z[below])
    return slope


def tanh(z):
    return 2 * sigmoid(2 * z) - 1


def tanh_grad(z):
    t = np.tanh(z)
    return (1 - t) * (1 + t)


def sigmoid(z):
    return 0.5 * (1 + np.tanh(z / 2))


def sigmoid_grad(z):
    value = sigmoid(z)
    return value * (1 - value)


def maxout(z, k):
    width = z.shape[-1]
    if k < 1 or width % k != 0:
        raise ValueError(f"k = {k} does not divide the width {width}")
    groups = [z[..., start : start + k].max(axis=-1) for start in range(0, width, k)]
    return np.stack(groups, axis=-1)


def he_normal(fan_in, fan_out, rng):
    deviation = np.sqrt(2 / fan_in)
    return deviation * rng.standard_normal((fan_in, fan_out))


def xavier_uniform(fan_in, fan_out, rng):
    bound = np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-bound, bound, size=(fan_in, fan_out))


def dense_forward(x, W, b):
    out = x @ W + b
    return out, {"x": x, "W": W}


def dense_backward(dout, cache):
    x, W = cache["x"], cache["W"]
    dx = dout @ W.T
    dW = np.einsum("nd,nh->dh", x, dout)
    db = np.sum(dout, axis=0)
    return dx, dW, db


def _log_softmax(logits):
    shifted = logits - np.max(logits, axis=1, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))


def softmax_cross_entropy(logits, y, label_smoothing=0.0):
    N, K = logits.shape
    targets = np.full((N, K), label_smoothing / K)
    for i in range(N):
        targets[i, y[i]] += 1 - label_smoothing
    log_p = _log_softmax(logits)
    loss = -np.sum(targets * log_p) / N
    dlogits = (np.exp(log_p) - targets) / N
    return loss, dlogits


def focal_loss(logits, y, gamma=2.0):
    N = len(y)
    rows = np.arange(N)
    log_p = _log_softmax(logits)
    p = np.exp(log_p)
    log_pt = log_p[rows, y]
    pt = np.exp(log_pt)
    miss = -np.expm1(log_pt)
    loss = -np.mean(miss**gamma * log_pt)
    # With u = 1 - p_t the derivative by log p_t is -(u^gamma - gamma u^(gamma - 1) p_t log p_t).
    tiny = np.maximum(miss, 1e-300)
    slope = -(miss**gamma) + gamma * tiny ** (gamma - 1) * pt * log_pt
    slope = np.where(miss == 0, -1.0 if gamma == 0 else 0.0, slope)
    dlog_pt = -p
    dlog_pt[rows, y] += 1
    return loss, slope[:, None] * dlog_pt / N


def distillation_loss(student_logits, teacher_logits, y, temperature, alpha):
    N = len(y)
    T = temperature
    hard_loss, hard_gradient = softmax_cross_entropy(student_logits, y)
    log_q = _log_softmax(teacher_logits / T)
    log_p = _log_softmax(student_logits / T)
    q = np.exp(log_q)
    p = np.exp(log_p)
    divergence = np.sum(q * (log_q - log_p)) / N
    soft_gradient = (p - q) / (N * T)
    loss = alpha * hard_loss + (1 - alpha) * T**2 * divergence
    gradient = alpha * hard_gradient + (1 - alpha) * T**2 * soft_gradient
    return loss, gradient


def batchnorm_forward(x, gamma, beta, running_mean, running_var, training, momentum=0.99, eps=1e-3):
    if not training:
        std = np.sqrt(running_var + eps)
        x_hat = (x - running_mean) / std
        cache = {"x_hat": x_hat, "std": std, "gamma": gamma}
        return gamma * x_hat + beta, cache, running_mean, running_var
    mean = x.mean(axis=0)
    centred = x - mean
    var = np.mean(centred**2, axis=0)
    std = np.sqrt(var + eps)
    x_hat = centred / std
    new_mean = momentum * running_mean + (1 - momentum) * mean
    new_var = momentum * running_var + (1 - momentum) * var
    cache = {"x_hat": x_hat, "std": std, "gamma": gamma}
    return gamma * x_hat + beta, cache, new_mean, new_var


def batchnorm_backward(dout, cache):
    x_hat, std, gamma = cache["x_hat"], cache["std"], cache["gamma"]
    N = dout.shape[0]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = gamma / (N * std) * (N * dout - dbeta - x_hat * dgamma)
    return dx, dgamma, dbeta


def dropout_forward(x, rate, training, rng):
    if rate < 0 or rate >= 1:
        raise ValueError(f"the rate {rate} is not in [0, 1)")
    if not training:
        return x.copy(), np.ones(x.shape)
    keep = 1 - rate
    mask = (rng.random(x.shape) >= rate) / keep
    return x * mask, mask


def dropout_backward(dout, cache):
    return dout * cache


_ACTIVATIONS = {
    "relu": (relu, relu_grad),
    "leaky_relu": (leaky_relu, leaky_relu_grad),
    "elu": (elu, elu_grad),
    "tanh": (tanh, tanh_grad),
    "sigmoid": (sigmoid, sigmoid_grad),
}


class MLP:
    def __init__(self, layer_sizes, activation="relu", l1=0.0, l2=0.0, rng=None):
        if activation not in _ACTIVATIONS:
            raise ValueError(f"the activation {activation!r} is not known")
        if rng is None:
            rng = np.random.default_rng()
        self.activation, self.slope = _ACTIVATIONS[activation]
        self.l1 = l1
        self.l2 = l2
        self.depth = len(layer_sizes) - 1
        self.params = {}
        for i in range(1, self.depth + 1):
            fan_in, fan_out = layer_sizes[i - 1], layer_sizes[i]
            self.params[f"W{i}"] = he_normal(fan_in, fan_out, rng)
            self.params[f"b{i}"] = np.zeros(fan_out)

    def _run(self, X):
        caches = []
        out = X
        for i in range(1, self.depth + 1):
            z, cache = dense_forward(out, self.params[f"W{i}"], self.params[f"b{i}"])
            caches.append((cache, z))
            out = z if i == self.depth else self.activation(z)
        return out, caches

    def forward(self, X):
        logits, _ = self._run(X)
        return logits

    def loss_and_gradients(self, X, y):
        logits, caches = self._run(X)
        loss, dz = softmax_cross_entropy(logits, y)
        gradients = {}
        for i in range(self.depth, 0, -1):
            cache, z = caches[i - 1]
            if i < self.depth:
                dz = dz * self.slope(z)
            W = self.params[f"W{i}"]
            dz, dW, db = dense_backward(dz, cache)
            loss += self.l1 * np.abs(W).sum() + self.l2 / 2 * (W**2).sum()
            gradients[f"W{i}"] = dW + self.l1 * np.sign(W) + self.l2 * W
            gradients[f"b{i}"] = db
        return loss, gradients


def sgd_step(param, grad, state, learning_rate=0.01):
    return param - learning_rate * grad, state


def momentum_step(param, grad, state, learning_rate=0.01, momentum=0.9):
    velocity = np.zeros_like(param) if state is None else state
    velocity = momentum * velocity - learning_rate * grad
    return param + velocity, velocity


def adam_step(param, grad, state, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    if state is None:
        state = {"m": np.zeros_like(param), "v": np.zeros_like(param), "t": 0}
    t = state["t"] + 1
    m = beta_1 * state["m"] + (1 - beta_1) * grad
    v = beta_2 * state["v"] + (1 - beta_2) * grad**2
    m_hat = m / (1 - beta_1**t)
    v_hat = v / (1 - beta_2**t)
    new = param - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return new, {"m": m, "v": v, "t": t}


def adamw_step(
    param,
    grad,
    state,
    learning_rate=0.001,
    weight_decay=0.004,
    beta_1=0.9,
    beta_2=0.999,
    epsilon=1e-7,
):
    decayed = param * (1 - learning_rate * weight_decay)
    return adam_step(decayed, grad, state, learning_rate, beta_1, beta_2, epsilon)


def clip_by_global_norm(grads, max_norm):
    total = 0.0
    for grad in grads.values():
        total += (grad**2).sum()
    norm = np.sqrt(total)
    clipped = {}
    for name, grad in grads.items():
        clipped[name] = grad * (max_norm / norm) if norm > max_norm else grad.copy()
    return clipped, norm


class EarlyStopping:
    def __init__(self, patience, min_delta=0.0):
        self.patience = patience
        self.min_delta = min_delta
        self.best = float("inf")
        self.waited = 0

    def update(self, value):
        if value < self.best - self.min_delta:
            self.best = value
            self.waited = 0
        else:
            self.waited += 1
        return self.waited >= self.patience


def train(X_train, y_train, X_val, y_val, rng):
    mean, deviation = X_train.mean(axis=0), X_train.std(axis=0)
    deviation = np.where(deviation == 0, 1.0, deviation)
    scaled, scaled_val = (X_train - mean) / deviation, (X_val - mean) / deviation
    model = MLP([X_train.shape[1], 64, 32, int(y_train.max()) + 1], l2=1e-4, rng=rng)
    stopping = EarlyStopping(patience=15)
    states = dict.fromkeys(model.params)
    best = dict(model.params)
    for _ in range(200):
        order = rng.permutation(len(scaled))
        for start in range(0, len(order), 32):
            rows = order[start : start + 32]
            _, gradients = model.loss_and_gradients(scaled[rows], y_train[rows])
            for name in model.params:
                model.params[name], states[name] = adam_step(
                    model.params[name], gradients[name], states[name], learning_rate=0.005
                )
        loss, _ = softmax_cross_entropy(model.forward(scaled_val), y_val)
        if loss < stopping.best:
            best = dict(model.params)
        if stopping.update(loss):
            break
    model.params = best
    W = best["W1"] / deviation[:, None]
    model.params["W1"], model.params["b1"] = W, best["b1"] - mean @ W
    return model


def gradient_norms(depth, activation, rng):
    model = MLP([32] * depth + [10], activation, rng=rng)
    X = rng.standard_normal((50, 32))
    y = rng.integers(0, 10, 50)
    _, gradients = model.loss_and_gradients(X, y)
    norms = [np.sqrt((gradients[f"W{i}"] ** 2).sum()) for i in range(1, depth + 1)]
    return np.array(norms)
