"""Assignment 5 with weights cut into one matrix for each gate, and each gate by its name."""

from collections import namedtuple
from itertools import groupby

import numpy as np

Step = namedtuple("Step", "x h c gates squashed weights")


def _sigmoid(z):
    positive = 1 / (1 + np.exp(-np.abs(z)))
    return np.where(z >= 0, positive, 1 - positive)


def _cut(names, *arrays):
    """One block of columns of every array for each name."""
    width = arrays[0].shape[-1] // len(names)
    return {
        name: tuple(array[..., k * width : (k + 1) * width] for array in arrays)
        for k, name in enumerate(names)
    }


def _score(x, h, weights):
    W, U, b = weights
    return np.dot(x, W) + np.dot(h, U) + b


def rnn_step_forward(x, h, Wx, Wh, b):
    h_next = np.tanh(_score(x, h, (Wx, Wh, b)))
    return h_next, lambda: (x, h, Wx, Wh, h_next)


def rnn_step_backward(dh_next, cache):
    x, h, Wx, Wh, h_next = cache()
    da = dh_next - dh_next * h_next * h_next
    dWx, dWh = np.dot(x.T, da), np.dot(h.T, da)
    return np.dot(Wx, da.T).T, np.dot(Wh, da.T).T, dWx, dWh, np.ones(len(da)) @ da


def rnn_forward(x, h0, Wx, Wh, b):
    out, caches = np.zeros((x.shape[0], x.shape[1], h0.shape[1])), {}
    for t in range(x.shape[1]):
        h0, caches[t] = rnn_step_forward(x[:, t, :], h0, Wx, Wh, b)
        out[:, t, :] = h0
    return out, caches


def rnn_backward(dh, cache):
    steps = dh.shape[1]
    dx = [None] * steps
    dx[-1], dstate, dWx, dWh, db = rnn_step_backward(dh[:, -1], cache[steps - 1])
    for t in range(steps - 2, -1, -1):
        dx[t], dstate, one, two, three = rnn_step_backward(dstate + dh[:, t], cache[t])
        dWx, dWh, db = dWx + one, dWh + two, db + three
    return np.array(dx).transpose(1, 0, 2), dstate, dWx, dWh, db


def clip_by_value(grads, limit):
    if limit < 0:
        raise ValueError("negative limit", limit)
    clipped = {}
    for name, grad in grads.items():
        clipped[name] = np.where(np.abs(grad) > limit, np.sign(grad) * limit, grad)
    return clipped


def jacobian_norm_bound(Wh, activation_bound, steps):
    return np.linalg.svd(activation_bound * Wh, compute_uv=False)[0] ** steps


def lstm_step_forward(x, h, c, Wx, Wh, b):
    weights = _cut("ifco", Wx, Wh, b)
    gates = {name: _sigmoid(_score(x, h, weights[name])) for name in "ifo"}
    gates["c"] = np.tanh(_score(x, h, weights["c"]))
    c_next = gates["f"] * c + gates["i"] * gates["c"]
    squashed = np.tanh(c_next)
    return gates["o"] * squashed, c_next, Step(x, h, c, gates, squashed, weights)


def lstm_step_backward(dh_next, dc_next, cache):
    x, h, c, gates, squashed, weights = cache
    dc_next = dc_next + dh_next * gates["o"] * (1 - squashed) * (1 + squashed)
    dgates = {
        "i": dc_next * gates["c"],
        "f": dc_next * c,
        "c": dc_next * gates["i"],
        "o": dh_next * squashed,
    }
    dx, dh, dWx, dWh, db = np.zeros_like(x), np.zeros_like(h), [], [], []
    for name in "ifco":
        value = gates[name]
        da = dgates[name] * (1 - value**2 if name == "c" else value - value**2)
        W, U, _ = weights[name]
        dx += da @ W.T
        dh += da @ U.T
        dWx.append(x.T @ da)
        dWh.append(h.T @ da)
        db.append(da.sum(axis=0))
    joined = (np.concatenate(parts, axis=-1) for parts in (dWx, dWh, db))
    return dx, dh, gates["f"] * dc_next, *joined


def lstm_forward(x, h0, c0, Wx, Wh, b):
    h, c, out, tape = h0, c0, [], []
    for entry in x.transpose(1, 0, 2):
        h, c, one = lstm_step_forward(entry, h, c, Wx, Wh, b)
        out += [h]
        tape += [one]
    return np.array(out).transpose(1, 0, 2), c, tape


def lstm_backward(dh, dc_last, cache):
    cache = list(cache)
    dx, state, cell, sums = [], 0.0, dc_last, None
    for t in range(len(cache) - 1, -1, -1):
        found = lstm_step_backward(dh[:, t] + state, cell, cache[t])
        dx.insert(0, found[0])
        state, cell = found[1:3]
        sums = found[3:] if sums is None else [a + b for a, b in zip(sums, found[3:])]
    return [np.stack(dx, axis=1), state, cell, *sums]


def forget_gate_gradient(f):
    survives = f[:, 0]
    for t in range(1, f.shape[1]):
        survives = survives * f[:, t]
    return survives


def peephole_lstm_step(x, h, c, Wx, Wh, b, peepholes):
    scores = {name: _score(x, h, own) for name, own in _cut("ifco", Wx, Wh, b).items()}
    sees = dict(zip("ifo", np.asarray(peepholes)))
    i = _sigmoid(scores["i"] + c * sees["i"])
    f = _sigmoid(scores["f"] + c * sees["f"])
    cell = np.add(i * np.tanh(scores["c"]), f * c)
    o = _sigmoid(scores["o"] + cell * sees["o"])
    return [o * np.tanh(cell), cell]


def coupled_lstm_step(x, h, c, Wx, Wh, b):
    scores = {name: _score(x, h, own) for name, own in _cut("fco", Wx, Wh, b).items()}
    f = _sigmoid(scores["f"])
    i = _sigmoid(-scores["f"])  # 1 − f
    cell = f * c + i * np.tanh(scores["c"])
    return _sigmoid(scores["o"]) * np.tanh(cell), cell


def gru_step(x, h, Wx, Wh, b):
    weights = _cut("zrh", Wx, Wh, b)
    z, r = (_sigmoid(_score(x, h, weights[name])) for name in "zr")
    return z * h + (1 - z) * np.tanh(_score(x, r * h, weights["h"]))


def gru_forward(x, h0, Wx, Wh, b):
    states = [h0]
    for t in range(x.shape[1]):
        states.append(gru_step(x[:, t], states[t], Wx, Wh, b))
    return np.stack(states[1:], 1), states


def bidirectional(x, forward_params, backward_params):
    n, steps, _ = x.shape
    out = []
    for params, order in (
        (forward_params, range(steps)),
        (backward_params, range(steps - 1, -1, -1)),
    ):
        h = c = np.zeros((n, params[1].shape[0]))
        half = np.zeros((n, steps, h.shape[1]))
        for t in order:
            h, c, _ = lstm_step_forward(x[:, t], h, c, *params)
            half[:, t] = h
        out.append(half)
    return np.concatenate(out, axis=-1)


class LSTMRegressor:
    KEYS = ("Wx", "Wh", "b", "Wy", "by")

    def __init__(self, n_inputs, n_hidden, rng):
        rng = np.random.default_rng(rng)
        gates = [rng.normal(0, (n_inputs + n_hidden) ** -0.5, (n_inputs, n_hidden)) for _ in "ifco"]
        loops = [rng.normal(0, n_hidden**-0.5, (n_hidden, n_hidden)) for _ in "ifco"]
        biases = [np.full(n_hidden, 1.0 if name == "f" else 0.0) for name in "ifco"]
        head = rng.normal(0, n_hidden**-0.5, (n_hidden, 1)), np.zeros((1,))
        blocks = np.hstack(gates), np.hstack(loops), np.hstack(biases), *head
        self.params = dict(zip(self.KEYS, blocks))

    def _forward(self, x):
        Wx, Wh, b, Wy, by = (self.params[key] for key in self.KEYS)
        start = np.zeros((x.shape[0], Wh.shape[0]))
        h, _, tape = lstm_forward(x, start, start, Wx, Wh, b)
        return np.squeeze(h[:, -1] @ Wy + by, axis=1), h, tape

    def predict(self, x):
        return self._forward(x)[0]

    def loss_and_gradients(self, x, y):
        predicted, h, tape = self._forward(x)
        slope = (predicted - y) * 2 / y.shape[0]
        state, cell = np.outer(slope, self.params["Wy"]), np.zeros_like(h[:, 0])
        total = [0.0, 0.0, 0.0]
        for one in tape[::-1]:  # only the last step has an output
            _, state, cell, *more = lstm_step_backward(state, cell, one)
            total = [a + b for a, b in zip(total, more)]
        head = h[:, -1].T @ slope[:, np.newaxis], np.array([slope.sum()])
        return float(np.mean((predicted - y) ** 2)), dict(zip(self.KEYS, [*total, *head]))

    def fit(self, x, y, rng):
        """Nesterov's momentum for Adam, with a learning rate that falls by cosine."""
        rng = np.random.default_rng(rng)
        m = {key: np.zeros(self.params[key].shape) for key in self.KEYS}
        v = {key: np.zeros(self.params[key].shape) for key in self.KEYS}
        steps = max(500, len(x))
        for t in range(1, steps + 1):
            rows = rng.choice(len(x), size=min(32, len(x)), replace=False)
            gradients = self.loss_and_gradients(x[rows], y[rows])[1]
            rate = 0.01 * (1 + np.cos(np.pi * t / steps))
            for key, g in clip_by_value(gradients, 0.5).items():
                m[key] = 0.9 * m[key] + 0.1 * g
                v[key] = 0.99 * v[key] + 0.01 * g**2
                ahead = (0.9 * m[key] + 0.1 * g) / (1 - 0.9 ** (t + 1))
                self.params[key] -= rate * ahead / (np.sqrt(v[key] / (1 - 0.99**t)) + 1e-8)
        return self


def ctc_collapse(path, blank=0):
    return np.array([label for label, _ in groupby(path) if label != blank], dtype=int)
