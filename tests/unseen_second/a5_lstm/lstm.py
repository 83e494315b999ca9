import numpy as np


def _below(Wx, Wh, b):
    return np.vstack([Wx, Wh, b[None]])


def _beside(x, h):
    return np.hstack([x, h, np.ones((len(x), 1))])


def rnn_step_forward(x, h, Wx, Wh, b):
    joint = _beside(x, h)
    h_next = np.tanh(joint @ _below(Wx, Wh, b))
    return [h_next, [joint, _below(Wx, Wh, b), h_next, x.shape[1]]]


def _apart(d_joint, n_inputs):
    return [d_joint[:n_inputs], d_joint[n_inputs:-1], d_joint[-1].tolist()]


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
    dx, dstate, sums = ([], np.zeros(dh[:, 0].shape), [])
    while len(dx) < dh.shape[1]:
        t = dh.shape[1] - 1 - len(dx)
        found = rnn_step_backward(dh[:, t] + dstate, cache[t])
        dx, dstate = ([found[0], *dx], found[1])
        sums.append([np.array(one) for one in found[2:]])
    totals = [sum(ones) for ones in zip(*sums)]
    return [np.stack(dx, axis=1), dstate, *totals[:2], totals[2].tolist()]


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
    return (np.linalg.norm(Wh, ord=2) * activation_bound) ** steps


def _sigmoid(z):
    return 0.5 * (1.0 + np.tanh(0.5 * z))


def lstm_step_forward(x, h, c, Wx, Wh, b):
    a_i, a_f, a_c, a_o = np.split(x @ Wx + h @ Wh + b, 4, axis=1)
    i, f, g, o = (_sigmoid(a_i), _sigmoid(a_f), np.tanh(a_c), _sigmoid(a_o))
    c_next = f * c + i * g
    tc = np.tanh(c_next)
    return (o * tc, c_next, (x, h, c, Wx, Wh, i, f, g, o, tc))


def lstm_step_backward(dh_next, dc_next, cache):
    x, h, c, Wx, Wh, i, f, g, o, tc = cache
    dc_total = dc_next + dh_next * o * (1.0 - tc**2)
    da_i = dc_total * g * i * (1.0 - i)
    da_f = dc_total * c * f * (1.0 - f)
    da_c = dc_total * i * (1.0 - g**2)
    da_o = dh_next * tc * o * (1.0 - o)
    da = np.concatenate([da_i, da_f, da_c, da_o], axis=1)
    return (da @ Wx.T, da @ Wh.T, dc_total * f, x.T @ da, h.T @ da, np.sum(da, axis=0))


def lstm_forward(x, h0, c0, Wx, Wh, b):
    h, c, hs, caches = (h0, c0, [], [])
    for t in range(x.shape[1]):
        h, c, cache = lstm_step_forward(x[:, t], h, c, Wx, Wh, b)
        hs.append(h)
        caches.append(cache)
    return (np.stack(hs, axis=1), c, caches)


def lstm_backward(dh, dc_last, cache):
    dstate, dcell, dx, totals = (np.zeros_like(dc_last), dc_last, [], [0.0, 0.0, 0.0])
    for t in reversed(range(dh.shape[1])):
        dx_t, dstate, dcell, *dweights = lstm_step_backward(dh[:, t] + dstate, dcell, cache[t])
        dx.append(dx_t)
        totals = [tot + more for tot, more in zip(totals, dweights, strict=True)]
    return (np.stack(dx[::-1], axis=1), dstate, dcell, *totals)


def forget_gate_gradient(f):
    survives = np.ones((f.shape[0], f.shape[2]))
    for n in range(f.shape[0]):
        for t in range(f.shape[1]):
            for k in range(f.shape[2]):
                survives[n, k] *= f[n, t, k]
    return survives


def _sigmoid_b4(z):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-z))


def peephole_lstm_step(x, h, c, Wx, Wh, b, peepholes):
    blocks = np.hsplit(_beside(x, h) @ _below(Wx, Wh, b), 4)
    p = list(peepholes)
    c_next = _sigmoid_b4(blocks[1] + p[1] * c) * c + _sigmoid_b4(blocks[0] + p[0] * c) * np.tanh(
        blocks[2]
    )
    return [_sigmoid_b4(blocks[3] + p[2] * c_next) * np.tanh(c_next), c_next]


def coupled_lstm_step(x, h, c, Wx, Wh, b):
    a_f, a_c, a_o = np.split(x @ Wx + h @ Wh + b, 3, axis=1)
    f = _sigmoid(a_f)
    c_next = f * c + (1.0 - f) * np.tanh(a_c)
    return (_sigmoid(a_o) * np.tanh(c_next), c_next)


def _cut(names, *arrays):
    width = arrays[0].shape[-1] // len(names)
    return {
        name: tuple(array[..., k * width : (k + 1) * width] for array in arrays)
        for k, name in enumerate(names)
    }


def _score(x, h, weights):
    W, U, b = weights
    return np.dot(x, W) + np.dot(h, U) + b


def _sigmoid_b7(z):
    positive = 1 / (1 + np.exp(-np.abs(z)))
    return np.where(z >= 0, positive, 1 - positive)


def gru_step(x, h, Wx, Wh, b):
    weights = _cut("zrh", Wx, Wh, b)
    z, r = (_sigmoid_b7(_score(x, h, weights[name])) for name in "zr")
    return z * h + (1 - z) * np.tanh(_score(x, r * h, weights["h"]))


def gru_forward(x, h0, Wx, Wh, b):
    st, hs = (h0, [])
    for t in range(x.shape[1]):
        st = gru_step(x[:, t], st, Wx, Wh, b)
        hs.append(st)
    return (np.stack(hs, axis=1), None)


def bidirectional(x, forward_params, backward_params):
    n_rows, n_steps = x.shape[:2]
    first, second = (len(forward_params[1]), len(backward_params[1]))
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


def _adam(model, x, y, rng, epochs=50, size=32):
    rng, params = (np.random.default_rng(rng), model.params)
    last = epochs * -(-len(x) // size)
    first = {name: np.zeros_like(coef) for name, coef in params.items()}
    second = {name: np.zeros_like(coef) for name, coef in params.items()}
    orders = (rng.permutation(len(x)) for _ in range(epochs))
    batches = (idx[i : i + size] for idx in orders for i in range(0, len(x), size))
    for step, batch in enumerate(batches, start=1):
        _, grads = model.loss_and_gradients(x[batch], y[batch])
        learning_rate = 0.02 * (1.0 - step / last)
        for name, grad in clip_by_value(grads, 1.0).items():
            first[name] = 0.9 * first[name] + 0.1 * grad
            second[name] = 0.999 * second[name] + 0.001 * grad**2
            mu, square = (first[name] / (1 - 0.9**step), second[name] / (1 - 0.999**step))
            params[name] = params[name] - learning_rate * mu / (np.sqrt(square) + 1e-07)


def _fresh_params(n_inputs, n_hidden, rng):
    rng = np.random.default_rng(rng)
    b = np.zeros(4 * n_hidden)
    b[n_hidden : 2 * n_hidden] = 1.0
    return {
        "Wx": rng.normal(size=(n_inputs, 4 * n_hidden)) / np.sqrt(n_inputs),
        "Wh": rng.normal(size=(n_hidden, 4 * n_hidden)) / np.sqrt(n_hidden),
        "b": b,
        "Wy": rng.normal(size=(n_hidden, 1)) / np.sqrt(n_hidden),
        "by": np.zeros(1),
    }


def _run_from_zero(params, x):
    zeros = np.zeros((len(x), len(params["Wh"])), like=x)
    h, _, cache = lstm_forward(x, zeros, zeros, params["Wx"], params["Wh"], params["b"])
    return (h, cache)


class LSTMRegressor:
    def __init__(self, n_inputs, n_hidden, rng):
        self.params = _fresh_params(n_inputs, n_hidden, rng)

    def predict(self, x):
        h, _ = _run_from_zero(self.params, x)
        return (h[:, -1] @ self.params["Wy"] + self.params["by"])[:, 0]

    def loss_and_gradients(self, x, y):
        h, cache = _run_from_zero(self.params, x)
        output = h[:, -1] @ self.params["Wy"] + self.params["by"]
        residual = output - y[:, None]
        doutput = 2.0 / len(y) * residual
        dh = np.zeros_like(h)
        dh[:, -1] = doutput @ self.params["Wy"].T
        *_, dWx, dWh, db = lstm_backward(dh, np.zeros_like(h[:, -1]), cache)
        dWy, dby = (h[:, -1].T @ doutput, np.sum(doutput, axis=0))
        return (np.mean(residual**2), {"Wx": dWx, "Wh": dWh, "b": db, "Wy": dWy, "by": dby})

    def fit(self, x, y, rng):
        _adam(self, x, y, rng)
        return self


def ctc_collapse(path, blank=0):
    spelled, before = ([], None)
    for label in path:
        if label != before and label != blank:
            spelled.append(int(label))
        before = label
    return np.array(spelled, dtype=int)
