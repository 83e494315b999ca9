"""What students get wrong in assignment 5's plain network, clipping and Jacobian bound.

Each definition replaces its exercise in a copy of the reference, so it uses that file's names.
"""

# ruff: noqa: F821  # names such as `rnn_step_backward` belong to the reference's file
import numpy as np

from grader.course import misconception


@misconception("rnn_step_forward", hint="Between which two values does a state lie?")
def leaves_tanh_out(x, h, Wx, Wh, b):
    """is linear: tanh is missing"""
    h_next = x @ Wx + h @ Wh + b
    return h_next, (x, h, Wx, Wh, h_next)


@misconception("rnn_step_forward", hint="What would this network remember of the step before?")
def forgets_the_old_state(x, h, Wx, Wh, b):
    """leaves the old state out, and so remembers nothing"""
    h_next = np.tanh(x @ Wx + b)
    return h_next, (x, h, Wx, Wh, h_next)


@misconception("rnn_step_forward", hint="Can a state of yours be negative?")
def squashes_by_a_sigmoid(x, h, Wx, Wh, b):
    """squashes by the logistic function instead of tanh"""
    h_next = 1 / (1 + np.exp(-(x @ Wx + h @ Wh + b)))
    return h_next, (x, h, Wx, Wh, h_next)


@misconception("rnn_step_backward", hint="Is what you square the state, or tanh of it?")
def applies_tanh_once_more(dh_next, cache):
    """takes the slope at the state, as if tanh had yet to be applied"""
    x, h, Wx, Wh, h_next = cache
    da = dh_next * (1 - np.tanh(h_next) ** 2)
    return da @ Wx.T, da @ Wh.T, x.T @ da, h.T @ da, np.sum(da, axis=0)


@misconception("rnn_step_backward", hint="What lies between h_next and the two products?")
def skips_the_slope_of_tanh(dh_next, cache):
    """passes the gradient through tanh unchanged"""
    x, h, Wx, Wh, _ = cache
    return dh_next @ Wx.T, dh_next @ Wh.T, x.T @ dh_next, h.T @ dh_next, np.sum(dh_next, axis=0)


@misconception("rnn_step_backward", hint="Wh is square, so its shape does not warn you.")
def forgets_the_transpose_of_wh(dh_next, cache):
    """multiplies by Wh where its transpose belongs"""
    x, h, Wx, Wh, h_next = cache
    da = dh_next * (1 - h_next**2)
    return da @ Wx.T, da @ Wh, x.T @ da, h.T @ da, np.sum(da, axis=0)


@misconception("rnn_step_backward", hint="Has anything been divided by N on the way forward?")
def averages_over_the_rows(dh_next, cache):
    """averages the weights' gradients over the rows instead of adding them up"""
    x, h, Wx, Wh, h_next = cache
    da = dh_next * (1 - h_next**2)
    return da @ Wx.T, da @ Wh.T, x.T @ da / len(x), h.T @ da / len(x), np.mean(da, axis=0)


@misconception("rnn_forward", hint="Where does your loop use h0?")
def starts_from_zero(x, h0, Wx, Wh, b):
    """starts from zeros whatever h0 says"""
    state, states, caches = np.zeros_like(h0), [], []
    for t in range(x.shape[1]):
        state, cache = rnn_step_forward(x[:, t], state, Wx, Wh, b)
        states.append(state)
        caches.append(cache)
    return np.stack(states, axis=1), caches


@misconception("rnn_forward", hint="Which of the three axes is time?")
def puts_time_first(x, h0, Wx, Wh, b):
    """returns time as the first axis, (T, N, H)"""
    state, states, caches = h0, [], []
    for t in range(x.shape[1]):
        state, cache = rnn_step_forward(x[:, t], state, Wx, Wh, b)
        states.append(state)
        caches.append(cache)
    return np.stack(states), caches


@misconception("rnn_forward", hint="Which state does step 2 start from?")
def never_carries_the_state(x, h0, Wx, Wh, b):
    """starts every step from h0 instead of from the state before it"""
    states, caches = [], []
    for t in range(x.shape[1]):
        state, cache = rnn_step_forward(x[:, t], h0, Wx, Wh, b)
        states.append(state)
        caches.append(cache)
    return np.stack(states, axis=1), caches


@misconception("rnn_backward", hint="In how many ways does the state after step 1 reach the loss?")
def cuts_time(dh, cache):
    """hands no gradient from a step to the one before it"""
    dx, totals, dstate = [], [0.0, 0.0, 0.0], None
    for t in reversed(range(dh.shape[1])):
        dx_t, dstate, *dweights = rnn_step_backward(dh[:, t], cache[t])
        dx.append(dx_t)
        totals = [total + more for total, more in zip(totals, dweights, strict=True)]
    return np.stack(dx[::-1], axis=1), dstate, *totals


@misconception("rnn_backward", hint="Do all rows of dh matter, or only the last?")
def starts_with_the_last_output_alone(dh, cache):
    """uses the gradient of the last output and none of the others"""
    dstate, dx, totals = dh[:, -1], [], [0.0, 0.0, 0.0]
    for t in reversed(range(dh.shape[1])):
        dx_t, dstate, *dweights = rnn_step_backward(dstate, cache[t])
        dx.append(dx_t)
        totals = [total + more for total, more in zip(totals, dweights, strict=True)]
    return np.stack(dx[::-1], axis=1), dstate, *totals


@misconception("rnn_backward", hint="How many steps use the same Wx?")
def keeps_the_weights_of_one_step(dh, cache):
    """overwrites the weights' gradients at every step instead of adding them up"""
    dstate, dx, dweights = np.zeros_like(dh[:, 0]), [], []
    for t in reversed(range(dh.shape[1])):
        dx_t, dstate, *dweights = rnn_step_backward(dh[:, t] + dstate, cache[t])
        dx.append(dx_t)
    return np.stack(dx[::-1], axis=1), dstate, *dweights


@misconception("rnn_backward", hint="In which order do the rows of your dx come into being?")
def leaves_dx_turned_around(dh, cache):
    """returns dx from the last step to the first"""
    dstate, dx, totals = np.zeros_like(dh[:, 0]), [], [0.0, 0.0, 0.0]
    for t in reversed(range(dh.shape[1])):
        dx_t, dstate, *dweights = rnn_step_backward(dh[:, t] + dstate, cache[t])
        dx.append(dx_t)
        totals = [total + more for total, more in zip(totals, dweights, strict=True)]
    return np.stack(dx, axis=1), dstate, *totals


@misconception("clip_by_value", hint="Does a small entry change because another one is large?")
def scales_by_the_norm(grads, limit):
    """scales each gradient until its norm is at most the limit"""
    if limit < 0:
        raise ValueError(f"limit={limit}")
    norms = {name: np.linalg.norm(grad) for name, grad in grads.items()}
    return {name: grad * min(1.0, limit / norms[name]) for name, grad in grads.items()}


@misconception("clip_by_value", hint="How far below zero may an entry be?")
def clips_above_alone(grads, limit):
    """clips large positive entries and lets negative ones pass"""
    if limit < 0:
        raise ValueError(f"limit={limit}")
    return {name: np.minimum(grad, limit) for name, grad in grads.items()}


@misconception("clip_by_value", hint="What does the caller find in its own dict afterwards?")
def clips_in_place(grads, limit):
    """writes into the gradients that it was given"""
    if limit < 0:
        raise ValueError(f"limit={limit}")
    for grad in grads.values():
        np.clip(grad, -limit, limit, out=grad)
    return grads


@misconception("clip_by_value", hint="What is an interval from 1 to −1?")
def takes_any_limit(grads, limit):
    """accepts a negative limit"""
    return {name: np.clip(grad, -limit, limit) for name, grad in grads.items()}


@misconception(
    "jacobian_norm_bound", hint="Which vector is stretched most, when Wh is not symmetric?"
)
def takes_the_largest_eigenvalue(Wh, activation_bound, steps):
    """takes the largest eigenvalue for the largest singular value"""
    return (np.max(np.abs(np.linalg.eigvals(Wh))) * activation_bound) ** steps


@misconception("jacobian_norm_bound", hint="Which norm does `np.linalg.norm` compute by itself?")
def takes_the_frobenius_norm(Wh, activation_bound, steps):
    """takes the Frobenius norm, which counts all singular values"""
    return (np.linalg.norm(Wh) * activation_bound) ** steps


@misconception("jacobian_norm_bound", hint="How often is the gradient squeezed by the activation?")
def squeezes_once(Wh, activation_bound, steps):
    """multiplies by γ once instead of at every step"""
    return np.linalg.norm(Wh, ord=2) ** steps * activation_bound


@misconception("jacobian_norm_bound", hint="Does a chain of k factors add up, or multiply?")
def multiplies_by_the_steps(Wh, activation_bound, steps):
    """multiplies by k instead of taking the k-th power"""
    return np.linalg.norm(Wh, ord=2) * activation_bound * steps
