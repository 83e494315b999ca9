"""What `fit` may return without fitting all features, which must earn nothing."""

# ruff: noqa: F821  # names such as `least_squares` belong to the reference's file
import numpy as np

from grader.course import trivial_model


@trivial_model("fit")
def the_mean(X_train, y_train):
    """predicts the mean of the targets for everybody"""
    return np.zeros(X_train.shape[1]), float(np.mean(y_train))


@trivial_model("fit")
def two_columns(X_train, y_train):
    """fits the two columns that suit the training rows best"""
    best, found = -1.0, None
    for first in range(X_train.shape[1]):
        for second in range(first):
            columns = [first, second]
            w, b = least_squares(X_train[:, columns], y_train)
            error = mse(y_train, X_train[:, columns] @ w + b)
            if found is None or error < best:
                best, found = error, (columns, w, b)
    columns, w, b = found
    every = np.zeros(X_train.shape[1])
    every[columns] = w
    return every, b


@trivial_model("fit")
def one_step_downhill(X_train, y_train):
    """takes one step of gradient descent, as long as is best"""
    centred, targets = X_train - X_train.mean(axis=0), y_train - y_train.mean()
    direction = centred.T @ targets
    along = centred @ direction
    w = direction * (along @ targets) / (along @ along)
    return w, float(np.mean(y_train) - X_train.mean(axis=0) @ w)


@trivial_model("fit")
def public_weights(X_train, y_train):
    """returns what fits the public table, as constants"""
    w = [-10.0, -239.8, 519.8, 324.4, -792.2, 476.7, 101.0, 177.1, 751.3, 67.6]
    return np.array(w), 152.1
