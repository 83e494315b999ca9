"""What students get wrong in assignment 5's LSTM.

Each definition replaces its exercise in a copy of the reference, so it uses that file's names.
"""

# ruff: noqa: F821  # names such as `_sigmoid` belong to the reference's file
import numpy as np

from grader.course import misconception


@misconception("lstm_step_forward", hint="In which order do the four blocks of columns come?")
def cuts_in_another_order(x, h, c, Wx, Wh, b):
    """cuts the columns in the order i, f, o, c"""
    a_i, a_f, a_o, a_c = np.split(x @ Wx + h @ Wh + b, 4, axis=1)
    i, f, g, o = _sigmoid(a_i), _sigmoid(a_f), np.tanh(a_c), _sigmoid(a_o)
    c_next = f * c + i * g
    tanh_c = np.tanh(c_next)
    return o * tanh_c, c_next, (x, h, c, Wx, Wh, i, f, g, o, tanh_c)


@misconception("lstm_step_forward", hint="How large can a cell become, and how large a state?")
def shows_the_cell_itself(x, h, c, Wx, Wh, b):
    """leaves out tanh between the cell and the state"""
    a_i, a_f, a_c, a_o = np.split(x @ Wx + h @ Wh + b, 4, axis=1)
    i, f, g, o = _sigmoid(a_i), _sigmoid(a_f), np.tanh(a_c), _sigmoid(a_o)
    c_next = f * c + i * g
    return o * c_next, c_next, (x, h, c, Wx, Wh, i, f, g, o, np.tanh(c_next))


@misconception("lstm_step_forward", hint="Three blocks are gates. What is the fourth?")
def makes_the_candidate_a_gate(x, h, c, Wx, Wh, b):
    """applies the logistic function to all four blocks, the candidate too"""
    i, f, g, o = np.split(_sigmoid(x @ Wx + h @ Wh + b), 4, axis=1)
    c_next = f * c + i * g
    tanh_c = np.tanh(c_next)
    return o * tanh_c, c_next, (x, h, c, Wx, Wh, i, f, g, o, tanh_c)


@misconception("lstm_step_forward", hint="Which cell does the output gate let through?")
def shows_the_old_cell(x, h, c, Wx, Wh, b):
    """makes the state of the old cell instead of the new one"""
    a_i, a_f, a_c, a_o = np.split(x @ Wx + h @ Wh + b, 4, axis=1)
    i, f, g, o = _sigmoid(a_i), _sigmoid(a_f), np.tanh(a_c), _sigmoid(a_o)
    tanh_c = np.tanh(c)
    return o * tanh_c, f * c + i * g, (x, h, c, Wx, Wh, i, f, g, o, tanh_c)


@misconception("lstm_step_backward", hint="Does the new cell reach the loss through h alone?")
def ignores_the_cells_own_gradient(dh_next, dc_next, cache):
    """leaves dc_next out"""
    x, h, c, Wx, Wh, i, f, g, o, tanh_c = cache
    dc = dh_next * o * (1 - tanh_c**2)
    da = [dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g**2)]
    da = np.concatenate([*da, dh_next * tanh_c * o * (1 - o)], axis=1)
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, h.T @ da, np.sum(da, axis=0)


@misconception("lstm_step_backward", hint="h_next is made of the new cell. Where do you use that?")
def ignores_the_way_through_the_state(dh_next, dc_next, cache):
    """hands no gradient from h_next to the new cell"""
    x, h, c, Wx, Wh, i, f, g, o, tanh_c = cache
    da = [dc_next * g * i * (1 - i), dc_next * c * f * (1 - f), dc_next * i * (1 - g**2)]
    da = np.concatenate([*da, dh_next * tanh_c * o * (1 - o)], axis=1)
    return da @ Wx.T, da @ Wh.T, dc_next * f, x.T @ da, h.T @ da, np.sum(da, axis=0)


@misconception("lstm_step_backward", hint="By what is the old cell multiplied on the way forward?")
def hands_the_old_cell_everything(dh_next, dc_next, cache):
    """returns the new cell's gradient as the old one's, without the forget gate"""
    x, h, c, Wx, Wh, i, f, g, o, tanh_c = cache
    dc = dc_next + dh_next * o * (1 - tanh_c**2)
    da = [dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g**2)]
    da = np.concatenate([*da, dh_next * tanh_c * o * (1 - o)], axis=1)
    return da @ Wx.T, da @ Wh.T, dc, x.T @ da, h.T @ da, np.sum(da, axis=0)


@misconception(
    "lstm_step_backward", hint="What did the forget gate multiply: the old cell or the new?"
)
def lets_the_forget_gate_see_the_new_cell(dh_next, dc_next, cache):
    """uses the new cell in the gradient of the forget gate"""
    x, h, c, Wx, Wh, i, f, g, o, tanh_c = cache
    dc = dc_next + dh_next * o * (1 - tanh_c**2)
    da = [dc * g * i * (1 - i), dc * (f * c + i * g) * f * (1 - f), dc * i * (1 - g**2)]
    da = np.concatenate([*da, dh_next * tanh_c * o * (1 - o)], axis=1)
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, h.T @ da, np.sum(da, axis=0)


@misconception("lstm_step_backward", hint="Each gate is σ of something. Where is the slope of σ?")
def skips_the_slopes_of_the_gates(dh_next, dc_next, cache):
    """leaves the slope σ(1 − σ) of the gates out"""
    x, h, c, Wx, Wh, i, f, g, o, tanh_c = cache
    dc = dc_next + dh_next * o * (1 - tanh_c**2)
    da = np.concatenate([dc * g, dc * c, dc * i * (1 - g**2), dh_next * tanh_c], axis=1)
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, h.T @ da, np.sum(da, axis=0)


@misconception("lstm_forward", hint="What did the cell hold before the first step?")
def starts_with_an_empty_cell(x, h0, c0, Wx, Wh, b):
    """starts from a zero cell whatever c0 says"""
    h, c, states, caches = h0, np.zeros_like(c0), [], []
    for t in range(x.shape[1]):
        h, c, cache = lstm_step_forward(x[:, t], h, c, Wx, Wh, b)
        states.append(h)
        caches.append(cache)
    return np.stack(states, axis=1), c, caches


@misconception("lstm_forward", hint="Which of the two states is asked for second, h or c?")
def returns_the_last_state_for_the_cell(x, h0, c0, Wx, Wh, b):
    """returns the last h where the last c belongs"""
    h, c, states, caches = h0, c0, [], []
    for t in range(x.shape[1]):
        h, c, cache = lstm_step_forward(x[:, t], h, c, Wx, Wh, b)
        states.append(h)
        caches.append(cache)
    return np.stack(states, axis=1), h, caches


@misconception("lstm_forward", hint="Of how many steps is the cell asked for?")
def returns_all_cells(x, h0, c0, Wx, Wh, b):
    """returns the cells of all steps instead of the last one"""
    h, c, states, cells, caches = h0, c0, [], [], []
    for t in range(x.shape[1]):
        h, c, cache = lstm_step_forward(x[:, t], h, c, Wx, Wh, b)
        states.append(h)
        cells.append(c)
        caches.append(cache)
    return np.stack(states, axis=1), np.stack(cells, axis=1), caches


@misconception("lstm_backward", hint="Where does your loop use dc_last?")
def starts_without_the_last_cell(dh, dc_last, cache):
    """leaves dc_last out, which shows only when the last cell matters"""
    dstate, dcell = np.zeros_like(dc_last), np.zeros_like(dc_last)
    dx, totals = [], [0.0, 0.0, 0.0]
    for t in reversed(range(dh.shape[1])):
        dx_t, dstate, dcell, *dweights = lstm_step_backward(dh[:, t] + dstate, dcell, cache[t])
        dx.append(dx_t)
        totals = [total + more for total, more in zip(totals, dweights, strict=True)]
    return np.stack(dx[::-1], axis=1), dstate, dcell, *totals


@misconception("lstm_backward", hint="Was there a cell before the first step? What multiplied it?")
def takes_the_first_cell_for_zero(dh, dc_last, cache):
    """computes as if c0 were zero, which shows only when it is not"""
    x, h, c, *others = cache[0]
    cache = [(x, h, np.zeros_like(c), *others), *cache[1:]]
    dstate, dcell, dx, totals = np.zeros_like(dc_last), dc_last, [], [0.0, 0.0, 0.0]
    for t in reversed(range(dh.shape[1])):
        dx_t, dstate, dcell, *dweights = lstm_step_backward(dh[:, t] + dstate, dcell, cache[t])
        dx.append(dx_t)
        totals = [total + more for total, more in zip(totals, dweights, strict=True)]
    return np.stack(dx[::-1], axis=1), dstate, dcell, *totals


@misconception(
    "lstm_backward", hint="Two gradients go from step to step. Which one does yours lose?"
)
def drops_the_cells_gradient(dh, dc_last, cache):
    """hands only the gradient of h from step to step"""
    dstate, dcell, dx, totals = np.zeros_like(dc_last), dc_last, [], [0.0, 0.0, 0.0]
    for t in reversed(range(dh.shape[1])):
        dx_t, dstate, dc0, *dweights = lstm_step_backward(dh[:, t] + dstate, dcell, cache[t])
        dcell = np.zeros_like(dc_last)
        dx.append(dx_t)
        totals = [total + more for total, more in zip(totals, dweights, strict=True)]
    return np.stack(dx[::-1], axis=1), dstate, dc0, *totals


@misconception(
    "lstm_backward", hint="Two gradients go from step to step. Which one does yours lose?"
)
def drops_the_states_gradient(dh, dc_last, cache):
    """hands only the gradient of the cell from step to step"""
    dstate, dcell, dx, totals = None, dc_last, [], [0.0, 0.0, 0.0]
    for t in reversed(range(dh.shape[1])):
        dx_t, dstate, dcell, *dweights = lstm_step_backward(dh[:, t], dcell, cache[t])
        dx.append(dx_t)
        totals = [total + more for total, more in zip(totals, dweights, strict=True)]
    return np.stack(dx[::-1], axis=1), dstate, dcell, *totals


@misconception("forget_gate_gradient", hint="Of a gradient that is halved twice, how much is left?")
def averages_the_gates(f):
    """averages the gates over time"""
    return np.mean(f, axis=1)


@misconception("forget_gate_gradient", hint="Which axis is time, in an array (N, T, H)?")
def multiplies_over_the_units(f):
    """multiplies over the units instead of over time"""
    return np.prod(f, axis=2)


@misconception("forget_gate_gradient", hint="Is every step's share asked for, or what is left?")
def returns_every_partial_product(f):
    """returns the product up to every step, (N, T, H)"""
    return np.cumprod(f, axis=1)
