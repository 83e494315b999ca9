"""Five small functions of a first lesson on classification.

Shapes: N rows, D features; `X (N, D)`, labels `y (N,)` of zeros and ones, weights `w (D,)`,
bias `b` a number.
"""

import numpy as np


def sigmoid(z):
    """Logistic function 1 / (1 + e^−z), elementwise, for z of any size."""
    decay = np.exp(-np.abs(z))
    return np.where(np.asarray(z) >= 0, 1.0, decay) / (1.0 + decay)


def cross_entropy(X, y, w, b):
    """Mean cross-entropy of the labels and p = σ(Xw + b), finite for any logits."""
    z = X @ w + b
    return np.mean(np.logaddexp(0.0, z) - y * z)


def gradients(X, y, w, b):
    """Gradients of `cross_entropy` with respect to w and b, as a tuple."""
    difference = sigmoid(X @ w + b) - y
    return X.T @ difference / len(y), np.mean(difference)


def accuracy(y_true, y_pred):
    """Share of the rows whose label is predicted right."""
    return np.mean(y_true == y_pred)


def f1_score(y_true, y_pred):
    """Harmonic mean of precision and recall; 0 where there are no true positives."""
    hits = np.sum((y_true == 1) & (y_pred == 1))
    if hits == 0:
        return 0.0
    return 2 * hits / (np.sum(y_true == 1) + np.sum(y_pred == 1))
