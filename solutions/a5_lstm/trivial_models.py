"""What `fit` may leave in a regressor that has not learnt from sequences, which must earn nothing.

Each definition replaces its exercise in a copy of the reference, so it uses that file's names.
"""

# ruff: noqa: F821  # names such as `_run_from_zero` belong to the reference's file
import numpy as np

from grader.course import trivial_model


@trivial_model("LSTMRegressor")
class Untrained:
    """keeps its first weights"""

    def __init__(self, n_inputs, n_hidden, rng):
        self.params = _fresh_params(n_inputs, n_hidden, rng)

    def predict(self, x):
        h, _ = _run_from_zero(self.params, x)
        return (h[:, -1] @ self.params["Wy"] + self.params["by"])[:, 0]

    def fit(self, x, y, rng):
        return self


@trivial_model("LSTMRegressor")
class TheMean:
    """predicts the mean of the targets for every sequence"""

    def __init__(self, n_inputs, n_hidden, rng):
        self.params = _fresh_params(n_inputs, n_hidden, rng)

    def predict(self, x):
        h, _ = _run_from_zero(self.params, x)
        return (h[:, -1] @ self.params["Wy"] + self.params["by"])[:, 0]

    def fit(self, x, y, rng):
        self.params.update(Wy=np.zeros((len(self.params["Wh"]), 1)), by=np.array([np.mean(y)]))
        return self


@trivial_model("LSTMRegressor")
class RandomUnits:
    """fits a line to the last states of units whose weights stay random"""

    def __init__(self, n_inputs, n_hidden, rng):
        self.params = _fresh_params(n_inputs, n_hidden, rng)

    def predict(self, x):
        h, _ = _run_from_zero(self.params, x)
        return (h[:, -1] @ self.params["Wy"] + self.params["by"])[:, 0]

    def fit(self, x, y, rng):
        h, _ = _run_from_zero(self.params, x)
        rows = np.column_stack([h[:, -1], np.ones(len(y))])
        w = np.linalg.lstsq(rows, y, rcond=None)[0]
        self.params.update(Wy=w[:-1, None], by=w[-1:])
        return self


@trivial_model("LSTMRegressor")
class ShortMemory:
    """fits a line to the last values, as an LSTM whose units hardly leave their linear part"""

    def __init__(self, n_inputs, n_hidden, rng):
        self.params = _fresh_params(n_inputs, n_hidden, rng)

    def predict(self, x):
        h, _ = _run_from_zero(self.params, x)
        return (h[:, -1] @ self.params["Wy"] + self.params["by"])[:, 0]

    def fit(self, x, y, rng):
        self.params["Wx"] = 1e-3 * self.params["Wx"]
        h, _ = _run_from_zero(self.params, x)
        rows = np.column_stack([1e3 * h[:, -1], np.ones(len(y))])
        w = np.linalg.lstsq(rows, y, rcond=None)[0]
        self.params.update(Wy=1e3 * w[:-1, None], by=w[-1:])
        return self
