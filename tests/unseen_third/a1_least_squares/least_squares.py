"""Assignment 1, in the words of somebody who likes small steps and plain names."""

import numpy as np


def predict(X, w, b):
    answers = np.full(X.shape[0], float(b))
    for feature, weight in enumerate(w):
        answers = answers + weight * X[:, feature]
    return answers


def half_mse(X, y, w, b):
    miss = y - predict(X, w, b)
    return 0.5 * np.mean(miss * miss)


def grid_search(x, y, candidates):
    costs = []
    for slope in candidates:
        costs.append(((y - slope * x) ** 2).sum())
    winner = costs.index(min(costs))
    return candidates[winner]


def add_bias_column(X):
    rows, columns = X.shape
    wide = np.ones((rows, columns + 1))
    wide[:, :columns] = X
    return wide


def normal_equation(X, y):
    M = add_bias_column(X)
    gram = M.T.dot(M)
    moments = M.T.dot(y)
    if np.linalg.matrix_rank(M) < M.shape[1]:
        raise np.linalg.LinAlgError("there is no single solution")
    solution = np.linalg.solve(gram, moments)
    return solution[: X.shape[1]], solution[X.shape[1]]


def least_squares(X, y):
    M = add_bias_column(X)
    cut = np.finfo(float).eps * max(M.shape)
    v = np.linalg.pinv(M, rcond=cut) @ y
    return v[:-1], v[-1]


def ridge(X, y, l2):
    if l2 < 0:
        raise ValueError("l2 may not be negative: " + str(l2))
    M = add_bias_column(X)
    weights_only = np.ones(M.shape[1])
    weights_only[-1] = 0
    system = M.T @ M + l2 * np.diag(weights_only)
    v = np.linalg.solve(system, M.T @ y)
    return v[:-1], v[-1]


def gradients(X, y, w, b):
    N = X.shape[0]
    error = X @ w + b - y
    dw = np.zeros(X.shape[1])
    for i in range(N):
        dw += error[i] * X[i]
    db = error.sum()
    return dw / N, db / N


def gradient_descent(X, y, w, b, learning_rate, steps):
    history = []
    w = w.copy()
    while len(history) < steps:
        history.append(half_mse(X, y, w, b))
        slope_w, slope_b = gradients(X, y, w, b)
        w -= learning_rate * slope_w
        b = b - learning_rate * slope_b
    return w, b, np.array(history)


def sgd(X, y, w, b, learning_rate, epochs, batch_size, rng):
    N = X.shape[0]
    for epoch in range(epochs):
        mixed = rng.permutation(N)
        X_mixed, y_mixed = X[mixed], y[mixed]
        first = 0
        while first < N:
            last = min(first + batch_size, N)
            step_w, step_b = gradients(X_mixed[first:last], y_mixed[first:last], w, b)
            w = w - learning_rate * step_w
            b = b - learning_rate * step_b
            first = last
    return w, b


def mae(y_true, y_pred):
    distances = np.abs(y_pred - y_true)
    return distances.sum() / distances.size


def mse(y_true, y_pred):
    d = y_pred - y_true
    return d.dot(d) / d.size


def rmse(y_true, y_pred):
    return mse(y_true, y_pred) ** 0.5


def mape(y_true, y_pred):
    for truth in y_true:
        if truth == 0:
            raise ValueError(f"a true value is {truth}")
    relative = (y_pred - y_true) / y_true
    return 100.0 * np.abs(relative).mean()


def standardize(X_train, X_test):
    train, test = np.zeros(X_train.shape), np.zeros(X_test.shape)
    for j in range(X_train.shape[1]):
        known = X_train[:, j]
        centre, width = known.mean(), known.std()
        if known.min() < known.max():
            train[:, j] = (known - centre) / width
            test[:, j] = (X_test[:, j] - centre) / width
    return train, test


def train_val_test_split(X, y, val_fraction, test_fraction, rng):
    N = len(X)
    if N != len(y):
        raise ValueError(f"{N} rows but {len(y)} targets")
    if min(val_fraction, test_fraction) < 0 or val_fraction + test_fraction > 1.0000001:
        raise ValueError(f"impossible fractions: {val_fraction}, {test_fraction}")
    n_val = int(round(N * val_fraction))
    n_test = int(round(N * test_fraction))
    shuffled = rng.permutation(N)
    val = shuffled[:n_val]
    test = shuffled[n_val : n_val + n_test]
    train = shuffled[n_val + n_test :]
    return (X[train], y[train]), (X[val], y[val]), (X[test], y[test])


def fit(X_train, y_train):
    return least_squares(X_train, y_train)
