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
    raise NotImplementedError("rnn_step_forward is yours to write")


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
    raise NotImplementedError("rnn_step_backward is yours to write")


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
    raise NotImplementedError("rnn_forward is yours to write")


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
    raise NotImplementedError("rnn_backward is yours to write")


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
    raise NotImplementedError("clip_by_value is yours to write")


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
    raise NotImplementedError("jacobian_norm_bound is yours to write")


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
    raise NotImplementedError("lstm_step_forward is yours to write")


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
    raise NotImplementedError("lstm_step_backward is yours to write")


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
    raise NotImplementedError("lstm_forward is yours to write")


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
    raise NotImplementedError("lstm_backward is yours to write")


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
    raise NotImplementedError("forget_gate_gradient is yours to write")


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
    raise NotImplementedError("peephole_lstm_step is yours to write")


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
    raise NotImplementedError("coupled_lstm_step is yours to write")


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
    raise NotImplementedError("gru_step is yours to write")


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
    raise NotImplementedError("gru_forward is yours to write")


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

    raise NotImplementedError("bidirectional is yours to write")


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
        raise NotImplementedError("LSTMRegressor.__init__ is yours to write")

    def predict(self, x):
        """Predictions (N,) for sequences (N, T, D) of any length T, from zero states."""
        raise NotImplementedError("LSTMRegressor.predict is yours to write")

    def loss_and_gradients(self, x, y):
        """Mean squared error 1/N Σ (ŷ − y)² and its gradients.

        Returns
        -------
        (loss, gradients) : float, and a dict with the keys of `params`
        """
        raise NotImplementedError("LSTMRegressor.loss_and_gradients is yours to write")

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
        raise NotImplementedError("LSTMRegressor.fit is yours to write")


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
    raise NotImplementedError("ctc_collapse is yours to write")
