"""The forward pass that `LSTMRegressor` is judged by: predictions with given parameters."""

from lstm import _run_from_zero


def regressor_predictions(params, x):
    """Predictions (N,) for sequences x (N, T, D); `params` holds Wx, Wh, b, Wy, by."""
    h, _ = _run_from_zero(params, x)
    return (h[:, -1] @ params["Wy"] + params["by"])[:, 0]


def added_by_units(params, x):
    """What each hidden unit adds to the prediction: (N, H)."""
    h, _ = _run_from_zero(params, x)
    return h[:, -1] * params["Wy"][:, 0]
