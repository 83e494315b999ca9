"""Assignment 2: logistic and softmax regression, and the measures to judge them by.

Shapes: N rows, D features, K classes; `X (N, D)`, labels `y (N,)` of integers, weights
`w (D,)` or `W (D, K)`, bias `b` a number or `(K,)`. No function changes its inputs.
"""

import numpy as np


def sigmoid(z):
    """Logistic function: σ(z) = 1 / (1 + e^−z), elementwise.

    Stable: for |z| = 1000 the result is 0 or 1 and NumPy warns of nothing.

    Parameters
    ----------
    z : array of any shape, or a number

    Returns
    -------
    array of the same shape

    Examples
    --------
    >>> sigmoid(np.array([0.0, 1000.0]))
    array([0.5, 1. ])

    Source: N5, section 2.1.1.
    """
    ### BEGIN SOLUTION
    decay = np.exp(-np.abs(z))  # in (0, 1], so nothing can overflow
    return np.where(z >= 0, 1.0, decay) / (1.0 + decay)
    ### END SOLUTION


def sigmoid_grad(z):
    """Derivative of the logistic function: σ'(z) = σ(z)(1 − σ(z)), elementwise.

    Parameters
    ----------
    z : array of any shape
        The argument of σ, not its value.

    Source: N5, section 2.1.1.
    """
    ### BEGIN SOLUTION
    s = sigmoid(z)
    return s * (1.0 - s)
    ### END SOLUTION


def predict_proba(X, w, b):
    """Probability of class 1: p = σ(Xw + b), shape `(N,)`.

    Source: N5, section 2.1.1.
    """
    ### BEGIN SOLUTION
    return sigmoid(X @ w + b)
    ### END SOLUTION


def predict(X, w, b, threshold=0.5):
    """Predicted labels: 1 where the probability is at least `threshold`, else 0.

    Returns
    -------
    array (N,) of integers
        Not of bool.

    Source: N5, section 2.1.1, for the probability; the threshold is Bishop, Pattern Recognition
    and Machine Learning, section 1.5.
    """
    ### BEGIN SOLUTION
    return (predict_proba(X, w, b) >= threshold).astype(int)
    ### END SOLUTION


def binary_cross_entropy(X, y, w, b):
    """Mean binary cross-entropy: −1/N Σ [y log p + (1 − y) log(1 − p)] with p = σ(Xw + b).

    Computed from the logits z = Xw + b, and so finite however large they are:
    the loss of one row is log(1 + e^z) − yz.

    Returns
    -------
    float

    Source: N5, section 2.1.2.
    """
    ### BEGIN SOLUTION
    logits = X @ w + b  # (N,)
    return np.mean(np.logaddexp(0.0, logits) - y * logits)
    ### END SOLUTION


def gradients(X, y, w, b):
    """Gradient of J, the `binary_cross_entropy`: ∂J/∂w = 1/N Xᵀ(p − y), ∂J/∂b = 1/N Σ (p − y).

    Returns
    -------
    (dw, db) : array (D,) and float

    Source: N5, sections 2.1.3 (for w) and 2.2 (for b).
    """
    ### BEGIN SOLUTION
    residual = predict_proba(X, w, b) - y  # (N,)
    return X.T @ residual / len(y), np.mean(residual)
    ### END SOLUTION


def fit(X, y, learning_rate, steps, l2=0.0):
    """Gradient descent from zeros on `binary_cross_entropy` + l2/2 ‖w‖².

    w and b begin at zero; the bias is not penalised.

    Returns
    -------
    (w, b, history) : array (D,), float and array (steps,)
        The history holds the penalised objective before each step.

    Source: N5, sections 2.1.3 and 2.2; the penalty: N2, section 3.2.
    """
    ### BEGIN SOLUTION
    w, b = np.zeros(X.shape[1], like=X), 0.0
    history = np.zeros(steps)
    for step in range(steps):
        history[step] = binary_cross_entropy(X, y, w, b) + l2 / 2 * np.sum(w**2)
        dw, db = gradients(X, y, w, b)
        w, b = w - learning_rate * (dw + l2 * w), b - learning_rate * db
    return w, b, history
    ### END SOLUTION


def confusion_counts(y_true, y_pred):
    """Count the four outcomes for labels 0 and 1: `(tp, fp, fn, tn)`.

    The first letter says whether the prediction is true, the second what was predicted.

    Source: N5, section 2.4.1.
    """
    ### BEGIN SOLUTION
    tp = np.sum((y_pred == 1) & (y_true == 1))
    fp = np.sum((y_pred == 1) & (y_true == 0))
    fn = np.sum((y_pred == 0) & (y_true == 1))
    tn = np.sum((y_pred == 0) & (y_true == 0))
    return tp, fp, fn, tn
    ### END SOLUTION


### BEGIN SOLUTION
def _ratio(numerator, denominator):
    """The quotient, or 0.0 where the denominator is 0."""
    return float(numerator) / float(denominator) if denominator else 0.0


### END SOLUTION


def accuracy(y_true, y_pred):
    """The share of right predictions: (tp + tn) / N; 0.0 for empty input.

    Source: N5, section 2.4.1.
    """
    ### BEGIN SOLUTION
    return _ratio(np.sum(y_true == y_pred), len(y_true))
    ### END SOLUTION


def precision(y_true, y_pred):
    """How many of the predicted positives are positive: tp / (tp + fp); 0.0 without any.

    Source: N5, section 2.4.2.
    """
    ### BEGIN SOLUTION
    tp, fp, _, _ = confusion_counts(y_true, y_pred)
    return _ratio(tp, tp + fp)
    ### END SOLUTION


def recall(y_true, y_pred):
    """How many of the positives were found: tp / (tp + fn); 0.0 without any.

    Source: N5, section 2.4.3.
    """
    ### BEGIN SOLUTION
    tp, _, fn, _ = confusion_counts(y_true, y_pred)
    return _ratio(tp, tp + fn)
    ### END SOLUTION


def f1(y_true, y_pred):
    """Harmonic mean of precision and recall: 2PR / (P + R); 0.0 where that is 0/0.

    Source: N5, section 2.4.4.
    """
    ### BEGIN SOLUTION
    p, r = precision(y_true, y_pred), recall(y_true, y_pred)
    return _ratio(2 * p * r, p + r)
    ### END SOLUTION


def roc_auc(y_true, scores):
    """Area under the ROC curve: P(score of a positive > score of a negative), ties count half.

    Parameters
    ----------
    y_true : array (N,) of 0 and 1
    scores : array (N,)
        Any real numbers; they need not be probabilities.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        When only one class is present.

    Source: Hanley and McNeil, Radiology 143 (1982).
    """
    ### BEGIN SOLUTION
    positive, negative = scores[y_true == 1], scores[y_true == 0]
    if len(positive) == 0 or len(negative) == 0:
        raise ValueError(f"Expected both classes. Received: only {y_true[:1]}")
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, side="left")
    not_above = np.searchsorted(ordered, positive, side="right")
    return np.mean((below + not_above) / 2) / len(negative)
    ### END SOLUTION


def softmax(z):
    """Softmax over the last axis: e^{z_k} / Σ_j e^{z_j}, for finite logits of any size.

    A constant added to all logits of a row changes nothing, which makes it stable.

    Source: N5, section 3.3.5; Bishop, Pattern Recognition and Machine Learning, section 4.3.4.
    """
    ### BEGIN SOLUTION
    exponentials = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return exponentials / np.sum(exponentials, axis=-1, keepdims=True)
    ### END SOLUTION


def one_hot(y, n_classes):
    """Rows with a single 1.0 in the column of the label: `(N, K)` of float64.

    Raises
    ------
    ValueError
        For a label below 0 or at least `n_classes`; the message names it.
    """
    ### BEGIN SOLUTION
    outside = y[(y < 0) | (y >= n_classes)]
    if len(outside):
        raise ValueError(f"Expected labels from 0 to {n_classes - 1}. Received: {outside[0]}")
    return np.eye(n_classes, like=y)[y]
    ### END SOLUTION


def softmax_cross_entropy(logits, y):
    """Mean cross-entropy of softmax and its gradient.

    loss = 1/N Σᵢ (log Σⱼ e^{z_ij} − z_{i,yᵢ}); ∂loss/∂z = (softmax(z) − one_hot(y)) / N.
    Finite for logits of any size: take no logarithm of a softmax.

    Returns
    -------
    (loss, dlogits) : float and array (N, K)

    Source: N2, section 3.2; its gradient: Bishop, section 4.3.4.
    """
    ### BEGIN SOLUTION
    rows = np.arange(len(y))
    shifted = logits - np.max(logits, axis=1, keepdims=True)  # (N, K)
    log_sums = np.log(np.sum(np.exp(shifted), axis=1))  # (N,)
    loss = np.mean(log_sums - shifted[rows, y])
    return loss, (softmax(logits) - one_hot(y, logits.shape[1])) / len(y)
    ### END SOLUTION


def softmax_regression_gradients(X, y, W, b):
    """Gradient of the mean cross-entropy of the logits XW + b.

    Returns
    -------
    (dW, db) : arrays (D, K) and (K,)

    Source: Bishop, Pattern Recognition and Machine Learning, section 4.3.4.
    """
    ### BEGIN SOLUTION
    _, dlogits = softmax_cross_entropy(X @ W + b, y)  # (N, K)
    return X.T @ dlogits, np.sum(dlogits, axis=0)
    ### END SOLUTION


def hinge_loss(scores, y, margin=1.0):
    """Multi-class hinge loss and its gradient.

    loss = 1/N Σᵢ Σ_{j ≠ yᵢ} max(0, s_ij − s_{i,yᵢ} + margin); at the kink the derivative is 0.

    Returns
    -------
    (loss, dscores) : float and array (N, K)

    Source: Weston and Watkins, Multi-class support vector machines (1998); N2, section 3.2.
    """
    ### BEGIN SOLUTION
    rows = np.arange(len(y))
    margins = np.maximum(0.0, scores - scores[rows, y][:, None] + margin)  # (N, K)
    margins[rows, y] = 0.0
    dscores = (margins > 0).astype(float)
    dscores[rows, y] = -np.sum(dscores, axis=1)
    return np.sum(margins) / len(y), dscores / len(y)
    ### END SOLUTION


def knn_predict(X_train, y_train, X, k, metric="l2"):
    """k nearest neighbours: for each row of X, the label that most of its k nearest rows have.

    The smallest label wins a tie of votes. Labels are at least 0 and may have gaps.

    Parameters
    ----------
    X_train, y_train : arrays (N, D) and (N,)
    X : array (M, D)
    k : int, from 1 to N
    metric : "l1" or "l2"
        Sum of absolute differences, or root of the sum of squares.

    Returns
    -------
    array (M,) of integers

    Raises
    ------
    ValueError
        For k < 1, k above the number of training rows, or another metric; the message names it.

    Source: N2, section 2.1.
    """
    ### BEGIN SOLUTION
    if not 1 <= k <= len(X_train):
        raise ValueError(f"Expected 1 <= k <= {len(X_train)}. Received: k={k}")
    if metric not in ("l1", "l2"):
        raise ValueError(f"Expected metric 'l1' or 'l2'. Received: {metric!r}")
    differences = X[:, None, :] - X_train  # (M, N, D)
    if metric == "l1":
        distances = np.sum(np.abs(differences), axis=2)
    else:
        distances = np.sqrt(np.sum(differences**2, axis=2))
    nearest = y_train[np.argsort(distances, axis=1)[:, :k]]  # (M, k)
    labels = np.arange(int(np.max(y_train)) + 1, like=y_train)  # (K,)
    votes = np.sum(nearest[:, :, None] == labels, axis=1)  # (M, K)
    return np.argmax(votes, axis=1)
    ### END SOLUTION


def fit_softmax(X, y, n_classes):
    """Fit a softmax regression by any method.

    Returns
    -------
    (W, b) : arrays (D, K) and (K,)
        For the raw features: scaling, if any, is folded into W and b.
    """
    ### BEGIN SOLUTION
    W, b = np.zeros((X.shape[1], n_classes), like=X), np.zeros(n_classes, like=X)
    for _ in range(300):
        dW, db = softmax_regression_gradients(X, y, W, b)
        W, b = W - 0.5 * dW, b - 0.5 * db
    return W, b
    ### END SOLUTION
