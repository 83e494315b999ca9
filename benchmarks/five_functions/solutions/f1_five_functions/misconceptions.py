"""What students get wrong in the five functions."""

# ruff: noqa: F821
from grader.course import misconception


@misconception("sigmoid", hint="Which sign has the exponent?")
def wrong_sign(z):
    """has the wrong sign"""
    return 1 / (1 + np.exp(z))


@misconception("loss", hint="Is it a mean or a sum?")
def sums(y, p):
    """adds up without dividing"""
    return -np.sum(y * np.log(p) + (1 - y) * np.log(1 - p))


@misconception("gradients", hint="What is the gradient divided by?")
def not_averaged(X, y, w, b):
    """does not divide by the number of rows"""
    error = 1 / (1 + np.exp(-(X @ w + b))) - y
    return X.T @ error, np.sum(error)


@misconception("accuracy", hint="What is counted, and what is it divided by?")
def counts(y, predicted):
    """counts instead of averaging"""
    return np.sum(y == predicted)


@misconception("f1", hint="Which counts enter F1?")
def precision(y, predicted):
    """is precision alone"""
    return np.sum((y == 1) & (predicted == 1)) / np.sum(predicted == 1)


@misconception("f1", hint="What raises here?")
def raises(y, predicted):
    """raises an exception"""
    raise KeyError("tp")
