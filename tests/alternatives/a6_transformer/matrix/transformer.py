"""Assignment 6 with whole matrices: all heads and all sequences in one masked softmax."""

import numpy as np


def _weights(q, k, mask):
    logits = q @ k.swapaxes(-1, -2)
    logits = logits / np.sqrt(k.shape[-1])
    if mask is None:
        mask = np.ones(logits.shape[-2:], dtype=bool)
    top = np.max(logits, axis=-1, keepdims=True, initial=-1e300, where=mask)
    powers = np.exp(
        logits - top, out=np.zeros_like(logits), where=np.broadcast_to(mask, logits.shape)
    )
    total = powers.sum(-1, keepdims=True)
    return np.divide(powers, total, out=np.zeros_like(powers), where=total > 0)


def scaled_dot_product_attention(q, k, v, mask=None):
    weights = _weights(q, k, mask)
    return np.matmul(weights, v), weights


def scaled_dot_product_attention_backward(dout, q, k, v, mask=None):
    a = _weights(q, k, mask)
    # Σ_keys a · (dout vᵀ) is dout · out, row by row: no second product is needed.
    inner = (dout * (a @ v)).sum(-1)[..., None]
    ds = a * (dout @ v.swapaxes(-1, -2) - inner) / q.shape[-1] ** 0.5
    return ds @ k, ds.swapaxes(-1, -2) @ q, a.swapaxes(-1, -2) @ dout


def causal_mask(T):
    return ~np.triu(np.ones((T, T), dtype=bool), 1)


def padding_mask(lengths, T):
    return np.cumsum(np.ones((len(lengths), T), dtype=int), axis=1) <= lengths.reshape(-1, 1)


def _blocks(D, heads):
    """`(heads, D, D)`: for each head the projection that keeps its columns."""
    if heads < 1 or D % heads:
        raise ValueError(f"{D} features, {heads} heads")
    return np.arange(D) // (D // heads) == np.arange(heads)[:, None]  # (heads, D)


def split_heads(x, heads):
    owners = _blocks(x.shape[-1], heads)
    return np.stack([x[..., owner] for owner in owners], axis=1)


def merge_heads(x):
    N, heads, T, d = x.shape
    selectors = np.eye(heads * d).reshape(heads, d, heads * d)
    return (x @ selectors).sum(axis=1)


def _one_sequence(x, Wq, Wk, Wv, mask, owners):
    """Attention weights and values of all heads of x (T, D), side by side in one matrix.

    The heads' keys stand on top of each other, each with its own columns and zeros elsewhere, so
    that one product makes the scores of all heads: (T, heads · T).
    """
    heads, T = len(owners), len(x)
    K = np.vstack([x @ Wk * owner for owner in owners])  # (heads · T, D)
    V = np.vstack([x @ Wv * owner for owner in owners])
    scores = (x @ Wq) @ K.T / np.sqrt(len(Wq) / heads)  # (T, heads · T)
    scores = scores.reshape(T, heads, T)
    allowed = mask[:, None, :]
    top = np.where(allowed, scores, -1e300).max(-1, keepdims=True)
    powers = np.where(allowed, np.exp(np.where(allowed, scores - top, 0)), 0)
    A = powers / np.maximum(powers.sum(-1, keepdims=True), 1e-300)
    return A.reshape(T, heads * T), K, V


def multi_head_attention_forward(x, Wq, Wk, Wv, Wo, heads, mask=None):
    N, T, D = x.shape
    owners = _blocks(D, heads)
    mask = np.broadcast_to(mask if mask is not None else True, (N, T, T))
    out, cache = [], [Wq, Wk, Wv, Wo, owners]
    for row, allowed in zip(x, mask):
        A, K, V = _one_sequence(row, Wq, Wk, Wv, allowed, owners)
        out.append(A @ V @ Wo)
        cache.append((row, A, K, V))
    return np.array(out), cache


def multi_head_attention_backward(dout, cache):
    Wq, Wk, Wv, Wo, owners, *rows = cache
    heads, D = owners.shape
    dx, dWq, dWk, dWv, dWo = np.empty(dout.shape), 0, 0, 0, 0
    for n, (x, A, K, V) in enumerate(rows):
        T = len(x)
        dWo = dWo + (A @ V).T @ dout[n]
        dmerged = dout[n] @ Wo.T
        dA = (dmerged @ V.T).reshape(T, heads, T)
        a = A.reshape(T, heads, T)
        dscores = a * dA - a * (a * dA).sum(-1, keepdims=True)
        dscores = dscores.reshape(T, heads * T) / np.sqrt(D / heads)
        dq = dscores @ K
        dk = ((dscores.T @ (x @ Wq)).reshape(heads, T, D) * owners[:, None]).sum(0)
        dv = ((A.T @ dmerged).reshape(heads, T, D) * owners[:, None]).sum(0)
        dWq, dWk, dWv = dWq + x.T @ dq, dWk + x.T @ dk, dWv + x.T @ dv
        dx[n] = np.hstack([dq, dk, dv]) @ np.hstack([Wq, Wk, Wv]).T
    return dx, dWq, dWk, dWv, dWo


def positional_encoding(length, d_model):
    exponents = np.repeat(np.arange(0, d_model, 2), 2)[:d_model] / d_model
    # A cosine is a sine that runs a quarter of a turn ahead.
    ahead = np.tile([0, np.pi / 2], (d_model + 1) // 2)[:d_model]
    return np.sin(np.outer(np.arange(length), np.power(10_000, -exponents)) + ahead)


def layer_norm_forward(x, gamma, beta, eps=1e-3):
    rows = x.reshape(-1, x.shape[-1])
    D = rows.shape[1]
    centring = np.eye(D) - np.ones((D, D)) / D
    centred = rows @ centring
    std = np.sqrt(np.diag(centred @ centred.T) / D + eps)[:, None]
    return (centred / std @ np.diag(gamma) + beta).reshape(x.shape), (centred, std, gamma, centring)


def layer_norm_backward(dout, cache):
    centred, std, gamma, centring = cache
    rows = dout.reshape(centred.shape)
    g = rows @ np.diag(gamma)
    dstd = -(g * centred).sum(1, keepdims=True) / std**2
    dcentred = g / std + dstd * centred / (std * len(gamma))
    ones = np.ones(len(rows))
    return (dcentred @ centring).reshape(dout.shape), ones @ (rows * centred / std), ones @ rows


_C = 0.7978845608028654  # √(2/π)


def gelu(x):
    return x / 2 + x / 2 * np.tanh(_C * x * (1 + 0.044715 * x * x))


def feed_forward_forward(x, W1, b1, W2, b2):
    # The bias is the weight of a further feature that is always 1.
    rows = np.column_stack([x.reshape(-1, len(W1)), np.ones(x.size // len(W1))])
    z = rows @ np.vstack([W1, b1])
    hidden = np.column_stack([gelu(z), np.ones(len(z))])
    out = hidden @ np.vstack([W2, b2])
    return out.reshape(*x.shape[:-1], -1), (rows, z, hidden, W1, W2)


def feed_forward_backward(dout, cache):
    rows, z, hidden, W1, W2 = cache
    d = dout.reshape(len(rows), -1)
    t = np.tanh(_C * z * (1 + 0.044715 * z * z))
    sech2 = np.cosh(np.clip(_C * z * (1 + 0.044715 * z * z), -300, 300)) ** -2
    dz = (d @ W2.T) * ((1 + t) / 2 + z * sech2 * _C * (1 + 3 * 0.044715 * z * z) / 2)
    first, second = rows.T @ dz, hidden.T @ d
    return (dz @ W1.T).reshape(dout.shape), first[:-1], first[-1], second[:-1], second[-1]


def encoder_block_forward(x, params, heads, mask=None):
    get = params.__getitem__
    normed = layer_norm_forward(x, get("gamma1"), get("beta1"))[0]
    attention = map(get, ("Wq", "Wk", "Wv", "Wo"))
    x = np.add(x, multi_head_attention_forward(normed, *attention, heads, mask)[0])
    normed = layer_norm_forward(x, get("gamma2"), get("beta2"))[0]
    return np.add(x, feed_forward_forward(normed, *map(get, ("W1", "b1", "W2", "b2")))[0]), ()


def masked_cross_entropy(logits, targets, mask):
    V = logits.shape[-1]
    rows, ids = logits.reshape(-1, V), targets.ravel()
    counted = mask.ravel().astype(float)
    weights = counted / counted.sum() if counted.any() else counted
    one_hot = (ids[:, None] == np.arange(V)).astype(float)
    top = rows.max(1, keepdims=True)
    powers = np.exp(rows - top)
    losses = np.log(powers.sum(1)) + top[:, 0] - (one_hot * rows).sum(1)
    dlogits = np.diag(weights) @ (powers / powers.sum(1, keepdims=True) - one_hot)
    return float(weights @ losses), dlogits.reshape(logits.shape)


def greedy_generate(next_logits, prompt, n_tokens, end=None):
    ids = prompt.copy()
    while len(ids) < len(prompt) + n_tokens:
        ids = np.hstack([ids, np.argmax(next_logits(ids.copy()))])
        if len(ids) > len(prompt) and ids[-1] == end:
            return ids
    return ids


def top_k_filter(logits, k):
    V = logits.shape[-1]
    if k < 1 or k > V:
        raise ValueError(f"top_k_filter: k = {k}, V = {V}")
    # Sorted from the back, equal logits stand in reverse order, so the first of them is last.
    order = V - 1 - np.argsort(logits[..., ::-1], axis=-1, kind="stable")
    out = logits.copy()
    np.put_along_axis(out, order[..., : V - k], -np.inf, axis=-1)
    return out


def mask_tokens(tokens, rate, mask_id, rng):
    if not (rate >= 0 and rate <= 1):
        raise ValueError(f"mask_tokens: rate = {rate}")
    shown = rng.random(size=tokens.shape) >= rate
    return np.choose(shown, [mask_id, tokens]), np.choose(shown, [tokens, -1])
