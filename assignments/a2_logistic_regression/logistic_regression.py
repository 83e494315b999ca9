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
    raise NotImplementedError("sigmoid is yours to write")


def sigmoid_grad(z):
    """Derivative of the logistic function: σ'(z) = σ(z)(1 − σ(z)), elementwise.

    Parameters
    ----------
    z : array of any shape
        The argument of σ, not its value.

    Source: N5, section 2.1.1.
    """
    raise NotImplementedError("sigmoid_grad is yours to write")


def predict_proba(X, w, b):
    """Probability of class 1: p = σ(Xw + b), shape `(N,)`.

    Source: N5, section 2.1.1.
    """
    raise NotImplementedError("predict_proba is yours to write")


def predict(X, w, b, threshold=0.5):
    """Predicted labels: 1 where the probability is at least `threshold`, else 0.

    Returns
    -------
    array (N,) of integers
        Not of bool.

    Source: N5, section 2.1.1, for the probability; the threshold is Bishop, Pattern Recognition
    and Machine Learning, section 1.5.
    """
    raise NotImplementedError("predict is yours to write")


def binary_cross_entropy(X, y, w, b):
    """Mean binary cross-entropy: −1/N Σ [y log p + (1 − y) log(1 − p)] with p = σ(Xw + b).

    Computed from the logits z = Xw + b, and so finite however large they are:
    the loss of one row is log(1 + e^z) − yz.

    Returns
    -------
    float

    Source: N5, section 2.1.2.
    """
    raise NotImplementedError("binary_cross_entropy is yours to write")


def gradients(X, y, w, b):
    """Gradient of J, the `binary_cross_entropy`: ∂J/∂w = 1/N Xᵀ(p − y), ∂J/∂b = 1/N Σ (p − y).

    Returns
    -------
    (dw, db) : array (D,) and float

    Source: N5, sections 2.1.3 (for w) and 2.2 (for b).
    """
    raise NotImplementedError("gradients is yours to write")


def fit(X, y, learning_rate, steps, l2=0.0):
    """Gradient descent from zeros on `binary_cross_entropy` + l2/2 ‖w‖².

    w and b begin at zero; the bias is not penalised.

    Returns
    -------
    (w, b, history) : array (D,), float and array (steps,)
        The history holds the penalised objective before each step.

    Source: N5, sections 2.1.3 and 2.2; the penalty: N2, section 3.2.
    """
    raise NotImplementedError("fit is yours to write")


def confusion_counts(y_true, y_pred):
    """Count the four outcomes for labels 0 and 1: `(tp, fp, fn, tn)`.

    The first letter says whether the prediction is true, the second what was predicted.

    Source: N5, section 2.4.1.
    """
    raise NotImplementedError("confusion_counts is yours to write")


def accuracy(y_true, y_pred):
    """The share of right predictions: (tp + tn) / N; 0.0 for empty input.

    Source: N5, section 2.4.1.
    """
    raise NotImplementedError("accuracy is yours to write")


def precision(y_true, y_pred):
    """How many of the predicted positives are positive: tp / (tp + fp); 0.0 without any.

    Source: N5, section 2.4.2.
    """
    raise NotImplementedError("precision is yours to write")


def recall(y_true, y_pred):
    """How many of the positives were found: tp / (tp + fn); 0.0 without any.

    Source: N5, section 2.4.3.
    """
    raise NotImplementedError("recall is yours to write")


def f1(y_true, y_pred):
    """Harmonic mean of precision and recall: 2PR / (P + R); 0.0 where that is 0/0.

    Source: N5, section 2.4.4.
    """
    raise NotImplementedError("f1 is yours to write")


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
    raise NotImplementedError("roc_auc is yours to write")


def softmax(z):
    """Softmax over the last axis: e^{z_k} / Σ_j e^{z_j}, for finite logits of any size.

    A constant added to all logits of a row changes nothing, which makes it stable.

    Source: N5, section 3.3.5; Bishop, Pattern Recognition and Machine Learning, section 4.3.4.
    """
    raise NotImplementedError("softmax is yours to write")


def one_hot(y, n_classes):
    """Rows with a single 1.0 in the column of the label: `(N, K)` of float64.

    Raises
    ------
    ValueError
        For a label below 0 or at least `n_classes`; the message names it.
    """
    raise NotImplementedError("one_hot is yours to write")


def softmax_cross_entropy(logits, y):
    """Mean cross-entropy of softmax and its gradient.

    loss = 1/N Σᵢ (log Σⱼ e^{z_ij} − z_{i,yᵢ}); ∂loss/∂z = (softmax(z) − one_hot(y)) / N.
    Finite for logits of any size: take no logarithm of a softmax.

    Returns
    -------
    (loss, dlogits) : float and array (N, K)

    Source: N2, section 3.2; its gradient: Bishop, section 4.3.4.
    """
    raise NotImplementedError("softmax_cross_entropy is yours to write")


def softmax_regression_gradients(X, y, W, b):
    """Gradient of the mean cross-entropy of the logits XW + b.

    Returns
    -------
    (dW, db) : arrays (D, K) and (K,)

    Source: Bishop, Pattern Recognition and Machine Learning, section 4.3.4.
    """
    raise NotImplementedError("softmax_regression_gradients is yours to write")


def hinge_loss(scores, y, margin=1.0):
    """Multi-class hinge loss and its gradient.

    loss = 1/N Σᵢ Σ_{j ≠ yᵢ} max(0, s_ij − s_{i,yᵢ} + margin); at the kink the derivative is 0.

    Returns
    -------
    (loss, dscores) : float and array (N, K)

    Source: Weston and Watkins, Multi-class support vector machines (1998); N2, section 3.2.
    """
    raise NotImplementedError("hinge_loss is yours to write")


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
    raise NotImplementedError("knn_predict is yours to write")


def fit_softmax(X, y, n_classes):
    """Fit a softmax regression by any method.

    Returns
    -------
    (W, b) : arrays (D, K) and (K,)
        For the raw features: scaling, if any, is folded into W and b.
    """
    raise NotImplementedError("fit_softmax is yours to write")
