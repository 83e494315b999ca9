"""Assignment 2 with explicit loops."""

import math

import numpy as np


def _sigmoid(z):
    if z >= 0:
        return 1 / (1 + math.exp(-z))
    return math.exp(z) / (1 + math.exp(z))


def sigmoid(z):
    z = np.asarray(z, dtype=float)
    out = np.empty(z.shape)
    for index in np.ndindex(z.shape):
        out[index] = _sigmoid(z[index])
    return out


def sigmoid_grad(z):
    out = np.empty(z.shape)
    for index in np.ndindex(z.shape):
        out[index] = _sigmoid(z[index]) * _sigmoid(-z[index])
    return out


def predict_proba(X, w, b):
    return np.array([_sigmoid(sum(x * v for x, v in zip(row, w)) + b) for row in X])


def predict(X, w, b, threshold=0.5):
    labels = []
    for p in predict_proba(X, w, b):
        if p >= threshold:
            labels.append(1)
        else:
            labels.append(0)
    return labels


def _softplus(z):
    return max(z, 0) + math.log1p(math.exp(-abs(z)))


def binary_cross_entropy(X, y, w, b):
    total = 0.0
    for row, label in zip(X, y):
        z = sum(x * v for x, v in zip(row, w)) + b
        total += _softplus(-z) if label == 1 else _softplus(z)
    return total / len(y)


def gradients(X, y, w, b):
    dw, db = [0.0] * len(w), 0.0
    for row, label, p in zip(X, y, predict_proba(X, w, b)):
        for j, x in enumerate(row):
            dw[j] += (p - label) * x / len(y)
        db += (p - label) / len(y)
    return np.array(dw), db


def fit(X, y, learning_rate, steps, l2=0.0):
    w, b, history = np.zeros(X.shape[1]), 0.0, []
    for _ in range(steps):
        history.append(binary_cross_entropy(X, y, w, b) + l2 / 2 * sum(v * v for v in w))
        dw, db = gradients(X, y, w, b)
        for j in range(len(w)):
            w[j] -= learning_rate * (dw[j] + l2 * w[j])
        b -= learning_rate * db
    return w, b, np.array(history)


def confusion_counts(y_true, y_pred):
    tp = fp = fn = tn = 0
    for a, p in zip(y_true, y_pred):
        if p == 1 and a == 1:
            tp += 1
        elif p == 1:
            fp += 1
        elif a == 1:
            fn += 1
        else:
            tn += 1
    return tp, fp, fn, tn


def accuracy(y_true, y_pred):
    if len(y_true) == 0:
        return 0.0
    return sum(1 for a, p in zip(y_true, y_pred) if a == p) / len(y_true)


def precision(y_true, y_pred):
    tp, fp, _, _ = confusion_counts(y_true, y_pred)
    return tp / (tp + fp) if tp + fp else 0.0


def recall(y_true, y_pred):
    tp, _, fn, _ = confusion_counts(y_true, y_pred)
    return tp / (tp + fn) if tp + fn else 0.0


def f1(y_true, y_pred):
    tp, fp, fn, _ = confusion_counts(y_true, y_pred)
    return 2 * tp / (2 * tp + fp + fn) if tp else 0.0


def roc_auc(y_true, scores):
    pairs = wins = 0
    for a, s in zip(y_true, scores):
        for c, t in zip(y_true, scores):
            if a == 1 and c == 0:
                pairs += 1
                wins += 1 if s > t else 0.5 if s == t else 0
    if pairs == 0:
        raise ValueError("one class only")
    return wins / pairs


def softmax(z):
    if z.ndim > 1:
        return np.array([softmax(part) for part in z])
    largest = max(z)
    exponentials = [math.exp(value - largest) for value in z]
    return np.array([value / sum(exponentials) for value in exponentials])


def one_hot(y, n_classes):
    out = np.zeros((len(y), n_classes))
    for i, label in enumerate(y):
        if label < 0 or label >= n_classes:
            raise ValueError(f"label {label}")
        out[i, label] = 1.0
    return out


def softmax_cross_entropy(logits, y):
    loss, gradient = 0.0, np.empty(logits.shape)
    for i, label in enumerate(y):
        p = softmax(logits[i])
        largest = max(logits[i])
        loss += math.log(sum(math.exp(v - largest) for v in logits[i])) + largest
        loss -= logits[i][label]
        p[label] -= 1
        gradient[i] = p / len(y)
    return loss / len(y), gradient


def softmax_regression_gradients(X, y, W, b):
    dW, db = np.zeros(W.shape), np.zeros(b.shape)
    for row, label in zip(X, y):
        _, d = softmax_cross_entropy((row @ W + b)[None], np.array([label]))
        for j in range(len(row)):
            dW[j] += row[j] * d[0] / len(y)
        db += d[0] / len(y)
    return dW, db


def hinge_loss(scores, y, margin=1.0):
    loss, gradient = 0.0, np.zeros(scores.shape)
    for i in range(len(y)):
        for j in range(scores.shape[1]):
            gap = scores[i, j] - scores[i, y[i]] + margin
            if j != y[i] and gap > 0:
                loss += gap / len(y)
                gradient[i, j] += 1 / len(y)
                gradient[i, y[i]] -= 1 / len(y)
    return loss, gradient


def knn_predict(X_train, y_train, X, k, metric="l2"):
    if k < 1 or k > len(X_train):
        raise ValueError(f"k={k}")
    if metric == "l1":
        distance = lambda p, q: sum(abs(u - v) for u, v in zip(p, q))
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
    W, b = np.zeros((X.shape[1], n_classes)), np.zeros(n_classes)
    for _ in range(12):
        for i in range(len(X)):
            z = X[i] @ W + b
            p = np.exp(z - z.max())
            p /= p.sum()
            p[y[i]] -= 1
            W -= 0.1 * np.outer(X[i], p)
            b -= 0.1 * p
    return W, b
