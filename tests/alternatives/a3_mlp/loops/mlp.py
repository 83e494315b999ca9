"""Assignment 3 with explicit loops over rows, units and classes."""

import math

import numpy as np


def _each(function, z):
    out = np.empty(z.shape)
    for index in np.ndindex(z.shape):
        out[index] = function(float(z[index]))
    return out


def _sigmoid(z):
    if z >= 0:
        return 1 / (1 + math.exp(-z))
    return math.exp(z) / (1 + math.exp(z))


_TABLE = {
    "relu": (lambda z: z if z > 0 else 0.0, lambda z: 1.0 if z > 0 else 0.0),
    "leaky_relu": (lambda z: z if z > 0 else 0.01 * z, lambda z: 1.0 if z > 0 else 0.01),
    "elu": (lambda z: z if z > 0 else math.expm1(z), lambda z: 1.0 if z > 0 else math.exp(z)),
    "tanh": (math.tanh, lambda z: 1 - math.tanh(z) ** 2),
    "sigmoid": (_sigmoid, lambda z: _sigmoid(z) * _sigmoid(-z)),
}


def relu(z):
    return _each(_TABLE["relu"][0], z)


def relu_grad(z):
    return _each(_TABLE["relu"][1], z)


def leaky_relu(z, alpha=0.01):
    return _each(lambda v: v if v > 0 else alpha * v, z)


def leaky_relu_grad(z, alpha=0.01):
    return _each(lambda v: 1 if v > 0 else alpha, z)


def elu(z, alpha=1.0):
    return _each(lambda v: v if v > 0 else alpha * math.expm1(v), z)


def elu_grad(z, alpha=1.0):
    return _each(lambda v: 1 if v > 0 else alpha * math.exp(v), z)


def tanh(z):
    return _each(math.tanh, z)


def tanh_grad(z):
    return _each(_TABLE["tanh"][1], z)


def sigmoid(z):
    return _each(_sigmoid, z)


def sigmoid_grad(z):
    return _each(_TABLE["sigmoid"][1], z)


def maxout(z, k):
    size = z.shape[-1]
    if k < 1 or size % k != 0:
        raise ValueError(f"groups of {k} do not fill {size} entries")
    out = np.empty((*z.shape[:-1], size // k))
    for index in np.ndindex(out.shape):
        *outer, group = index
        best = -math.inf
        for i in range(group * k, group * k + k):
            best = max(best, z[(*outer, i)])
        out[index] = best
    return out


def he_normal(fan_in, fan_out, rng):
    W = np.empty((fan_in, fan_out))
    for i in range(fan_in):
        for j in range(fan_out):
            W[i, j] = rng.normal(0.0, math.sqrt(2 / fan_in))
    return W


def xavier_uniform(fan_in, fan_out, rng):
    bound = math.sqrt(6 / (fan_in + fan_out))
    return np.array([[rng.uniform(-bound, bound) for _ in range(fan_out)] for _ in range(fan_in)])


def _dot(one, other):
    total = 0.0
    for a, b in zip(one, other):
        total += a * b
    return total


def _dense(rows, columns, b):
    return [[_dot(row, column) + bias for column, bias in zip(columns, b)] for row in rows]


def _transposed(rows):
    return [list(column) for column in zip(*rows)]


def dense_forward(x, W, b):
    rows, weights = x.tolist(), W.tolist()
    return np.array(_dense(rows, _transposed(weights), b.tolist())), (rows, weights)


def _weight_gradients(rows, douts):
    dW = [[0.0] * len(douts[0]) for _ in rows[0]]
    db = [0.0] * len(douts[0])
    for row, dout in zip(rows, douts):
        for j, d in enumerate(dout):
            db[j] += d
        for x, line in zip(row, dW):
            if x:
                for j, d in enumerate(dout):
                    line[j] += x * d
    return dW, db


def dense_backward(dout, cache):
    rows, weights = cache
    douts = dout.tolist()
    dx = [[_dot(d, line) for line in weights] for d in douts]
    dW, db = _weight_gradients(rows, douts)
    return np.array(dx), np.array(dW), np.array(db)


def _log_softmax(row):
    largest = max(row)
    total = 0.0
    for value in row:
        total += math.exp(value - largest)
    return [value - largest - math.log(total) for value in row]


def softmax_cross_entropy(logits, y, label_smoothing=0.0):
    n, classes = logits.shape
    loss, gradient = 0.0, np.empty(logits.shape)
    for i in range(n):
        log_p = _log_softmax(logits[i].tolist())
        for k in range(classes):
            target = label_smoothing / classes
            if k == y[i]:
                target += 1 - label_smoothing
            loss -= target * log_p[k] / n
            gradient[i, k] = (math.exp(log_p[k]) - target) / n
    return loss, gradient


def focal_loss(logits, y, gamma=2.0):
    n, classes = logits.shape
    loss, gradient = 0.0, np.empty(logits.shape)
    for i in range(n):
        log_p = _log_softmax(logits[i].tolist())
        u = log_p[y[i]]
        miss = -math.expm1(u)
        loss -= miss**gamma * u / n
        slope = -(miss**gamma)
        if miss > 0:
            slope += gamma * miss ** (gamma - 1) * math.exp(u) * u
        for k in range(classes):
            gradient[i, k] = slope * ((1 if k == y[i] else 0) - math.exp(log_p[k])) / n
    return loss, gradient


def distillation_loss(student_logits, teacher_logits, y, temperature, alpha):
    n, classes = student_logits.shape
    loss, gradient = 0.0, np.zeros(student_logits.shape)
    for i in range(n):
        hard = _log_softmax(student_logits[i].tolist())
        soft = _log_softmax([z / temperature for z in student_logits[i].tolist()])
        teacher = _log_softmax([z / temperature for z in teacher_logits[i].tolist()])
        loss -= alpha * hard[y[i]]
        for k in range(classes):
            q = math.exp(teacher[k])
            loss += (1 - alpha) * temperature**2 * q * (teacher[k] - soft[k])
            gradient[i, k] += alpha * (math.exp(hard[k]) - (k == y[i])) / n
            gradient[i, k] += (1 - alpha) * temperature * (math.exp(soft[k]) - q) / n
    return loss / n, gradient


def batchnorm_forward(x, gamma, beta, running_mean, running_var, training, momentum=0.99, eps=1e-3):
    n, d = x.shape
    out, x_hat, scales = np.empty((n, d)), np.empty((n, d)), []
    new_mean, new_var = running_mean.copy(), running_var.copy()
    for j in range(d):
        mean, var = running_mean[j], running_var[j]
        if training:
            mean = sum(x[i, j] for i in range(n)) / n
            var = sum((x[i, j] - mean) ** 2 for i in range(n)) / n
            new_mean[j] = momentum * running_mean[j] + (1 - momentum) * mean
            new_var[j] = momentum * running_var[j] + (1 - momentum) * var
        scales.append(1 / math.sqrt(var + eps))
        for i in range(n):
            x_hat[i, j] = (x[i, j] - mean) * scales[j]
            out[i, j] = gamma[j] * x_hat[i, j] + beta[j]
    return out, {"x_hat": x_hat, "scales": scales, "gamma": gamma.copy()}, new_mean, new_var


def batchnorm_backward(dout, cache):
    x_hat, n = cache["x_hat"], len(dout)
    dx, dgamma, dbeta = np.empty(dout.shape), [], []
    for j in range(dout.shape[1]):
        dbeta.append(sum(dout[i, j] for i in range(n)))
        dgamma.append(sum(dout[i, j] * x_hat[i, j] for i in range(n)))
        for i in range(n):
            inner = n * dout[i, j] - dbeta[j] - x_hat[i, j] * dgamma[j]
            dx[i, j] = cache["gamma"][j] * cache["scales"][j] / n * inner
    return dx, np.array(dgamma), np.array(dbeta)


def dropout_forward(x, rate, training, rng):
    if rate < 0 or rate >= 1:
        raise ValueError(f"rate {rate}")
    out, factor = np.zeros(x.shape), np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        if not training:
            factor[index] = 1
        elif rng.random() >= rate:
            factor[index] = 1 / (1 - rate)
        out[index] = x[index] * factor[index]
    return out, factor


def dropout_backward(dout, cache):
    dx = np.empty(dout.shape)
    for index in np.ndindex(dout.shape):
        dx[index] = dout[index] * cache[index]
    return dx


class MLP:
    def __init__(self, layer_sizes, activation="relu", l1=0.0, l2=0.0, rng=None):
        if activation not in _TABLE:
            raise ValueError(f"unknown activation {activation}")
        if rng is None:
            rng = np.random.default_rng(0)
        self.value, self.slope = _TABLE[activation]
        self.l1, self.l2, self.depth = l1, l2, len(layer_sizes) - 1
        self.params = {}
        for layer in range(1, self.depth + 1):
            fans = layer_sizes[layer - 1], layer_sizes[layer]
            draw = xavier_uniform if activation in ("tanh", "sigmoid") else he_normal
            self.params[f"W{layer}"] = draw(*fans, rng)
            self.params[f"b{layer}"] = np.zeros(fans[1])

    def _pass(self, X):
        """Inputs of every layer, and all pre-activations."""
        inputs, before, rows = [], [], X.tolist()
        for layer in range(1, self.depth + 1):
            if layer > 1:
                rows = [[self.value(z) for z in line] for line in before[-1]]
            inputs.append(rows)
            columns = _transposed(self.params[f"W{layer}"].tolist())
            before.append(_dense(rows, columns, self.params[f"b{layer}"].tolist()))
        return inputs, before

    def forward(self, X):
        return np.array(self._pass(X)[1][-1])

    def loss_and_gradients(self, X, y):
        inputs, before = self._pass(X)
        loss, dlogits = softmax_cross_entropy(np.array(before[-1]), y)
        douts, gradients = dlogits.tolist(), {}
        for layer in range(self.depth, 0, -1):
            weights = self.params[f"W{layer}"].tolist()
            dW, db = _weight_gradients(inputs[layer - 1], douts)
            for i, line in enumerate(weights):
                for j, w in enumerate(line):
                    loss += self.l1 * abs(w) + self.l2 / 2 * w * w
                    sign = (w > 0) - (w < 0)
                    dW[i][j] += self.l1 * sign + self.l2 * w
            gradients[f"W{layer}"], gradients[f"b{layer}"] = np.array(dW), np.array(db)
            if layer > 1:
                hidden = []
                for d, zs in zip(douts, before[layer - 2]):
                    hidden.append([_dot(d, line) * self.slope(z) for line, z in zip(weights, zs)])
                douts = hidden
        return loss, gradients


def sgd_step(param, grad, state, learning_rate=0.01):
    new = param.copy()
    for index in np.ndindex(param.shape):
        new[index] -= learning_rate * grad[index]
    return new, None


def momentum_step(param, grad, state, learning_rate=0.01, momentum=0.9):
    new, velocity = param.copy(), np.zeros(param.shape)
    for index in np.ndindex(param.shape):
        if state is not None:
            velocity[index] = momentum * state[index]
        velocity[index] -= learning_rate * grad[index]
        new[index] += velocity[index]
    return new, velocity


def adam_step(param, grad, state, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    values, slopes = param.ravel().tolist(), grad.ravel().tolist()
    if state is None:
        state = [0.0] * len(values), [0.0] * len(values), 0
    old_m, old_v, steps = state
    t = steps + 1
    new, new_m, new_v = [], [], []
    for value, g, m, v in zip(values, slopes, old_m, old_v):
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * g * g
        corrected = m / (1 - beta_1**t), v / (1 - beta_2**t)
        new.append(value - learning_rate * corrected[0] / (math.sqrt(corrected[1]) + epsilon))
        new_m.append(m)
        new_v.append(v)
    return np.array(new).reshape(param.shape), (new_m, new_v, t)


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
    decayed = param.copy()
    for index in np.ndindex(param.shape):
        decayed[index] -= learning_rate * weight_decay * param[index]
    return adam_step(decayed, grad, state, learning_rate, beta_1, beta_2, epsilon)


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
    return clipped, norm


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
    n, d = X_train.shape
    hidden = [24, 24] if d > 10 else [20, 20]
    epochs = 30 if d > 10 else 150
    model = MLP([d, *hidden, max(y_train.tolist()) + 1], rng=rng)
    states = {name: None for name in model.params}
    for epoch in range(epochs):
        order = rng.permutation(n)
        for start in range(0, n, 20):
            rows = order[start : start + 20]
            _, gradients = model.loss_and_gradients(X_train[rows], y_train[rows])
            for name in model.params:
                model.params[name], states[name] = adam_step(
                    model.params[name],
                    gradients[name],
                    states[name],
                    learning_rate=0.01 * (1 - epoch / epochs),
                )
    return model


def gradient_norms(depth, activation, rng):
    model = MLP([12] * depth + [3], activation, rng=rng)
    X = rng.normal(size=(8, 12))
    y = rng.integers(0, 3, size=8)
    _, gradients = model.loss_and_gradients(X, y)
    norms = []
    for layer in range(1, depth + 1):
        squares = 0.0
        for value in gradients[f"W{layer}"].ravel():
            squares += value * value
        norms.append(math.sqrt(squares))
    return norms
