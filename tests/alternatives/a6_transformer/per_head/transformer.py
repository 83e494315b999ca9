"""Assignment 6 one sequence and one head at a time; each forward pass caches its backward pass."""

from functools import partial
from itertools import product

import numpy as np


def _softmax(scores, allowed):
    """Softmax of a matrix by rows, over the allowed entries of each."""
    weights = np.zeros_like(scores)
    for row, score, yes in zip(weights, scores, allowed):
        if yes.any():
            powers = np.exp(score[yes] - score[yes].max())
            row[yes] = powers / powers.sum()
    return weights


def _one(q, k, v, allowed):
    weights = _softmax(q @ k.T / np.sqrt(q.shape[1]), allowed)
    return weights @ v, weights


def _one_backward(dout, q, k, v, allowed):
    _, weights = _one(q, k, v, allowed)
    dscores = np.empty_like(weights)
    for i, a in enumerate(weights):
        dscores[i] = (np.diag(a) - np.outer(a, a)) @ (v @ dout[i]) / np.sqrt(q.shape[1])
    return dscores @ k, dscores.T @ q, weights.T @ dout


def _for_each(function, shape, *arrays):
    """Apply to the matrices at each index of the leading axes; stack what comes back."""
    results = [function(*(array[index] for array in arrays)) for index in np.ndindex(*shape)]
    return tuple(np.reshape(parts, (*shape, *parts[0].shape)) for parts in zip(*results))


def _full(mask, q, k):
    shape = (*q.shape[:-1], k.shape[-2])
    return np.broadcast_to(True if mask is None else mask, shape)


def scaled_dot_product_attention(q, k, v, mask=None):
    return _for_each(_one, q.shape[:-2], q, k, v, _full(mask, q, k))


def scaled_dot_product_attention_backward(dout, q, k, v, mask=None):
    return _for_each(_one_backward, q.shape[:-2], dout, q, k, v, _full(mask, q, k))


def causal_mask(T):
    return np.array([[key <= query for key in range(T)] for query in range(T)])


def padding_mask(lengths, T):
    return np.array([[True] * n + [False] * (T - n) for n in lengths])


def _width(D, heads):
    if heads < 1 or heads * (D // heads) != D:
        raise ValueError(f"heads={heads} is impossible with {D} features")
    return D // heads


def split_heads(x, heads):
    _width(x.shape[2], heads)
    return np.stack(np.split(x, heads, axis=2), axis=1)


def merge_heads(x):
    return np.concatenate([x[:, h] for h in range(x.shape[1])], axis=2)


def multi_head_attention_forward(x, Wq, Wk, Wv, Wo, heads, mask=None):
    N, T, D = x.shape
    d = _width(D, heads)
    masks = np.broadcast_to(True if mask is None else mask, (N, T, T))
    out = np.zeros((N, T, D))
    for n, h in product(range(N), range(heads)):
        own = slice(h * d, (h + 1) * d)
        attended, _ = _one(x[n] @ Wq[:, own], x[n] @ Wk[:, own], x[n] @ Wv[:, own], masks[n])
        out[n] += attended @ Wo[own]  # the heads' parts of the last projection add up

    def backward(dout):
        dx = np.zeros((N, T, D))
        dWq, dWk, dWv, dWo = (np.zeros((D, D)) for _ in range(4))
        for n, h in product(range(N), range(heads)):
            own = slice(h * d, (h + 1) * d)
            q, k, v = (x[n] @ W[:, own] for W in (Wq, Wk, Wv))
            attended, _ = _one(q, k, v, masks[n])
            dWo[own] += attended.T @ dout[n]
            gradients = _one_backward(dout[n] @ Wo[own].T, q, k, v, masks[n])
            for gradient, W, dW in zip(gradients, (Wq, Wk, Wv), (dWq, dWk, dWv)):
                dW[:, own] += x[n].T @ gradient
                dx[n] += gradient @ W[:, own].T
        return dx, dWq, dWk, dWv, dWo

    return out, backward


def multi_head_attention_backward(dout, cache):
    return cache(dout)


def positional_encoding(length, d_model):
    columns = []
    for j in range(d_model):
        wave = np.cos if j % 2 else np.sin
        columns.append(wave(np.arange(length) * 10_000.0 ** (-(j - j % 2) / d_model)))
    return np.stack(columns, axis=1)


def layer_norm_forward(x, gamma, beta, eps=1e-3):
    mean, variance = x.mean(axis=-1), x.var(axis=-1)
    out = np.empty(x.shape)
    for index in np.ndindex(*x.shape[:-1]):
        out[index] = gamma * (x[index] - mean[index]) / np.sqrt(variance[index] + eps) + beta

    def backward(dout):
        dx, dgamma, dbeta = np.empty(x.shape), np.zeros(gamma.shape), np.zeros(beta.shape)
        for index in np.ndindex(*x.shape[:-1]):
            std = np.sqrt(variance[index] + eps)
            xhat = (x[index] - mean[index]) / std
            # The matrix of all ∂x̂/∂x of this row, transposed onto what comes from above.
            D = len(xhat)
            jacobian = (np.eye(D) - 1 / D - np.outer(xhat, xhat) / D) / std
            dx[index] = jacobian.T @ (gamma * dout[index])
            dgamma += xhat * dout[index]
            dbeta += dout[index]
        return dx, dgamma, dbeta

    return out, backward


def layer_norm_backward(dout, cache):
    return cache(dout)


def gelu(x):
    cube = np.power(x, 3)
    return 0.5 * x * (1 + np.tanh((2 / np.pi) ** 0.5 * (x + 0.044715 * cube)))


def _slope(x):
    """By a difference in the complex plane, which has no cancellation."""
    step = 1e-20
    return np.imag(gelu(x + 1j * step)) / step


def _sum_rows(array):
    while array.ndim > 1:
        array = array.sum(axis=0)
    return array


def feed_forward_forward(x, W1, b1, W2, b2):
    z = np.dot(x, W1) + b1
    return np.dot(gelu(z), W2) + b2, partial(_feed_backward, x=x, W1=W1, W2=W2, z=z)


def _feed_backward(dout, x, W1, W2, z):
    dz = np.dot(dout, W2.T) * _slope(z)
    dW1, dW2 = np.zeros(W1.shape), np.zeros(W2.shape)
    hidden = gelu(z)
    for index in np.ndindex(*x.shape[:-1]):
        dW1 += np.outer(x[index], dz[index])
        dW2 += np.outer(hidden[index], dout[index])
    return np.dot(dz, W1.T), dW1, _sum_rows(dz), dW2, _sum_rows(dout)


def feed_forward_backward(dout, cache):
    return cache(dout)


def encoder_block_forward(x, params, heads, mask=None):
    def attend(normed):
        weights = [params["W" + letter] for letter in "qkvo"]
        return multi_head_attention_forward(normed, *weights, heads, mask)

    def feed(normed):
        return feed_forward_forward(normed, *(params[key] for key in ("W1", "b1", "W2", "b2")))

    caches = []
    for number, branch in enumerate((attend, feed), start=1):
        normed, before = layer_norm_forward(x, params[f"gamma{number}"], params[f"beta{number}"])
        added, behind = branch(normed)
        x = x + added
        caches += [before, behind]
    return x, caches


def masked_cross_entropy(logits, targets, mask):
    dlogits = np.zeros(logits.shape)
    rows, ids = logits[mask], targets[mask]  # only what counts: (M, V) and (M,)
    if len(ids) == 0:
        return 0, dlogits
    log_sums = np.logaddexp.reduce(rows, axis=1)
    p = np.exp(rows - log_sums[:, None])
    p[np.arange(len(ids)), ids] -= 1
    dlogits[mask] = p / len(ids)
    return np.mean(log_sums - rows[np.arange(len(ids)), ids]), dlogits


def greedy_generate(next_logits, prompt, n_tokens, end=None):
    if n_tokens == 0:
        return prompt
    logits = next_logits(prompt)
    chosen = np.flatnonzero(logits == logits.max())[0]
    longer = np.concatenate([prompt, [chosen]])
    if end is not None and chosen == end:
        return longer
    return greedy_generate(next_logits, longer, n_tokens - 1, end)


def top_k_filter(logits, k):
    V = logits.shape[-1]
    if not 0 < k <= V:
        raise ValueError(f"k={k} of {V}")
    out = np.full_like(logits, -np.inf)
    for index in np.ndindex(*logits.shape[:-1]):
        best = sorted(range(V), key=lambda j: (-logits[index][j], j))[:k]
        out[index][best] = logits[index][best]
    return out


def mask_tokens(tokens, rate, mask_id, rng):
    if rate < 0 or 1 < rate:
        raise ValueError(f"rate={rate}")
    inputs, targets = np.array(tokens), np.full(tokens.shape, -1)
    hidden = rng.uniform(size=tokens.size).reshape(tokens.shape) < rate
    inputs[hidden], targets[hidden] = mask_id, tokens[hidden]
    return inputs, targets
