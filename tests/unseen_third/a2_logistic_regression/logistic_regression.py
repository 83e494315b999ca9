"""Assignment 2, written with loops, dictionaries and einsum."""

import numpy as np


def sigmoid(z):
    return 0.5 * (1.0 + np.tanh(0.5 * z))


def sigmoid_grad(z):
    up = sigmoid(z)
    down = sigmoid(-z)
    return up * down


def predict_proba(X, w, b):
    score = np.einsum("nd,d->n", X, w)
    return sigmoid(score + b)


def predict(X, w, b, threshold=0.5):
    chances = predict_proba(X, w, b)
    labels = np.zeros(len(chances), dtype=np.int64)
    labels[chances >= threshold] = 1
    return labels


def binary_cross_entropy(X, y, w, b):
    score = X.dot(w) + b
    large = np.maximum(score, 0.0)
    small = np.log1p(np.exp(-np.abs(score)))
    per_row = large - score * y + small
    return per_row.sum() / len(per_row)


def gradients(X, y, w, b):
    surprise = predict_proba(X, w, b) - y
    by_row = X * surprise[:, np.newaxis]
    return by_row.mean(axis=0), surprise.mean()


def fit(X, y, learning_rate, steps, l2=0.0):
    weights, bias = np.zeros(X.shape[1]), 0.0
    record = []
    for _ in range(steps):
        data_loss = binary_cross_entropy(X, y, weights, bias)
        penalty = 0.5 * l2 * weights.dot(weights)
        record.append(data_loss + penalty)
        to_weights, to_bias = gradients(X, y, weights, bias)
        weights = weights - learning_rate * (to_weights + l2 * weights)
        bias = bias - learning_rate * to_bias
    return weights, bias, np.array(record)


def confusion_counts(y_true, y_pred):
    seen = {(0, 0): 0, (0, 1): 0, (1, 0): 0, (1, 1): 0}
    for truth, guess in zip(y_true, y_pred):
        seen[int(truth), int(guess)] += 1
    return seen[1, 1], seen[0, 1], seen[1, 0], seen[0, 0]


def accuracy(y_true, y_pred):
    hits = sum(1 for truth, guess in zip(y_true, y_pred) if truth == guess)
    if len(y_true) == 0:
        return 0.0
    return hits / len(y_true)


def precision(y_true, y_pred):
    called = y_pred == 1
    if not called.any():
        return 0.0
    return float(np.mean(y_true[called]))


def recall(y_true, y_pred):
    present = y_true == 1
    if not present.any():
        return 0.0
    return float(np.mean(y_pred[present]))


def f1(y_true, y_pred):
    tp, fp, fn, tn = confusion_counts(y_true, y_pred)
    below = tp + 0.5 * (fp + fn)
    if below == 0:
        return 0.0
    return tp / below


def roc_auc(y_true, scores):
    ones = [s for s, label in zip(scores, y_true) if label == 1]
    zeros = [s for s, label in zip(scores, y_true) if label == 0]
    if not ones or not zeros:
        raise ValueError(f"only one class is there: {set(y_true.tolist())}")
    won = 0.0
    for one in ones:
        for zero in zeros:
            if one > zero:
                won += 1.0
            elif one == zero:
                won += 0.5
    return won / (len(ones) * len(zeros))


def softmax(z):
    top = z.max(axis=-1)[..., None]
    powers = np.exp(z - top)
    return powers / powers.sum(axis=-1)[..., None]


def one_hot(y, n_classes):
    table = np.zeros((len(y), n_classes))
    for row, label in enumerate(y):
        if label < 0 or label >= n_classes:
            raise ValueError(f"no class has the label {label}")
        table[row, label] = 1.0
    return table


def softmax_cross_entropy(logits, y):
    N = logits.shape[0]
    top = logits.max(axis=1)
    log_sum = top + np.log(np.exp(logits - top[:, None]).sum(axis=1))
    right = np.array([logits[i, y[i]] for i in range(N)])
    dlogits = np.exp(logits - log_sum[:, None])
    for i in range(N):
        dlogits[i, y[i]] -= 1.0
    return (log_sum - right).sum() / N, dlogits / N


def softmax_regression_gradients(X, y, W, b):
    logits = np.einsum("nd,dk->nk", X, W) + b
    back = softmax_cross_entropy(logits, y)[1]
    return np.einsum("nd,nk->dk", X, back), np.einsum("nk->k", back)


def hinge_loss(scores, y, margin=1.0):
    N, K = scores.shape
    loss = 0.0
    dscores = np.zeros((N, K))
    for i in range(N):
        for j in range(K):
            if j == y[i]:
                continue
            gap = scores[i, j] - scores[i, y[i]] + margin
            if gap > 0:
                loss += gap
                dscores[i, j] += 1.0
                dscores[i, y[i]] -= 1.0
    return loss / N, dscores / N


def knn_predict(X_train, y_train, X, k, metric="l2"):
    if k < 1 or k > X_train.shape[0]:
        raise ValueError(f"k is {k}, but has to lie between 1 and {X_train.shape[0]}")
    if metric not in {"l1", "l2"}:
        raise ValueError(f"there is no metric {metric}")
    answers = []
    for row in X:
        gaps = np.abs(X_train - row)
        if metric == "l2":
            far = (gaps * gaps).sum(axis=1)
        else:
            far = gaps.sum(axis=1)
        closest = np.argsort(far, kind="stable")[:k]
        names, votes = np.unique(y_train[closest], return_counts=True)
        answers.append(names[votes.argmax()])
    return np.array(answers, dtype=np.int64)


def fit_softmax(X, y, n_classes):
    W = np.zeros((X.shape[1], n_classes))
    b = np.zeros(n_classes)
    for _ in range(400):
        to_W, to_b = softmax_regression_gradients(X, y, W, b)
        W = W - 0.4 * to_W
        b = b - 0.4 * to_b
    return W, b
