"""Assignment 6 with explicit loops."""

import math

import numpy as np


def _dot(a, b):
    total = 0.0
    for one, other in zip(a, b):
        total += one * other
    return total


def _times(x, W):
    """`x @ W` for x of any leading axes."""
    out = np.empty((*x.shape[:-1], W.shape[1]))
    for index in np.ndindex(x.shape[:-1]):
        for j in range(W.shape[1]):
            out[index][j] = _dot(x[index], W[:, j])
    return out


def _softmax_row(scores, allowed):
    """Softmax of those scores that are allowed; zeros where none is."""
    some = [s for s, yes in zip(scores, allowed) if yes]
    if not some:
        return [0.0] * len(scores)
    top = max(some)
    powers = [math.exp(s - top) if yes else 0.0 for s, yes in zip(scores, allowed)]
    total = sum(powers)
    return [power / total for power in powers]


def _allowed(mask, shape):
    return np.ones(shape, dtype=bool) if mask is None else np.broadcast_to(mask, shape)


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
    return out, weights


def scaled_dot_product_attention_backward(dout, q, k, v, mask=None):
    _, weights = scaled_dot_product_attention(q, k, v, mask)
    dq, dk, dv = np.zeros(q.shape), np.zeros(k.shape), np.zeros(v.shape)
    *leading, n_queries, d = q.shape
    n_keys = k.shape[-2]
    for index in np.ndindex(*leading):
        for i in range(n_queries):
            row = weights[index][i]
            drow = [_dot(dout[index][i], v[index][j]) for j in range(n_keys)]
            mean = _dot(row, drow)
            for j in range(n_keys):
                dv[index][j] += row[j] * dout[index][i]
                dscore = row[j] * (drow[j] - mean) / math.sqrt(d)
                dq[index][i] += dscore * k[index][j]
                dk[index][j] += dscore * q[index][i]
    return dq, dk, dv


def causal_mask(T):
    mask = np.zeros((T, T), dtype=bool)
    for t in range(T):
        for s in range(t + 1):
            mask[t, s] = True
    return mask


def padding_mask(lengths, T):
    mask = np.zeros((len(lengths), T), dtype=bool)
    for n, length in enumerate(lengths):
        for t in range(length):
            mask[n, t] = True
    return mask


def split_heads(x, heads):
    N, T, D = x.shape
    if heads < 1:
        raise ValueError(f"heads must be positive, not {heads}")
    if D % heads != 0:
        raise ValueError(f"{heads} heads do not divide {D} features")
    d = D // heads
    out = np.empty((N, heads, T, d))
    for n in range(N):
        for h in range(heads):
            for t in range(T):
                for c in range(d):
                    out[n, h, t, c] = x[n, t, h * d + c]
    return out


def merge_heads(x):
    N, heads, T, d = x.shape
    out = np.empty((N, T, heads * d))
    for n in range(N):
        for h in range(heads):
            for t in range(T):
                for c in range(d):
                    out[n, t, h * d + c] = x[n, h, t, c]
    return out


def multi_head_attention_forward(x, Wq, Wk, Wv, Wo, heads, mask=None):
    q = split_heads(_times(x, Wq), heads)
    k = split_heads(_times(x, Wk), heads)
    v = split_heads(_times(x, Wv), heads)
    N, T, _ = x.shape
    masks = _allowed(mask, (N, T, T))
    out = np.empty(q.shape)
    for n in range(N):
        for h in range(heads):
            out[n, h], _ = scaled_dot_product_attention(q[n, h], k[n, h], v[n, h], masks[n])
    merged = merge_heads(out)
    cache = {"x": x, "W": (Wq, Wk, Wv, Wo), "qkv": (q, k, v), "masks": masks, "merged": merged}
    return _times(merged, Wo), cache


def _outer_sum(x, dout):
    """Gradient of the W in `x @ W`: an outer product for each row."""
    dW = np.zeros((x.shape[-1], dout.shape[-1]))
    for index in np.ndindex(x.shape[:-1]):
        for a in range(x.shape[-1]):
            dW[a] += x[index][a] * dout[index]
    return dW


def _row_sum(dout):
    total = np.zeros(dout.shape[-1])
    for index in np.ndindex(dout.shape[:-1]):
        total += dout[index]
    return total


def multi_head_attention_backward(dout, cache):
    x, (Wq, Wk, Wv, Wo) = cache["x"], cache["W"]
    q, k, v = cache["qkv"]
    N, heads = q.shape[:2]
    dattended = split_heads(_times(dout, Wo.T), heads)
    dq, dk, dv = np.empty(q.shape), np.empty(k.shape), np.empty(v.shape)
    for n in range(N):
        for h in range(heads):
            dq[n, h], dk[n, h], dv[n, h] = scaled_dot_product_attention_backward(
                dattended[n, h], q[n, h], k[n, h], v[n, h], cache["masks"][n]
            )
    dx, dWs = np.zeros(x.shape), []
    for gradient, W in ((dq, Wq), (dk, Wk), (dv, Wv)):
        merged = merge_heads(gradient)
        dx += _times(merged, W.T)
        dWs.append(_outer_sum(x, merged))
    return [dx, *dWs, _outer_sum(cache["merged"], dout)]


def positional_encoding(length, d_model):
    table = np.empty((length, d_model))
    for p in range(length):
        for j in range(d_model):
            angle = p / math.pow(10_000, 2 * (j // 2) / d_model)
            table[p, j] = math.cos(angle) if j % 2 else math.sin(angle)
    return table


def layer_norm_forward(x, gamma, beta, eps=1e-3):
    out, xhat, std = np.empty(x.shape), np.empty(x.shape), np.empty(x.shape[:-1])
    D = x.shape[-1]
    for index in np.ndindex(x.shape[:-1]):
        mean = sum(x[index]) / D
        variance = sum((value - mean) ** 2 for value in x[index]) / D
        std[index] = math.sqrt(variance + eps)
        for j in range(D):
            xhat[index][j] = (x[index][j] - mean) / std[index]
            out[index][j] = gamma[j] * xhat[index][j] + beta[j]
    return out, (xhat, std, gamma)


def layer_norm_backward(dout, cache):
    xhat, std, gamma = cache
    dx, dgamma, dbeta = np.empty(dout.shape), np.zeros(len(gamma)), np.zeros(len(gamma))
    D = len(gamma)
    for index in np.ndindex(dout.shape[:-1]):
        g = [gamma[j] * dout[index][j] for j in range(D)]
        mean, projection = sum(g) / D, _dot(g, xhat[index]) / D
        for j in range(D):
            dx[index][j] = (g[j] - mean - xhat[index][j] * projection) / std[index]
            dgamma[j] += dout[index][j] * xhat[index][j]
            dbeta[j] += dout[index][j]
    return dx, dgamma, dbeta


def _gelu(x):
    return x / 2 * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def _gelu_slope(x):
    t = math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))
    inner = math.sqrt(2 / math.pi) * (1 + 0.134145 * x**2)
    return (1 + t) / 2 + x / 2 * (1 - t * t) * inner


def _each(function, x):
    out = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        out[index] = function(x[index])
    return out


def gelu(x):
    return _each(_gelu, x)


def feed_forward_forward(x, W1, b1, W2, b2):
    z = _times(x, W1)
    for index in np.ndindex(z.shape[:-1]):
        z[index] += b1
    hidden = _each(_gelu, z)
    out = _times(hidden, W2)
    for index in np.ndindex(out.shape[:-1]):
        out[index] += b2
    return out, (x, W1, W2, z, hidden)


def feed_forward_backward(dout, cache):
    x, W1, W2, z, hidden = cache
    dz = _times(dout, W2.T)
    for index in np.ndindex(dz.shape):
        dz[index] *= _gelu_slope(z[index])
    return (
        _times(dz, W1.T),
        _outer_sum(x, dz),
        _row_sum(dz),
        _outer_sum(hidden, dout),
        _row_sum(dout),
    )


def encoder_block_forward(x, params, heads, mask=None):
    y = layer_norm_forward(x, params["gamma1"], params["beta1"])[0]
    weights = [params[name] for name in ["Wq", "Wk", "Wv", "Wo"]]
    attended = multi_head_attention_forward(y, *weights, heads, mask)[0]
    middle = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        middle[index] = x[index] + attended[index]
    y = layer_norm_forward(middle, params["gamma2"], params["beta2"])[0]
    layers = [params[name] for name in ["W1", "b1", "W2", "b2"]]
    fed = feed_forward_forward(y, *layers)[0]
    out = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        out[index] = middle[index] + fed[index]
    return out, None


def masked_cross_entropy(logits, targets, mask):
    loss, dlogits, count = 0.0, np.zeros(logits.shape), 0
    for n, t in np.ndindex(targets.shape):
        if not mask[n, t]:
            continue
        count += 1
        row = logits[n, t]
        top = max(row)
        log_sum = top + math.log(sum(math.exp(z - top) for z in row))
        loss += log_sum - row[targets[n, t]]
        for j, z in enumerate(row):
            dlogits[n, t, j] = math.exp(z - log_sum) - (1 if j == targets[n, t] else 0)
    if count == 0:
        return 0.0, dlogits
    return loss / count, dlogits / count


def greedy_generate(next_logits, prompt, n_tokens, end=None):
    ids = [int(one) for one in prompt]
    for _ in range(n_tokens):
        logits = next_logits(np.array(ids))
        best = 0
        for j in range(1, len(logits)):
            if logits[j] > logits[best]:
                best = j
        ids.append(best)
        if best == end:
            break
    return ids


def top_k_filter(logits, k):
    V = logits.shape[-1]
    if k < 1 or k > V:
        raise ValueError(f"k is {k}, but there are {V} logits")
    out = np.full(logits.shape, -math.inf)
    for index in np.ndindex(logits.shape[:-1]):
        left = list(range(V))
        for _ in range(k):
            best = max(left, key=lambda j: logits[index][j])
            out[index][best] = logits[index][best]
            left.remove(best)
    return out


def mask_tokens(tokens, rate, mask_id, rng):
    if rate < 0 or rate > 1:
        raise ValueError(f"a rate of {rate} is no probability")
    inputs, targets = tokens.copy(), np.empty_like(tokens)
    for index in np.ndindex(tokens.shape):
        if rng.random() < rate:
            inputs[index], targets[index] = mask_id, tokens[index]
        else:
            targets[index] = -1
    return inputs, targets
