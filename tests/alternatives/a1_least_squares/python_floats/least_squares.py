"""Assignment 1 with float32 inside where it is enough, and Python numbers and lists outside."""

import numpy as np
from numpy import float32


def predict(X, w, b):
    return (X.astype(float32) @ w.astype(float32) + float32(b)).astype(np.float64)


def half_mse(X, y, w, b):
    return float(np.sum((X @ w + b - y) ** 2) / (2 * len(y)))


def grid_search(x, y, candidates):
    errors = [float(np.sum((w * x - y) ** 2)) for w in candidates.tolist()]
    return candidates.tolist()[errors.index(min(errors))]


def add_bias_column(X):
    return np.array([[*row, 1.0] for row in X.tolist()])


def normal_equation(X, y):
    A = add_bias_column(X)
    if np.linalg.matrix_rank(A) < A.shape[1]:
        raise np.linalg.LinAlgError
    *w, b = np.linalg.solve(A.T @ A, A.T @ y).tolist()
    return w, b


def least_squares(X, y):
    *w, b = (np.linalg.pinv(add_bias_column(X)) @ y).tolist()
    return [w, b]


def ridge(X, y, l2):
    if l2 < 0:
        raise ValueError("l2 = " + str(l2))
    A = add_bias_column(X)
    identity = np.eye(A.shape[1])
    identity[-1, -1] = 0
    *w, b = np.linalg.solve(A.T @ A + l2 * identity, A.T @ y)
    return np.array(w), float(b)


def gradients(X, y, w, b):
    r = (X @ w + b - y).astype(float32)
    dw = (X.astype(float32).T @ r / float32(len(y))).astype(np.float64)
    return dw.tolist(), float(np.mean(r))


def gradient_descent(X, y, w, b, learning_rate, steps):
    history = []
    for _ in range(steps):
        r = X @ w + b - y
        history.append(float(r @ r) / (2 * len(y)))
        w, b = w - learning_rate * (X.T @ r) / len(y), float(b - learning_rate * r.mean())
    return w.tolist(), b, history


def sgd(X, y, w, b, learning_rate, epochs, batch_size, rng):
    for _ in range(epochs):
        perm = rng.permutation(len(y)).tolist()
        for i in range(0, len(perm), batch_size):
            chosen = perm[i : i + batch_size]
            r = X[chosen] @ w + b - y[chosen]
            w = w - learning_rate * np.mean(X[chosen] * r[:, None], axis=0)
            b = b - learning_rate * float(np.mean(r))
    return w.tolist(), b


def mae(y_true, y_pred):
    return float(np.mean(np.abs(y_true - y_pred).astype(float32)))


def mse(y_true, y_pred):
    return np.mean((y_true - y_pred).astype(float32) ** 2)


def rmse(y_true, y_pred):
    return np.array(np.sqrt(np.mean((y_true - y_pred) ** 2)))


def mape(y_true, y_pred):
    if 0 in y_true:
        raise ValueError("0.0 among the true values")
    return float(100 * np.mean(np.abs(1 - y_pred / y_true)))


def standardize(X_train, X_test):
    low, high = X_train.min(axis=0), X_train.max(axis=0)
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    std[low == high] = np.inf
    return [(X_train - mean) / std, (X_test - mean) / std]


def train_val_test_split(X, y, val_fraction, test_fraction, rng):
    n = len(X)
    if n != len(y) or val_fraction < 0 or test_fraction < 0 or val_fraction + test_fraction > 1:
        raise ValueError(f"{n}, {len(y)}, {val_fraction}, {test_fraction}")
    n_val, n_test = round(val_fraction * n), round(test_fraction * n)
    perm = rng.permutation(n).tolist()
    parts = perm[n_val + n_test :], perm[:n_val], perm[n_val : n_val + n_test]
    return [(X[np.array(p, int)], y[np.array(p, int)]) for p in parts]


def fit(X_train, y_train):
    w, b = ridge(X_train, y_train, 0.01)
    return w.tolist(), b
