"""Assignment 3, with one small class for each thing that goes forward and backward."""

import math

import numpy as np


def relu(z):
    return z * (z > 0)


def relu_grad(z):
    slope = np.zeros(z.shape)
    slope[z > 0] = 1.0
    return slope


def leaky_relu(z, alpha=0.01):
    return np.maximum(z, 0) + alpha * np.minimum(z, 0)


def leaky_relu_grad(z, alpha=0.01):
    slope = np.full(z.shape, float(alpha))
    slope[z > 0] = 1.0
    return slope


def elu(z, alpha=1.0):
    out = np.array(z, dtype=float)
    low = out <= 0
    out[low] = alpha * (np.exp(out[low]) - 1.0)
    return out


def elu_grad(z, alpha=1.0):
    slope = np.ones(z.shape)
    low = z <= 0
    slope[low] = alpha * np.exp(z[low])
    return slope


def tanh(z):
    return 2.0 * sigmoid(2.0 * z) - 1.0


def tanh_grad(z):
    t = tanh(z)
    return (1.0 - t) * (1.0 + t)


def sigmoid(z):
    out = np.empty(np.shape(z))
    high = z >= 0
    out[high] = 1.0 / (1.0 + np.exp(-z[high]))
    grown = np.exp(z[~high])
    out[~high] = grown / (grown + 1.0)
    return out


def sigmoid_grad(z):
    return sigmoid(z) * sigmoid(-z)


def maxout(z, k):
    width = z.shape[-1]
    if k < 1 or width % k != 0:
        raise ValueError(f"cannot make groups of {k} out of {width}")
    groups = [z[..., start : start + k].max(axis=-1) for start in range(0, width, k)]
    return np.stack(groups, axis=-1)


def he_normal(fan_in, fan_out, rng):
    spread = math.sqrt(2.0 / fan_in)
    return rng.normal(loc=0.0, scale=spread, size=(fan_in, fan_out))


def xavier_uniform(fan_in, fan_out, rng):
    edge = math.sqrt(6.0 / (fan_in + fan_out))
    return (2.0 * rng.random((fan_in, fan_out)) - 1.0) * edge


def dense_forward(x, W, b):
    out = np.einsum("nd,dh->nh", x, W) + b[None, :]
    return out, {"x": x, "W": W}


def dense_backward(dout, cache):
    dx = np.einsum("nh,dh->nd", dout, cache["W"])
    dW = np.einsum("nd,nh->dh", cache["x"], dout)
    db = np.einsum("nh->h", dout)
    return dx, dW, db


def log_probabilities(scores):
    lowered = scores - scores.max(axis=1, keepdims=True)
    return lowered - np.log(np.exp(lowered).sum(axis=1, keepdims=True))


def softmax_cross_entropy(logits, y, label_smoothing=0.0):
    rows, classes = logits.shape
    wanted = np.full(logits.shape, label_smoothing / classes)
    wanted[np.arange(rows), y] += 1.0 - label_smoothing
    logs = log_probabilities(logits)
    loss = -np.einsum("nk,nk->", wanted, logs) / rows
    return loss, (np.exp(logs) - wanted) / rows


def focal_loss(logits, y, gamma=2.0):
    rows = len(y)
    logs = log_probabilities(logits)
    everything = np.exp(logs)
    loss, dlogits = 0.0, np.zeros(logits.shape)
    for i in range(rows):
        log_p = logs[i, y[i]]
        p = math.exp(log_p)
        rest = -math.expm1(log_p)
        loss -= rest**gamma * log_p
        inner = p * log_p / rest if rest > 0 else -1.0
        by_log_p = rest**gamma * (gamma * inner - 1.0)
        dlogits[i] = -by_log_p * everything[i]
        dlogits[i, y[i]] += by_log_p
    return loss / rows, dlogits / rows


def distillation_loss(student_logits, teacher_logits, y, temperature, alpha):
    rows = student_logits.shape[0]
    T = float(temperature)
    hard, d_hard = softmax_cross_entropy(student_logits, y)
    student = log_probabilities(student_logits / T)
    teacher = log_probabilities(teacher_logits / T)
    q = np.exp(teacher)
    soft = (q * (teacher - student)).sum() / rows
    d_soft = (np.exp(student) - q) / (rows * T)
    loss = alpha * hard + (1.0 - alpha) * T * T * soft
    dlogits = alpha * d_hard + (1.0 - alpha) * T * T * d_soft
    return loss, dlogits


def batchnorm_forward(x, gamma, beta, running_mean, running_var, training, momentum=0.99, eps=1e-3):
    if not training:
        root = np.sqrt(running_var + eps)
        normal = (x - running_mean) / root
        return gamma * normal + beta, None, running_mean, running_var
    centre = x.sum(axis=0) / x.shape[0]
    away = x - centre
    spread = (away * away).sum(axis=0) / x.shape[0]
    root = np.sqrt(spread + eps)
    normal = away / root
    next_mean = running_mean * momentum + centre * (1 - momentum)
    next_var = running_var * momentum + spread * (1 - momentum)
    return gamma * normal + beta, (normal, root, gamma), next_mean, next_var


def batchnorm_backward(dout, cache):
    normal, root, gamma = cache
    dgamma = (dout * normal).sum(axis=0)
    dbeta = dout.sum(axis=0)
    arriving = gamma * dout
    by_mean = arriving.mean(axis=0)
    by_var = normal * (arriving * normal).mean(axis=0)
    return (arriving - by_mean - by_var) / root, dgamma, dbeta


def dropout_forward(x, rate, training, rng):
    if not 0 <= rate < 1:
        raise ValueError(f"a rate of {rate} is impossible")
    if not training:
        return x.copy(), None
    survives = rng.random(x.shape) >= rate
    out = np.where(survives, x / (1 - rate), 0.0)
    return out, (survives, rate)


def dropout_backward(dout, cache):
    if cache is None:
        return dout.copy()
    survives, rate = cache
    dx = np.zeros(dout.shape)
    dx[survives] = dout[survives] / (1 - rate)
    return dx


PAIRS = dict(
    relu=(relu, relu_grad),
    leaky_relu=(leaky_relu, leaky_relu_grad),
    elu=(elu, elu_grad),
    tanh=(tanh, tanh_grad),
    sigmoid=(sigmoid, sigmoid_grad),
)


class MLP:
    def __init__(self, layer_sizes, activation="relu", l1=0.0, l2=0.0, rng=None):
        if activation not in PAIRS:
            raise ValueError(f"unknown activation {activation}")
        self.bend, self.slope = PAIRS[activation]
        self.l1, self.l2 = l1, l2
        self.depth = len(layer_sizes) - 1
        rng = rng or np.random.default_rng()
        self.params = {}
        for number in range(self.depth):
            size = layer_sizes[number], layer_sizes[number + 1]
            self.params["W%d" % (number + 1)] = he_normal(size[0], size[1], rng)
            self.params["b%d" % (number + 1)] = np.zeros(size[1])

    def layer(self, number):
        return self.params["W%d" % number], self.params["b%d" % number]

    def walk(self, X):
        before, caches = [], []
        signal = X
        for number in range(1, self.depth + 1):
            W, b = self.layer(number)
            z, cache = dense_forward(signal, W, b)
            before.append(z)
            caches.append(cache)
            signal = self.bend(z) if number < self.depth else z
        return signal, before, caches

    def forward(self, X):
        return self.walk(X)[0]

    def loss_and_gradients(self, X, y):
        logits, before, caches = self.walk(X)
        loss, back = softmax_cross_entropy(logits, y)
        gradients = {}
        for number in range(self.depth, 0, -1):
            W, _ = self.layer(number)
            if number < self.depth:
                back = back * self.slope(before[number - 1])
            back, dW, db = dense_backward(back, caches[number - 1])
            dW = dW + self.l1 * np.sign(W)
            dW = dW + self.l2 * W
            gradients["W%d" % number] = dW
            gradients["b%d" % number] = db
            loss += self.l1 * np.abs(W).sum()
            loss += 0.5 * self.l2 * np.square(W).sum()
        return loss, gradients


def sgd_step(param, grad, state, learning_rate=0.01):
    change = -learning_rate * grad
    return param + change, None


def momentum_step(param, grad, state, learning_rate=0.01, momentum=0.9):
    push = -learning_rate * grad
    if state is not None:
        push = push + momentum * state
    return param + push, push


def adam_step(param, grad, state, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    if state is None:
        state = {"m": np.zeros(param.shape), "v": np.zeros(param.shape), "t": 0}
    t = state["t"] + 1
    m = state["m"] + (1 - beta_1) * (grad - state["m"])
    v = state["v"] + (1 - beta_2) * (grad * grad - state["v"])
    m_hat = m / (1 - beta_1**t)
    v_hat = v / (1 - beta_2**t)
    moved = param - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return moved, {"m": m, "v": v, "t": t}


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
    shrunk = (1 - learning_rate * weight_decay) * param
    moved, state = adam_step(shrunk, grad, state, learning_rate, beta_1, beta_2, epsilon)
    return moved, state


def clip_by_global_norm(grads, max_norm):
    total = 0.0
    for array in grads.values():
        total += float(np.vdot(array, array))
    length = math.sqrt(total)
    if length <= max_norm:
        return {key: array.copy() for key, array in grads.items()}, length
    shorter = max_norm / length
    return {key: array * shorter for key, array in grads.items()}, length


class EarlyStopping:
    def __init__(self, patience, min_delta=0.0):
        self.patience = patience
        self.min_delta = min_delta
        self.best = math.inf
        self.left = patience

    def update(self, value):
        if self.best - value > self.min_delta:
            self.best = value
            self.left = self.patience
        else:
            self.left -= 1
        return self.left <= 0


def train(X_train, y_train, X_val, y_val, rng):
    X, y = np.vstack([X_train, X_val]), np.concatenate([y_train, y_val])
    network = MLP([X.shape[1], 100, 60, int(y.max()) + 1], l2=1e-3, rng=rng)
    states = {key: None for key in network.params}
    for _ in range(200):
        order = rng.permutation(len(y))
        for first in range(0, len(y), 32):
            rows = order[first : first + 32]
            _, slopes = network.loss_and_gradients(X[rows], y[rows])
            for key in slopes:
                network.params[key], states[key] = adam_step(
                    network.params[key], slopes[key], states[key], 0.003
                )
    return network


def gradient_norms(depth, activation, rng):
    network = MLP([24] * (depth + 1), activation, rng=rng)
    X = rng.standard_normal((50, 24))
    y = rng.integers(24, size=50)
    slopes = network.loss_and_gradients(X, y)[1]
    lengths = np.zeros(depth)
    for number in range(1, depth + 1):
        lengths[number - 1] = np.sqrt((slopes["W%d" % number] ** 2).sum())
    return lengths
