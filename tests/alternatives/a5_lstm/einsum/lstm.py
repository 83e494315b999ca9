"""Assignment 5 with einsum: inputs and weights' gradients of all steps at once."""

import numpy as np


def _sigmoid(z):
    return np.exp(-np.logaddexp(0, -z))


def rnn_step_forward(x, h, Wx, Wh, b):
    new = np.tanh(np.einsum("nd,dh->nh", x, Wx) + np.einsum("nk,kh->nh", h, Wh) + b)
    return new, {"x": x, "h": h, "Wx": Wx, "Wh": Wh, "slope": 1 / np.cosh(np.arctanh(new)) ** 2}


def rnn_step_backward(dh_next, cache):
    a = np.einsum("nh,nh->nh", dh_next, cache["slope"])
    return (
        np.einsum("nh,dh->nd", a, cache["Wx"]),
        np.einsum("nh,kh->nk", a, cache["Wh"]),
        np.einsum("nd,nh->dh", cache["x"], a),
        np.einsum("nk,nh->kh", cache["h"], a),
        np.einsum("nh->h", a),
    )


def rnn_forward(x, h0, Wx, Wh, b):
    a = np.einsum("ntd,dh->nth", x, Wx) + b
    h = np.empty((len(x), x.shape[1] + 1, len(Wh)))
    h[:, 0] = h0
    for t in range(x.shape[1]):
        h[:, t + 1] = np.tanh(a[:, t] + h[:, t] @ Wh)
    return h[:, 1:], (x, h, Wx, Wh)


def rnn_backward(dh, cache):
    x, h, Wx, Wh = cache
    da = np.empty(dh.shape)
    dstate = np.zeros(h[:, 0].shape)
    for t in range(dh.shape[1])[::-1]:
        da[:, t] = (dh[:, t] + dstate) * (1 - h[:, t + 1] ** 2)
        dstate = np.einsum("nh,kh->nk", da[:, t], Wh)
    dWx = np.einsum("ntd,nth->dh", x, da)
    dWh = np.einsum("ntk,nth->kh", h[:, :-1], da)
    return np.einsum("nth,dh->ntd", da, Wx), dstate, dWx, dWh, np.einsum("nth->h", da)


def clip_by_value(grads, limit):
    if not limit >= 0:
        raise ValueError(f"{limit} is negative")
    return {key: np.maximum(np.minimum(grads[key], limit), -limit) for key in grads}


def jacobian_norm_bound(Wh, activation_bound, steps):
    largest = np.linalg.eigvalsh(np.einsum("kh,kj->hj", Wh, Wh))[-1]
    return (largest * activation_bound**2) ** (steps / 2)


def _gates(a):
    """(…, 4H) to the four gates (4, …, H)."""
    a = np.moveaxis(a.reshape(*a.shape[:-1], 4, -1), -2, 0)
    return np.stack([_sigmoid(a[0]), _sigmoid(a[1]), np.tanh(a[2]), _sigmoid(a[3])])


def lstm_step_forward(x, h, c, Wx, Wh, b):
    states, c_next, cache = lstm_forward(x[:, None], h, c, Wx, Wh, b)
    return states[:, 0], c_next, cache


def lstm_step_backward(dh_next, dc_next, cache):
    dx, dh, dc, dWx, dWh, db = lstm_backward(dh_next[:, None], dc_next, cache)
    return dx[:, 0], dh, dc, dWx, dWh, db


def lstm_forward(x, h0, c0, Wx, Wh, b):
    n, t_max, units = len(x), x.shape[1], len(Wh)
    a = np.einsum("ntd,dg->ntg", x, Wx) + b
    h, c = np.empty((2, t_max + 1, n, units))
    gates = np.empty((t_max, 4, n, units))
    h[0], c[0] = h0, c0
    for t in range(t_max):
        gates[t] = _gates(a[:, t] + h[t] @ Wh)
        i, f, g, o = gates[t]
        c[t + 1] = f * c[t] + i * g
        h[t + 1] = o * np.tanh(c[t + 1])
    return h[1:].swapaxes(0, 1), c[-1], (x, h, c, gates, Wx, Wh)


def lstm_backward(dh, dc_last, cache):
    x, h, c, gates, Wx, Wh = cache
    n, t_max, units = dh.shape
    # ∂c'/∂a for i, f, c and ∂h'/∂a for o, of all steps at once.
    i, f, g, o = np.moveaxis(gates, 1, 0)
    squashed = np.tanh(c[1:])
    slopes = np.stack([g * i * (1 - i), c[:-1] * f * (1 - f), i * (1 - g**2)], axis=1)
    slope_o = squashed * o * (1 - o)
    da = np.empty((t_max, n, 4, units))
    dstate, dcell = np.zeros((n, units)), dc_last
    for t in reversed(range(t_max)):
        dstate = dh[:, t] + dstate
        dcell = dcell + dstate * o[t] * (1 - squashed[t] ** 2)
        da[t, :, :3] = np.einsum("nh,gnh->ngh", dcell, slopes[t])
        da[t, :, 3] = dstate * slope_o[t]
        dstate = da[t].reshape(n, -1) @ Wh.T
        dcell = dcell * f[t]
    da = da.reshape(t_max, n, -1)
    dx = np.einsum("tng,dg->ntd", da, Wx)
    dWx = np.tensordot(x, da, axes=((1, 0), (0, 1)))
    dWh = np.tensordot(h[:-1], da, axes=((0, 1), (0, 1)))
    return dx, dstate, dcell, dWx, dWh, np.einsum("tng->g", da)


def forget_gate_gradient(f):
    return np.multiply.reduce(f, axis=1)


def peephole_lstm_step(x, h, c, Wx, Wh, b, peepholes):
    units = h.shape[1]
    a = (np.einsum("nd,dg->ng", x, Wx) + np.einsum("nk,kg->ng", h, Wh) + b).reshape(-1, 4, units)
    i, f = np.moveaxis(_sigmoid(a[:, :2] + np.einsum("gh,nh->ngh", peepholes[:2], c)), 1, 0)
    new = f * c + i * np.tanh(a[:, 2])
    return _sigmoid(a[:, 3] + peepholes[2] * new) * np.tanh(new), new


def coupled_lstm_step(x, h, c, Wx, Wh, b):
    units = h.shape[1]
    a = (np.einsum("nd,dg->ng", x, Wx) + np.einsum("nk,kg->ng", h, Wh) + b).reshape(-1, 3, units)
    candidate = np.tanh(a[:, 1])
    new = candidate + _sigmoid(a[:, 0]) * (c - candidate)
    return _sigmoid(a[:, 2]) * np.tanh(new), new


def gru_step(x, h, Wx, Wh, b):
    units = h.shape[1]
    a = (np.einsum("nd,dg->ng", x, Wx) + b).reshape(-1, 3, units)
    U = Wh.reshape(units, 3, units)
    z, r = np.moveaxis(_sigmoid(a[:, :2] + np.einsum("nk,kgh->ngh", h, U[:, :2])), 1, 0)
    candidate = np.tanh(a[:, 2] + np.einsum("nk,nk,kh->nh", r, h, U[:, 2]))
    return candidate + z * (h - candidate)


def gru_forward(x, h0, Wx, Wh, b):
    h = np.empty((x.shape[1], *h0.shape))
    for t, entry in enumerate(np.moveaxis(x, 1, 0)):
        h[t] = gru_step(entry, h[t - 1] if t else h0, Wx, Wh, b)
    return np.moveaxis(h, 0, 1), "no backward pass"


def bidirectional(x, forward_params, backward_params):
    def read(sequence, Wx, Wh, b):
        zeros = np.zeros((len(sequence), len(Wh)))
        return lstm_forward(sequence, zeros, zeros, Wx, Wh, b)[0]

    halves = read(x, *forward_params), np.flip(read(np.flip(x, 1), *backward_params), 1)
    return np.dstack(halves)


class LSTMRegressor:
    def __init__(self, n_inputs, n_hidden, rng):
        rng = np.random.default_rng() if rng is None else rng
        draw = lambda *shape: rng.uniform(-1, 1, size=shape) * np.sqrt(6 / sum(shape))
        bias = np.repeat([0.0, 1.0, 0.0, 0.0], n_hidden)
        self.params = {
            "Wx": draw(n_inputs, 4 * n_hidden),
            "Wh": np.hstack([np.linalg.qr(draw(n_hidden, n_hidden))[0] for _ in range(4)]),
            "b": bias,
            "Wy": draw(n_hidden, 1),
            "by": np.zeros(1),
        }

    def _states(self, x):
        zeros = np.zeros((len(x), self.params["Wy"].size))
        return lstm_forward(x, zeros, zeros, *(self.params[key] for key in ("Wx", "Wh", "b")))

    def predict(self, x):
        return (
            np.einsum("nh,hj->n", self._states(x)[0][:, -1], self.params["Wy"])
            + self.params["by"].item()
        )

    def loss_and_gradients(self, x, y):
        h, c_last, cache = self._states(x)
        error = np.einsum("nh,ho->n", h[:, -1], self.params["Wy"]) + self.params["by"] - y
        dout = 2 * error / error.size
        dh = np.zeros(h.shape)
        dh[:, -1] = np.einsum("n,ho->nh", dout, self.params["Wy"])
        found = lstm_backward(dh, np.zeros(c_last.shape), cache)[3:]
        gradients = dict(zip(("Wx", "Wh", "b"), found))
        gradients["Wy"] = np.einsum("n,nh->h", dout, h[:, -1])[:, None]
        gradients["by"] = dout.sum(keepdims=True)
        return np.einsum("n,n->", error, error) / error.size, gradients

    def fit(self, x, y, rng):
        """RMSprop with momentum, and gradients of bounded norm."""
        rng = np.random.default_rng(rng)
        steps = max(500, 3 * len(x) // 2)
        squares = {key: np.zeros(value.shape) for key, value in self.params.items()}
        moving = {key: np.zeros(value.shape) for key, value in self.params.items()}
        for step in range(steps):
            batch = rng.integers(len(x), size=32)
            _, gradients = self.loss_and_gradients(x[batch], y[batch])
            norm = np.sqrt(sum(np.vdot(g, g) for g in gradients.values()))
            for key, gradient in gradients.items():
                gradient = gradient / max(1.0, norm)
                squares[key] = 0.99 * squares[key] + 0.01 * gradient**2
                moving[key] = 0.9 * moving[key] + gradient / (np.sqrt(squares[key]) + 1e-6)
                rate = 0.001 * np.cos(np.pi / 2 * step / steps)
                self.params[key] = self.params[key] - rate * moving[key]
        return self


def ctc_collapse(path, blank=0):
    path = np.array(path, dtype=np.int64)
    changes = np.flatnonzero(np.diff(path)) + 1
    firsts = path[np.concatenate([[0], changes])] if path.size else path
    return firsts[firsts != blank]
