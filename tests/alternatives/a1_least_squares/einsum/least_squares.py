"""Assignment 1 with einsum, homogeneous coordinates and higher-order tricks."""

import numpy as np


def predict(X, w, b):
    return np.einsum("nd,d->n", X, w) + b


def half_mse(X, y, w, b):
    r = predict(X, w, b) - y
    return np.einsum("n,n->", r, r) / (2 * r.size)


def grid_search(x, y, candidates):
    return min(candidates, key=lambda c: np.einsum("n,n->", c * x - y, c * x - y))


def add_bias_column(X):
    return np.pad(X, ((0, 0), (0, 1)), constant_values=1.0)


def normal_equation(X, y):
    A = add_bias_column(X)
    if np.linalg.matrix_rank(A) != A.shape[1]:
        raise np.linalg.LinAlgError(A.shape)
    solution = np.linalg.inv(np.einsum("ni,nj->ij", A, A)) @ np.einsum("ni,n->i", A, y)
    return solution[:-1], solution[-1]


def least_squares(X, y):
    *w, b = np.linalg.lstsq(add_bias_column(X), y, rcond=None)[0]
    return np.array(w), b


def ridge(X, y, l2):
    if not l2 >= 0:
        raise ValueError(l2)
    A = add_bias_column(X)
    penalty = np.diag([l2] * X.shape[1] + [0.0])
    solution = np.linalg.solve(np.einsum("ni,nj->ij", A, A) + penalty, np.einsum("ni,n->i", A, y))
    return solution[:-1], solution[-1]


def gradients(X, y, w, b):
    gradient = np.einsum("ni,n->i", add_bias_column(X), predict(X, w, b) - y) / len(X)
    return gradient[:-1], gradient[-1]


def gradient_descent(X, y, w, b, learning_rate, steps):
    A, theta = add_bias_column(X), np.append(w, b)
    history = np.empty(steps)
    for t in range(steps):
        r = A @ theta - y
        history[t] = r @ r / (2 * len(y))
        theta = theta - learning_rate * (r @ A) / len(y)
    return theta[:-1], theta[-1], history


def sgd(X, y, w, b, learning_rate, epochs, batch_size, rng):
    A, theta = add_bias_column(X), np.append(w, b)
    for _ in range(epochs):
        order = rng.permutation(len(y))
        for rows in np.split(order, range(batch_size, len(order), batch_size)):
            theta = theta - learning_rate * A[rows].T @ (A[rows] @ theta - y[rows]) / len(rows)
    return theta[:-1], theta[-1]


def mae(y_true, y_pred):
    return np.linalg.norm(y_true - y_pred, 1) / y_true.size


def mse(y_true, y_pred):
    return np.var(y_true - y_pred) + np.mean(y_true - y_pred) ** 2


def rmse(y_true, y_pred):
    return np.linalg.norm(y_true - y_pred) / np.sqrt(y_true.size)


def mape(y_true, y_pred):
    if not np.all(y_true):
        raise ValueError("true values must not be 0")
    return np.abs(y_pred / y_true - 1).mean() * 100


def standardize(X_train, X_test):
    spread = np.ptp(X_train, axis=0) > 0
    with np.errstate(all="ignore"):
        scaled = [(X - X_train.mean(0)) / X_train.std(0) for X in (X_train, X_test)]
    return [np.where(spread, X, 0.0) for X in scaled]


def train_val_test_split(X, y, val_fraction, test_fraction, rng):
    n = len(X)
    if n != len(y):
        raise ValueError((n, len(y)))
    if min(val_fraction, test_fraction) < 0 or val_fraction + test_fraction - 1 > 1e-6:
        raise ValueError((val_fraction, test_fraction))
    cuts = np.cumsum([int(round(val_fraction * n)), int(round(test_fraction * n))])
    val, test, train = np.array_split(rng.permutation(n), cuts)
    return [[X[i], y[i]] for i in (train, val, test)]


def fit(X_train, y_train):
    w, b, _ = gradient_descent(X_train, y_train, np.zeros(X_train.shape[1]), 0.0, 0.9, 20_000)
    return w, b
