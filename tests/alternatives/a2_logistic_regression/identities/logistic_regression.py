"""Assignment 2 by identities: tanh for the sigmoid, ranks for the area, sorting for the votes."""

import numpy as np


def sigmoid(z):
    return 0.5 * (1 + np.tanh(0.5 * np.asarray(z)))


def sigmoid_grad(z):
    return 0.25 * (1 - np.tanh(z / 2) ** 2)


def predict_proba(X, w, b):
    return sigmoid(np.dot(X, w) + b)


def predict(X, w, b, threshold=0.5):
    return 1 - (predict_proba(X, w, b) < threshold).astype(np.int64)


def binary_cross_entropy(X, y, w, b):
    z = X.dot(w) + b
    return np.mean(np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z))))


def gradients(X, y, w, b):
    r = (predict_proba(X, w, b) - y) / y.size
    return (r[:, None] * X).sum(0), r.sum()


def fit(X, y, learning_rate, steps, l2=0.0):
    w, b = np.zeros(X.shape[1]), np.float64(0)
    history = []
    for _ in range(steps):
        history = [*history, binary_cross_entropy(X, y, w, b) + 0.5 * l2 * w.dot(w)]
        dw, db = gradients(X, y, w, b)
        w, b = (1 - learning_rate * l2) * w - learning_rate * dw, b - learning_rate * db
    return w, b, history


def confusion_counts(y_true, y_pred):
    tp = np.count_nonzero(y_true & y_pred)
    fp = np.count_nonzero(y_pred) - tp
    fn = np.count_nonzero(y_true) - tp
    return tp, fp, fn, len(y_true) - tp - fp - fn


def _share(part, whole):
    return np.divide(part, whole) if whole else np.float64(0)


def accuracy(y_true, y_pred):
    tp, _, _, tn = confusion_counts(y_true, y_pred)
    return _share(tp + tn, len(y_true))


def precision(y_true, y_pred):
    return _share(np.count_nonzero(y_true[y_pred == 1]), np.count_nonzero(y_pred))


def recall(y_true, y_pred):
    return _share(np.count_nonzero(y_pred[y_true == 1]), np.count_nonzero(y_true))


def f1(y_true, y_pred):
    p, r = precision(y_true, y_pred), recall(y_true, y_pred)
    return 2 / (1 / p + 1 / r) if p * r > 0 else 0.0


def roc_auc(y_true, scores):
    n_pos, n_neg = int(np.sum(y_true == 1)), int(np.sum(y_true == 0))
    if n_pos * n_neg == 0:
        raise ValueError("both classes are needed")
    values, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks = (last - (counts - 1) / 2)[inverse]  # the mean rank of equal scores
    return (ranks[y_true == 1].sum() - n_pos * (n_pos + 1) / 2) / (n_pos * n_neg)


def softmax(z):
    return np.exp(z - np.logaddexp.reduce(z, axis=-1, keepdims=True))


def one_hot(y, n_classes):
    bad = [label for label in y if not 0 <= label < n_classes]
    if bad:
        raise ValueError(f"no class: {bad}")
    out = np.zeros((y.size, n_classes))
    np.put_along_axis(out, y[:, None], 1.0, axis=1)
    return out


def softmax_cross_entropy(logits, y):
    sums = np.logaddexp.reduce(logits, axis=1)
    chosen = np.take_along_axis(logits, y[:, None], 1)[:, 0]
    gradient = softmax(logits)
    gradient[np.arange(y.size), y] -= 1
    return np.average(sums - chosen), gradient / y.size


def softmax_regression_gradients(X, y, W, b):
    A = np.hstack([X, np.ones((y.size, 1))])
    both = A.T @ softmax_cross_entropy(A @ np.vstack([W, b]), y)[1]
    return both[:-1], both[-1]


def hinge_loss(scores, y, margin=1.0):
    n, k = scores.shape
    gaps = scores - np.take_along_axis(scores, y[:, None], 1) + margin * (1 - one_hot(y, k))
    active = (gaps > 0).astype(float)
    active[np.arange(n), y] = 0
    active[np.arange(n), y] -= active.sum(1)
    return np.clip(gaps, 0, None).sum() / n, active / n


def knn_predict(X_train, y_train, X, k, metric="l2"):
    if k < 1 or k > X_train.shape[0] or metric not in {"l1", "l2"}:
        raise ValueError(f"k={k}, metric={metric}")
    order = 1 if metric == "l1" else 2
    out = np.empty(len(X), dtype=y_train.dtype)
    for i, query in enumerate(X):
        near = y_train[np.linalg.norm(X_train - query, ord=order, axis=1).argsort()[:k]]
        labels, votes = np.unique(near, return_counts=True)
        out[i] = labels[votes.argmax()]
    return out


def fit_softmax(X, y, n_classes):
    mean = X.mean(axis=0)
    W, b = np.zeros((X.shape[1], n_classes)), np.zeros(n_classes)
    for _ in range(250):
        dW, db = softmax_regression_gradients(X - mean, y, W, b)
        W, b = W - dW, b - db
    return W, b - mean @ W  # the shift is folded into the bias
