"""Assignment 1: least squares, from one number to a model of real patients.

Shapes: N rows, D features; `X (N, D)`, `y (N,)`, weights `w (D,)`, bias `b` a number.
All arrays are float64. No function changes its inputs.
"""

import numpy as np


def predict(X, w, b):
    """Linear model: f(x) = Xw + b.

    Parameters
    ----------
    X : array (N, D)
    w : array (D,)
    b : float

    Returns
    -------
    array (N,)
        One prediction per row.

    Examples
    --------
    >>> predict(np.array([[1.0, 2.0]]), np.array([3.0, 4.0]), 0.5)
    array([11.5])

    Source: N5, section 1.1.
    """
    raise NotImplementedError("predict is yours to write")


def half_mse(X, y, w, b):
    """Half the mean squared error: J(w, b) = 1/(2m) Σᵢ (f(xᵢ) − yᵢ)², with m = N rows.

    Returns
    -------
    float
        The half is there for its derivative's sake.

    Source: N5, section 1.2.
    """
    raise NotImplementedError("half_mse is yours to write")


def grid_search(x, y, candidates):
    """Exhaustive search: the candidate w with the least sum of squared errors of y ≈ wx.

    Parameters
    ----------
    x, y : array (N,)
    candidates : array (K,)

    Returns
    -------
    float
        The value of the best candidate, not its index. The first one wins a tie.

    Source: N5, section 1.3.
    """
    raise NotImplementedError("grid_search is yours to write")


def add_bias_column(X):
    """Append a column of ones, so that the bias becomes the last weight.

    Returns
    -------
    array (N, D + 1)

    Source: N5, section 1.4.2.
    """
    raise NotImplementedError("add_bias_column is yours to write")


def normal_equation(X, y):
    """Solve AᵀA v = Aᵀy, where A is X with the bias column and v is w with b as its last entry.

    Returns
    -------
    (w, b) : array (D,) and float

    Raises
    ------
    numpy.linalg.LinAlgError
        When `np.linalg.matrix_rank` of A is below D + 1: a constant column counts too, as it
        repeats the bias. `np.linalg.solve` alone does not always notice.

    `np.linalg.lstsq` and `np.linalg.pinv` are not allowed here, nor what calls them (`np.polyfit`,
    for example); the rest of `np.linalg` is.

    Source: N5, section 1.4.2.
    """
    raise NotImplementedError("normal_equation is yours to write")


def least_squares(X, y):
    """Least squares for any rank: of all minimisers the one with the least ‖(w, b)‖.

    Singular values below eps · max(N, D + 1) · s_max count as 0, where eps is the spacing of
    float64 at 1 (2⁻⁵²) and s_max the largest singular value of the matrix with the bias column.

    Returns
    -------
    (w, b) : array (D,) and float

    Source: Golub and Van Loan, Matrix Computations, section 5.5; N5, section 1.4.2, says when
    it is needed.
    """
    raise NotImplementedError("least_squares is yours to write")


def ridge(X, y, l2):
    """Ridge regression: minimise 1/2 ‖Xw + b − y‖² + l2/2 ‖w‖² (a sum, not a mean).

    The bias is not penalised.

    Returns
    -------
    (w, b) : array (D,) and float

    Raises
    ------
    ValueError
        When l2 is negative; the message names it.

    Source: Hoerl and Kennard, Technometrics 12 (1970).
    """
    raise NotImplementedError("ridge is yours to write")


def gradients(X, y, w, b):
    """Gradient of `half_mse`: ∂J/∂w = 1/m Xᵀ(f − y), ∂J/∂b = 1/m Σᵢ (fᵢ − yᵢ), f = Xw + b.

    Returns
    -------
    (dw, db) : array (D,) and float

    Source: N5, sections 1.4.2 (the gradient of the sum) and 1.5.
    """
    raise NotImplementedError("gradients is yours to write")


def gradient_descent(X, y, w, b, learning_rate, steps):
    """Full-batch gradient descent on `half_mse`.

    Each step: w ← w − learning_rate · ∂J/∂w, and b likewise, with both gradients taken at the
    same point.

    Returns
    -------
    (w, b, history) : array (D,), float and array (steps,)
        The history holds `half_mse` before each step. With steps = 0 it is empty, and w and b
        are the given ones.

    Source: N5, section 1.5.
    """
    raise NotImplementedError("gradient_descent is yours to write")


def sgd(X, y, w, b, learning_rate, epochs, batch_size, rng):
    """Stochastic gradient descent in mini-batches.

    Every epoch draws one `rng.permutation(N)` and goes through its rows batch by batch. A step
    uses the `gradients` of the rows in its batch: a short last batch is averaged over its own
    length, and a batch size above N makes one batch.

    Parameters
    ----------
    rng : numpy.random.Generator

    Returns
    -------
    (w, b) : array (D,) and float

    Source: N2, section 3.3 (batch, stochastic and mini-batch descent).
    """
    raise NotImplementedError("sgd is yours to write")


def mae(y_true, y_pred):
    """Mean absolute error: 1/N Σ |y − ŷ|.

    Source: N5, section 2.5.1.
    """
    raise NotImplementedError("mae is yours to write")


def mse(y_true, y_pred):
    """Mean squared error: 1/N Σ (y − ŷ)².

    Source: N5, section 2.5.2.
    """
    raise NotImplementedError("mse is yours to write")


def rmse(y_true, y_pred):
    """Root mean squared error: √(1/N Σ (y − ŷ)²), in the unit of y.

    Source: N5, section 2.5.3.
    """
    raise NotImplementedError("rmse is yours to write")


def mape(y_true, y_pred):
    """Mean absolute percentage error: 100/N Σ |y − ŷ| / |y|, in percent.

    Raises
    ------
    ValueError
        When a true value is 0 (−0.0 too); the message names the 0.

    Source: N5, section 2.5.4.
    """
    raise NotImplementedError("mape is yours to write")


def standardize(X_train, X_test):
    """Shift and scale both sets by the training set's column means and deviations (ddof 0).

    A column whose training maximum equals its minimum becomes 0 in both sets, never NaN.

    Returns
    -------
    (X_train, X_test) : arrays of the shapes that came in

    Source: N2, section 3.5.
    """
    raise NotImplementedError("standardize is yours to write")


def train_val_test_split(X, y, val_fraction, test_fraction, rng):
    """Split the rows at random into training, validation and test sets.

    One `perm = rng.permutation(N)`: validation gets `perm[:n_val]`, test the next `n_test`,
    training the rest, all in the order of `perm`; n = int(round(fraction * N)). A fraction of
    0 gives an empty pair.

    Returns
    -------
    (X_train, y_train), (X_val, y_val), (X_test, y_test)

    Raises
    ------
    ValueError
        For a negative fraction, fractions whose sum is above 1, or X and y of different
        lengths; the message names both fractions, or both lengths.

    Source: N5, section 2.6.
    """
    raise NotImplementedError("train_val_test_split is yours to write")


def fit(X_train, y_train):
    """Fit a linear model to real data, by any method.

    Returns
    -------
    (w, b) : array (D,) and float
        For the raw features: scaling, if any, is folded into w and b.
    """
    raise NotImplementedError("fit is yours to write")
