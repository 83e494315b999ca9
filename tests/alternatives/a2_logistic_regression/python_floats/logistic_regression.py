"""Assignment 2 with float32 inside where it is enough, Python numbers and lists outside."""

import numpy as np


def sigmoid(z):
    z = np.asarray(z)
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-z))


def sigmoid_grad(z):
    s = sigmoid(z).astype(np.float32)
    return (s * (1 - s)).astype(np.float64)


def predict_proba(X, w, b):
    z = X.astype(np.float32) @ w.astype(np.float32) + np.float32(b)
    return sigmoid(z).astype(float).tolist()


def predict(X, w, b, threshold=0.5):
    return [int(p >= threshold) for p in sigmoid(X @ w + b)]


def binary_cross_entropy(X, y, w, b):
    z = X @ w + b
    return float(np.mean(np.logaddexp(0.0, z) - y * z))


def gradients(X, y, w, b):
    r = sigmoid(X @ w + b).astype(np.float32) - y.astype(np.float32)
    return (X.T @ r / len(y)).tolist(), float(r.mean())


def fit(X, y, learning_rate, steps, l2=0.0):
    w, b, history = np.zeros(X.shape[1]), 0.0, []
    for _ in range(steps):
        z = X @ w + b
        history.append(float(np.mean(np.logaddexp(0.0, z) - y * z) + l2 / 2 * (w @ w)))
        r = sigmoid(z) - y
        w = w - learning_rate * (X.T @ r / len(y) + l2 * w)
        b = b - learning_rate * float(r.mean())
    return w.tolist(), b, history


def confusion_counts(y_true, y_pred):
    pairs = list(zip(y_true.tolist(), y_pred.tolist()))
    return pairs.count((1, 1)), pairs.count((0, 1)), pairs.count((1, 0)), pairs.count((0, 0))


def accuracy(y_true, y_pred):
    return (y_true == y_pred).mean().item() if len(y_true) else 0


def precision(y_true, y_pred):
    tp, fp, _, _ = confusion_counts(y_true, y_pred)
    return tp / (tp + fp) if tp else 0.0


def recall(y_true, y_pred):
    tp, _, fn, _ = confusion_counts(y_true, y_pred)
    return tp / (tp + fn) if tp else 0.0


def f1(y_true, y_pred):
    try:
        p, r = precision(y_true, y_pred), recall(y_true, y_pred)
        return 2 * p * r / (p + r)
    except ZeroDivisionError:
        return 0.0


def roc_auc(y_true, scores):
    if len(set(y_true.tolist())) < 2:
        raise ValueError("one class")
    # Walk down the thresholds and add up trapezia.
    area = x = y = 0.0
    for threshold in sorted(set(scores.tolist()), reverse=True):
        new_x = float(np.mean(scores[y_true == 0] >= threshold))
        new_y = float(np.mean(scores[y_true == 1] >= threshold))
        area += (new_x - x) * (new_y + y) / 2
        x, y = new_x, new_y
    return area


def softmax(z):
    e = np.exp((z - z.max(axis=-1, keepdims=True)).astype(np.float32))
    return (e / e.sum(axis=-1, keepdims=True)).astype(np.float64)


def one_hot(y, n_classes):
    for label in y.tolist():
        if label not in range(n_classes):
            raise ValueError(f"{label} is not in 0 … {n_classes - 1}")
    return np.array([[float(k == label) for k in range(n_classes)] for label in y])


def softmax_cross_entropy(logits, y):
    m = logits.max(axis=1)
    sums = m + np.log(np.exp(logits - m[:, None]).sum(axis=1))
    right = logits[range(len(y)), y]
    gradient = np.exp(logits - sums[:, None])
    gradient[range(len(y)), y] -= 1
    return [float((sums - right).mean()), gradient / len(y)]


def softmax_regression_gradients(X, y, W, b):
    _, d = softmax_cross_entropy(X @ W + b, y)
    return X.T @ d, d.sum(axis=0).tolist()


def hinge_loss(scores, y, margin=1.0):
    n = len(y)
    gaps = (scores.T - scores[range(n), y] + margin).T
    gaps[range(n), y] = 0
    d = np.heaviside(gaps, 0.0)
    d[range(n), y] = -d.sum(axis=1)
    return float(gaps[gaps > 0].sum()) / n, d / n


def knn_predict(X_train, y_train, X, k, metric="l2"):
    powers = {"l1": 1, "l2": 2}
    if metric not in powers:
        raise ValueError(f"unknown metric {metric}")
    if not 1 <= k <= len(X_train):
        raise ValueError(f"k must be from 1 to {len(X_train)}, not {k}")
    answers = []
    for query in X:
        far = (np.abs(X_train - query) ** powers[metric]).sum(axis=1)
        near = [int(y_train[i]) for i in np.argsort(far)[:k]]
        answers.append(max(sorted(set(near)), key=near.count))
    return answers


def fit_softmax(X, y, n_classes):
    W, b = np.zeros((X.shape[1], n_classes), np.float32), np.zeros(n_classes, np.float32)
    Y = np.eye(n_classes, dtype=np.float32)[y]
    X = X.astype(np.float32)
    for _ in range(400):
        d = (softmax(X @ W + b) - Y) / len(y)
        W, b = W - 0.8 * X.T @ d, b - 0.8 * d.sum(axis=0)
    return W, b.tolist()
