"""Assignment 3 with einsum and masks, and optimiser states in dicts."""

import math

import numpy as np


def relu(z):
    return z * (z > 0)


def relu_grad(z):
    return (z > 0).astype(float)


def leaky_relu(z, alpha=0.01):
    return z * np.where(z > 0, 1.0, alpha)


def leaky_relu_grad(z, alpha=0.01):
    slope = np.full_like(z, alpha)
    slope[z > 0] = 1.0
    return slope


def elu(z, alpha=1.0):
    out = z.copy()
    left = z <= 0
    out[left] = alpha * (np.exp(z[left]) - 1.0)
    return out


def elu_grad(z, alpha=1.0):
    slope = np.ones_like(z)
    left = z <= 0
    slope[left] = alpha * np.exp(z[left])
    return slope


def tanh(z):
    decay = np.exp(-2.0 * np.abs(z))
    return np.sign(z) * (1.0 - decay) / (1.0 + decay)


def tanh_grad(z):
    t = tanh(z)
    return (1.0 - t) * (1.0 + t)


def sigmoid(z):
    out = np.empty_like(z)
    right = z >= 0
    out[right] = 1.0 / (1.0 + np.exp(-z[right]))
    grown = np.exp(z[~right])
    out[~right] = grown / (1.0 + grown)
    return out


def sigmoid_grad(z):
    return sigmoid(z) * sigmoid(-z)


def maxout(z, k):
    if k <= 0 or z.shape[-1] % k:
        raise ValueError(f"{z.shape[-1]} entries cannot be grouped by {k}")
    return np.stack([z[..., start::k] for start in range(k)]).max(axis=0)


def he_normal(fan_in, fan_out, rng):
    # Truncated at two deviations, as Keras draws; the cut shrinks the deviation to 0.8796.
    weights = rng.standard_normal((fan_in, fan_out))
    while np.any(far := np.abs(weights) > 2):
        weights[far] = rng.standard_normal(np.count_nonzero(far))
    return weights * math.sqrt(2 / fan_in) / 0.87962566103423978


def xavier_uniform(fan_in, fan_out, rng):
    return (2.0 * rng.random((fan_in, fan_out)) - 1.0) * math.sqrt(6.0 / (fan_in + fan_out))


def dense_forward(x, W, b):
    return [np.einsum("nd,dh->nh", x, W) + b, {"x": x.copy(), "W": W.copy()}]


def dense_backward(dout, cache):
    return [
        np.einsum("nh,dh->nd", dout, cache["W"]),
        np.einsum("nd,nh->dh", cache["x"], dout),
        np.einsum("nh->h", dout),
    ]


def _log_sum_exp(logits):
    largest = logits.max(axis=1)
    return largest + np.log(np.einsum("nk->n", np.exp(logits - largest[:, None])))


def softmax_cross_entropy(logits, y, label_smoothing=0.0):
    n, k = logits.shape
    target = np.full((n, k), label_smoothing / k)
    target[np.arange(n), y] += 1.0 - label_smoothing
    total = _log_sum_exp(logits)
    # Relative to the total: Σ t z of saturated logits would lose digits otherwise.
    loss = np.einsum("nk,nk->", target, total[:, None] - logits) / n
    return loss, (np.exp(logits - total[:, None]) - target) / n


def focal_loss(logits, y, gamma=2.0):
    n, k = logits.shape
    rows = np.arange(n)
    log_p = logits - _log_sum_exp(logits)[:, None]
    p = np.exp(log_p)
    u = log_p[rows, y]
    others = p.copy()
    others[rows, y] = 0.0
    miss = np.einsum("nk->n", others)  # 1 − p_t, added up, so that nothing cancels
    outer = np.power(miss, gamma)
    inner = np.zeros(n)
    some = miss > 0
    inner[some] = gamma * np.power(miss[some], gamma - 1.0) * np.exp(u[some]) * u[some]
    slope = inner - outer
    gradient = -np.einsum("n,nk->nk", slope, p)
    gradient[rows, y] += slope
    return np.einsum("n,n->", outer, -u) / n, gradient / n


def distillation_loss(student_logits, teacher_logits, y, temperature, alpha):
    n = y.size
    s, t = student_logits / temperature, teacher_logits / temperature
    log_p, log_q = s - _log_sum_exp(s)[:, None], t - _log_sum_exp(t)[:, None]
    p, q = np.exp(log_p), np.exp(log_q)
    kl = (np.einsum("nk,nk->", q, log_q) - np.einsum("nk,nk->", q, log_p)) / n
    ce, dce = softmax_cross_entropy(student_logits, y)
    loss = alpha * ce + (1 - alpha) * temperature**2 * kl
    return float(loss), alpha * dce + (1 - alpha) * temperature / n * (p - q)


def batchnorm_forward(x, gamma, beta, running_mean, running_var, training, momentum=0.99, eps=1e-3):
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
    return out, (centred, std, gamma), new_mean, new_var


def batchnorm_backward(dout, cache):
    centred, std, gamma = cache
    n = len(dout)
    # The paper's chain, node by node.
    dx_hat = np.einsum("nd,d->nd", dout, gamma)
    dvar = -0.5 * np.einsum("nd,nd->d", dx_hat, centred) / std**3
    dmean = -np.einsum("nd->d", dx_hat) / std
    dx = dx_hat / std + 2.0 / n * dvar * centred + dmean / n
    return dx, np.einsum("nd,nd->d", dout, centred) / std, np.einsum("nd->d", dout)


def dropout_forward(x, rate, training, rng):
    if not (rate >= 0 and rate < 1):
        raise ValueError(f"A rate lies in [0, 1), and {rate} does not.")
    if not training or rate == 0:
        return x, None
    dropped = rng.uniform(size=x.shape) < rate
    out = x / (1.0 - rate)
    out[dropped] = 0.0
    return out, (dropped, rate)


def dropout_backward(dout, cache):
    if cache is None:
        return dout
    dropped, rate = cache
    return np.where(dropped, 0.0, dout / (1.0 - rate))


class MLP:
    def __init__(self, layer_sizes, activation="relu", l1=0.0, l2=0.0, rng=None):
        names = ("relu", "leaky_relu", "elu", "tanh", "sigmoid")
        if activation not in names:
            raise ValueError(f"{activation} is none of {names}")
        self.activate = globals()[activation]
        self.slope = globals()[f"{activation}_grad"]
        self.l1, self.l2 = l1, l2
        rng = rng or np.random.default_rng()
        self.n_layers = len(layer_sizes) - 1
        self.params = {}
        for i, (d, h) in enumerate(zip(layer_sizes, layer_sizes[1:]), start=1):
            self.params.update({f"W{i}": he_normal(d, h, rng), f"b{i}": np.zeros(h)})

    def forward(self, X):
        a = X
        for i in range(1, self.n_layers + 1):
            z = np.einsum("nd,dh->nh", a, self.params[f"W{i}"]) + self.params[f"b{i}"]
            a = self.activate(z)
        return z

    def loss_and_gradients(self, X, y):
        activations, zs = [X], []
        for i in range(1, self.n_layers + 1):
            W, b = self.params[f"W{i}"], self.params[f"b{i}"]
            zs.append(np.einsum("nd,dh->nh", activations[-1], W) + b)
            activations.append(self.activate(zs[-1]))
        loss, delta = softmax_cross_entropy(zs[-1], y)
        gradients = {}
        for i in range(self.n_layers, 0, -1):
            W = self.params[f"W{i}"]
            gradients[f"W{i}"] = np.einsum("nd,nh->dh", activations[i - 1], delta)
            gradients[f"b{i}"] = np.einsum("nh->h", delta)
            if self.l1:
                loss += self.l1 * np.einsum("dh->", np.abs(W))
                gradients[f"W{i}"] += self.l1 * np.where(W > 0, 1.0, np.where(W < 0, -1.0, 0.0))
            if self.l2:
                loss += 0.5 * self.l2 * np.einsum("dh,dh->", W, W)
                gradients[f"W{i}"] += self.l2 * W
            if i > 1:
                delta = np.einsum("nh,dh,nd->nd", delta, W, self.slope(zs[i - 2]))
        return loss, gradients


def sgd_step(param, grad, state, learning_rate=0.01):
    state = dict(state or {"steps": 0})
    state["steps"] += 1
    return param + (-learning_rate) * grad, state


def momentum_step(param, grad, state, learning_rate=0.01, momentum=0.9):
    # The velocity without its learning rate, and with the other sign.
    v = grad.copy() if state is None else momentum * state["v"] + grad
    return param - learning_rate * v, {"v": v}


def adam_step(param, grad, state, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    old = state or {"m": 0.0, "v": 0.0, "beta_1^t": 1.0, "beta_2^t": 1.0}
    new = {
        "m": old["m"] + (1 - beta_1) * (grad - old["m"]),
        "v": old["v"] + (1 - beta_2) * (np.square(grad) - old["v"]),
        "beta_1^t": old["beta_1^t"] * beta_1,
        "beta_2^t": old["beta_2^t"] * beta_2,
    }
    m_hat, v_hat = new["m"] / (1 - new["beta_1^t"]), new["v"] / (1 - new["beta_2^t"])
    return param - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon), new


def adamw_step(param, grad, state, learning_rate=0.001, weight_decay=0.004, **options):
    stepped, state = adam_step(param, grad, state, learning_rate=learning_rate, **options)
    return stepped - learning_rate * weight_decay * param, state


def clip_by_global_norm(grads, max_norm):
    norm = math.sqrt(sum(np.einsum("i,i->", g.ravel(), g.ravel()) for g in grads.values()))
    factor = min(1.0, max_norm / max(norm, 1e-300))
    return {name: g * factor for name, g in grads.items()}, norm


class EarlyStopping:
    def __init__(self, patience, min_delta=0.0):
        self.left = self.patience = patience
        self.min_delta = min_delta
        self.best = np.inf

    def update(self, value):
        better = value < self.best - self.min_delta
        self.best = value if better else self.best
        self.left = self.patience if better else self.left - 1
        return bool(self.left <= 0)


def train(X_train, y_train, X_val, y_val, rng):
    model = MLP([X_train.shape[1], 50, 50, y_train.max() + 1], "leaky_relu", rng=rng)
    states, kept, best = {}, {}, -1.0
    for _ in range(120):
        order = rng.permutation(len(X_train))
        for start in range(0, len(order), 25):
            rows = order[start : start + 25]
            _, gradients = model.loss_and_gradients(X_train[rows], y_train[rows])
            for name, gradient in gradients.items():
                new, states[name] = adamw_step(
                    model.params[name], gradient, states.get(name), learning_rate=0.004
                )
                model.params[name][...] = new
        right = (model.forward(X_val).argmax(axis=1) == y_val).mean()
        if right >= best:
            best, kept = right, {name: array.copy() for name, array in model.params.items()}
    model.params = kept
    return model


def gradient_norms(depth, activation, rng):
    model = MLP([20] * (depth + 1), activation, rng=rng)
    X, y = rng.uniform(-1, 1, size=(40, 20)), np.arange(40) % 20
    gradients = model.loss_and_gradients(X, y)[1]
    kernels = [gradients[f"W{i + 1}"] for i in range(depth)]
    return np.array([math.sqrt(np.einsum("dh,dh->", g, g)) for g in kernels])
