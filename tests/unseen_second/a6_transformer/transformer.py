import math

import numpy as np


def _allowed(mask, shape):
    return np.ones(shape, dtype=bool) if mask is None else np.broadcast_to(mask, shape)


def _dot(a, b):
    total = 0.0
    for one, other in zip(a, b):
        total += one * other
    return total


def _softmax_row(scores, allowed):
    some = [s for s, yes in zip(scores, allowed) if yes]
    if not some:
        return [0.0] * len(scores)
    top = max(some)
    powers = [math.exp(s - top) if yes else 0.0 for s, yes in zip(scores, allowed)]
    total = sum(powers)
    return [power / total for power in powers]


def scaled_dot_product_attention(q, k, v, mask=None):
    *leading, n_queries, d = q.shape
    n_keys, dv = v.shape[-2:]
    weights = np.zeros((*leading, n_queries, n_keys))
    out = np.zeros((*leading, n_queries, dv))
    mask = _allowed(mask, weights.shape)
    for index in np.ndindex(*leading):
        for i in range(n_queries):
            scores = [_dot(q[index][i], k[index][j]) / math.sqrt(d) for j in range(n_keys)]
            row = _softmax_row(scores, mask[index][i])
            weights[index][i] = row
            for j in range(n_keys):
                for c in range(dv):
                    out[index][i, c] += row[j] * v[index][j, c]
    return (out, weights)


def _attention_weights(q, k, mask):
    s = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    if mask is not None:
        s = np.where(mask, s, -np.inf)
    largest = np.max(s, axis=-1, keepdims=True)
    e = np.exp(s - np.where(np.isfinite(largest), largest, 0.0))
    totals = np.sum(e, axis=-1, keepdims=True)
    return e / np.where(totals > 0, totals, 1.0)


def scaled_dot_product_attention_backward(dout, q, k, v, mask=None):
    coef = _attention_weights(q, k, mask)
    dv = np.swapaxes(coef, -1, -2) @ dout
    dweights = dout @ np.swapaxes(v, -1, -2)
    ds = coef * (dweights - np.sum(dweights * coef, axis=-1, keepdims=True))
    ds = ds / np.sqrt(q.shape[-1])
    return (ds @ k, np.swapaxes(ds, -1, -2) @ q, dv)


def causal_mask(T):
    return np.array([[key <= query for key in range(T)] for query in range(T)])


def padding_mask(lengths, T):
    return np.arange(T, like=lengths) < lengths[:, None]


def _width(D, heads):
    if heads < 1 or heads * (D // heads) != D:
        raise ValueError(f"heads={heads} is impossible with {D} features")
    return D // heads


def split_heads(x, heads):
    _width(x.shape[2], heads)
    return np.stack(np.split(x, heads, axis=2), axis=1)


def merge_heads(x):
    N, heads, T, d = x.shape
    return np.einsum("nhtd->nthd", x).reshape(N, T, -1)


def multi_head_attention_forward(x, Wq, Wk, Wv, Wo, heads, mask=None):
    q, k, v = (split_heads(x @ W, heads) for W in (Wq, Wk, Wv))
    if mask is not None and mask.ndim == 3:
        mask = mask[:, None]
    att, _ = scaled_dot_product_attention(q, k, v, mask)
    cat = merge_heads(att)
    return (cat @ Wo, (x, Wq, Wk, Wv, Wo, q, k, v, mask, cat))


def _weight_gradient(x, dout):
    return x.reshape(-1, x.shape[-1]).T @ dout.reshape(-1, dout.shape[-1])


def multi_head_attention_backward(dout, cache):
    x, Wq, Wk, Wv, Wo, q, k, v, mask, cat = cache
    dattended = split_heads(dout @ Wo.T, q.shape[1])
    split_gradients = scaled_dot_product_attention_backward(dattended, q, k, v, mask)
    dq, dk, dv = (merge_heads(gradient) for gradient in split_gradients)
    dx = dq @ Wq.T + dk @ Wk.T + dv @ Wv.T
    return (
        dx,
        _weight_gradient(x, dq),
        _weight_gradient(x, dk),
        _weight_gradient(x, dv),
        _weight_gradient(cat, dout),
    )


def positional_encoding(length, d_model):
    columns = []
    for j in range(d_model):
        wave = np.cos if j % 2 else np.sin
        columns.append(wave(np.arange(length) * 10000.0 ** (-(j - j % 2) / d_model)))
    return np.stack(columns, axis=1)


def layer_norm_forward(x, gamma, beta, eps=0.001):
    centred = x - np.mean(x, axis=-1, keepdims=True)
    inverse_std = 1.0 / np.sqrt(np.mean(centred**2, axis=-1, keepdims=True) + eps)
    xhat = centred * inverse_std
    return (gamma * xhat + beta, (xhat, inverse_std, gamma))


def _sum_leading(x):
    return np.sum(x, axis=tuple(range(x.ndim - 1)))


def layer_norm_backward(dout, cache):
    xhat, inverse_std, gamma = cache
    dnormalised = dout * gamma
    mu = np.mean(dnormalised, axis=-1, keepdims=True)
    projection = np.mean(dnormalised * xhat, axis=-1, keepdims=True)
    dx = (dnormalised - mu - xhat * projection) * inverse_std
    return (dx, _sum_leading(dout * xhat), _sum_leading(dout))


def gelu(x):
    cube = np.power(x, 3)
    return 0.5 * x * (1 + np.tanh((2 / np.pi) ** 0.5 * (x + 0.044715 * cube)))


def _gelu_slope(x):
    a = (2 / np.pi) ** 0.5
    t = np.tanh(a * (x + 0.044715 * x**3))
    inner = a * (1 + 3 * 0.044715 * x**2)
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * inner


def feed_forward_forward(x, W1, b1, W2, b2):
    z = np.dot(x, W1) + b1
    hid = gelu(z)
    return np.dot(hid, W2) + b2, (x, W1, W2, z, hid)


def feed_forward_backward(dout, cache):
    x, W1, W2, z, hid = cache
    rows = dout.reshape(-1, dout.shape[-1])
    flat_x = x.reshape(-1, x.shape[-1])
    flat_hid = hid.reshape(-1, hid.shape[-1])
    dW2 = flat_hid.T @ rows
    db2 = rows.sum(axis=0)
    dz = (rows @ W2.T) * _gelu_slope(z).reshape(flat_hid.shape)
    dW1 = flat_x.T @ dz
    db1 = dz.sum(axis=0)
    dx = (dz @ W1.T).reshape(x.shape)
    return dx, dW1, db1, dW2, db2


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
    return (x, caches)


def masked_cross_entropy(logits, targets, mask):
    zs = logits - np.max(logits, axis=-1, keepdims=True)
    log_sums = np.log(np.sum(np.exp(zs), axis=-1, keepdims=True))
    log_probabilities = zs - log_sums
    one_hot = np.arange(logits.shape[-1], like=logits) == targets[..., None]
    counted = mask[..., None]
    n_counted = max(int(np.sum(mask)), 1)
    loss = -np.sum(np.where(one_hot & counted, log_probabilities, 0.0)) / n_counted
    dlogits = np.where(counted, np.exp(log_probabilities) - one_hot, 0.0) / n_counted
    return (loss, dlogits)


def greedy_generate(next_logits, prompt, n_tokens, end=None):
    ids = prompt.copy()
    while len(ids) < len(prompt) + n_tokens:
        ids = np.hstack([ids, np.argmax(next_logits(ids.copy()))])
        if len(ids) > len(prompt) and ids[-1] == end:
            return ids
    return ids


def top_k_filter(logits, k):
    V = logits.shape[-1]
    if k not in range(1, V + 1):
        raise ValueError(f"k must be one of 1 ... {V}, received {k}")
    larger = logits[..., None, :] > logits[..., :, None]
    equal_before = (logits[..., None, :] == logits[..., :, None]) & np.tri(V, k=-1, dtype=bool)
    rank = np.einsum("...ij->...i", (larger | equal_before).astype(int))
    return np.where(rank < k, logits, -np.inf)


def mask_tokens(tokens, rate, mask_id, rng):
    if rate < 0 or rate > 1:
        raise ValueError(f"a rate of {rate} is no probability")
    inputs, targets = (tokens.copy(), np.empty_like(tokens))
    for index in np.ndindex(tokens.shape):
        if rng.random() < rate:
            inputs[index], targets[index] = (mask_id, tokens[index])
        else:
            targets[index] = -1
    return (inputs, targets)
