import math

import numpy as np


def rnn_step_forward(x, h, Wx, Wh, b):
    score = b + np.einsum("nd,dh->nh", x, Wx) + np.einsum("ng,gh->nh", h, Wh)
    new = np.tanh(score)
    return new, {"x": x, "old": h, "new": new, "Wx": Wx, "Wh": Wh}


def rnn_step_backward(dh_next, cache):
    slope = 1 - cache["new"] * cache["new"]
    delta = dh_next * slope
    dx = delta.dot(cache["Wx"].T)
    dh = delta.dot(cache["Wh"].T)
    dWx = cache["x"].T.dot(delta)
    dWh = cache["old"].T.dot(delta)
    db = delta.sum(axis=0)
    return dx, dh, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    N, T, _ = x.shape
    h = np.zeros((N, T, h0.shape[1]))
    steps = []
    previous = h0
    for t in range(T):
        h[:, t], kept = rnn_step_forward(x[:, t], previous, Wx, Wh, b)
        previous = h[:, t]
        steps.append(kept)
    return h, steps


def rnn_backward(dh, cache):
    Wx, Wh = cache[0]["Wx"], cache[0]["Wh"]
    N, T, H = dh.shape
    dx = np.zeros((N, T, Wx.shape[0]))
    dWx, dWh, db = np.zeros(Wx.shape), np.zeros(Wh.shape), np.zeros(H)
    later = np.zeros((N, H))
    for t in range(T - 1, -1, -1):
        arriving = dh[:, t] + later
        dx[:, t], later, a, c, d = rnn_step_backward(arriving, cache[t])
        dWx += a
        dWh += c
        db += d
    return dx, later, dWx, dWh, db


def clip_by_value(grads, limit):
    if limit < 0:
        raise ValueError(f"the limit cannot be {limit}")
    clipped = {}
    for key in grads:
        clipped[key] = np.maximum(np.minimum(grads[key], limit), -limit)
    return clipped


def jacobian_norm_bound(Wh, activation_bound, steps):
    largest = np.linalg.svd(Wh, compute_uv=False)[0]
    one_step = largest * activation_bound
    return float(one_step**steps)


def sigmoid(a):
    shrunk = np.exp(-np.abs(a))
    return np.where(a >= 0, 1 / (1 + shrunk), shrunk / (1 + shrunk))


def block(a, k, units):
    return a[..., k * units : (k + 1) * units]


def lstm_step_forward(x, h, c, Wx, Wh, b):
    H = h.shape[1]
    scores = x.dot(Wx) + h.dot(Wh) + b
    write = sigmoid(block(scores, 0, H))
    keep = sigmoid(block(scores, 1, H))
    candidate = np.tanh(block(scores, 2, H))
    show = sigmoid(block(scores, 3, H))
    new_c = keep * c + write * candidate
    new_h = show * np.tanh(new_c)
    kept = dict(x=x, h=h, c=c, Wx=Wx, Wh=Wh, new_c=new_c)
    kept.update(write=write, keep=keep, candidate=candidate, show=show)
    return new_h, new_c, kept


def lstm_step_backward(dh_next, dc_next, cache):
    write, keep, show = cache["write"], cache["keep"], cache["show"]
    candidate = cache["candidate"]
    squashed = np.tanh(cache["new_c"])
    dcell = dc_next + dh_next * show * (1 - squashed**2)
    d_show = dh_next * squashed
    d_write = dcell * candidate
    d_keep = dcell * cache["c"]
    d_candidate = dcell * write
    H = dcell.shape[1]
    delta = np.empty((len(dcell), 4 * H))
    delta[:, 0:H] = d_write * write * (1 - write)
    delta[:, H : 2 * H] = d_keep * keep * (1 - keep)
    delta[:, 2 * H : 3 * H] = d_candidate * (1 - candidate**2)
    delta[:, 3 * H : 4 * H] = d_show * show * (1 - show)
    dx = delta @ cache["Wx"].T
    dh = delta @ cache["Wh"].T
    dc = dcell * keep
    dWx = np.einsum("nd,ng->dg", cache["x"], delta)
    dWh = np.einsum("nd,ng->dg", cache["h"], delta)
    return dx, dh, dc, dWx, dWh, delta.sum(0)


def lstm_forward(x, h0, c0, Wx, Wh, b):
    h, c = h0, c0
    outputs, steps = [], []
    for x_t in np.moveaxis(x, 1, 0):
        h, c, kept = lstm_step_forward(x_t, h, c, Wx, Wh, b)
        outputs.append(h)
        steps.append(kept)
    return np.moveaxis(np.array(outputs), 0, 1), c, steps


def lstm_backward(dh, dc_last, cache):
    T = dh.shape[1]
    first = cache[0]
    dx = np.zeros((len(dh), T, first["x"].shape[1]))
    dWx = np.zeros_like(first["Wx"])
    dWh = np.zeros_like(first["Wh"])
    db = np.zeros(first["Wx"].shape[1])
    dstate = np.zeros_like(dc_last)
    dcell = dc_last
    t = T
    while t > 0:
        t -= 1
        total = dh[:, t] + dstate
        back = lstm_step_backward(total, dcell, cache[t])
        dx[:, t] = back[0]
        dstate = back[1]
        dcell = back[2]
        dWx = dWx + back[3]
        dWh = dWh + back[4]
        db = db + back[5]
    return dx, dstate, dcell, dWx, dWh, db


def forget_gate_gradient(f):
    left = np.ones((f.shape[0], f.shape[2]))
    for t in range(f.shape[1]):
        left = left * f[:, t, :]
    return left


def peephole_lstm_step(x, h, c, Wx, Wh, b, peepholes):
    H = c.shape[1]
    scores = x @ Wx + h @ Wh + b
    write = sigmoid(block(scores, 0, H) + c * peepholes[0])
    keep = sigmoid(block(scores, 1, H) + c * peepholes[1])
    candidate = np.tanh(block(scores, 2, H))
    new_c = write * candidate + keep * c
    show = sigmoid(block(scores, 3, H) + new_c * peepholes[2])
    return show * np.tanh(new_c), new_c


def coupled_lstm_step(x, h, c, Wx, Wh, b):
    H = c.shape[1]
    scores = x @ Wx + h @ Wh + b
    keep = sigmoid(block(scores, 0, H))
    candidate = np.tanh(block(scores, 1, H))
    show = sigmoid(block(scores, 2, H))
    new_c = candidate + keep * (c - candidate)
    return show * np.tanh(new_c), new_c


def gru_step(x, h, Wx, Wh, b):
    H = h.shape[1]
    from_x = x @ Wx + b
    update = sigmoid(block(from_x, 0, H) + h @ block(Wh, 0, H))
    reset = sigmoid(block(from_x, 1, H) + h @ block(Wh, 1, H))
    proposal = np.tanh(block(from_x, 2, H) + (h * reset) @ block(Wh, 2, H))
    return update * h + (1 - update) * proposal


def gru_forward(x, h0, Wx, Wh, b):
    h = np.empty((x.shape[0], x.shape[1], h0.shape[1]))
    for t in range(x.shape[1]):
        before = h[:, t - 1] if t > 0 else h0
        h[:, t] = gru_step(x[:, t], before, Wx, Wh, b)
    return h, None


def bidirectional(x, forward_params, backward_params):
    zeros1 = np.zeros((x.shape[0], forward_params[1].shape[0]))
    zeros2 = np.zeros((x.shape[0], backward_params[1].shape[0]))
    left, _, _ = lstm_forward(x, zeros1, zeros1, *forward_params)
    mirrored = np.flip(x, axis=1)
    right, _, _ = lstm_forward(mirrored, zeros2, zeros2, *backward_params)
    return np.concatenate((left, np.flip(right, axis=1)), axis=-1)


class LSTMRegressor:
    def __init__(self, n_inputs, n_hidden, rng):
        rng = rng or np.random.default_rng()
        bound = 1 / math.sqrt(n_hidden)
        self.params = {}
        self.params["Wx"] = rng.uniform(-bound, bound, (n_inputs, 4 * n_hidden))
        self.params["Wh"] = rng.uniform(-bound, bound, (n_hidden, 4 * n_hidden))
        self.params["b"] = np.concatenate(
            [np.zeros(n_hidden), np.ones(n_hidden), np.zeros(2 * n_hidden)]
        )
        self.params["Wy"] = rng.uniform(-bound, bound, (n_hidden, 1))
        self.params["by"] = np.zeros(1)

    def run(self, x):
        p = self.params
        start = np.zeros((x.shape[0], p["Wh"].shape[0]))
        h, _, steps = lstm_forward(x, start, start, p["Wx"], p["Wh"], p["b"])
        last = h[:, -1, :]
        return h, last, steps, last @ p["Wy"] + p["by"]

    def predict(self, x):
        out = self.run(x)[3]
        return out.ravel()

    def loss_and_gradients(self, x, y):
        h, last, steps, out = self.run(x)
        error = out.ravel() - y
        loss = (error * error).sum() / len(error)
        dout = 2 * error / len(error)
        dWy = last.T @ dout.reshape(-1, 1)
        dby = np.array([dout.sum()])
        dh = np.zeros(h.shape)
        dh[:, -1, :] = np.outer(dout, self.params["Wy"])
        no_cell = np.zeros(last.shape)
        back = lstm_backward(dh, no_cell, steps)
        return loss, {"Wx": back[3], "Wh": back[4], "b": back[5], "Wy": dWy, "by": dby}

    def fit(self, x, y, rng):
        rng = rng or np.random.default_rng()
        average = {key: 0.0 for key in self.params}
        squares = {key: 0.0 for key in self.params}
        step = 0
        for epoch in range(40):
            order = rng.permutation(len(x))
            for start in range(0, len(x), 50):
                rows = order[start : start + 50]
                _, grads = self.loss_and_gradients(x[rows], y[rows])
                step += 1
                for key in self.params:
                    average[key] = 0.9 * average[key] + 0.1 * grads[key]
                    squares[key] = 0.999 * squares[key] + 0.001 * grads[key] ** 2
                    size = np.sqrt(squares[key] / (1 - 0.999**step)) + 1e-8
                    move = average[key] / (1 - 0.9**step) / size
                    self.params[key] = self.params[key] - 0.01 * move
        return self


def ctc_collapse(path, blank=0):
    spelled = []
    before = None
    for label in path:
        if label != before and label != blank:
            spelled.append(int(label))
        before = label
    return np.array(spelled, dtype=int)
