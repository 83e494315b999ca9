"""Assignment 3 by matrices: biases as rows of weights, centring as a projection, closed sums."""

import itertools

import numpy as np


def _ones(rows):
    return np.column_stack([rows, np.ones(len(rows))])


def relu(z):
    return (z + np.abs(z)) / 2


def relu_grad(z):
    return np.heaviside(z, 0.0)


def leaky_relu(z, alpha=0.01):
    return relu(z) - alpha * relu(-z)


def leaky_relu_grad(z, alpha=0.01):
    return alpha + (1 - alpha) * np.heaviside(z, 0.0)


def elu(z, alpha=1.0):
    return relu(z) + alpha * (np.exp(-relu(-z)) - 1)


def elu_grad(z, alpha=1.0):
    right = np.heaviside(z, 0.0)
    return right + (1 - right) * alpha * np.exp(-relu(-z))


def tanh(z):
    return 2 * sigmoid(2 * z) - 1


def tanh_grad(z):
    return 4 * sigmoid_grad(2 * z)


def sigmoid(z):
    return (1 + np.tanh(z / 2)) / 2


def sigmoid_grad(z):
    return (1 - np.tanh(z / 2) ** 2) / 4


def maxout(z, k):
    if k not in range(1, z.shape[-1] + 1) or z.shape[-1] / k != z.shape[-1] // k:
        raise ValueError(f"{k} does not divide {z.shape[-1]}")
    return np.maximum.reduceat(z, np.arange(0, z.shape[-1], k), axis=-1)


def he_normal(fan_in, fan_out, rng):
    return rng.multivariate_normal(np.zeros(fan_out), 2 / fan_in * np.eye(fan_out), size=fan_in)


def xavier_uniform(fan_in, fan_out, rng):
    bound = (6 / (fan_in + fan_out)) ** 0.5
    return rng.uniform(-bound, bound, size=fan_in * fan_out).reshape(fan_out, fan_in).T


def dense_forward(x, W, b):
    inputs, weights = _ones(x), np.vstack([W, b])
    out = inputs @ weights
    # The cache is a function that goes back.
    return out, lambda dout: (dout @ weights.T, inputs.T @ dout)


def dense_backward(dout, cache):
    dinputs, dweights = cache(dout)
    return dinputs[:, :-1], dweights[:-1], dweights[-1]


def _log_softmax(logits):
    return logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)


def softmax_cross_entropy(logits, y, label_smoothing=0.0):
    n, classes = logits.shape
    mixing = (1 - label_smoothing) * np.eye(classes) + label_smoothing * np.ones(
        (classes, classes)
    ) / classes
    target, log_p = mixing[y], _log_softmax(logits)
    return -np.trace(target @ log_p.T) / n, (np.exp(log_p) - target) / n


def focal_loss(logits, y, gamma=2.0):
    n, classes = logits.shape
    log_p = _log_softmax(logits)
    p, chosen = np.exp(log_p), np.eye(classes)[y]
    u = np.sum(chosen * log_p, axis=1)
    miss = np.sum((1 - chosen) * p, axis=1)
    loss = -np.dot(miss**gamma, u) / n
    # d(1 − p_t)/dz_k = −p_t (1[k = y] − p_k), where (1 − p_t)^(γ − 1) may be 1/0 for γ < 1.
    safe = np.where(miss > 0, miss, 1.0)
    through_power = np.where(miss > 0, gamma * safe ** (gamma - 1) * np.exp(u) * u, 0.0)
    jacobian = np.eye(classes) - p[:, None, :]  # of log_p with respect to z, for each row
    rows = jacobian[np.arange(n), y]
    return loss, np.diag(through_power - miss**gamma) @ rows / n


def distillation_loss(student_logits, teacher_logits, y, temperature, alpha):
    n, classes = student_logits.shape
    log_1, log_t = _log_softmax(student_logits), _log_softmax(student_logits / temperature)
    log_q = _log_softmax(teacher_logits / temperature)
    q, chosen = np.exp(log_q), np.eye(classes)[y]
    hard = -np.trace(chosen @ log_1.T) / n
    soft = np.trace(q @ (log_q - log_t).T) / n
    mixed = np.array([alpha, (1 - alpha) * temperature**2])
    gradients = np.stack([np.exp(log_1) - chosen, (np.exp(log_t) - q) / temperature]) / n
    return mixed @ [hard, soft], np.tensordot(mixed, gradients, axes=1)


def batchnorm_forward(x, gamma, beta, running_mean, running_var, training, momentum=0.99, eps=1e-3):
    if not training:
        spread = np.diag(gamma / np.sqrt(running_var + eps))
        return (x - running_mean) @ spread + beta, None, running_mean, running_var
    n = len(x)
    centre = np.eye(n) - np.ones((n, n)) / n
    centred = centre @ x
    var = np.diag(x.T @ centred) / n
    x_hat = centred @ np.diag((var + eps) ** -0.5)
    old, new = np.stack([running_mean, running_var]), np.stack([np.ones(n) @ x / n, var])
    moved = momentum * old + (1 - momentum) * new
    return x_hat @ np.diag(gamma) + beta, (centre, x_hat, gamma, var + eps), moved[0], moved[1]


def batchnorm_backward(dout, cache):
    centre, x_hat, gamma, var = cache
    columns = []
    for dout_j, x_hat_j, gamma_j, var_j in zip(dout.T, x_hat.T, gamma, var):
        jacobian = (centre - np.outer(x_hat_j, x_hat_j) / len(dout)) * gamma_j / var_j**0.5
        columns.append(jacobian @ dout_j)
    return np.array(columns).T, np.diag(dout.T @ x_hat), np.ones(len(dout)) @ dout


def dropout_forward(x, rate, training, rng):
    if not 0 <= rate < 1:
        raise ValueError(f"0 <= {rate} < 1 does not hold")
    mask = np.ones(x.shape)
    if training:
        mask = rng.choice([0.0, 1 / (1 - rate)], p=[rate, 1 - rate], size=x.shape)
    return np.multiply(x, mask), [mask]


def dropout_backward(dout, cache):
    (mask,) = cache
    return np.multiply(dout, mask)


_FUNCTIONS = {
    function.__name__: (function, derivative)
    for function, derivative in (
        (relu, relu_grad),
        (leaky_relu, leaky_relu_grad),
        (elu, elu_grad),
        (tanh, tanh_grad),
        (sigmoid, sigmoid_grad),
    )
}


class MLP:
    def __init__(self, layer_sizes, activation="relu", l1=0.0, l2=0.0, rng=None):
        if activation not in _FUNCTIONS:
            raise ValueError(f"activation={activation!r}")
        self.activation, self.penalties = activation, (l1, l2)
        rng = np.random.default_rng() if rng is None else rng
        pairs = list(itertools.pairwise(layer_sizes))
        self.params = {f"b{i}": np.zeros(h) for i, (_, h) in enumerate(pairs, 1)}
        self.params |= {f"W{i}": he_normal(d, h, rng) for i, (d, h) in enumerate(pairs, 1)}

    def _weights(self):
        """Each layer's weights, with its biases as the last row."""
        for i in range(1, len(self.params) // 2 + 1):
            yield np.vstack([self.params[f"W{i}"], self.params[f"b{i}"]])

    def forward(self, X):
        z = None
        for weights in self._weights():
            z = _ones(X if z is None else _FUNCTIONS[self.activation][0](z)) @ weights
        return z

    def loss_and_gradients(self, X, y):
        loss, gradients, _ = self._from_layer(1, X, y, list(self._weights()))
        return loss, gradients

    def _from_layer(self, layer, a, y, weights):
        """Loss and gradients of the network from this layer on, by recursion."""
        l1, l2 = self.penalties
        first, *others = weights
        inputs = _ones(a)
        z = inputs @ first
        if others:
            value, slope = _FUNCTIONS[self.activation]
            loss, gradients, da = self._from_layer(layer + 1, value(z), y, others)
            dz = da * slope(z)
        else:
            gradients = {}
            loss, dz = softmax_cross_entropy(z, y)
        W, dweights = first[:-1], inputs.T @ dz
        gradients[f"W{layer}"] = dweights[:-1] + l1 * np.sign(W) + l2 * W
        gradients[f"b{layer}"] = dweights[-1]
        loss = loss + l1 * np.linalg.norm(W.ravel(), 1) + l2 / 2 * np.linalg.norm(W) ** 2
        return loss, gradients, dz @ W.T


def sgd_step(param, grad, state, learning_rate=0.01):
    return np.tensordot([1.0, -learning_rate], np.stack([param, grad]), axes=1), ()


def _sum_of_powers(base, gradients):
    """Σ base^(t − i) g_i over all gradients so far."""
    powers = base ** np.arange(len(gradients) - 1, -1, -1.0)
    return np.tensordot(powers, np.array(gradients), axes=1)


def momentum_step(param, grad, state, learning_rate=0.01, momentum=0.9):
    gradients = [*(state or []), grad.copy()]
    return param - learning_rate * _sum_of_powers(momentum, gradients), gradients


def adam_step(param, grad, state, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    gradients = [*(state or []), grad.copy()]
    t = len(gradients)
    m_hat = _sum_of_powers(beta_1, gradients) * (1 - beta_1) / (1 - beta_1**t)
    v_hat = _sum_of_powers(beta_2, np.square(gradients)) * (1 - beta_2) / (1 - beta_2**t)
    return param - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon), gradients


def adamw_step(param, grad, state, learning_rate=0.001, weight_decay=0.004, **options):
    new, state = adam_step(np.zeros_like(param), grad, state, learning_rate, **options)
    return param * (1 - learning_rate * weight_decay) + new, state


def clip_by_global_norm(grads, max_norm):
    norm = np.linalg.norm(np.concatenate([gradient.ravel() for gradient in grads.values()]))
    return {
        name: gradient.copy() if norm <= max_norm else gradient * max_norm / norm
        for name, gradient in grads.items()
    }, norm


class EarlyStopping:
    """Keeps all values and looks through them again at every update."""

    def __init__(self, patience, min_delta=0.0):
        self.patience, self.min_delta, self.values = patience, min_delta, []

    def _improvements(self):
        best = np.inf
        for number, value in enumerate(self.values):
            if value < best - self.min_delta:
                best = value
                yield number, value

    @property
    def best(self):
        return min((value for _, value in self._improvements()), default=np.inf)

    def update(self, value):
        self.values.append(value)
        newest = max((number for number, _ in self._improvements()), default=-1)
        return len(self.values) - 1 - newest >= self.patience


def train(X_train, y_train, X_val, y_val, rng):
    classes = len(np.unique(y_train))
    centre, scale = X_train.mean(axis=0), X_train.std() + 1e-9
    model = MLP([X_train.shape[1], 60, 60, classes], "elu", l2=1e-4, rng=rng)
    squares = {name: np.zeros_like(array) for name, array in model.params.items()}
    velocity = {name: np.zeros_like(array) for name, array in model.params.items()}
    X = (X_train - centre) / scale
    steps = 4000
    for number in range(steps):
        rows = rng.choice(len(X), size=32, replace=False)
        _, gradients = model.loss_and_gradients(X[rows], y_train[rows])
        for name, gradient in gradients.items():  # RMSProp with momentum
            squares[name] = 0.99 * squares[name] + 0.01 * gradient**2
            step = 0.002 * (1 - number / steps) * gradient / (np.sqrt(squares[name]) + 1e-6)
            velocity[name] = 0.8 * velocity[name] - step
            model.params[name] = model.params[name] + velocity[name]
    # The scaling goes into the first layer.
    W = model.params["W1"] / scale
    model.params["b1"] = model.params["b1"] - centre @ W
    model.params["W1"] = W
    return model


def gradient_norms(depth, activation, rng):
    model = MLP([24] * depth + [5], activation, rng=rng)
    _, gradients = model.loss_and_gradients(rng.normal(size=(50, 24)), np.arange(50) % 5)
    products = [gradients[f"W{i}"].T @ gradients[f"W{i}"] for i in range(1, depth + 1)]
    return np.sqrt([np.trace(product) for product in products])
