"""Sequences, states and weights for the cases of assignment 5."""

import numpy as np


def layer(rng, d, h, gates=1):
    """Weights of a recurrent layer, small enough that nothing saturates."""
    return {
        "Wx": 0.7 * rng.normal(size=(d, gates * h)),
        "Wh": 0.7 * rng.normal(size=(h, gates * h)),
        "b": 0.5 * rng.normal(size=gates * h),
    }


def rnn_step(rng, n, d, h, gates=1):
    """All arguments of a step with one state."""
    return {"x": rng.normal(size=(n, d)), "h": rng.normal(size=(n, h)), **layer(rng, d, h, gates)}


def lstm_step(rng, n, d, h, gates=4):
    """All arguments of a step with two states."""
    states = {name: rng.normal(size=(n, h)) for name in ("h", "c")}
    return {"x": rng.normal(size=(n, d)), **states, **layer(rng, d, h, gates)}


def rnn_sequence(rng, n, t, d, h, gates=1):
    """All arguments of a layer with one state."""
    x, h0 = rng.normal(size=(n, t, d)), rng.normal(size=(n, h))
    return {"x": x, "h0": h0, **layer(rng, d, h, gates)}


def lstm_sequence(rng, n, t, d, h):
    """All arguments of a layer with two states."""
    x, h0, c0 = rng.normal(size=(n, t, d)), rng.normal(size=(n, h)), rng.normal(size=(n, h))
    return {"x": x, "h0": h0, "c0": c0, **layer(rng, d, h, 4)}


def last_step_only(rng, n, t, h):
    """The gradient of every step's output, for a loss that looks at the last step alone."""
    dh = np.zeros((n, t, h))
    dh[:, -1] = rng.normal(size=(n, h))
    return dh
