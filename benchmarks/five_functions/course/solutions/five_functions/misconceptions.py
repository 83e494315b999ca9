"""What students get wrong in the five functions; the benchmark's class is made of these, too."""

# ruff: noqa: F821  # names such as `sigmoid` belong to the reference's file
import numpy as np

from grader.course import misconception


@misconception("sigmoid", hint="How large is e^1000, and what can float64 hold?")
def divides_two_infinities(z):
    """computes e^z / (1 + e^z), which is no number for a large z"""
    return np.exp(z) / (1.0 + np.exp(z))


@misconception("sigmoid", hint="Should the result rise or fall with z?")
def mirrors(z):
    """has the wrong sign in the exponent"""
    return 1.0 / (1.0 + np.exp(z))


@misconception("cross_entropy", hint="What is log p once p has been rounded to 0?")
def takes_the_logarithm_of_zero(X, y, w, b):
    """takes the logarithm of a probability that has been rounded to 0"""
    p = 1.0 / (1.0 + np.exp(-(X @ w + b)))
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


@misconception("cross_entropy", hint="Is it the sum over the rows, or their mean?")
def sums_the_rows(X, y, w, b):
    """sums over the rows and does not divide by their number"""
    z = X @ w + b
    return np.sum(np.logaddexp(0.0, z) - y * z)


@misconception("gradients", hint="Of which average is this the gradient?")
def does_not_divide(X, y, w, b):
    """is the gradient of the sum over the rows, not of their mean"""
    difference = sigmoid(X @ w + b) - y
    return X.T @ difference, np.sum(difference)


@misconception("gradients", hint="Should the loss fall along the gradient, or against it?")
def has_the_wrong_sign(X, y, w, b):
    """points downhill: label minus probability"""
    difference = y - sigmoid(X @ w + b)
    return X.T @ difference / len(y), np.mean(difference)


@misconception("accuracy", hint="Which rows does the comparison count?")
def is_the_error_rate(y_true, y_pred):
    """is the share of the rows that are predicted wrong"""
    return np.mean(y_true != y_pred)


@misconception("accuracy", hint="Between which two numbers does an accuracy lie?")
def counts_rows(y_true, y_pred):
    """counts the right rows and does not divide by their number"""
    return np.sum(y_true == y_pred)


@misconception("f1_score", hint="What are precision and recall when nothing is found?")
def divides_by_zero(y_true, y_pred):
    """divides zero by zero where there are no positives"""
    hits = np.sum((y_true == 1) & (y_pred == 1))
    return 2 * hits / (np.sum(y_true == 1) + np.sum(y_pred == 1))


@misconception("f1_score", hint="Which of the three means is the harmonic one?")
def takes_the_usual_mean(y_true, y_pred):
    """takes the arithmetic mean of precision and recall"""
    hits = np.sum((y_true == 1) & (y_pred == 1))
    if hits == 0:
        return 0.0
    return (hits / np.sum(y_true == 1) + hits / np.sum(y_pred == 1)) / 2
