"""Assignment 3 with an object for everything: activations, layers, losses and optimisers."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import NamedTuple

import numpy as np


class Activation:
    def __init__(self, alpha=None):
        self.alpha = alpha


class Relu(Activation):
    def __call__(self, z):
        return z.clip(min=0)

    def slope(self, z):
        return np.greater(z, 0).astype(np.float64)


class LeakyRelu(Activation):
    def __call__(self, z):
        return z.clip(min=0) + self.alpha * z.clip(max=0)

    def slope(self, z):
        return np.choose(z > 0, [self.alpha, 1.0])


class Elu(Activation):
    def __call__(self, z):
        return z.clip(min=0) + self.alpha * np.expm1(z.clip(max=0))

    def slope(self, z):
        return np.where(z <= 0, self(z.clip(max=0)) + self.alpha, 1.0)


class Tanh(Activation):
    __call__ = staticmethod(np.tanh)

    def slope(self, z):
        return 1 / np.cosh(np.clip(z, -300, 300)) ** 2


class Sigmoid(Activation):
    def __call__(self, z):
        return np.exp(-np.logaddexp(0, -z))

    def slope(self, z):
        return np.exp(-np.logaddexp(0, -z) - np.logaddexp(0, z))


KNOWN = {
    "relu": Relu(),
    "leaky_relu": LeakyRelu(0.01),
    "elu": Elu(1.0),
    "tanh": Tanh(),
    "sigmoid": Sigmoid(),
}

relu, relu_grad = KNOWN["relu"], KNOWN["relu"].slope
tanh, tanh_grad = KNOWN["tanh"], KNOWN["tanh"].slope
sigmoid, sigmoid_grad = KNOWN["sigmoid"], KNOWN["sigmoid"].slope


def leaky_relu(z, alpha=0.01):
    return LeakyRelu(alpha)(z)


def leaky_relu_grad(z, alpha=0.01):
    return LeakyRelu(alpha).slope(z)


def elu(z, alpha=1.0):
    return Elu(alpha)(z)


def elu_grad(z, alpha=1.0):
    return Elu(alpha).slope(z)


def maxout(z, k):
    if k < 1:
        raise ValueError(f"groups of {k} hold nothing")
    groups, rest = divmod(z.shape[-1], k)
    if rest:
        raise ValueError(f"k = {k} leaves {rest} over")
    return np.array(np.split(z, groups, axis=-1)).max(axis=-1).transpose(*range(1, z.ndim), 0)


class Initialiser(NamedTuple):
    variance: float

    def normal(self, shape, rng):
        return rng.normal(loc=0, scale=self.variance**0.5, size=shape)

    def uniform(self, shape, rng):
        return rng.uniform(-1, 1, shape) * (3 * self.variance) ** 0.5


def he_normal(fan_in, fan_out, rng):
    return Initialiser(2 / fan_in).normal((fan_in, fan_out), rng)


def xavier_uniform(fan_in, fan_out, rng):
    return Initialiser(2 / (fan_in + fan_out)).uniform((fan_in, fan_out), rng)


class Layer:
    """`layer(x)` remembers what `layer.backward(dout)` needs."""


class Dense(Layer):
    def __init__(self, W, b):
        self.W, self.b = W, b

    def __call__(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b

    def backward(self, dout):
        self.dW, self.db = np.dot(self.x.T, dout), dout.sum(0)
        return np.dot(dout, self.W.T)


class Activated(Layer):
    def __init__(self, function):
        self.function = function

    def __call__(self, x):
        self.x = x
        return self.function(x)

    def backward(self, dout):
        return self.function.slope(self.x) * dout


def dense_forward(x, W, b):
    layer = Dense(W, b)
    return layer(x), layer


def dense_backward(dout, cache):
    dx = cache.backward(dout)
    return dx, cache.dW, cache.db


class Softmax:
    def __init__(self, logits):
        self.log_p = logits - np.logaddexp.reduce(logits, axis=1)[:, np.newaxis]
        self.p = np.exp(self.log_p)

    def cross_entropy(self, target):
        """Against probabilities (N, K): the mean and its gradient."""
        n = len(target)
        return -(target * self.log_p).sum() / n, (self.p - target) / n


def softmax_cross_entropy(logits, y, label_smoothing=0.0):
    classes = logits.shape[1]
    target = np.eye(classes)[y] * (1 - label_smoothing) + label_smoothing / classes
    return Softmax(logits).cross_entropy(target)


def focal_loss(logits, y, gamma=2.0):
    softmax, n = Softmax(logits), len(y)
    here = np.eye(logits.shape[1], dtype=bool)[y]
    log_p, p = softmax.log_p[here], softmax.p[here]
    miss = np.maximum(-np.expm1(log_p), np.finfo(float).tiny)
    d_log_p = gamma * p * log_p * miss ** (gamma - 1) - miss**gamma
    gradient = d_log_p[:, None] * (here - softmax.p)
    return np.mean(-(miss**gamma) * log_p), gradient / n


def distillation_loss(student_logits, teacher_logits, y, temperature, alpha):
    hard, dhard = softmax_cross_entropy(student_logits, y)
    teacher = Softmax(teacher_logits / temperature)
    cross, dcross = Softmax(student_logits / temperature).cross_entropy(teacher.p)
    entropy, _ = teacher.cross_entropy(teacher.p)
    weight = (1 - alpha) * temperature**2
    return alpha * hard + weight * (cross - entropy), alpha * dhard + weight * dcross / temperature


class BatchNorm(Layer):
    def __init__(self, gamma, beta, eps):
        self.gamma, self.beta, self.eps = gamma, beta, eps

    def __call__(self, x, mean, var):
        self.deviation = (var + self.eps) ** 0.5
        self.x_hat = (x - mean) / self.deviation
        return self.x_hat * self.gamma + self.beta

    def backward(self, dout):
        inner = dout * self.gamma
        inner = inner - inner.mean(0) - self.x_hat * (inner * self.x_hat).mean(0)
        return inner / self.deviation, (dout * self.x_hat).sum(0), dout.sum(0)


def batchnorm_forward(x, gamma, beta, running_mean, running_var, training, momentum=0.99, eps=1e-3):
    layer = BatchNorm(gamma, beta, eps)
    if not training:
        return layer(x, running_mean, running_var), layer, running_mean.copy(), running_var.copy()
    mean, var = x.mean(0), x.var(0)
    moved = (
        momentum * old + (1 - momentum) * new
        for old, new in ((running_mean, mean), (running_var, var))
    )
    return layer(x, mean, var), layer, *moved


def batchnorm_backward(dout, cache):
    return cache.backward(dout)


class Dropout(Layer):
    def __init__(self, rate, rng):
        if rate < 0 or rate >= 1:
            raise ValueError(f"cannot drop the share {rate}")
        self.rate, self.rng = rate, rng

    def __call__(self, x, training):
        self.training = training
        if training:
            self.kept = self.rng.binomial(1, 1 - self.rate, x.shape)
        return self.backward(x)

    def backward(self, dout):
        return dout * self.kept / (1 - self.rate) if self.training else dout


def dropout_forward(x, rate, training, rng):
    layer = Dropout(rate, rng)
    return layer(x, training), layer


def dropout_backward(dout, cache):
    return cache.backward(dout)


class MLP:
    def __init__(self, layer_sizes, activation="relu", l1=0.0, l2=0.0, rng=None):
        try:
            self.function = KNOWN[activation]
        except KeyError:
            raise ValueError(f"no activation is called {activation}") from None
        self.l1, self.l2 = l1, l2
        rng = np.random.default_rng(rng)
        self.params = OrderedDict()
        for i in range(len(layer_sizes) - 1):
            shape = layer_sizes[i : i + 2]
            self.params[f"W{i + 1}"] = xavier_uniform(*shape, rng)
            self.params[f"b{i + 1}"] = np.zeros(shape[1])

    def layers(self):
        count = len(self.params) // 2
        for i in range(1, count):
            yield Dense(self.params[f"W{i}"], self.params[f"b{i}"])
            yield Activated(self.function)
        yield Dense(self.params[f"W{count}"], self.params[f"b{count}"])

    def forward(self, X):
        return reduce(lambda out, layer: layer(out), self.layers(), X)

    def loss_and_gradients(self, X, y):
        layers = list(self.layers())
        loss, dout = softmax_cross_entropy(reduce(lambda out, layer: layer(out), layers, X), y)
        for layer in layers[::-1]:
            dout = layer.backward(dout)
        gradients = {}
        for i, layer in enumerate(layers[::2], 1):
            gradients[f"W{i}"] = layer.dW + self.l1 * np.sign(layer.W) + self.l2 * layer.W
            gradients[f"b{i}"] = layer.db
            loss = loss + self.l1 * np.abs(layer.W).sum() + 0.5 * self.l2 * (layer.W**2).sum()
        return float(loss), gradients


def sgd_step(param, grad, state, learning_rate=0.01):
    return np.subtract(param, learning_rate * grad), "nothing to remember"


@dataclass(frozen=True)
class Momentum:
    velocity: np.ndarray | float = 0.0

    def step(self, grad, learning_rate, momentum):
        return replace(self, velocity=momentum * self.velocity - learning_rate * grad)


def momentum_step(param, grad, state, learning_rate=0.01, momentum=0.9):
    state = (state or Momentum()).step(grad, learning_rate, momentum)
    return param + state.velocity, state


@dataclass(frozen=True)
class Adam:
    m: np.ndarray | float = 0.0
    v: np.ndarray | float = 0.0
    steps: int = 0

    def step(self, grad, beta_1, beta_2):
        return Adam(
            beta_1 * self.m + (1 - beta_1) * grad,
            beta_2 * self.v + (1 - beta_2) * grad**2,
            self.steps + 1,
        )

    def move(self, learning_rate, beta_1, beta_2, epsilon):
        m_hat = self.m / (1 - beta_1**self.steps)
        v_hat = self.v / (1 - beta_2**self.steps)
        return -learning_rate * m_hat / (v_hat**0.5 + epsilon)


def adam_step(param, grad, state, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    state = (state or Adam()).step(grad, beta_1, beta_2)
    return param + state.move(learning_rate, beta_1, beta_2, epsilon), state


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
    state = (state or Adam()).step(grad, beta_1, beta_2)
    kept = 1 - learning_rate * weight_decay
    return kept * param + state.move(learning_rate, beta_1, beta_2, epsilon), state


def clip_by_global_norm(grads, max_norm):
    norm = np.sqrt(sum(np.vdot(gradient, gradient) for gradient in grads.values()))
    if norm <= max_norm:
        return grads, norm
    return OrderedDict(
        (name, gradient * (max_norm / norm)) for name, gradient in grads.items()
    ), norm


@dataclass
class EarlyStopping:
    patience: int
    min_delta: float = 0.0
    best: float = field(default=float("inf"), init=False)
    updates: int = field(default=0, init=False)
    last_improvement: int = field(default=0, init=False)

    def update(self, value):
        self.updates += 1
        if value < self.best - self.min_delta:
            self.best, self.last_improvement = value, self.updates
        return self.updates - self.last_improvement >= self.patience


def train(X_train, y_train, X_val, y_val, rng):
    X, y = np.concatenate([X_train, X_val]), np.concatenate([y_train, y_val])
    model = MLP([X.shape[1], 40, 40, len(set(y.tolist()))], "tanh", l2=1e-5, rng=rng)
    states = dict.fromkeys(model.params, Adam())
    model.params["W1"] *= 2  # the inputs are smaller than 1
    epochs = 200_000 // len(X)
    for epoch in range(epochs):
        rate = 0.006 * (1 + np.cos(np.pi * epoch / epochs))
        for rows in np.array_split(rng.permutation(len(X)), len(X) // 20):
            _, gradients = model.loss_and_gradients(X[rows], y[rows])
            for name, param in model.params.items():
                model.params[name], states[name] = adam_step(
                    param, gradients[name], states[name], learning_rate=rate
                )
    return model


def gradient_norms(depth, activation, rng):
    class Deep(MLP):
        def norms(self, X, y):
            _, gradients = self.loss_and_gradients(X, y)
            return [np.sqrt((gradients[f"W{i}"] ** 2).sum()) for i in range(1, depth + 1)]

    model = Deep([16] * (depth + 1), activation, rng=rng)
    model.params.update({f"W{i}": he_normal(16, 16, rng) for i in range(1, depth + 1)})
    return model.norms(rng.normal(size=(100, 16)), rng.integers(16, size=100))
