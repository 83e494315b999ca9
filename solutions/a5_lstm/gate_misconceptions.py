"""What students leave out at the gates of assignment 5's cells: a squashing function, its slope.

Each definition replaces its exercise in a copy of the reference, so it uses that file's names.
"""

# ruff: noqa: F821  # names such as `_sigmoid` belong to the reference's file
import numpy as np

from grader.course import misconception


@misconception("lstm_step_forward", hint="Between which two numbers may a share lie?")
def leaves_the_output_gate_open(x, h, c, Wx, Wh, b):
    """takes the output gate's score for the gate, without σ"""
    a_i, a_f, a_c, o = np.split(x @ Wx + h @ Wh + b, 4, axis=1)
    i, f, g = _sigmoid(a_i), _sigmoid(a_f), np.tanh(a_c)
    c_next = f * c + i * g
    tanh_c = np.tanh(c_next)
    return o * tanh_c, c_next, (x, h, c, Wx, Wh, i, f, g, o, tanh_c)


@misconception("lstm_step_forward", hint="Which of the four blocks does no function squash?")
def leaves_the_candidate_as_it_is(x, h, c, Wx, Wh, b):
    """leaves tanh out of the candidate"""
    a_i, a_f, g, a_o = np.split(x @ Wx + h @ Wh + b, 4, axis=1)
    i, f, o = _sigmoid(a_i), _sigmoid(a_f), _sigmoid(a_o)
    c_next = f * c + i * g
    tanh_c = np.tanh(c_next)
    return o * tanh_c, c_next, (x, h, c, Wx, Wh, i, f, g, o, tanh_c)


@misconception(
    "lstm_step_backward", hint="Which function made i of its scores? Where is its slope?"
)
def skips_the_slope_of_the_input_gate(dh_next, dc_next, cache):
    """leaves the slope i(1 − i) of the input gate out"""
    x, h, c, Wx, Wh, i, f, g, o, tanh_c = cache
    dc = dc_next + dh_next * o * (1 - tanh_c**2)
    da = [dc * g, dc * c * f * (1 - f), dc * i * (1 - g**2), dh_next * tanh_c * o * (1 - o)]
    da = np.concatenate(da, axis=1)
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, h.T @ da, np.sum(da, axis=0)


@misconception(
    "lstm_step_backward", hint="Which function made f of its scores? Where is its slope?"
)
def skips_the_slope_of_the_forget_gate(dh_next, dc_next, cache):
    """leaves the slope f(1 − f) of the forget gate out"""
    x, h, c, Wx, Wh, i, f, g, o, tanh_c = cache
    dc = dc_next + dh_next * o * (1 - tanh_c**2)
    da = [dc * g * i * (1 - i), dc * c, dc * i * (1 - g**2), dh_next * tanh_c * o * (1 - o)]
    da = np.concatenate(da, axis=1)
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, h.T @ da, np.sum(da, axis=0)


@misconception(
    "lstm_step_backward", hint="Which function made o of its scores? Where is its slope?"
)
def skips_the_slope_of_the_output_gate(dh_next, dc_next, cache):
    """leaves the slope o(1 − o) of the output gate out"""
    x, h, c, Wx, Wh, i, f, g, o, tanh_c = cache
    dc = dc_next + dh_next * o * (1 - tanh_c**2)
    da = [dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g**2), dh_next * tanh_c]
    da = np.concatenate(da, axis=1)
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, h.T @ da, np.sum(da, axis=0)


@misconception("lstm_step_backward", hint="The candidate is a tanh. Where is the slope of that?")
def skips_the_slope_of_the_candidate(dh_next, dc_next, cache):
    """leaves the slope 1 − tanh² of the candidate out"""
    x, h, c, Wx, Wh, i, f, g, o, tanh_c = cache
    dc = dc_next + dh_next * o * (1 - tanh_c**2)
    da = [dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i, dh_next * tanh_c * o * (1 - o)]
    da = np.concatenate(da, axis=1)
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, h.T @ da, np.sum(da, axis=0)


@misconception(
    "lstm_step_backward", hint="Between cell and state stands a tanh. Where is its slope?"
)
def skips_the_slope_between_cell_and_state(dh_next, dc_next, cache):
    """leaves the slope 1 − tanh² between the new cell and the state out"""
    x, h, c, Wx, Wh, i, f, g, o, tanh_c = cache
    dc = dc_next + dh_next * o
    da = [dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g**2)]
    da = np.concatenate([*da, dh_next * tanh_c * o * (1 - o)], axis=1)
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, h.T @ da, np.sum(da, axis=0)


@misconception("gru_step", hint="Between which two numbers may a share lie?")
def leaves_the_update_gate_open(x, h, Wx, Wh, b):
    """takes the update gate's score for the gate, without σ"""
    units = h.shape[1]
    x_z, x_r, x_h = np.split(x @ Wx + b, 3, axis=1)
    z = x_z + h @ Wh[:, :units]
    r = _sigmoid(x_r + h @ Wh[:, units : 2 * units])
    return z * h + (1 - z) * np.tanh(x_h + (r * h) @ Wh[:, 2 * units :])


@misconception("gru_step", hint="Between which two numbers does a state lie?")
def leaves_the_new_state_as_it_is(x, h, Wx, Wh, b):
    """leaves tanh out of the candidate"""
    units = h.shape[1]
    x_z, x_r, x_h = np.split(x @ Wx + b, 3, axis=1)
    z = _sigmoid(x_z + h @ Wh[:, :units])
    r = _sigmoid(x_r + h @ Wh[:, units : 2 * units])
    return z * h + (1 - z) * (x_h + (r * h) @ Wh[:, 2 * units :])
