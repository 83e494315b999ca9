"""What `fit` and `fit_softmax` may return without learning a rule, which must earn nothing."""

# ruff: noqa: F821  # names such as `one_hot` belong to the reference's file
import numpy as np

from grader.course import trivial_model


@trivial_model("fit")
def the_larger_class(X, y, learning_rate, steps, l2=0.0):
    """says of every row that it belongs to the larger class"""
    return np.zeros(X.shape[1]), float(np.mean(y)) - 0.5, np.zeros(steps)


@trivial_model("fit")
def nearest_mean(X, y, learning_rate, steps, l2=0.0):
    """takes the class whose mean is nearer"""
    one, other = X[y == 1].mean(axis=0), X[y == 0].mean(axis=0)
    return one - other, float((other @ other - one @ one) / 2), np.zeros(steps)


@trivial_model("fit")
def one_step(X, y, learning_rate, steps, l2=0.0):
    """takes one step of gradient descent"""
    dw, db = gradients(X, y, np.zeros(X.shape[1]), 0.0)
    return -learning_rate * dw, -learning_rate * db, np.zeros(steps)


@trivial_model("fit")
def one_column(X, y, learning_rate, steps, l2=0.0):
    """cuts the one column that tells the classes apart best"""
    best = (-1.0, None, 0.0)
    for column in range(X.shape[1]):
        for sign in (1.0, -1.0):
            values = sign * X[:, column]
            for cut in values:
                right = np.mean((values >= cut) == y)
                if right > best[0]:
                    best = (right, (column, sign), cut)
    w = np.zeros(X.shape[1])
    column, sign = best[1]
    w[column] = sign
    return w, -best[2], np.zeros(steps)


@trivial_model("fit")
def largest_direction(X, y, learning_rate, steps, l2=0.0):
    """cuts along the direction in which the rows differ most, and never looks at the labels"""
    direction = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)[2][0]
    return direction, 0.0, np.zeros(steps)


@trivial_model("fit_softmax")
def one_class_for_all(X, y, n_classes):
    """says of every row that it belongs to the largest class"""
    return np.zeros((X.shape[1], n_classes)), np.bincount(y, minlength=n_classes) / len(y)


@trivial_model("fit_softmax")
def nearest_of_the_means(X, y, n_classes):
    """takes the class whose mean is nearest"""
    means = np.array([X[y == label].mean(axis=0) for label in range(n_classes)])
    return 2 * means.T, -np.sum(means**2, axis=1)


@trivial_model("fit_softmax")
def one_step_of_softmax(X, y, n_classes):
    """takes one step of gradient descent"""
    W, b = np.zeros((X.shape[1], n_classes)), np.zeros(n_classes)
    dW, db = softmax_regression_gradients(X, y, W, b)
    return -dW, -db


@trivial_model("fit_softmax")
def ten_pixels(X, y, n_classes):
    """fits the ten pixels that differ most from image to image"""
    pixels = np.argsort(X.var(axis=0))[-10:]
    A = np.column_stack([X[:, pixels], np.ones(len(X))])
    weights = np.linalg.lstsq(A, one_hot(y, n_classes), rcond=None)[0]
    W = np.zeros((X.shape[1], n_classes))
    W[pixels] = weights[:-1]
    return W, weights[-1]
