import math

import numpy as np


def sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, e) / (1.0 + e)


def sigmoid_grad(z):
    return sigmoid(z) * sigmoid(-z)


def predict_proba(X, w, b):
    return sigmoid(np.dot(X, w) + b)


def predict(X, w, b, threshold=0.5):
    return (predict_proba(X, w, b) >= threshold).astype(int)


def _softplus(z):
    return max(z, 0) + math.log1p(math.exp(-abs(z)))


def binary_cross_entropy(X, y, w, b):
    total = 0.0
    for row, label in zip(X, y):
        z = sum((x * v for x, v in zip(row, w))) + b
        total += _softplus(-z) if label == 1 else _softplus(z)
    return total / len(y)


def gradients(X, y, w, b):
    r = predict_proba(X, w, b) - y
    return (np.einsum("nd,n->d", X, r) / len(r), np.einsum("n->", r) / len(r))


def fit(X, y, learning_rate, steps, l2=0.0):
    w, b = (np.zeros(X.shape[1], like=X), 0.0)
    losses = np.zeros(steps)
    for step in range(steps):
        losses[step] = binary_cross_entropy(X, y, w, b) + l2 / 2 * np.sum(w**2)
        dw, db = gradients(X, y, w, b)
        w, b = (w - learning_rate * (dw + l2 * w), b - learning_rate * db)
    return (w, b, losses)


def _table(y_true, y_pred):
    pairs = 2 * y_true + y_pred
    return np.bincount(pairs, minlength=4)


def confusion_counts(y_true, y_pred):
    tn, fp, fn, tp = _table(y_true, y_pred)
    return [tp, fp, fn, tn]


def _share(part, whole):
    return np.divide(part, whole) if whole else np.float64(0)


def accuracy(y_true, y_pred):
    tp, _, _, tn = confusion_counts(y_true, y_pred)
    return _share(tp + tn, len(y_true))


def _ratio(numerator, denominator):
    return float(numerator) / float(denominator) if denominator else 0.0


def precision(y_true, y_pred):
    tp, fp, _, _ = confusion_counts(y_true, y_pred)
    return _ratio(tp, tp + fp)


def recall(y_true, y_pred):
    tp, _, fn, _ = confusion_counts(y_true, y_pred)
    return tp / (tp + fn) if tp + fn else 0.0


def f1(y_true, y_pred):
    p = precision(y_true, y_pred)
    r = recall(y_true, y_pred)
    if p + r == 0:
        return 0.0
    return 2 * p * r / (p + r)


def roc_auc(y_true, scores):
    is_pos, is_neg = (scores[y_true == 1], scores[y_true == 0])
    if len(is_pos) == 0 or len(is_neg) == 0:
        raise ValueError(f"Expected both classes. Received: only {y_true[:1]}")
    ordered = np.sort(is_neg)
    below = np.searchsorted(ordered, is_pos, side="left")
    not_above = np.searchsorted(ordered, is_pos, side="right")
    return np.mean((below + not_above) / 2) / len(is_neg)


def softmax(z):
    e = np.exp(z - z.max(-1)[..., None])
    return np.einsum("...k,...->...k", e, 1 / e.sum(-1))


def one_hot(y, n_classes):
    bad = [label for label in y if not 0 <= label < n_classes]
    if bad:
        raise ValueError(f"no class: {bad}")
    out = np.zeros((y.size, n_classes))
    np.put_along_axis(out, y[:, None], 1.0, axis=1)
    return out


def softmax_cross_entropy(logits, y):
    batch = np.arange(len(y))
    zs = logits - np.max(logits, axis=1, keepdims=True)
    log_sums = np.log(np.sum(np.exp(zs), axis=1))
    loss = np.mean(log_sums - zs[batch, y])
    return (loss, (softmax(logits) - one_hot(y, logits.shape[1])) / len(y))


def softmax_regression_gradients(X, y, W, b):
    dW, db = (np.zeros(W.shape), np.zeros(b.shape))
    for row, label in zip(X, y):
        _, d = softmax_cross_entropy((row @ W + b)[None], np.array([label]))
        for j in range(len(row)):
            dW[j] += row[j] * d[0] / len(y)
        db += d[0] / len(y)
    return (dW, db)


def hinge_loss(scores, y, margin=1.0):
    n = len(y)
    gaps = (scores.T - scores[range(n), y] + margin).T
    gaps[range(n), y] = 0
    d = np.heaviside(gaps, 0.0)
    d[range(n), y] = -d.sum(axis=1)
    return (float(gaps[gaps > 0].sum()) / n, d / n)


def knn_predict(X_train, y_train, X, k, metric="l2"):
    if k < 1 or k > len(X_train):
        raise ValueError(f"k={k}")
    if metric == "l1":
        distance = lambda p, q: sum((abs(u - v) for u, v in zip(p, q)))
    elif metric == "l2":
        distance = lambda p, q: math.dist(p, q)
    else:
        raise ValueError(f"metric {metric}")
    out = []
    for query in X:
        order = sorted(range(len(X_train)), key=lambda i: distance(query, X_train[i]))
        votes = {}
        for i in order[:k]:
            votes[int(y_train[i])] = votes.get(int(y_train[i]), 0) + 1
        out.append(min(votes, key=lambda label: (-votes[label], label)))
    return out


def fit_softmax(X, y, n_classes):
    W, b = (np.zeros((X.shape[1], n_classes), like=X), np.zeros(n_classes, like=X))
    for _ in range(300):
        dW, db = softmax_regression_gradients(X, y, W, b)
        W, b = (W - 0.5 * dW, b - 0.5 * db)
    return (W, b)
