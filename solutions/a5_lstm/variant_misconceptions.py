"""What students get wrong in assignment 5's variants of the LSTM, and in reading both ways.

Each definition replaces its exercise in a copy of the reference, so it uses that file's names.
"""

# ruff: noqa: F821  # names such as `_sigmoid` belong to the reference's file
import numpy as np

from grader.course import misconception


@misconception("peephole_lstm_step", hint="Which cell exists when the output gate opens?")
def shows_the_output_gate_the_old_cell(x, h, c, Wx, Wh, b, peepholes):
    """lets the output gate see the old cell"""
    p_i, p_f, p_o = peepholes
    a_i, a_f, a_c, a_o = np.split(x @ Wx + h @ Wh + b, 4, axis=1)
    c_next = _sigmoid(a_f + p_f * c) * c + _sigmoid(a_i + p_i * c) * np.tanh(a_c)
    return _sigmoid(a_o + p_o * c) * np.tanh(c_next), c_next


@misconception("peephole_lstm_step", hint="Which row belongs to which gate?")
def takes_the_rows_in_another_order(x, h, c, Wx, Wh, b, peepholes):
    """takes the rows of the peepholes in the order f, i, o"""
    p_f, p_i, p_o = peepholes
    a_i, a_f, a_c, a_o = np.split(x @ Wx + h @ Wh + b, 4, axis=1)
    c_next = _sigmoid(a_f + p_f * c) * c + _sigmoid(a_i + p_i * c) * np.tanh(a_c)
    return _sigmoid(a_o + p_o * c_next) * np.tanh(c_next), c_next


@misconception("peephole_lstm_step", hint="Where does your code use `peepholes`?")
def has_no_peepholes(x, h, c, Wx, Wh, b, peepholes):
    """is an ordinary LSTM step"""
    return lstm_step_forward(x, h, c, Wx, Wh, b)[:2]


@misconception("peephole_lstm_step", hint="What does a peephole look at, h or c?")
def looks_at_the_state(x, h, c, Wx, Wh, b, peepholes):
    """lets the gates see h through the peepholes instead of the cell"""
    p_i, p_f, p_o = peepholes
    a_i, a_f, a_c, a_o = np.split(x @ Wx + h @ Wh + b, 4, axis=1)
    c_next = _sigmoid(a_f + p_f * h) * c + _sigmoid(a_i + p_i * h) * np.tanh(a_c)
    return _sigmoid(a_o + p_o * h) * np.tanh(c_next), c_next


@misconception("coupled_lstm_step", hint="f near 1: should the old cell stay or go?")
def forgets_what_it_should_keep(x, h, c, Wx, Wh, b):
    """swaps f and 1 − f"""
    a_f, a_c, a_o = np.split(x @ Wx + h @ Wh + b, 3, axis=1)
    f = _sigmoid(a_f)
    c_next = (1 - f) * c + f * np.tanh(a_c)
    return _sigmoid(a_o) * np.tanh(c_next), c_next


@misconception("coupled_lstm_step", hint="How wide is the input gate open when f is 0.9?")
def writes_without_a_gate(x, h, c, Wx, Wh, b):
    """writes the whole candidate, without an input gate"""
    a_f, a_c, a_o = np.split(x @ Wx + h @ Wh + b, 3, axis=1)
    c_next = _sigmoid(a_f) * c + np.tanh(a_c)
    return _sigmoid(a_o) * np.tanh(c_next), c_next


@misconception("coupled_lstm_step", hint="In which order do the three blocks of columns come?")
def cuts_in_another_order(x, h, c, Wx, Wh, b):
    """cuts the columns in the order f, o, c"""
    a_f, a_o, a_c = np.split(x @ Wx + h @ Wh + b, 3, axis=1)
    f = _sigmoid(a_f)
    c_next = f * c + (1 - f) * np.tanh(a_c)
    return _sigmoid(a_o) * np.tanh(c_next), c_next


@misconception("gru_step", hint="Papers disagree. In this course's formula, what does z keep?")
def swaps_keeping_and_renewing(x, h, Wx, Wh, b):
    """is (1 − z)·h + z·ĥ"""
    units = h.shape[1]
    x_z, x_r, x_h = np.split(x @ Wx + b, 3, axis=1)
    z = _sigmoid(x_z + h @ Wh[:, :units])
    r = _sigmoid(x_r + h @ Wh[:, units : 2 * units])
    return (1 - z) * h + z * np.tanh(x_h + (r * h) @ Wh[:, 2 * units :])


@misconception("gru_step", hint="Is the state reset before it meets Wh, or after?")
def resets_after_the_product(x, h, Wx, Wh, b):
    """applies the reset gate after the product with Wh"""
    units = h.shape[1]
    x_z, x_r, x_h = np.split(x @ Wx + b, 3, axis=1)
    z = _sigmoid(x_z + h @ Wh[:, :units])
    r = _sigmoid(x_r + h @ Wh[:, units : 2 * units])
    return z * h + (1 - z) * np.tanh(x_h + r * (h @ Wh[:, 2 * units :]))


@misconception("gru_step", hint="In which order do the three blocks of columns come?")
def swaps_the_two_gates(x, h, Wx, Wh, b):
    """cuts the columns in the order r, z, h"""
    units = h.shape[1]
    x_r, x_z, x_h = np.split(x @ Wx + b, 3, axis=1)
    r = _sigmoid(x_r + h @ Wh[:, :units])
    z = _sigmoid(x_z + h @ Wh[:, units : 2 * units])
    return z * h + (1 - z) * np.tanh(x_h + (r * h) @ Wh[:, 2 * units :])


@misconception("gru_step", hint="Where does your candidate use r?")
def never_resets(x, h, Wx, Wh, b):
    """makes the candidate without the reset gate"""
    a_z, _, a_h = np.split(x @ Wx + h @ Wh + b, 3, axis=1)
    z = _sigmoid(a_z)
    return z * h + (1 - z) * np.tanh(a_h)


@misconception("gru_forward", hint="Where does your loop use h0?")
def starts_from_zero(x, h0, Wx, Wh, b):
    """starts from zeros whatever h0 says"""
    state, states = np.zeros_like(h0), []
    for t in range(x.shape[1]):
        state = gru_step(x[:, t], state, Wx, Wh, b)
        states.append(state)
    return np.stack(states, axis=1), None


@misconception("gru_forward", hint="Which of the three axes is time?")
def puts_time_first(x, h0, Wx, Wh, b):
    """returns time as the first axis, (T, N, H)"""
    state, states = h0, []
    for t in range(x.shape[1]):
        state = gru_step(x[:, t], state, Wx, Wh, b)
        states.append(state)
    return np.stack(states), None


@misconception("gru_forward", hint="Is one state asked for, or one for every step?")
def returns_the_last_state_alone(x, h0, Wx, Wh, b):
    """returns the last state, (N, H)"""
    state = h0
    for t in range(x.shape[1]):
        state = gru_step(x[:, t], state, Wx, Wh, b)
    return state, None


@misconception("bidirectional", hint="Which step does row 0 of the second reading belong to?")
def leaves_the_backward_half_turned(x, forward_params, backward_params):
    """joins the backward half as it was read, last step first"""
    halves = []
    for sequence, params in ((x, forward_params), (x[:, ::-1], backward_params)):
        zeros = np.zeros((len(x), len(params[1])))
        halves.append(lstm_forward(sequence, zeros, zeros, *params)[0])
    return np.concatenate(halves, axis=2)


@misconception("bidirectional", hint="Does your second layer read from the right?")
def reads_forwards_twice(x, forward_params, backward_params):
    """reads from the left both times"""
    halves = []
    for params in (forward_params, backward_params):
        zeros = np.zeros((len(x), len(params[1])))
        halves.append(lstm_forward(x, zeros, zeros, *params)[0])
    return np.concatenate(halves, axis=2)


@misconception("bidirectional", hint="Which half comes first?")
def puts_the_backward_half_first(x, forward_params, backward_params):
    """puts the backward half before the forward one"""
    halves = []
    for turn, params in ((-1, backward_params), (1, forward_params)):
        zeros = np.zeros((len(x), len(params[1])))
        halves.append(lstm_forward(x[:, ::turn], zeros, zeros, *params)[0][:, ::turn])
    return np.concatenate(halves, axis=2)


@misconception("bidirectional", hint="How many columns do H₁ and H₂ units make together?")
def adds_the_halves(x, forward_params, backward_params):
    """adds the halves up instead of joining them"""
    halves = []
    for turn, params in ((1, forward_params), (-1, backward_params)):
        zeros = np.zeros((len(x), len(params[1])))
        halves.append(lstm_forward(x[:, ::turn], zeros, zeros, *params)[0][:, ::turn])
    return halves[0] + halves[1]
