"""Assignment 6 by Einstein's summation: every product of arrays names its axes."""

import numpy as np


def _log_softmax(scores):
    top = scores.max(-1, keepdims=True)
    return scores - top - np.log(np.exp(scores - top).sum(-1, keepdims=True))


def _attend(q, k, mask):
    scores = np.einsum("...qd,...kd->...qk", q, k) * q.shape[-1] ** -0.5
    if mask is None:
        return np.exp(_log_softmax(scores))
    # A number that no score of an allowed key comes near; blind rows are zero by the product.
    lowest = np.finfo(float).min / 4
    return np.exp(_log_softmax(np.where(mask, scores, lowest))) * mask


def scaled_dot_product_attention(q, k, v, mask=None):
    weights = _attend(q, k, mask)
    return np.einsum("...qk,...kd->...qd", weights, v), weights


def scaled_dot_product_attention_backward(dout, q, k, v, mask=None):
    a = _attend(q, k, mask)
    da = np.einsum("...qd,...kd->...qk", dout, v)
    ds = np.einsum("...qk,...qk->...qk", a, da)
    ds -= np.einsum("...qk,...q->...qk", a, np.einsum("...qk,...qk->...q", a, da))
    ds *= q.shape[-1] ** -0.5
    return (
        np.einsum("...qk,...kd->...qd", ds, k),
        np.einsum("...qk,...qd->...kd", ds, q),
        np.einsum("...qk,...qd->...kd", a, dout),
    )


def causal_mask(T):
    return np.tri(T, dtype=bool)


def padding_mask(lengths, T):
    return np.less.outer(np.arange(T), lengths).T


def split_heads(x, heads):
    if heads <= 0 or x.shape[-1] % heads:
        raise ValueError(f"cannot split {x.shape[-1]} features into {heads} heads")
    return np.einsum("nthd->nhtd", x.reshape(*x.shape[:2], heads, -1))


def merge_heads(x):
    N, heads, T, d = x.shape
    return np.einsum("nhtd->nthd", x).reshape(N, T, -1)


def _by_head(W, heads):
    return W.reshape(len(W), heads, -1)  # (D, heads, d)


def multi_head_attention_forward(x, Wq, Wk, Wv, Wo, heads, mask=None):
    if heads <= 0 or x.shape[-1] % heads:
        raise ValueError(f"cannot split {x.shape[-1]} features into {heads} heads")
    Wq, Wk, Wv = (_by_head(W, heads) for W in (Wq, Wk, Wv))
    Wo = Wo.reshape(heads, -1, Wo.shape[1])  # (heads, d, D)
    q, k, v = (np.einsum("ntD,Dhd->nhtd", x, W) for W in (Wq, Wk, Wv))
    if mask is not None:
        mask = mask[None, None] if mask.ndim == 2 else mask[:, None]
    out, _ = scaled_dot_product_attention(q, k, v, mask)
    return np.einsum("nhtd,hdD->ntD", out, Wo), (x, Wq, Wk, Wv, Wo, q, k, v, mask, out)


def multi_head_attention_backward(dout, cache):
    x, Wq, Wk, Wv, Wo, q, k, v, mask, out = cache
    D = x.shape[-1]
    back = np.einsum("ntD,hdD->nhtd", dout, Wo)
    gradients = scaled_dot_product_attention_backward(back, q, k, v, mask)
    dx = sum(np.einsum("nhtd,Dhd->ntD", g, W) for g, W in zip(gradients, (Wq, Wk, Wv)))
    dW = [np.einsum("ntD,nhtd->Dhd", x, g).reshape(D, D) for g in gradients]
    return dx, *dW, np.einsum("nhtd,ntD->hdD", out, dout).reshape(D, D)


def positional_encoding(length, d_model):
    pairs = (d_model + 1) // 2
    rates = np.exp(-np.log(10_000) * 2 * np.arange(pairs) / d_model)
    angles = np.einsum("p,j->pj", np.arange(length), rates)
    table = np.empty((length, 2 * pairs))
    table[:, ::2], table[:, 1::2] = np.sin(angles), np.cos(angles)
    return table[:, :d_model]


def _rows(x):
    """All leading axes as one, since no product sums over an ellipsis."""
    return x.reshape(-1, x.shape[-1])


def layer_norm_forward(x, gamma, beta, eps=1e-3):
    D = x.shape[-1]
    centred = x - np.einsum("...d->...", x)[..., None] / D
    variance = np.einsum("...d,...d->...", centred, centred) / D
    rate = (variance + eps) ** -0.5
    xhat = np.einsum("...d,...->...d", centred, rate)
    return np.einsum("...d,d->...d", xhat, gamma) + beta, (xhat, rate, gamma)


def layer_norm_backward(dout, cache):
    xhat, rate, gamma = cache
    D = len(gamma)
    g = np.einsum("...d,d->...d", dout, gamma)
    dx = g - np.einsum("...d->...", g)[..., None] / D
    dx -= np.einsum("...d,...e,...e->...d", xhat, g, xhat) / D
    dgamma = np.einsum("nd,nd->d", _rows(dout), _rows(xhat))
    return np.einsum("...d,...->...d", dx, rate), dgamma, np.einsum("nd->d", _rows(dout))


def _slopes(x):
    """Gelu by the logistic function, (1 + tanh u)/2 = σ(2u), and its derivative."""
    u = np.sqrt(8 / np.pi) * (x + 0.044715 * x**3)
    s = np.exp(-np.logaddexp(0.0, -u))
    return x * s, s + x * s * (1 - s) * np.sqrt(8 / np.pi) * (1 + 0.134145 * x**2)


def gelu(x):
    return _slopes(x)[0]


def feed_forward_forward(x, W1, b1, W2, b2):
    hidden, slope = _slopes(np.einsum("...d,df->...f", x, W1) + b1)
    return np.einsum("...f,fd->...d", hidden, W2) + b2, (x, W1, W2, hidden, slope)


def feed_forward_backward(dout, cache):
    x, W1, W2, hidden, slope = cache
    dz = np.einsum("...d,fd,...f->...f", dout, W2, slope)
    return (
        np.einsum("...f,df->...d", dz, W1),
        np.einsum("nd,nf->df", _rows(x), _rows(dz)),
        np.einsum("nf->f", _rows(dz)),
        np.einsum("nf,nd->fd", _rows(hidden), _rows(dout)),
        np.einsum("nd->d", _rows(dout)),
    )


def encoder_block_forward(x, params, heads, mask=None):
    p = params
    normed = layer_norm_forward(x, p["gamma1"], p["beta1"])[0]
    attention = (p[f"W{letter}"] for letter in "qkvo")
    y = x + multi_head_attention_forward(normed, *attention, heads=heads, mask=mask)[0]
    normed = layer_norm_forward(y, p["gamma2"], p["beta2"])[0]
    return y + feed_forward_forward(normed, p["W1"], p["b1"], p["W2"], p["b2"])[0], {}


def masked_cross_entropy(logits, targets, mask):
    log_p = _log_softmax(logits)
    known = np.where(mask, targets, 0)
    share = mask / max(mask.sum(), 1)  # (N, T): what each token adds to the mean
    one_hot = np.eye(logits.shape[-1])[known]
    loss = -np.einsum("ntv,ntv,nt->", log_p, one_hot, share)
    return loss, np.einsum("ntv,nt->ntv", np.exp(log_p) - one_hot, share)


def greedy_generate(next_logits, prompt, n_tokens, end=None):
    ids = np.concatenate([prompt, np.zeros(n_tokens, dtype=prompt.dtype)])
    length = len(prompt)
    while length < len(ids):
        ids[length] = next_logits(ids[:length]).argmax()
        length += 1
        if end is not None and ids[length - 1] == end:
            break
    return ids[:length]


def top_k_filter(logits, k):
    V = logits.shape[-1]
    if k not in range(1, V + 1):
        raise ValueError(f"k must be one of 1 ... {V}, received {k}")
    larger = logits[..., None, :] > logits[..., :, None]
    equal_before = (logits[..., None, :] == logits[..., :, None]) & np.tri(V, k=-1, dtype=bool)
    rank = np.einsum("...ij->...i", (larger | equal_before).astype(int))
    return np.where(rank < k, logits, -np.inf)


def mask_tokens(tokens, rate, mask_id, rng):
    if not 0.0 <= rate <= 1.0:
        raise ValueError(f"rate must lie in [0, 1], received {rate}")
    hidden = rng.binomial(1, rate, size=tokens.shape)
    return mask_id * hidden + tokens * (1 - hidden), (tokens + 1) * hidden - 1
