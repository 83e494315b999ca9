"""Assignment 1 as a student who thinks in matrices and writes short helpers would hand it in."""

import math

import numpy as np


def predict(X, w, b):
    return np.dot(X, w) + b


def half_mse(X, y, w, b):
    m = X.shape[0]
    residuals = predict(X, w, b) - y
    return float(residuals.dot(residuals) / (2 * m))


def grid_search(x, y, candidates):
    best_value = None
    best_error = math.inf
    for candidate in candidates:
        error = np.sum((candidate * x - y) ** 2)
        if error < best_error:
            best_error = error
            best_value = candidate
    return float(best_value)


def add_bias_column(X):
    n, d = X.shape
    A = np.ones((n, d + 1))
    A[:, :d] = X
    return A


def _split(v):
    return v[:-1], float(v[-1])


def normal_equation(X, y):
    A = add_bias_column(X)
    needed = X.shape[1] + 1
    rank = np.linalg.matrix_rank(A)
    if rank < needed:
        raise np.linalg.LinAlgError(f"the rank of the matrix is {rank}, but {needed} is needed")
    gram = A.T @ A
    moments = A.T @ y
    return _split(np.linalg.solve(gram, moments))


def least_squares(X, y):
    A = add_bias_column(X)
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    tolerance = np.finfo(float).eps * max(A.shape) * s[0]
    v = np.zeros(A.shape[1])
    for k in range(len(s)):
        if s[k] > tolerance:
            v += (U[:, k] @ y) / s[k] * Vt[k]
    return _split(v)


def ridge(X, y, l2):
    if l2 < 0:
        raise ValueError(f"l2 = {l2} is negative")
    # The best bias lets the line go through the means, and what is left is ridge without a bias.
    x_mean = X.mean(axis=0)
    y_mean = y.mean()
    Xc = X - x_mean
    yc = y - y_mean
    if l2 == 0:
        return least_squares(X, y)
    w = np.linalg.inv(Xc.T @ Xc + l2 * np.eye(X.shape[1])) @ Xc.T @ yc
    b = y_mean - x_mean @ w
    return w, float(b)


def gradients(X, y, w, b):
    m = len(y)
    errors = predict(X, w, b) - y
    dw = np.zeros(X.shape[1])
    for j in range(X.shape[1]):
        dw[j] = np.sum(errors * X[:, j]) / m
    db = errors.sum() / m
    return dw, float(db)


def gradient_descent(X, y, w, b, learning_rate, steps):
    w = w.copy()
    history = np.zeros(steps)
    for step in range(steps):
        history[step] = half_mse(X, y, w, b)
        dw, db = gradients(X, y, w, b)
        w -= learning_rate * dw
        b = b - learning_rate * db
    return w, b, history


def sgd(X, y, w, b, learning_rate, epochs, batch_size, rng):
    n = X.shape[0]
    w = np.array(w)
    for _ in range(epochs):
        order = rng.permutation(n)
        start = 0
        while start < n:
            rows = order[start : start + batch_size]
            dw, db = gradients(X[rows], y[rows], w, b)
            w = w - learning_rate * dw
            b = b - learning_rate * db
            start += batch_size
    return w, b


def mae(y_true, y_pred):
    total = 0.0
    for target, guess in zip(y_true, y_pred):
        total += abs(target - guess)
    return total / len(y_true)


def mse(y_true, y_pred):
    difference = y_true - y_pred
    return np.dot(difference, difference) / y_true.size


def rmse(y_true, y_pred):
    return math.sqrt(mse(y_true, y_pred))


def mape(y_true, y_pred):
    if (y_true == 0).any():
        raise ValueError("a true value is 0, and nothing can be divided by it")
    relative = (y_true - y_pred) / y_true
    return 100 * np.mean(np.abs(relative))


def standardize(X_train, X_test):
    train = np.zeros(X_train.shape)
    test = np.zeros(X_test.shape)
    for j in range(X_train.shape[1]):
        column = X_train[:, j]
        if column.max() == column.min():
            continue
        mean = column.sum() / len(column)
        deviation = np.sqrt(np.sum((column - mean) ** 2) / len(column))
        train[:, j] = (column - mean) / deviation
        test[:, j] = (X_test[:, j] - mean) / deviation
    return train, test


def train_val_test_split(X, y, val_fraction, test_fraction, rng):
    N = len(X)
    if N != len(y):
        raise ValueError(f"X has {N} rows and y has {len(y)}")
    if min(val_fraction, test_fraction) < 0 or val_fraction + test_fraction > 1:
        raise ValueError(f"impossible fractions: {val_fraction} and {test_fraction}")
    perm = rng.permutation(N)
    n_val = int(round(val_fraction * N))
    n_test = int(round(test_fraction * N))
    val = perm[:n_val]
    test = perm[n_val : n_val + n_test]
    train = perm[n_val + n_test :]
    return (X[train], y[train]), (X[val], y[val]), (X[test], y[test])


def fit(X_train, y_train):
    return ridge(X_train, y_train, 1e-3)
