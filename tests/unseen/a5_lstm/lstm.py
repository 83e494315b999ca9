"""Assignment 5 as a student who gives every gate its own matrices would hand it in."""

import numpy as np


def sigmoid(a):
    out = np.empty_like(a)
    positive = a >= 0
    out[positive] = 1 / (1 + np.exp(-a[positive]))
    growing = np.exp(a[~positive])
    out[~positive] = growing / (1 + growing)
    return out


def rnn_step_forward(x, h, Wx, Wh, b):
    scores = x @ Wx + h @ Wh + b
    h_next = np.tanh(scores)
    return h_next, {"x": x, "h": h, "Wx": Wx, "Wh": Wh, "h_next": h_next}


def rnn_step_backward(dh_next, cache):
    da = dh_next * (1 - cache["h_next"] ** 2)
    dx = da @ cache["Wx"].T
    dh = da @ cache["Wh"].T
    dWx = cache["x"].T @ da
    dWh = cache["h"].T @ da
    db = da.sum(axis=0)
    return dx, dh, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    h = np.zeros((N, T, h0.shape[1]))
    state = h0
    caches = []
    for t in range(T):
        state, cache = rnn_step_forward(x[:, t], state, Wx, Wh, b)
        h[:, t] = state
        caches.append(cache)
    return h, caches


def rnn_backward(dh, cache):
    N, T, H = dh.shape
    D = cache[0]["x"].shape[1]
    dx = np.zeros((N, T, D))
    dWx = np.zeros((D, H))
    dWh = np.zeros((H, H))
    db = np.zeros(H)
    carried = np.zeros((N, H))
    for t in reversed(range(T)):
        total = dh[:, t] + carried
        dx[:, t], carried, dWx_t, dWh_t, db_t = rnn_step_backward(total, cache[t])
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return dx, carried, dWx, dWh, db


def clip_by_value(grads, limit):
    if limit < 0:
        raise ValueError(f"the limit {limit} is negative")
    clipped = {}
    for name, grad in grads.items():
        clipped[name] = np.maximum(np.minimum(grad, limit), -limit)
    return clipped


def jacobian_norm_bound(Wh, activation_bound, steps):
    largest = np.linalg.svd(Wh, compute_uv=False)[0]
    bound = 1.0
    for _ in range(steps):
        bound *= largest * activation_bound
    return bound


def lstm_step_forward(x, h, c, Wx, Wh, b):
    Wx_i, Wx_f, Wx_c, Wx_o = np.split(Wx, 4, axis=1)
    Wh_i, Wh_f, Wh_c, Wh_o = np.split(Wh, 4, axis=1)
    b_i, b_f, b_c, b_o = np.split(b, 4)
    i = sigmoid(x @ Wx_i + h @ Wh_i + b_i)
    f = sigmoid(x @ Wx_f + h @ Wh_f + b_f)
    g = np.tanh(x @ Wx_c + h @ Wh_c + b_c)
    o = sigmoid(x @ Wx_o + h @ Wh_o + b_o)
    c_next = f * c + i * g
    tanh_c = np.tanh(c_next)
    h_next = o * tanh_c
    return h_next, c_next, (x, h, c, Wx, Wh, i, f, g, o, tanh_c)


def lstm_step_backward(dh_next, dc_next, cache):
    x, h, c, Wx, Wh, i, f, g, o, tanh_c = cache
    do = dh_next * tanh_c
    dc_total = dc_next + dh_next * o * (1 - tanh_c**2)
    di = dc_total * g
    df = dc_total * c
    dg = dc_total * i
    dc = dc_total * f
    da_i = di * i * (1 - i)
    da_f = df * f * (1 - f)
    da_c = dg * (1 - g**2)
    da_o = do * o * (1 - o)
    dx = np.zeros(x.shape)
    dh = np.zeros(h.shape)
    dWx, dWh, db = [], [], []
    gates = zip((da_i, da_f, da_c, da_o), np.split(Wx, 4, axis=1), np.split(Wh, 4, axis=1))
    for da, Wx_gate, Wh_gate in gates:
        dx += da @ Wx_gate.T
        dh += da @ Wh_gate.T
        dWx.append(x.T @ da)
        dWh.append(h.T @ da)
        db.append(da.sum(axis=0))
    return dx, dh, dc, np.hstack(dWx), np.hstack(dWh), np.concatenate(db)


def lstm_forward(x, h0, c0, Wx, Wh, b):
    h, c = h0, c0
    outputs, caches = [], []
    for t in range(x.shape[1]):
        h, c, cache = lstm_step_forward(x[:, t, :], h, c, Wx, Wh, b)
        outputs.append(h)
        caches.append(cache)
    return np.stack(outputs, axis=1), c, caches


def lstm_backward(dh, dc_last, cache):
    T = len(cache)
    x, h, _, Wx, Wh = cache[0][:5]
    dx = np.zeros((x.shape[0], T, x.shape[1]))
    dWx, dWh, db = np.zeros(Wx.shape), np.zeros(Wh.shape), np.zeros(Wx.shape[1])
    dh_carried = np.zeros(h.shape)
    dc_carried = dc_last
    for t in range(T - 1, -1, -1):
        dx_t, dh_carried, dc_carried, dWx_t, dWh_t, db_t = lstm_step_backward(
            dh[:, t] + dh_carried, dc_carried, cache[t]
        )
        dx[:, t] = dx_t
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return dx, dh_carried, dc_carried, dWx, dWh, db


def forget_gate_gradient(f):
    product = np.ones((f.shape[0], f.shape[2]))
    for t in range(f.shape[1]):
        product = product * f[:, t, :]
    return product


def peephole_lstm_step(x, h, c, Wx, Wh, b, peepholes):
    H = h.shape[1]
    a = x @ Wx + h @ Wh + b
    p_i, p_f, p_o = peepholes
    i = sigmoid(a[:, :H] + p_i * c)
    f = sigmoid(a[:, H : 2 * H] + p_f * c)
    candidate = np.tanh(a[:, 2 * H : 3 * H])
    c_next = f * c + i * candidate
    o = sigmoid(a[:, 3 * H :] + p_o * c_next)
    h_next = o * np.tanh(c_next)
    return h_next, c_next


def coupled_lstm_step(x, h, c, Wx, Wh, b):
    H = h.shape[1]
    a = x @ Wx + h @ Wh + b
    f = sigmoid(a[:, :H])
    candidate = np.tanh(a[:, H : 2 * H])
    o = sigmoid(a[:, 2 * H :])
    c_next = f * c + (1 - f) * candidate
    return o * np.tanh(c_next), c_next


def gru_step(x, h, Wx, Wh, b):
    Wx_z, Wx_r, Wx_h = np.split(Wx, 3, axis=1)
    Wh_z, Wh_r, Wh_h = np.split(Wh, 3, axis=1)
    b_z, b_r, b_h = np.split(b, 3)
    z = sigmoid(x @ Wx_z + h @ Wh_z + b_z)
    r = sigmoid(x @ Wx_r + h @ Wh_r + b_r)
    candidate = np.tanh(x @ Wx_h + (r * h) @ Wh_h + b_h)
    return z * h + (1 - z) * candidate


def gru_forward(x, h0, Wx, Wh, b):
    N, T, _ = x.shape
    states = [h0]
    for t in range(T):
        states.append(gru_step(x[:, t], states[-1], Wx, Wh, b))
    return np.stack(states[1:], axis=1), None


def bidirectional(x, forward_params, backward_params):
    halves = []
    for params, reverse in ((forward_params, False), (backward_params, True)):
        Wx, Wh, b = params
        zeros = np.zeros((x.shape[0], Wh.shape[0]))
        sequence = x[:, ::-1] if reverse else x
        h, _, _ = lstm_forward(sequence, zeros, zeros, Wx, Wh, b)
        halves.append(h[:, ::-1] if reverse else h)
    return np.concatenate(halves, axis=2)


class LSTMRegressor:
    def __init__(self, n_inputs, n_hidden, rng):
        if rng is None:
            rng = np.random.default_rng()
        D, H = n_inputs, n_hidden
        b = np.zeros(4 * H)
        b[H : 2 * H] = 1.0
        self.params = {
            "Wx": rng.uniform(-1, 1, (D, 4 * H)) * np.sqrt(6 / (D + 4 * H)),
            "Wh": rng.uniform(-1, 1, (H, 4 * H)) / np.sqrt(H),
            "b": b,
            "Wy": rng.uniform(-1, 1, (H, 1)) * np.sqrt(6 / (H + 1)),
            "by": np.zeros(1),
        }

    def _run(self, x):
        p = self.params
        zeros = np.zeros((x.shape[0], p["Wh"].shape[0]))
        h, _, cache = lstm_forward(x, zeros, zeros, p["Wx"], p["Wh"], p["b"])
        last = h[:, -1]
        prediction = (last @ p["Wy"])[:, 0] + p["by"][0]
        return prediction, h, cache

    def predict(self, x):
        prediction, _, _ = self._run(x)
        return prediction

    def loss_and_gradients(self, x, y):
        N = len(y)
        prediction, h, cache = self._run(x)
        error = prediction - y
        loss = np.sum(error**2) / N
        dprediction = 2 * error / N
        dh = np.zeros(h.shape)
        dh[:, -1] = np.outer(dprediction, self.params["Wy"])
        dc = np.zeros(h[:, -1].shape)
        _, _, _, dWx, dWh, db = lstm_backward(dh, dc, cache)
        dWy = h[:, -1].T @ dprediction[:, None]
        dby = np.array([dprediction.sum()])
        return loss, {"Wx": dWx, "Wh": dWh, "b": db, "Wy": dWy, "by": dby}

    def fit(self, x, y, rng):
        if rng is None:
            rng = np.random.default_rng()
        first = {name: 0.0 for name in self.params}
        second = {name: 0.0 for name in self.params}
        t = 0
        epochs, rows_at_once = 60, 32
        for epoch in range(epochs):
            order = rng.permutation(len(x))
            rate = 0.01 * 0.5 * (1 + np.cos(np.pi * epoch / epochs))
            for start in range(0, len(x), rows_at_once):
                rows = order[start : start + rows_at_once]
                _, grads = self.loss_and_gradients(x[rows], y[rows])
                grads = clip_by_value(grads, 1.0)
                t += 1
                for name, grad in grads.items():
                    first[name] = 0.9 * first[name] + 0.1 * grad
                    second[name] = 0.999 * second[name] + 0.001 * grad**2
                    m = first[name] / (1 - 0.9**t)
                    v = second[name] / (1 - 0.999**t)
                    self.params[name] = self.params[name] - rate * m / (np.sqrt(v) + 1e-8)
        return self


def ctc_collapse(path, blank=0):
    spelled = []
    previous = None
    for label in path:
        if label != previous and label != blank:
            spelled.append(label)
        previous = label
    return np.array(spelled, dtype=int)
