"""Assignment 6 as a student who writes small helpers and einsum would hand it in."""

import numpy as np


def _masked_softmax(scores, mask):
    if mask is None:
        shifted = scores - scores.max(axis=-1, keepdims=True)
        e = np.exp(shifted)
        return e / e.sum(axis=-1, keepdims=True)
    allowed = np.broadcast_to(mask, scores.shape)
    lowest = np.where(allowed, scores, -np.inf).max(axis=-1, keepdims=True)
    lowest = np.where(np.isfinite(lowest), lowest, 0.0)
    e = np.where(allowed, np.exp(np.where(allowed, scores - lowest, 0.0)), 0.0)
    total = e.sum(axis=-1, keepdims=True)
    return e / np.where(total == 0, 1.0, total)


def scaled_dot_product_attention(q, k, v, mask=None):
    d = q.shape[-1]
    scores = np.einsum("...id,...jd->...ij", q, k) / np.sqrt(d)
    weights = _masked_softmax(scores, mask)
    out = np.einsum("...ij,...je->...ie", weights, v)
    return out, weights


def scaled_dot_product_attention_backward(dout, q, k, v, mask=None):
    _, weights = scaled_dot_product_attention(q, k, v, mask)
    scale = 1 / np.sqrt(q.shape[-1])
    dv = np.swapaxes(weights, -1, -2) @ dout
    dweights = dout @ np.swapaxes(v, -1, -2)
    inner = (dweights * weights).sum(axis=-1, keepdims=True)
    dscores = weights * (dweights - inner)
    dq = dscores @ k * scale
    dk = np.swapaxes(dscores, -1, -2) @ q * scale
    return dq, dk, dv


def causal_mask(T):
    mask = np.zeros((T, T), dtype=bool)
    for t in range(T):
        mask[t, : t + 1] = True
    return mask


def padding_mask(lengths, T):
    mask = np.zeros((len(lengths), T), dtype=bool)
    for n, length in enumerate(lengths):
        mask[n, :length] = True
    return mask


def split_heads(x, heads):
    N, T, D = x.shape
    if heads < 1 or D % heads:
        raise ValueError(f"{heads} heads do not divide {D} features")
    d = D // heads
    return np.stack([x[:, :, h * d : (h + 1) * d] for h in range(heads)], axis=1)


def merge_heads(x):
    return np.concatenate([x[:, h] for h in range(x.shape[1])], axis=-1)


def multi_head_attention_forward(x, Wq, Wk, Wv, Wo, heads, mask=None):
    q = split_heads(x @ Wq, heads)
    k = split_heads(x @ Wk, heads)
    v = split_heads(x @ Wv, heads)
    if mask is not None and mask.ndim == 3:
        mask = mask[:, None]
    attended, _ = scaled_dot_product_attention(q, k, v, mask)
    merged = merge_heads(attended)
    out = merged @ Wo
    return out, (x, Wq, Wk, Wv, Wo, q, k, v, merged, mask)


def multi_head_attention_backward(dout, cache):
    x, Wq, Wk, Wv, Wo, q, k, v, merged, mask = cache
    heads = q.shape[1]
    dWo = np.einsum("ntd,nte->de", merged, dout)
    dattended = split_heads(dout @ Wo.T, heads)
    parts = scaled_dot_product_attention_backward(dattended, q, k, v, mask)
    dx = np.zeros(x.shape)
    gradients = []
    for part, W in zip(parts, (Wq, Wk, Wv)):
        dprojected = merge_heads(part)
        gradients.append(np.einsum("ntd,nte->de", x, dprojected))
        dx += dprojected @ W.T
    return (dx, *gradients, dWo)


def positional_encoding(length, d_model):
    table = np.zeros((length, d_model))
    for p in range(length):
        for j in range(d_model):
            angle = p / 10000 ** (2 * (j // 2) / d_model)
            table[p, j] = np.sin(angle) if j % 2 == 0 else np.cos(angle)
    return table


def layer_norm_forward(x, gamma, beta, eps=1e-3):
    centred = x - x.mean(axis=-1, keepdims=True)
    variance = (centred * centred).mean(axis=-1, keepdims=True)
    root = np.sqrt(variance + eps)
    x_hat = centred / root
    return gamma * x_hat + beta, (x_hat, root, gamma)


def layer_norm_backward(dout, cache):
    x_hat, root, gamma = cache
    D = x_hat.shape[-1]
    dgamma = (dout * x_hat).reshape(-1, D).sum(axis=0)
    dbeta = dout.reshape(-1, D).sum(axis=0)
    g = dout * gamma
    mean_g = g.sum(axis=-1, keepdims=True) / D
    mean_gx = (g * x_hat).sum(axis=-1, keepdims=True) / D
    dx = (g - mean_g - x_hat * mean_gx) / root
    return dx, dgamma, dbeta


_C = np.sqrt(2 / np.pi)


def gelu(x):
    inner = _C * (x + 0.044715 * x**3)
    return 0.5 * x * (1 + np.tanh(inner))


def _gelu_slope(x):
    t = np.tanh(_C * (x + 0.044715 * x**3))
    dinner = _C * (1 + 3 * 0.044715 * x**2)
    return 0.5 * (1 + t) + 0.5 * x * (1 - t**2) * dinner


def feed_forward_forward(x, W1, b1, W2, b2):
    hidden = x @ W1 + b1
    active = gelu(hidden)
    return active @ W2 + b2, (x, W1, W2, hidden, active)


def feed_forward_backward(dout, cache):
    x, W1, W2, hidden, active = cache
    D, F = W1.shape
    dactive = dout @ W2.T
    dhidden = dactive * _gelu_slope(hidden)
    dx = dhidden @ W1.T
    flat_out = dout.reshape(-1, D)
    flat_hidden = dhidden.reshape(-1, F)
    dW1 = x.reshape(-1, D).T @ flat_hidden
    db1 = flat_hidden.sum(axis=0)
    dW2 = active.reshape(-1, F).T @ flat_out
    db2 = flat_out.sum(axis=0)
    return dx, dW1, db1, dW2, db2


def encoder_block_forward(x, params, heads, mask=None):
    p = params
    normed, _ = layer_norm_forward(x, p["gamma1"], p["beta1"])
    attended, _ = multi_head_attention_forward(
        normed, p["Wq"], p["Wk"], p["Wv"], p["Wo"], heads, mask
    )
    y = x + attended
    normed, _ = layer_norm_forward(y, p["gamma2"], p["beta2"])
    fed, _ = feed_forward_forward(normed, p["W1"], p["b1"], p["W2"], p["b2"])
    return y + fed, None


def masked_cross_entropy(logits, targets, mask):
    N, T, V = logits.shape
    dlogits = np.zeros(logits.shape)
    count = mask.sum()
    if count == 0:
        return 0.0, dlogits
    loss = 0.0
    for n in range(N):
        for t in range(T):
            if not mask[n, t]:
                continue
            row = logits[n, t] - logits[n, t].max()
            log_sum = np.log(np.exp(row).sum())
            loss += log_sum - row[targets[n, t]]
            dlogits[n, t] = np.exp(row - log_sum)
            dlogits[n, t, targets[n, t]] -= 1
    return loss / count, dlogits / count


def greedy_generate(next_logits, prompt, n_tokens, end=None):
    ids = [int(one) for one in prompt]
    while len(ids) < len(prompt) + n_tokens:
        best = int(np.argmax(next_logits(np.array(ids))))
        ids.append(best)
        if end is not None and best == end:
            break
    return np.array(ids)


def top_k_filter(logits, k):
    V = logits.shape[-1]
    if k < 1 or k > V:
        raise ValueError(f"k = {k} is not between 1 and {V}")
    order = np.argsort(-logits, axis=-1, kind="stable")[..., :k]
    kept = np.full(logits.shape, -np.inf)
    np.put_along_axis(kept, order, np.take_along_axis(logits, order, axis=-1), axis=-1)
    return kept


def mask_tokens(tokens, rate, mask_id, rng):
    if not 0 <= rate <= 1:
        raise ValueError(f"the rate {rate} is not between 0 and 1")
    hidden = rng.random(tokens.shape) < rate
    inputs = tokens.copy()
    inputs[hidden] = mask_id
    targets = np.full(tokens.shape, -1)
    targets[hidden] = tokens[hidden]
    return inputs, targets
