"""What students get wrong in assignment 5's regressor, and in collapsing paths.

Each definition replaces its exercise in a copy of the reference, so it uses that file's names.
"""

# ruff: noqa: F821  # names such as `_run_from_zero` belong to the reference's file
import numpy as np

from grader.course import misconception


@misconception("LSTMRegressor", hint="Which step's state is the prediction made from?")
class ReadsTheMeanState:
    """predicts from the mean of all states instead of from the last"""

    def __init__(self, n_inputs, n_hidden, rng):
        self.params = _fresh_params(n_inputs, n_hidden, rng)

    def predict(self, x):
        h, _ = _run_from_zero(self.params, x)
        return (np.mean(h, axis=1) @ self.params["Wy"] + self.params["by"])[:, 0]

    def loss_and_gradients(self, x, y):
        h, cache = _run_from_zero(self.params, x)
        residual = self.predict(x) - y
        doutput = (2 / len(y) * residual)[:, None]
        dh = np.repeat((doutput @ self.params["Wy"].T)[:, None], h.shape[1], axis=1) / h.shape[1]
        *_, dWx, dWh, db = lstm_backward(dh, np.zeros_like(h[:, -1]), cache)
        dWy, dby = np.mean(h, axis=1).T @ doutput, np.sum(doutput, axis=0)
        return np.mean(residual**2), {"Wx": dWx, "Wh": dWh, "b": db, "Wy": dWy, "by": dby}

    def fit(self, x, y, rng):
        _adam(self, x, y, rng, epochs=1)
        return self


@misconception("LSTMRegressor", hint="Is there a half in this loss?")
class HalvesTheLoss:
    """has half the mean squared error for its loss"""

    def __init__(self, n_inputs, n_hidden, rng):
        self.params = _fresh_params(n_inputs, n_hidden, rng)

    def predict(self, x):
        h, _ = _run_from_zero(self.params, x)
        return (h[:, -1] @ self.params["Wy"] + self.params["by"])[:, 0]

    def loss_and_gradients(self, x, y):
        h, cache = _run_from_zero(self.params, x)
        residual = self.predict(x) - y
        doutput = (residual / len(y))[:, None]
        dh = np.zeros_like(h)
        dh[:, -1] = doutput @ self.params["Wy"].T
        *_, dWx, dWh, db = lstm_backward(dh, np.zeros_like(h[:, -1]), cache)
        dWy, dby = h[:, -1].T @ doutput, np.sum(doutput, axis=0)
        return np.mean(residual**2) / 2, {"Wx": dWx, "Wh": dWh, "b": db, "Wy": dWy, "by": dby}

    def fit(self, x, y, rng):
        _adam(self, x, y, rng, epochs=1)
        return self


@misconception("LSTMRegressor", hint="Your loss is a mean. Is your gradient that of a mean?")
class DoesNotDivideTheGradient:
    """returns the gradient of the sum of squares beside the loss of their mean"""

    def __init__(self, n_inputs, n_hidden, rng):
        self.params = _fresh_params(n_inputs, n_hidden, rng)

    def predict(self, x):
        h, _ = _run_from_zero(self.params, x)
        return (h[:, -1] @ self.params["Wy"] + self.params["by"])[:, 0]

    def loss_and_gradients(self, x, y):
        h, cache = _run_from_zero(self.params, x)
        residual = self.predict(x) - y
        doutput = 2 * residual[:, None]
        dh = np.zeros_like(h)
        dh[:, -1] = doutput @ self.params["Wy"].T
        *_, dWx, dWh, db = lstm_backward(dh, np.zeros_like(h[:, -1]), cache)
        dWy, dby = h[:, -1].T @ doutput, np.sum(doutput, axis=0)
        return np.mean(residual**2), {"Wx": dWx, "Wh": dWh, "b": db, "Wy": dWy, "by": dby}

    def fit(self, x, y, rng):
        _adam(self, x, y, rng, epochs=1)
        return self


@misconception("LSTMRegressor", hint="Which outputs of the LSTM does the loss look at?")
class TeachesEveryStep:
    """hands the gradient of the prediction to every step's state, not only to the last"""

    def __init__(self, n_inputs, n_hidden, rng):
        self.params = _fresh_params(n_inputs, n_hidden, rng)

    def predict(self, x):
        h, _ = _run_from_zero(self.params, x)
        return (h[:, -1] @ self.params["Wy"] + self.params["by"])[:, 0]

    def loss_and_gradients(self, x, y):
        h, cache = _run_from_zero(self.params, x)
        residual = self.predict(x) - y
        doutput = (2 / len(y) * residual)[:, None]
        dh = np.zeros_like(h) + (doutput @ self.params["Wy"].T)[:, None]
        *_, dWx, dWh, db = lstm_backward(dh, np.zeros_like(h[:, -1]), cache)
        dWy, dby = h[:, -1].T @ doutput, np.sum(doutput, axis=0)
        return np.mean(residual**2), {"Wx": dWx, "Wh": dWh, "b": db, "Wy": dWy, "by": dby}

    def fit(self, x, y, rng):
        _adam(self, x, y, rng, epochs=1)
        return self


@misconception("LSTMRegressor", hint="What is the shape of a column (N, 1) minus a row (N,)?")
class BroadcastsTheResidual:
    """subtracts targets (N,) from predictions (N, 1), which makes a table (N, N)"""

    def __init__(self, n_inputs, n_hidden, rng):
        self.params = _fresh_params(n_inputs, n_hidden, rng)

    def predict(self, x):
        h, _ = _run_from_zero(self.params, x)
        return h[:, -1] @ self.params["Wy"] + self.params["by"]

    def loss_and_gradients(self, x, y):
        h, cache = _run_from_zero(self.params, x)
        residual = self.predict(x) - y  # (N, N)
        doutput = 2 * np.mean(residual, axis=1, keepdims=True) / len(y)
        dh = np.zeros_like(h)
        dh[:, -1] = doutput @ self.params["Wy"].T
        *_, dWx, dWh, db = lstm_backward(dh, np.zeros_like(h[:, -1]), cache)
        dWy, dby = h[:, -1].T @ doutput, np.sum(doutput, axis=0)
        return np.mean(residual**2), {"Wx": dWx, "Wh": dWh, "b": db, "Wy": dWy, "by": dby}

    def fit(self, x, y, rng):
        _adam(self, x, y, rng, epochs=1)
        return self


@misconception("ctc_collapse", hint="What is the blank between two equal labels for?")
def drops_blanks_first(path, blank=0):
    """drops the blanks before it merges, so that no label can come twice in a row"""
    labels = [label for label in path if label != blank]
    return np.array(
        [label for t, label in enumerate(labels) if t == 0 or label != labels[t - 1]], dtype=int
    )


@misconception("ctc_collapse", hint="For how many steps in a row may a path show one label?")
def does_not_merge(path, blank=0):
    """only drops the blanks"""
    return np.array([label for label in path if label != blank], dtype=int)


@misconception("ctc_collapse", hint="Does a blank stand in the text that was spoken?")
def keeps_the_blanks(path, blank=0):
    """only merges repeats"""
    path = np.asarray(path, dtype=int)
    return path[np.diff(path, prepend=path[:1] - 1) != 0]


@misconception("ctc_collapse", hint="May a word have the same letter in two places?")
def keeps_each_label_once(path, blank=0):
    """keeps each label once in the whole path"""
    return np.array([label for label in dict.fromkeys(path) if label != blank], dtype=int)


@misconception("ctc_collapse", hint="Where is the argument `blank` used?")
def always_takes_zero_for_the_blank(path, blank=0):
    """drops zeros, whatever the blank is"""
    path = np.asarray(path, dtype=int)
    first_of_run = np.diff(path, prepend=path[:1] - 1) != 0
    return path[first_of_run & (path != 0)]
