"""Assignment 5 with explicit loops over rows, steps and units: numbers and nothing larger."""

import math

import numpy as np


def _sigmoid(z):
    if z >= 0:
        return 1 / (1 + math.exp(-z))
    return math.exp(z) / (1 + math.exp(z))


def _add_product(out, row, W):
    """Add row · W to the list `out`, where W is a list of rows."""
    for value, weights in zip(row, W):
        for j, weight in enumerate(weights):
            out[j] += value * weight


def _product_with_transpose(row, W):
    out = []
    for weights in W:
        total = 0.0
        for value, weight in zip(row, weights):
            total += value * weight
        out.append(total)
    return out


def _add_outer(dW, column, row):
    for value, gradients in zip(column, dW):
        for j, entry in enumerate(row):
            gradients[j] += value * entry


def _zeros(rows, columns):
    return [[0.0] * columns for _ in range(rows)]


def rnn_step_forward(x, h, Wx, Wh, b):
    h_next = []
    for x_row, h_row in zip(x.tolist(), h.tolist()):
        a = b.tolist()
        _add_product(a, x_row, Wx.tolist())
        _add_product(a, h_row, Wh.tolist())
        h_next.append([math.tanh(value) for value in a])
    return np.array(h_next), (x, h, Wx, Wh, h_next)


def rnn_step_backward(dh_next, cache):
    x, h, Wx, Wh, h_next = cache
    dWx, dWh, db = np.zeros(Wx.shape), np.zeros(Wh.shape), np.zeros(len(Wh))
    dx, dh = np.zeros(x.shape), np.zeros(h.shape)
    for n in range(len(x)):
        for j in range(len(Wh)):
            da = dh_next[n, j] * (1 - h_next[n][j] ** 2)
            db[j] += da
            for d in range(len(Wx)):
                dWx[d, j] += x[n, d] * da
                dx[n, d] += Wx[d, j] * da
            for k in range(len(Wh)):
                dWh[k, j] += h[n, k] * da
                dh[n, k] += Wh[k, j] * da
    return dx, dh, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    n_rows, n_steps = x.shape[:2]
    h = np.zeros((n_rows, n_steps, len(Wh)))
    cache = []
    for t in range(n_steps):
        state, one = rnn_step_forward(x[:, t], h0 if t == 0 else h[:, t - 1], Wx, Wh, b)
        for n in range(n_rows):
            h[n, t] = state[n]
        cache.append(one)
    return h, cache


def rnn_backward(dh, cache):
    dx, dstate, dWx, dWh, db = None, 0.0, 0.0, 0.0, 0.0
    for t in range(dh.shape[1] - 1, -1, -1):
        step = rnn_step_backward(dh[:, t] + dstate, cache[t])
        if dx is None:
            dx = np.zeros((len(dh), dh.shape[1], step[0].shape[1]))
        dx[:, t], dstate = step[0], step[1]
        dWx, dWh, db = dWx + step[2], dWh + step[3], db + step[4]
    return dx, dstate, dWx, dWh, db


def clip_by_value(grads, limit):
    if limit < 0:
        raise ValueError(f"limit {limit}")
    clipped = {}
    for name in grads:
        clipped[name] = grads[name].copy()
        for index in np.ndindex(grads[name].shape):
            if clipped[name][index] > limit:
                clipped[name][index] = limit
            elif clipped[name][index] < -limit:
                clipped[name][index] = -limit
    return clipped


def jacobian_norm_bound(Wh, activation_bound, steps):
    bound, sigma = 1.0, np.linalg.svd(Wh)[1].max()
    for _ in range(steps):
        bound *= sigma * activation_bound
    return bound


def _lstm_row_forward(x, h, c, Wx, Wh, b):
    """One step of one row; everything is lists."""
    units, a = len(h), list(b)
    _add_product(a, x, Wx)
    _add_product(a, h, Wh)
    gates, h_next, c_next = [], [], []
    for k in range(units):
        i, f = _sigmoid(a[k]), _sigmoid(a[units + k])
        g, o = math.tanh(a[2 * units + k]), _sigmoid(a[3 * units + k])
        c_next.append(f * c[k] + i * g)
        squashed = math.tanh(c_next[k])
        h_next.append(o * squashed)
        gates.append((i, f, g, o, squashed))
    return h_next, c_next, (x, h, c, gates)


def _lstm_row_backward(dh_next, dc_next, row, Wx, Wh, dWx, dWh, db):
    """One step of one row backward; the weights' gradients grow in place."""
    x, h, c, gates = row
    units = len(h)
    da, dc = [0.0] * (4 * units), []
    for k, (i, f, g, o, squashed) in enumerate(gates):
        total = dc_next[k] + dh_next[k] * o * (1 - squashed * squashed)
        da[k] = total * g * i * (1 - i)
        da[units + k] = total * c[k] * f * (1 - f)
        da[2 * units + k] = total * i * (1 - g * g)
        da[3 * units + k] = dh_next[k] * squashed * o * (1 - o)
        dc.append(total * f)
    _add_outer(dWx, x, da)
    _add_outer(dWh, h, da)
    for j, value in enumerate(da):
        db[j] += value
    return _product_with_transpose(da, Wx), _product_with_transpose(da, Wh), dc


def lstm_step_forward(x, h, c, Wx, Wh, b):
    h_all, c_all, cache = lstm_forward(x[:, None], h, c, Wx, Wh, b)
    return h_all[:, 0], c_all, cache


def lstm_step_backward(dh_next, dc_next, cache):
    dx, *others = lstm_backward(dh_next[:, None], dc_next, cache)
    return dx[:, 0], *others


def lstm_forward(x, h0, c0, Wx, Wh, b):
    Wx, Wh, b = Wx.tolist(), Wh.tolist(), b.tolist()
    states, cells, rows = [], [], []
    for sequence, h, c in zip(x.tolist(), h0.tolist(), c0.tolist()):
        of_row, caches = [], []
        for entry in sequence:
            h, c, cache = _lstm_row_forward(entry, h, c, Wx, Wh, b)
            of_row.append(h)
            caches.append(cache)
        states.append(of_row)
        cells.append(c)
        rows.append(caches)
    return np.array(states), np.array(cells), (rows, Wx, Wh)


def lstm_backward(dh, dc_last, cache):
    rows, Wx, Wh = cache
    columns = 4 * len(Wh)
    dWx, dWh, db = _zeros(len(Wx), columns), _zeros(len(Wh), columns), [0.0] * columns
    dx, dh0, dc0 = [], [], []
    for own, dc, caches in zip(dh.tolist(), dc_last.tolist(), rows):
        of_row, state = [], [0.0] * len(Wh)
        for t in range(len(own) - 1, -1, -1):
            both = [u + v for u, v in zip(own[t], state)]
            dx_t, state, dc = _lstm_row_backward(both, dc, caches[t], Wx, Wh, dWx, dWh, db)
            of_row.insert(0, dx_t)
        dx.append(of_row)
        dh0.append(state)
        dc0.append(dc)
    return tuple(np.array(one) for one in (dx, dh0, dc0, dWx, dWh, db))


def forget_gate_gradient(f):
    survives = np.ones((f.shape[0], f.shape[2]))
    for n in range(f.shape[0]):
        for t in range(f.shape[1]):
            for k in range(f.shape[2]):
                survives[n, k] *= f[n, t, k]
    return survives


def _scores(n, x, h, Wx, Wh, b):
    """x Wx + h Wh + b of one row."""
    a = b.tolist()
    _add_product(a, x[n], Wx)
    _add_product(a, h[n], Wh)
    return a


def peephole_lstm_step(x, h, c, Wx, Wh, b, peepholes):
    h_next, c_next = np.zeros(h.shape), np.zeros(c.shape)
    units = h.shape[1]
    for n in range(len(x)):
        a = _scores(n, x, h, Wx, Wh, b)
        for k in range(units):
            i = _sigmoid(a[k] + peepholes[0, k] * c[n, k])
            f = _sigmoid(a[units + k] + peepholes[1, k] * c[n, k])
            cell = f * c[n, k] + i * math.tanh(a[2 * units + k])
            o = _sigmoid(a[3 * units + k] + peepholes[2, k] * cell)
            h_next[n, k], c_next[n, k] = o * math.tanh(cell), cell
    return h_next, c_next


def coupled_lstm_step(x, h, c, Wx, Wh, b):
    h_next, c_next = np.zeros(h.shape), np.zeros(c.shape)
    units = h.shape[1]
    for n in range(len(x)):
        a = _scores(n, x, h, Wx, Wh, b)
        for k in range(units):
            f = _sigmoid(a[k])
            c_next[n, k] = f * c[n, k] + (1 - f) * math.tanh(a[units + k])
            h_next[n, k] = _sigmoid(a[2 * units + k]) * math.tanh(c_next[n, k])
    return h_next, c_next


def gru_step(x, h, Wx, Wh, b):
    h_next, units = np.zeros(h.shape), h.shape[1]
    for n in range(len(x)):
        a = _scores(n, x, h, Wx, Wh, b)
        z = [_sigmoid(value) for value in a[:units]]
        r = [_sigmoid(value) for value in a[units : 2 * units]]
        for k in range(units):
            candidate = b[2 * units + k]
            for d in range(x.shape[1]):
                candidate += x[n, d] * Wx[d, 2 * units + k]
            for j in range(units):
                candidate += r[j] * h[n, j] * Wh[j, 2 * units + k]
            h_next[n, k] = z[k] * h[n, k] + (1 - z[k]) * math.tanh(candidate)
    return h_next


def gru_forward(x, h0, Wx, Wh, b):
    h = np.zeros((*x.shape[:2], h0.shape[1]))
    for n in range(len(x)):
        state = h0[n : n + 1]
        for t in range(x.shape[1]):
            state = gru_step(x[n : n + 1, t], state, Wx, Wh, b)
            h[n, t] = state[0]
    return h, None


def bidirectional(x, forward_params, backward_params):
    n_rows, n_steps = x.shape[:2]
    first, second = len(forward_params[1]), len(backward_params[1])
    turned = np.zeros(x.shape)
    for t in range(n_steps):
        turned[:, n_steps - 1 - t] = x[:, t]
    zeros = [np.zeros((n_rows, units)) for units in (first, second)]
    ahead = lstm_forward(x, zeros[0], zeros[0], *forward_params)[0]
    back = lstm_forward(turned, zeros[1], zeros[1], *backward_params)[0]
    out = np.zeros((n_rows, n_steps, first + second))
    for t in range(n_steps):
        out[:, t, :first] = ahead[:, t]
        out[:, t, first:] = back[:, n_steps - 1 - t]
    return out


class LSTMRegressor:
    def __init__(self, n_inputs, n_hidden, rng):
        if rng is None:
            rng = np.random.default_rng(7)
        shapes = {"Wx": (n_inputs, 4 * n_hidden), "Wh": (n_hidden, 4 * n_hidden)}
        shapes |= {"b": (4 * n_hidden,), "Wy": (n_hidden, 1), "by": (1,)}
        self.params = {}
        for name, shape in shapes.items():
            scale = 1 / math.sqrt(shape[0]) if len(shape) == 2 else 0.0
            self.params[name] = scale * rng.normal(size=shape)
        for k in range(n_hidden):
            self.params["b"][n_hidden + k] = 1.0

    def _run(self, x):
        zeros = np.zeros((len(x), len(self.params["Wh"])))
        weights = (self.params[name] for name in ("Wx", "Wh", "b"))
        return lstm_forward(x, zeros, zeros, *weights)

    def _output(self, state):
        total = float(self.params["by"][0])
        for k, value in enumerate(state):
            total += value * float(self.params["Wy"][k, 0])
        return total

    def predict(self, x):
        return np.array([self._output(states[-1]) for states in self._run(x)[0]])

    def loss_and_gradients(self, x, y):
        h, _, cache = self._run(x)
        Wy = self.params["Wy"]
        dh, dWy, dby, loss = np.zeros(h.shape), np.zeros(Wy.shape), np.zeros(1), 0.0
        for n in range(len(y)):
            error = self._output(h[n, -1]) - y[n]
            loss += error**2 / len(y)
            dby[0] += 2 * error / len(y)
            for k in range(len(Wy)):
                dWy[k, 0] += 2 * error / len(y) * h[n, -1, k]
                dh[n, -1, k] = 2 * error / len(y) * Wy[k, 0]
        _, _, _, dWx, dWh, db = lstm_backward(dh, np.zeros(h[:, -1].shape), cache)
        return loss, {"Wx": dWx, "Wh": dWh, "b": db, "Wy": dWy, "by": dby}

    def fit(self, x, y, rng):
        rng = np.random.default_rng(rng)
        epochs, size = max(5, 8_000 // len(x)), 5
        first = {name: np.zeros(value.shape) for name, value in self.params.items()}
        second = {name: np.zeros(value.shape) for name, value in self.params.items()}
        step, last = 0, epochs * math.ceil(len(x) / size)
        for _ in range(epochs):
            order = rng.permutation(len(x))
            for start in range(0, len(x), size):
                batch = order[start : start + size]
                step += 1
                rate = 0.02 * (1 - step / last)
                _, gradients = self.loss_and_gradients(x[batch], y[batch])
                for name, gradient in gradients.items():
                    first[name] += 0.1 * (gradient - first[name])
                    second[name] += 0.001 * (gradient**2 - second[name])
                    mean = first[name] / (1 - 0.9**step)
                    size_of = np.sqrt(second[name] / (1 - 0.999**step))
                    self.params[name] = self.params[name] - rate * mean / (size_of + 1e-8)
        return self


def ctc_collapse(path, blank=0):
    spelled, before = [], None
    for label in path:
        if label != before and label != blank:
            spelled.append(int(label))
        before = label
    return np.array(spelled, dtype=int)
