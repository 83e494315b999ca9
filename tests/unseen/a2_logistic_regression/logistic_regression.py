"""Assignment 2 as a student who trusts NumPy and counts in loops would hand it in."""

import numpy as np


def sigmoid(z):
    z = np.asarray(z, dtype=float)
    positive = z >= 0
    small = np.exp(-np.abs(z))
    return np.where(positive, 1 / (1 + small), small / (1 + small))


def sigmoid_grad(z):
    s = sigmoid(z)
    return s - s**2


def predict_proba(X, w, b):
    logits = X.dot(w) + b
    return sigmoid(logits)


def predict(X, w, b, threshold=0.5):
    probabilities = predict_proba(X, w, b)
    labels = np.zeros(len(X), dtype=int)
    labels[probabilities >= threshold] = 1
    return labels


def binary_cross_entropy(X, y, w, b):
    z = X.dot(w) + b
    losses = np.logaddexp(0, z) - y * z
    return losses.mean()


def gradients(X, y, w, b):
    N = len(X)
    delta = (predict_proba(X, w, b) - y) / N
    return np.einsum("nd,n->d", X, delta), delta.sum()


def fit(X, y, learning_rate, steps, l2=0.0):
    w = np.zeros(X.shape[1])
    b = 0.0
    history = []
    for _ in range(steps):
        penalty = 0.5 * l2 * np.sum(w * w)
        history.append(binary_cross_entropy(X, y, w, b) + penalty)
        dw, db = gradients(X, y, w, b)
        dw = dw + l2 * w
        w = w - learning_rate * dw
        b = b - learning_rate * db
    return w, b, np.array(history)


def confusion_counts(y_true, y_pred):
    tp = fp = fn = tn = 0
    for truth, guess in zip(y_true, y_pred):
        if guess == 1:
            if truth == 1:
                tp += 1
            else:
                fp += 1
        elif truth == 1:
            fn += 1
        else:
            tn += 1
    return tp, fp, fn, tn


def _ratio(numerator, denominator):
    if denominator == 0:
        return 0.0
    return numerator / denominator


def accuracy(y_true, y_pred):
    right = sum(1 for truth, guess in zip(y_true, y_pred) if truth == guess)
    return _ratio(right, len(y_true))


def precision(y_true, y_pred):
    tp, fp, _, _ = confusion_counts(y_true, y_pred)
    return _ratio(tp, tp + fp)


def recall(y_true, y_pred):
    tp, _, fn, _ = confusion_counts(y_true, y_pred)
    return _ratio(tp, tp + fn)


def f1(y_true, y_pred):
    p = precision(y_true, y_pred)
    r = recall(y_true, y_pred)
    return _ratio(2 * p * r, p + r)


def roc_auc(y_true, scores):
    positives = scores[y_true == 1]
    negatives = scores[y_true == 0]
    if len(positives) == 0 or len(negatives) == 0:
        raise ValueError("both classes have to be present")
    wins = 0.0
    for score in positives:
        for other in negatives:
            if score > other:
                wins += 1
            elif score == other:
                wins += 0.5
    return wins / (len(positives) * len(negatives))


def softmax(z):
    largest = z.max(axis=-1, keepdims=True)
    e = np.exp(z - largest)
    return e / e.sum(axis=-1, keepdims=True)


def one_hot(y, n_classes):
    rows = np.zeros((len(y), n_classes))
    for i, label in enumerate(y):
        if label < 0 or label >= n_classes:
            raise ValueError(f"the label {label} is no class from 0 to {n_classes - 1}")
        rows[i, label] = 1.0
    return rows


def softmax_cross_entropy(logits, y):
    N = logits.shape[0]
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_sums = np.log(np.exp(shifted).sum(axis=1))
    loss = 0.0
    for i in range(N):
        loss += log_sums[i] - shifted[i, y[i]]
    dlogits = softmax(logits)
    dlogits[np.arange(N), y] -= 1
    return loss / N, dlogits / N


def softmax_regression_gradients(X, y, W, b):
    logits = X @ W + b
    _, dlogits = softmax_cross_entropy(logits, y)
    dW = X.T @ dlogits
    db = dlogits.sum(axis=0)
    return dW, db


def hinge_loss(scores, y, margin=1.0):
    N, K = scores.shape
    loss = 0.0
    dscores = np.zeros((N, K))
    for i in range(N):
        right = scores[i, y[i]]
        for j in range(K):
            if j == y[i]:
                continue
            slack = scores[i, j] - right + margin
            if slack > 0:
                loss += slack
                dscores[i, j] += 1
                dscores[i, y[i]] -= 1
    return loss / N, dscores / N


def knn_predict(X_train, y_train, X, k, metric="l2"):
    if k < 1 or k > len(X_train):
        raise ValueError(f"k = {k} is not between 1 and {len(X_train)}")
    if metric not in ("l1", "l2"):
        raise ValueError(f"the metric {metric!r} is not known")
    answers = []
    for row in X:
        difference = X_train - row
        if metric == "l1":
            distances = np.abs(difference).sum(axis=1)
        else:
            distances = np.sqrt((difference**2).sum(axis=1))
        nearest = np.argsort(distances, kind="stable")[:k]
        votes = np.bincount(y_train[nearest])
        answers.append(np.argmax(votes))
    return np.array(answers, dtype=int)


def fit_softmax(X, y, n_classes):
    mean, deviation = X.mean(axis=0), X.std(axis=0)
    deviation[deviation == 0] = 1.0
    scaled = (X - mean) / deviation
    W = np.zeros((X.shape[1], n_classes))
    b = np.zeros(n_classes)
    for _ in range(400):
        dW, db = softmax_regression_gradients(scaled, y, W, b)
        W = W - 0.5 * (dW + 1e-3 * W)
        b = b - 0.5 * db
    W = W / deviation[:, None]
    return W, b - mean @ W
