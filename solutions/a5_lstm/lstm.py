"""Assignment 5: recurrent networks, LSTM and GRU, forward and backward through time.

Shapes: N sequences, T steps, D inputs, H hidden units; `x (N, T, D)` a batch of sequences and
`x (N, D)` one step of it, states `h (N, H)` and `c (N, H)`. Weights as in Keras: `Wx (D, gates·H)`,
`Wh (H, gates·H)`, `b (gates·H,)`, gate after gate. No function changes its inputs. A cache is
yours: put into it what your backward needs.
"""

import numpy as np


def rnn_step_forward(x, h, Wx, Wh, b):
    """One step of a plain recurrent network: h' = tanh(x Wx + h Wh + b).

    Parameters
    ----------
    x : array (N, D)
    h : array (N, H)
    Wx, Wh, b : arrays (D, H), (H, H) and (H,)

    Returns
    -------
    (h_next, cache) : array (N, H), and anything that `rnn_step_backward` needs

    Source: N5, section 5.3.1.
    """
    ### BEGIN SOLUTION
    h_next = np.tanh(x @ Wx + h @ Wh + b)  # (N, H)
    return h_next, (x, h, Wx, Wh, h_next)
    ### END SOLUTION


def rnn_step_backward(dh_next, cache):
    """Gradients of one plain step; with a = x Wx + h Wh + b, ∂L/∂a = ∂L/∂h' · (1 − h'²).

    Parameters
    ----------
    dh_next : array (N, H)
        The gradient of the loss with respect to `h_next`.
    cache : what your `rnn_step_forward` returned

    Returns
    -------
    (dx, dh, dWx, dWh, db) : arrays of the shapes of the forward's arguments

    Source: N5, section 5.3.2.
    """
    ### BEGIN SOLUTION
    x, h, Wx, Wh, h_next = cache
    da = dh_next * (1.0 - h_next**2)  # (N, H)
    return da @ Wx.T, da @ Wh.T, x.T @ da, h.T @ da, np.sum(da, axis=0)
    ### END SOLUTION


def rnn_forward(x, h0, Wx, Wh, b):
    """Run a plain recurrent network over all steps, from the state h0.

    Parameters
    ----------
    x : array (N, T, D)
    h0 : array (N, H)

    Returns
    -------
    (h, cache) : the states after each step, `(N, T, H)`, and anything

    Source: N5, section 5.3.1.
    """
    ### BEGIN SOLUTION
    state, states, caches = h0, [], []
    for t in range(x.shape[1]):
        state, cache = rnn_step_forward(x[:, t], state, Wx, Wh, b)  # (N, H)
        states.append(state)
        caches.append(cache)
    return np.stack(states, axis=1), caches
    ### END SOLUTION


def rnn_backward(dh, cache):
    """Backpropagation through time: weights serve every step, so their gradients add up.

    The state after step t reaches the loss in two ways: by itself and by way of step t + 1.

    Parameters
    ----------
    dh : array (N, T, H)
        The gradient of the loss with respect to every step's state as an output.
    cache : what your `rnn_forward` returned

    Returns
    -------
    (dx, dh0, dWx, dWh, db) : `dx (N, T, D)`, the others as the forward's arguments

    Source: N5, section 5.3.2.
    """
    ### BEGIN SOLUTION
    dstate, dx, totals = np.zeros_like(dh[:, 0]), [], [0.0, 0.0, 0.0]
    for t in reversed(range(dh.shape[1])):
        dx_t, dstate, *dweights = rnn_step_backward(dh[:, t] + dstate, cache[t])
        dx.append(dx_t)  # the last step first
        totals = [total + more for total, more in zip(totals, dweights, strict=True)]
    return np.stack(dx[::-1], axis=1), dstate, *totals
    ### END SOLUTION


def clip_by_value(grads, limit):
    """Clip every entry of every gradient to [−limit, limit].

    Parameters
    ----------
    grads : dict of arrays
    limit : number, at least 0

    Returns
    -------
    dict of arrays with the same keys; the given one stays as it is

    Raises
    ------
    ValueError
        For limit < 0; the message names it.

    Source: Goodfellow, Bengio and Courville, Deep Learning, section 10.11.1.
    """
    ### BEGIN SOLUTION
    if limit < 0:
        raise ValueError(f"Expected limit >= 0. Received: limit={limit}")
    return {name: np.clip(grad, -limit, limit) for name, grad in grads.items()}
    ### END SOLUTION


def jacobian_norm_bound(Wh, activation_bound, steps):
    """Bound of ‖∂h_t/∂h_{t−k}‖: (s_max(Wh) · γ)^k, with the largest singular value of Wh.

    Where s_max · γ is below 1, gradients must vanish in the long run; above 1 they can explode.

    Parameters
    ----------
    Wh : array (H, H)
    activation_bound : number
        γ, the largest slope of the activation: 1 for tanh, 1/4 for the sigmoid.
    steps : int
        k; for 0 steps the bound is 1.0.

    Returns
    -------
    float

    Source: N5, section 5.4; Pascanu, Mikolov and Bengio, On the difficulty of training
    recurrent neural networks (2013).
    """
    ### BEGIN SOLUTION
    return (np.linalg.norm(Wh, ord=2) * activation_bound) ** steps
    ### END SOLUTION


### BEGIN SOLUTION
def _sigmoid(z):
    """Logistic function, by way of tanh, which cannot overflow."""
    return 0.5 * (1.0 + np.tanh(0.5 * z))


### END SOLUTION


def lstm_step_forward(x, h, c, Wx, Wh, b):
    """One step of an LSTM. With a = x Wx + h Wh + b, cut into four along its columns:

    i = σ(a_i), f = σ(a_f), g = tanh(a_c), o = σ(a_o); c' = f·c + i·g; h' = o·tanh(c'). σ is the
    sigmoid 1/(1 + e^−a). Finite for scores of ±1000, too.

    Parameters
    ----------
    x : array (N, D)
    h, c : arrays (N, H)
    Wx, Wh, b : arrays (D, 4H), (H, 4H) and (4H,)
        Gate order i, f, c, o.

    Returns
    -------
    (h_next, c_next, cache) : two arrays (N, H), and anything

    Source: N5, sections 5.5.1 to 5.5.5; the formulas, without biases, in 5.6.
    """
    ### BEGIN SOLUTION
    a_i, a_f, a_c, a_o = np.split(x @ Wx + h @ Wh + b, 4, axis=1)  # (N, H) each
    i, f, g, o = _sigmoid(a_i), _sigmoid(a_f), np.tanh(a_c), _sigmoid(a_o)
    c_next = f * c + i * g
    tanh_c = np.tanh(c_next)
    return o * tanh_c, c_next, (x, h, c, Wx, Wh, i, f, g, o, tanh_c)
    ### END SOLUTION


def lstm_step_backward(dh_next, dc_next, cache):
    """Gradients of one LSTM step.

    c' reaches the loss in two ways: ∂L/∂c' = dc_next + dh_next · o · (1 − tanh²(c')). From there
    c gets the share f, which is why gradients survive.

    Parameters
    ----------
    dh_next, dc_next : arrays (N, H)
        The gradients of the loss with respect to `h_next` and (not by way of it) `c_next`.
    cache : what your `lstm_step_forward` returned

    Returns
    -------
    (dx, dh, dc, dWx, dWh, db) : arrays of the shapes of the forward's arguments

    Source: the chain rule; N5, section 5.6, for the way along the cells.
    """
    ### BEGIN SOLUTION
    x, h, c, Wx, Wh, i, f, g, o, tanh_c = cache
    dc_total = dc_next + dh_next * o * (1.0 - tanh_c**2)  # (N, H)
    da_i = dc_total * g * i * (1.0 - i)
    da_f = dc_total * c * f * (1.0 - f)
    da_c = dc_total * i * (1.0 - g**2)
    da_o = dh_next * tanh_c * o * (1.0 - o)
    da = np.concatenate([da_i, da_f, da_c, da_o], axis=1)  # (N, 4H)
    return da @ Wx.T, da @ Wh.T, dc_total * f, x.T @ da, h.T @ da, np.sum(da, axis=0)
    ### END SOLUTION


def lstm_forward(x, h0, c0, Wx, Wh, b):
    """Run an LSTM over all steps, from the states h0 and c0.

    Parameters
    ----------
    x : array (N, T, D)
    h0, c0 : arrays (N, H)

    Returns
    -------
    (h, c_last, cache) : `(N, T, H)` the states after each step, `(N, H)` the last cell, anything

    Source: N5, section 5.5.
    """
    ### BEGIN SOLUTION
    h, c, states, caches = h0, c0, [], []
    for t in range(x.shape[1]):
        h, c, cache = lstm_step_forward(x[:, t], h, c, Wx, Wh, b)  # (N, H) each
        states.append(h)
        caches.append(cache)
    return np.stack(states, axis=1), c, caches
    ### END SOLUTION


def lstm_backward(dh, dc_last, cache):
    """Backpropagation through time for an LSTM.

    Parameters
    ----------
    dh : array (N, T, H)
        The gradient of the loss with respect to every step's h as an output.
    dc_last : array (N, H)
        The gradient with respect to the last cell as an output.
    cache : what your `lstm_forward` returned

    Returns
    -------
    (dx, dh0, dc0, dWx, dWh, db) : `dx (N, T, D)`, the others as the forward's arguments

    Source: the chain rule; N5, section 5.6, for the way along the cells.
    """
    ### BEGIN SOLUTION
    dstate, dcell, dx, totals = np.zeros_like(dc_last), dc_last, [], [0.0, 0.0, 0.0]
    for t in reversed(range(dh.shape[1])):
        dx_t, dstate, dcell, *dweights = lstm_step_backward(dh[:, t] + dstate, dcell, cache[t])
        dx.append(dx_t)  # the last step first
        totals = [total + more for total, more in zip(totals, dweights, strict=True)]
    return np.stack(dx[::-1], axis=1), dstate, dcell, *totals
    ### END SOLUTION


def forget_gate_gradient(f):
    """How much of the last cell's gradient arrives at the initial cell c0: Π_t f_t, elementwise.

    Along the cells alone: what goes by way of the states is left out.

    Parameters
    ----------
    f : array (N, T, H)
        The forget gate of every step, all T of them.

    Returns
    -------
    array (N, H)

    Source: N5, section 5.6.
    """
    ### BEGIN SOLUTION
    return np.prod(f, axis=1)
    ### END SOLUTION


def peephole_lstm_step(x, h, c, Wx, Wh, b, peepholes):
    """One step of an LSTM whose gates also see the cell, each unit its own entry.

    With the scores a of `lstm_step_forward`: i = σ(a_i + p_i·c), f = σ(a_f + p_f·c),
    c' = f·c + i·tanh(a_c), o = σ(a_o + p_o·c'), h' = o·tanh(c').

    Parameters
    ----------
    Wx, Wh, b : arrays (D, 4H), (H, 4H) and (4H,)
        Gate order i, f, c, o.
    peepholes : array (3, H)
        Rows p_i, p_f, p_o: i and f look at the old cell, o at the new one.

    Returns
    -------
    (h_next, c_next) : arrays (N, H)

    Source: Gers and Schmidhuber, Recurrent nets that time and count (2000).
    """
    ### BEGIN SOLUTION
    p_i, p_f, p_o = peepholes  # (H,) each
    a_i, a_f, a_c, a_o = np.split(x @ Wx + h @ Wh + b, 4, axis=1)  # (N, H) each
    i, f = _sigmoid(a_i + p_i * c), _sigmoid(a_f + p_f * c)
    c_next = f * c + i * np.tanh(a_c)
    return _sigmoid(a_o + p_o * c_next) * np.tanh(c_next), c_next
    ### END SOLUTION


def coupled_lstm_step(x, h, c, Wx, Wh, b):
    """One step of an LSTM that writes just where it forgets: i = 1 − f.

    c' = f·c + (1 − f)·tanh(a_c), h' = o·tanh(c').

    Parameters
    ----------
    Wx, Wh, b : arrays (D, 3H), (H, 3H) and (3H,)
        Gate order f, c, o.

    Returns
    -------
    (h_next, c_next) : arrays (N, H)

    Source: Greff et al., LSTM: a search space odyssey (2017).
    """
    ### BEGIN SOLUTION
    a_f, a_c, a_o = np.split(x @ Wx + h @ Wh + b, 3, axis=1)  # (N, H) each
    f = _sigmoid(a_f)
    c_next = f * c + (1.0 - f) * np.tanh(a_c)
    return _sigmoid(a_o) * np.tanh(c_next), c_next
    ### END SOLUTION


def gru_step(x, h, Wx, Wh, b):
    """One step of a GRU: h' = z·h + (1 − z)·ĥ with ĥ = tanh(x Wx_h + (r·h) Wh_h + b_h).

    The update gate z and the reset gate r are σ of x Wx + h Wh + b, each with its own columns. The
    reset gate works before the product with Wh (in Keras: `reset_after=False`).

    Parameters
    ----------
    x : array (N, D)
    h : array (N, H)
    Wx, Wh, b : arrays (D, 3H), (H, 3H) and (3H,)
        Gate order z, r, h.

    Returns
    -------
    array (N, H)

    Source: Cho et al., Learning phrase representations using RNN encoder–decoder (2014).
    """
    ### BEGIN SOLUTION
    units = h.shape[1]
    x_z, x_r, x_h = np.split(x @ Wx + b, 3, axis=1)  # (N, H) each
    z = _sigmoid(x_z + h @ Wh[:, :units])
    r = _sigmoid(x_r + h @ Wh[:, units : 2 * units])
    candidate = np.tanh(x_h + (r * h) @ Wh[:, 2 * units :])
    return z * h + (1.0 - z) * candidate
    ### END SOLUTION


def gru_forward(x, h0, Wx, Wh, b):
    """Run a GRU over all steps, from the state h0.

    Parameters
    ----------
    x : array (N, T, D)
    h0 : array (N, H)

    Returns
    -------
    (h, cache) : the states after each step, `(N, T, H)`, and anything, also None

    Source: Cho et al. (2014).
    """
    ### BEGIN SOLUTION
    state, states = h0, []
    for t in range(x.shape[1]):
        state = gru_step(x[:, t], state, Wx, Wh, b)  # (N, H)
        states.append(state)
    return np.stack(states, axis=1), None
    ### END SOLUTION


def bidirectional(x, forward_params, backward_params):
    """Two LSTMs from zero states, one reading from the left and one from the right, side by side.

    Entry [:, t] of either half speaks of step t: what the second one says, in the order in which
    it reads, is turned back in time before the halves are joined.

    Parameters
    ----------
    x : array (N, T, D)
    forward_params, backward_params : tuples (Wx, Wh, b)
        Their numbers of units, H₁ and H₂, may differ.

    Returns
    -------
    array (N, T, H₁ + H₂)
        The forward half first.

    Source: Schuster and Paliwal, Bidirectional recurrent neural networks (1997).
    """

    ### BEGIN SOLUTION
    def run(sequence, params):
        zeros = np.zeros((len(x), len(params[1])), like=x)  # (N, H₁) or (N, H₂)
        return lstm_forward(sequence, zeros, zeros, *params)[0]

    backward = run(x[:, ::-1], backward_params)[:, ::-1]  # (N, T, H₂)
    return np.concatenate([run(x, forward_params), backward], axis=2)
    ### END SOLUTION


### BEGIN SOLUTION
def _fresh_params(n_inputs, n_hidden, rng):
    """First weights of a regressor, as large as keeps the sizes of what passes through them."""
    rng = np.random.default_rng(rng)
    b = np.zeros(4 * n_hidden)
    b[n_hidden : 2 * n_hidden] = 1.0  # remember, until taught to forget
    return {
        "Wx": rng.normal(size=(n_inputs, 4 * n_hidden)) / np.sqrt(n_inputs),
        "Wh": rng.normal(size=(n_hidden, 4 * n_hidden)) / np.sqrt(n_hidden),
        "b": b,
        "Wy": rng.normal(size=(n_hidden, 1)) / np.sqrt(n_hidden),
        "by": np.zeros(1),
    }


def _run_from_zero(params, x):
    """The states (N, T, H) of an LSTM that starts from zeros, and its cache."""
    zeros = np.zeros((len(x), len(params["Wh"])), like=x)  # (N, H)
    h, _, cache = lstm_forward(x, zeros, zeros, params["Wx"], params["Wh"], params["b"])
    return h, cache


def _adam(model, x, y, rng, epochs=50, size=32):
    """Adam on clipped gradients; the learning rate falls in a line to 0.

    Source: Kingma and Ba, Adam: a method for stochastic optimization (2015).
    """
    rng, params = np.random.default_rng(rng), model.params
    last = epochs * -(-len(x) // size)  # the number of the last step
    first = {name: np.zeros_like(weights) for name, weights in params.items()}
    second = {name: np.zeros_like(weights) for name, weights in params.items()}
    orders = (rng.permutation(len(x)) for _ in range(epochs))
    batches = (order[i : i + size] for order in orders for i in range(0, len(x), size))
    for step, batch in enumerate(batches, start=1):
        _, gradients = model.loss_and_gradients(x[batch], y[batch])
        learning_rate = 0.02 * (1.0 - step / last)
        for name, grad in clip_by_value(gradients, 1.0).items():
            first[name] = 0.9 * first[name] + 0.1 * grad
            second[name] = 0.999 * second[name] + 0.001 * grad**2
            mean, square = first[name] / (1 - 0.9**step), second[name] / (1 - 0.999**step)
            params[name] = params[name] - learning_rate * mean / (np.sqrt(square) + 1e-7)


### END SOLUTION


class LSTMRegressor:
    """Reads a sequence with an LSTM and predicts one number from its last h: ŷ = h_T Wy + by.

    Parameters
    ----------
    n_inputs, n_hidden : int
        D and H.
    rng : np.random.Generator or None
        Draws the first Wx, Wh and Wy; None means any generator.

    Attributes
    ----------
    params : dict of float64 arrays
        Wx (D, 4H), Wh (H, 4H), b (4H,), Wy (H, 1), by (1,). Every method reads them when called.

    Source: Hochreiter and Schmidhuber, Long short-term memory, Neural Computation 9 (1997).
    """

    def __init__(self, n_inputs, n_hidden, rng):
        ### BEGIN SOLUTION
        self.params = _fresh_params(n_inputs, n_hidden, rng)
        ### END SOLUTION

    def predict(self, x):
        """Predictions (N,) for sequences (N, T, D) of any length T, from zero states."""
        ### BEGIN SOLUTION
        h, _ = _run_from_zero(self.params, x)
        return (h[:, -1] @ self.params["Wy"] + self.params["by"])[:, 0]
        ### END SOLUTION

    def loss_and_gradients(self, x, y):
        """Mean squared error 1/N Σ (ŷ − y)² and its gradients.

        Returns
        -------
        (loss, gradients) : float, and a dict with the keys of `params`
        """
        ### BEGIN SOLUTION
        h, cache = _run_from_zero(self.params, x)
        output = h[:, -1] @ self.params["Wy"] + self.params["by"]  # (N, 1)
        residual = output - y[:, None]  # (N, 1)
        doutput = 2.0 / len(y) * residual
        dh = np.zeros_like(h)  # (N, T, H): only the last step is used
        dh[:, -1] = doutput @ self.params["Wy"].T
        *_, dWx, dWh, db = lstm_backward(dh, np.zeros_like(h[:, -1]), cache)
        dWy, dby = h[:, -1].T @ doutput, np.sum(doutput, axis=0)
        return np.mean(residual**2), {"Wx": dWx, "Wh": dWh, "b": db, "Wy": dWy, "by": dby}
        ### END SOLUTION

    def fit(self, x, y, rng):
        """Fit the weights to sequences (N, T, D) and targets (N,), by any method.

        Parameters
        ----------
        rng : np.random.Generator or None
            For whatever the method draws; None means any generator.

        Returns
        -------
        self
        """
        ### BEGIN SOLUTION
        _adam(self, x, y, rng)
        return self
        ### END SOLUTION


def ctc_collapse(path, blank=0):
    """What a path of frame-wise labels spells: merge repeats, then drop the blanks.

    A blank between two equal labels keeps both.

    Parameters
    ----------
    path : list or 1-D array of integers
    blank : int

    Returns
    -------
    1-D array of integers; for an empty path, an empty one

    Examples
    --------
    >>> ctc_collapse([0, 1, 1, 0, 1, 2, 2])
    array([1, 1, 2])

    Source: Graves et al., Connectionist temporal classification (2006).
    """
    ### BEGIN SOLUTION
    path = np.asarray(path, dtype=int)
    first_of_run = np.ones(len(path), dtype=bool)
    first_of_run[1:] = path[1:] != path[:-1]
    return path[first_of_run & (path != blank)]
    ### END SOLUTION
