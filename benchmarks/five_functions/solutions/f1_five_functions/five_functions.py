"""Five small functions of binary classification."""

import numpy as np


def sigmoid(z):
    """σ(z) = 1 / (1 + exp(−z)), elementwise."""
    ### BEGIN SOLUTION
    return 1 / (1 + np.exp(-z))
    ### END SOLUTION


def loss(y, p):
    """Mean binary cross-entropy of probabilities p (N,) for labels y (N,)."""
    ### BEGIN SOLUTION
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    ### END SOLUTION


def gradients(X, y, w, b):
    """∂loss/∂w (D,) and ∂loss/∂b for p = σ(Xw + b)."""
    ### BEGIN SOLUTION
    error = (1 / (1 + np.exp(-(X @ w + b))) - y) / len(y)
    return X.T @ error, np.sum(error)
    ### END SOLUTION


def accuracy(y, predicted):
    """The share of labels that are predicted."""
    ### BEGIN SOLUTION
    return np.mean(y == predicted)
    ### END SOLUTION


def f1(y, predicted):
    """2 tp / (2 tp + fp + fn)."""
    ### BEGIN SOLUTION
    both = np.sum((y == 1) & (predicted == 1))
    return 2 * both / (np.sum(y == 1) + np.sum(predicted == 1))
    ### END SOLUTION
