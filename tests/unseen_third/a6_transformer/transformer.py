import math

import numpy as np


def weights_of(q, k, mask):
    scores = np.einsum("...qd,...kd->...qk", q, k) / math.sqrt(q.shape[-1])
    if mask is None:
        mask = np.ones(scores.shape, dtype=bool)
    allowed = np.broadcast_to(mask, scores.shape)
    lowest = np.where(allowed, scores, -1e30)
    top = lowest.max(axis=-1, keepdims=True)
    e = np.exp(lowest - top) * allowed
    z = e.sum(axis=-1, keepdims=True)
    z[z == 0] = 1.0
    return e / z


def scaled_dot_product_attention(q, k, v, mask=None):
    a = weights_of(q, k, mask)
    return np.einsum("...qk,...kv->...qv", a, v), a


def scaled_dot_product_attention_backward(dout, q, k, v, mask=None):
    a = weights_of(q, k, mask)
    root = math.sqrt(q.shape[-1])
    dv = np.einsum("...qk,...qv->...kv", a, dout)
    da = np.einsum("...qv,...kv->...qk", dout, v)
    inner = (a * da).sum(axis=-1)[..., None]
    ds = a * da - a * inner
    dq = np.einsum("...qk,...kd->...qd", ds, k) / root
    dk = np.einsum("...qk,...qd->...kd", ds, q) / root
    return dq, dk, dv


def causal_mask(T):
    allowed = np.zeros((T, T), dtype=bool)
    for t in range(T):
        allowed[t, : t + 1] = True
    return allowed


def padding_mask(lengths, T):
    real = np.zeros((len(lengths), T), dtype=bool)
    for n, length in enumerate(lengths):
        real[n, :length] = True
    return real


def split_heads(x, heads):
    d_model = x.shape[2]
    if heads <= 0 or d_model % heads != 0:
        raise ValueError(f"{heads} heads do not share {d_model} features")
    size = d_model // heads
    parts = [x[:, :, h * size : (h + 1) * size] for h in range(heads)]
    return np.stack(parts, axis=1)


def merge_heads(x):
    return np.concatenate([x[:, h] for h in range(x.shape[1])], axis=2)


def multi_head_attention_forward(x, Wq, Wk, Wv, Wo, heads, mask=None):
    q = split_heads(x @ Wq, heads)
    k = split_heads(x @ Wk, heads)
    v = split_heads(x @ Wv, heads)
    if mask is not None:
        mask = np.asarray(mask)
        if mask.ndim == 3:
            mask = np.expand_dims(mask, 1)
    per_head, _ = scaled_dot_product_attention(q, k, v, mask)
    joined = merge_heads(per_head)
    kept = dict(x=x, Wq=Wq, Wk=Wk, Wv=Wv, Wo=Wo, q=q, k=k, v=v)
    kept.update(mask=mask, joined=joined, heads=heads)
    return joined @ Wo, kept


def multi_head_attention_backward(dout, cache):
    x, heads = cache["x"], cache["heads"]
    dWo = np.einsum("ntd,nte->de", cache["joined"], dout)
    djoined = dout @ cache["Wo"].T
    dheads = split_heads(djoined, heads)
    dq, dk, dv = scaled_dot_product_attention_backward(
        dheads, cache["q"], cache["k"], cache["v"], cache["mask"]
    )
    dx = np.zeros_like(x)
    grads = []
    for name, d in (("Wq", dq), ("Wk", dk), ("Wv", dv)):
        flat = merge_heads(d)
        dx += flat @ cache[name].T
        grads.append(np.einsum("ntd,nte->de", x, flat))
    return dx, *grads, dWo


def positional_encoding(length, d_model):
    table = np.zeros((length, d_model))
    for p in range(length):
        for j in range(d_model):
            pair = j // 2
            angle = p / 10000 ** (2 * pair / d_model)
            table[p, j] = math.sin(angle) if j % 2 == 0 else math.cos(angle)
    return table


def layer_norm_forward(x, gamma, beta, eps=1e-3):
    mu = x.mean(axis=-1, keepdims=True)
    var = x.var(axis=-1, keepdims=True)
    std = np.sqrt(var + eps)
    hat = (x - mu) / std
    return hat * gamma + beta, {"hat": hat, "std": std, "gamma": gamma}


def rows_of(x):
    return x.reshape(-1, x.shape[-1])


def layer_norm_backward(dout, cache):
    hat, std, gamma = cache["hat"], cache["std"], cache["gamma"]
    d = dout.shape[-1]
    dgamma = rows_of(dout * hat).sum(axis=0)
    dbeta = rows_of(dout).sum(axis=0)
    g = dout * gamma
    total = g.sum(axis=-1, keepdims=True)
    along = (g * hat).sum(axis=-1, keepdims=True)
    dx = (d * g - total - hat * along) / (d * std)
    return dx, dgamma, dbeta


def gelu(x):
    inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
    return x * (1 + np.tanh(inner)) / 2


def gelu_slope(x):
    c = math.sqrt(2 / math.pi)
    t = np.tanh(c * x * (1 + 0.044715 * x * x))
    inner_slope = c * (1 + 3 * 0.044715 * x * x)
    return (1 + t) / 2 + x / 2 * (1 - t * t) * inner_slope


def feed_forward_forward(x, W1, b1, W2, b2):
    before = np.dot(x, W1) + b1
    after = gelu(before)
    return np.dot(after, W2) + b2, (x, W1, W2, before, after)


def feed_forward_backward(dout, cache):
    x, W1, W2, before, after = cache
    dW2 = rows_of(after).T @ rows_of(dout)
    db2 = rows_of(dout).sum(axis=0)
    dafter = dout @ W2.T
    dbefore = dafter * gelu_slope(before)
    dW1 = rows_of(x).T @ rows_of(dbefore)
    db1 = rows_of(dbefore).sum(axis=0)
    return dbefore @ W1.T, dW1, db1, dW2, db2


def encoder_block_forward(x, params, heads, mask=None):
    p = params
    n1, _ = layer_norm_forward(x, p["gamma1"], p["beta1"])
    att, _ = multi_head_attention_forward(n1, p["Wq"], p["Wk"], p["Wv"], p["Wo"], heads, mask)
    y = x + att
    n2, _ = layer_norm_forward(y, p["gamma2"], p["beta2"])
    ff, _ = feed_forward_forward(n2, p["W1"], p["b1"], p["W2"], p["b2"])
    return y + ff, None


def masked_cross_entropy(logits, targets, mask):
    dlogits = np.zeros(logits.shape)
    count = int(mask.sum())
    if count == 0:
        return 0.0, dlogits
    z = logits[mask]
    y = targets[mask]
    z = z - z.max(axis=1, keepdims=True)
    e = np.exp(z)
    norm = e.sum(axis=1, keepdims=True)
    each = np.arange(count)
    losses = np.log(norm[:, 0]) - z[each, y]
    g = e / norm
    g[each, y] -= 1.0
    dlogits[mask] = g / count
    return losses.sum() / count, dlogits


def greedy_generate(next_logits, prompt, n_tokens, end=None):
    ids = list(prompt)
    while len(ids) < len(prompt) + n_tokens:
        scores = next_logits(np.array(ids))
        best = int(np.argmax(scores))
        ids.append(best)
        if end is not None and best == end:
            break
    return np.array(ids)


def top_k_filter(logits, k):
    size = logits.shape[-1]
    if k < 1 or k > size:
        raise ValueError(f"k = {k} is not between 1 and {size}")
    out = np.full(logits.shape, -np.inf)
    best = np.argsort(-logits, axis=-1, kind="stable")[..., :k]
    np.put_along_axis(out, best, np.take_along_axis(logits, best, axis=-1), axis=-1)
    return out


def mask_tokens(tokens, rate, mask_id, rng):
    if rate < 0 or rate > 1:
        raise ValueError(f"a rate of {rate} is no probability")
    chance = rng.random(tokens.shape)
    hide = chance < rate
    inputs = tokens.copy()
    inputs[hide] = mask_id
    targets = np.full(tokens.shape, -1)
    targets[hide] = tokens[hide]
    return inputs, targets
