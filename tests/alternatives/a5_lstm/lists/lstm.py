"""Assignment 5 with lists: of steps, of results, of weights; one matrix for x and h together."""

import numpy as np


def _sigmoid(z):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-z))


def _beside(x, h):
    """x, h and a column of ones: with the weights below each other, one product does it all."""
    return np.hstack([x, h, np.ones((len(x), 1))])


def _below(Wx, Wh, b):
    return np.vstack([Wx, Wh, b[None]])


def _apart(d_joint, n_inputs):
    """The gradient of weights below each other as the three that the contract names."""
    return [d_joint[:n_inputs], d_joint[n_inputs:-1], d_joint[-1].tolist()]


def rnn_step_forward(x, h, Wx, Wh, b):
    joint = _beside(x, h)
    h_next = np.tanh(joint @ _below(Wx, Wh, b))
    return [h_next, [joint, _below(Wx, Wh, b), h_next, x.shape[1]]]


def rnn_step_backward(dh_next, cache):
    joint, weights, h_next, n_inputs = cache
    da = (1 + h_next) * (1 - h_next) * dh_next
    d_joint = da @ weights.T
    d_inputs = [d_joint[:, :n_inputs], d_joint[:, n_inputs:-1]]
    return d_inputs + _apart(joint.T @ da, n_inputs)


def rnn_forward(x, h0, Wx, Wh, b):
    runs = [(h0, None)]
    for t in range(x.shape[1]):
        runs.append(rnn_step_forward(x[:, t], runs[-1][0], Wx, Wh, b))
    return [np.stack([run[0] for run in runs[1:]], axis=1), [run[1] for run in runs[1:]]]


def rnn_backward(dh, cache):
    dx, dstate, sums = [], np.zeros(dh[:, 0].shape), []
    while len(dx) < dh.shape[1]:
        t = dh.shape[1] - 1 - len(dx)
        found = rnn_step_backward(dh[:, t] + dstate, cache[t])
        dx, dstate = [found[0], *dx], found[1]
        sums.append([np.array(one) for one in found[2:]])
    totals = [sum(ones) for ones in zip(*sums)]
    return [np.stack(dx, axis=1), dstate, *totals[:2], totals[2].tolist()]


def clip_by_value(grads, limit):
    if limit < 0:
        raise ValueError(f"limit should be at least 0; received {limit}")
    names = list(grads)
    return dict(zip(names, [np.clip(grads[name], a_min=-limit, a_max=limit) for name in names]))


def jacobian_norm_bound(Wh, activation_bound, steps):
    bounds = [1.0]
    for _ in range(steps):
        bounds.append(bounds[-1] * float(np.linalg.norm(Wh, 2)) * float(activation_bound))
    return bounds[-1]


def lstm_step_forward(x, h, c, Wx, Wh, b):
    joint, weights = _beside(x, h), _below(Wx, Wh, b)
    blocks = np.hsplit(joint @ weights, 4)
    gates = [f(block) for f, block in zip([_sigmoid, _sigmoid, np.tanh, _sigmoid], blocks)]
    c_next = gates[1] * c + gates[0] * gates[2]
    return [gates[3] * np.tanh(c_next), c_next, [joint, weights, gates, c, c_next, x.shape[1]]]


def lstm_step_backward(dh_next, dc_next, cache):
    joint, weights, [i, f, g, o], c, c_next, n_inputs = cache
    squashed = np.tanh(c_next)
    dc = dh_next * o / np.cosh(c_next) ** 2 + dc_next
    blocks = [dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g * g)]
    da = np.hstack([*blocks, dh_next * squashed * o * (1 - o)])
    d_joint = da @ weights.T
    inputs = [d_joint[:, :n_inputs], d_joint[:, n_inputs:-1], dc * f]
    return inputs + _apart(joint.T @ da, n_inputs)


def lstm_forward(x, h0, c0, Wx, Wh, b):
    runs = [[h0, c0, None]]
    for t in range(x.shape[1]):
        runs.append(lstm_step_forward(x[:, t], runs[-1][0], runs[-1][1], Wx, Wh, b))
    states = np.stack([run[0] for run in runs[1:]], axis=1)
    return [states, runs[-1][1], [run[2] for run in runs[1:]]]


def lstm_backward(dh, dc_last, cache):
    dx, sums = [], []
    dstate, dcell = np.zeros(dc_last.shape), dc_last
    for t, one in reversed(list(enumerate(cache))):
        found = lstm_step_backward(dh[:, t] + dstate, dcell, one)
        dx = [found[0], *dx]
        dstate, dcell = found[1], found[2]
        sums.append([np.array(part) for part in found[3:]])
    return [np.stack(dx, axis=1), dstate, dcell, *[sum(parts) for parts in zip(*sums)]]


def forget_gate_gradient(f):
    return np.exp(np.sum(np.log(f), axis=1))


def peephole_lstm_step(x, h, c, Wx, Wh, b, peepholes):
    blocks = np.hsplit(_beside(x, h) @ _below(Wx, Wh, b), 4)
    p = list(peepholes)
    c_next = _sigmoid(blocks[1] + p[1] * c) * c + _sigmoid(blocks[0] + p[0] * c) * np.tanh(
        blocks[2]
    )
    return [_sigmoid(blocks[3] + p[2] * c_next) * np.tanh(c_next), c_next]


def coupled_lstm_step(x, h, c, Wx, Wh, b):
    # An ordinary step whose input gate has minus the forget gate's weights.
    units = h.shape[1]
    weights = [np.concatenate([-W[..., :units], W], axis=-1) for W in (Wx, Wh, b)]
    return lstm_step_forward(x, h, c, *weights)[:2]


def gru_step(x, h, Wx, Wh, b):
    ends = [h.shape[1], 2 * h.shape[1]]
    (x_z, x_r, x_h), (U_z, U_r, U_h) = (np.split(W, ends, axis=1) for W in (x @ Wx + b, Wh))
    z, r = [_sigmoid(x_z + h @ U_z), _sigmoid(x_r + h @ U_r)]
    return np.sum([z * h, (1 - z) * np.tanh(x_h + (r * h) @ U_h)], axis=0)


def gru_forward(x, h0, Wx, Wh, b):
    states = []
    for t in range(x.shape[1]):
        states.append(gru_step(x[:, t], states[-1] if states else h0, Wx, Wh, b))
    return [np.stack(states, axis=1), None]


def bidirectional(x, forward_params, backward_params):
    runs = []
    for way, params in [(1, forward_params), (-1, backward_params)]:
        zeros = np.zeros((len(x), len(params[2]) // 4))
        runs.append(lstm_forward(x[:, ::way], zeros, zeros, *params)[0][:, ::way])
    return np.concatenate(runs, axis=2)


class LSTMRegressor:
    names = ["Wx", "Wh", "b", "Wy", "by"]

    def __init__(self, n_inputs, n_hidden, rng):
        rng = rng or np.random.default_rng()
        weights = [rng.normal(size=(rows, 4 * n_hidden)) for rows in (n_inputs, n_hidden)]
        weights = [0.5 * W / np.sqrt(len(W)) for W in weights]
        bias = np.array([0.0] * n_hidden + [1.0] * n_hidden + [0.0] * 2 * n_hidden)
        head = [0.1 * rng.normal(size=(n_hidden, 1)), np.zeros(1)]
        self.params = {name: one for name, one in zip(self.names, [*weights, bias, *head])}

    def _run(self, x):
        zeros = np.zeros((len(x), len(self.params["Wh"])))
        h, c_last, cache = lstm_forward(x, zeros, zeros, *[self.params[n] for n in self.names[:3]])
        return h, cache

    def predict(self, x):
        h, _ = self._run(x)
        return (h[:, -1] @ self.params["Wy"][:, 0] + self.params["by"][0]).tolist()

    def loss_and_gradients(self, x, y):
        h, cache = self._run(x)
        errors = h[:, -1] @ self.params["Wy"] + self.params["by"] - np.reshape(y, (-1, 1))
        douts = 2 * errors / len(errors)
        dh = np.concatenate([np.zeros_like(h[:, 1:]), (douts @ self.params["Wy"].T)[:, None]], 1)
        gradients = lstm_backward(dh, np.zeros_like(h[:, 0]), cache)[3:]
        gradients += [h[:, -1].T @ douts, douts[:, 0].sum(keepdims=True)]
        return [float((errors**2).mean()), dict(zip(self.names, gradients))]

    def fit(self, x, y, rng):
        """Adam in a few rounds, each with a smaller step than the one before."""
        rng = rng or np.random.default_rng()
        params = [self.params[name] for name in self.names]
        for rate, rounds in [(0.02, 25), (0.005, 10), (0.001, 5)]:
            means, squares, t = [0.0] * 5, [0.0] * 5, 0
            for _ in range(rounds):
                for batch in np.array_split(rng.permutation(len(x)), max(1, len(x) // 25)):
                    t += 1
                    found = self.loss_and_gradients(x[batch], y[batch])[1]
                    grads = [np.clip(found[name], -1, 1) for name in self.names]
                    means = [0.9 * m + 0.1 * g for m, g in zip(means, grads)]
                    squares = [0.999 * s + 0.001 * g * g for s, g in zip(squares, grads)]
                    for p, m, s in zip(params, means, squares):
                        p -= rate * (m / (1 - 0.9**t)) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8)
        return self


def ctc_collapse(path, blank=0):
    path = list(path)
    kept = [a for a, before in zip(path, [None, *path]) if a != before and a != blank]
    return [int(label) for label in kept]
