"""Assignment 1 with explicit loops and as little NumPy as possible."""

import math

import numpy as np


def predict(X, w, b):
    out = []
    for row in X:
        total = b
        for feature, weight in zip(row, w):
            total += feature * weight
        out.append(total)
    return np.array(out, dtype=float)


def half_mse(X, y, w, b):
    total = 0.0
    for guess, target in zip(predict(X, w, b), y):
        total += (guess - target) ** 2
    return total / (2 * len(y))


def grid_search(x, y, candidates):
    best, best_error = None, math.inf
    for candidate in candidates:
        error = 0.0
        for xi, yi in zip(x, y):
            error += (candidate * xi - yi) ** 2
        if error < best_error:
            best, best_error = candidate, error
    return best


def add_bias_column(X):
    out = np.ones((X.shape[0], X.shape[1] + 1))
    for i in range(X.shape[0]):
        for j in range(X.shape[1]):
            out[i, j] = X[i, j]
    return out


def _eliminate(A, c):
    """Gaussian elimination with pivoting."""
    M = [[float(value) for value in row] + [float(right)] for row, right in zip(A, c)]
    n = len(M)
    for k in range(n):
        pivot = max(range(k, n), key=lambda i: abs(M[i][k]))
        M[k], M[pivot] = M[pivot], M[k]
        for i in range(k + 1, n):
            factor = M[i][k] / M[k][k]
            for j in range(k, n + 1):
                M[i][j] -= factor * M[k][j]
    out = [0.0] * n
    for k in reversed(range(n)):
        out[k] = (M[k][n] - sum(M[k][j] * out[j] for j in range(k + 1, n))) / M[k][k]
    return np.array(out)


def normal_equation(X, y):
    A = add_bias_column(X)
    if np.linalg.matrix_rank(A) < len(A[0]):
        raise np.linalg.LinAlgError("no single solution")
    weights = _eliminate(A.T @ A, A.T @ y)
    return weights[:-1], weights[-1]


def least_squares(X, y):
    weights = np.linalg.pinv(add_bias_column(X)) @ y
    return weights[:-1], weights[-1]


def ridge(X, y, l2):
    if l2 < 0:
        raise ValueError(f"l2 is {l2}")
    A = add_bias_column(X)
    gram = A.T @ A
    for j in range(X.shape[1]):
        gram[j, j] += l2
    weights = _eliminate(gram, A.T @ y)
    return weights[:-1], weights[-1]


def gradients(X, y, w, b):
    dw, db = np.zeros(len(w)), 0.0
    for row, target, guess in zip(X, y, predict(X, w, b)):
        for j in range(len(w)):
            dw[j] += (guess - target) * row[j] / len(y)
        db += (guess - target) / len(y)
    return dw, db


def gradient_descent(X, y, w, b, learning_rate, steps):
    w = w.copy()
    history = []
    for _ in range(steps):
        history.append(half_mse(X, y, w, b))
        dw, db = gradients(X, y, w, b)
        for j in range(len(w)):
            w[j] -= learning_rate * dw[j]
        b -= learning_rate * db
    return w, b, np.array(history)


def sgd(X, y, w, b, learning_rate, epochs, batch_size, rng):
    w = w.copy()
    for _ in range(epochs):
        order = list(rng.permutation(len(X)))
        while order:
            rows, order = order[:batch_size], order[batch_size:]
            dw, db = gradients(X[rows], y[rows], w, b)
            w -= learning_rate * dw
            b -= learning_rate * db
    return w, b


def mae(y_true, y_pred):
    return sum(abs(a - p) for a, p in zip(y_true, y_pred)) / len(y_true)


def mse(y_true, y_pred):
    return sum((a - p) ** 2 for a, p in zip(y_true, y_pred)) / len(y_true)


def rmse(y_true, y_pred):
    return math.sqrt(sum((a - p) ** 2 for a, p in zip(y_true, y_pred)) / len(y_true))


def mape(y_true, y_pred):
    total = 0.0
    for a, p in zip(y_true, y_pred):
        if a == 0:
            raise ValueError(f"a true value is {a}")
        total += abs((a - p) / a)
    return 100 * total / len(y_true)


def standardize(X_train, X_test):
    train, test = np.zeros(X_train.shape), np.zeros(X_test.shape)
    for j in range(X_train.shape[1]):
        column = X_train[:, j]
        if max(column) == min(column):
            continue
        mean = sum(column) / len(column)
        deviation = math.sqrt(sum((value - mean) ** 2 for value in column) / len(column))
        train[:, j] = (column - mean) / deviation
        test[:, j] = (X_test[:, j] - mean) / deviation
    return train, test


def train_val_test_split(X, y, val_fraction, test_fraction, rng):
    if len(X) != len(y):
        raise ValueError(f"{len(X)} rows, {len(y)} labels")
    for fraction in (val_fraction, test_fraction):
        if fraction < 0:
            raise ValueError(f"negative fraction {fraction}")
    if val_fraction + test_fraction > 1.0000001:
        raise ValueError(f"{val_fraction} + {test_fraction} is above 1")
    n_val = int(round(val_fraction * len(X)))
    n_test = int(round(test_fraction * len(X)))
    perm = rng.permutation(len(X))
    sets = [perm[n_val + n_test :], perm[:n_val], perm[n_val : n_val + n_test]]
    return tuple((X[rows], y[rows]) for rows in sets)


def fit(X_train, y_train):
    return normal_equation(X_train, y_train)
