"""Assignment 6: attention, the transformer block, and how to train and to read a language model.

Shapes: N sequences of T positions, D features, V ids in the vocabulary; `x (N, T, D)`, logits
`(N, T, V)`. Weights have Keras's layout: `W (D, F)` beside `x @ W`. In every mask True means: may
attend, or counts. A `*_forward` returns `(out, cache)`; the cache is yours, and is handed back to
your own `*_backward`. No function changes its inputs.
"""

import numpy as np

### BEGIN SOLUTION


def _attention_weights(q, k, mask):
    """Softmax over the keys of qkᵀ/√d `(…, Tq, Tk)`, zero wherever the mask is False."""
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])  # (…, Tq, Tk)
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    largest = np.max(scores, axis=-1, keepdims=True)  # (…, Tq, 1)
    # A fully masked row has no finite maximum; with 0 in its place it becomes e^−∞ = 0.
    exponentials = np.exp(scores - np.where(np.isfinite(largest), largest, 0.0))
    totals = np.sum(exponentials, axis=-1, keepdims=True)  # (…, Tq, 1)
    return exponentials / np.where(totals > 0, totals, 1.0)


### END SOLUTION


def scaled_dot_product_attention(q, k, v, mask=None):
    """Attention: softmax(qkᵀ/√d) v, the softmax over the keys that each query may attend to.

    Parameters
    ----------
    q, k, v : arrays (…, Tq, d), (…, Tk, d) and (…, Tk, dv)
        The same leading axes. Tq may differ from Tk, and dv from d.
    mask : array of bool, broadcastable to (…, Tq, Tk), or None
        True = this query may attend to this key. A query that may attend to none
        has weights and output zero, never NaN.

    Returns
    -------
    (out, weights) : arrays (…, Tq, dv) and (…, Tq, Tk)

    Source: N4, section 5.1; Vaswani et al., Attention is all you need (2017), equation 1.
    """
    ### BEGIN SOLUTION
    weights = _attention_weights(q, k, mask)  # (…, Tq, Tk)
    return weights @ v, weights
    ### END SOLUTION


def scaled_dot_product_attention_backward(dout, q, k, v, mask=None):
    """Gradients of Σ out · dout for the `out` of `scaled_dot_product_attention`.

    With weights A: dv = Aᵀ dout, dA = dout vᵀ, dscores = A ⊙ (dA − Σ_keys dA ⊙ A),
    dq = dscores k/√d, dk = dscoresᵀ q/√d. There is no cache: compute again what you need.

    Parameters
    ----------
    dout : array (…, Tq, dv)
        The gradient of `out`; the others are the arguments of the forward pass.

    Returns
    -------
    (dq, dk, dv) : arrays of the shapes of q, k and v
        A fully masked query has gradient zero.

    Source: the chain rule through the softmax, whose derivative is diag(a) − aaᵀ.
    """
    ### BEGIN SOLUTION
    weights = _attention_weights(q, k, mask)  # (…, Tq, Tk)
    dv = np.swapaxes(weights, -1, -2) @ dout  # (…, Tk, dv)
    dweights = dout @ np.swapaxes(v, -1, -2)  # (…, Tq, Tk)
    dscores = weights * (dweights - np.sum(dweights * weights, axis=-1, keepdims=True))
    dscores = dscores / np.sqrt(q.shape[-1])  # (…, Tq, Tk)
    return dscores @ k, np.swapaxes(dscores, -1, -2) @ q, dv
    ### END SOLUTION


def causal_mask(T):
    """Position t may attend to itself and to what stands before it: `(T, T)` of bool.

    Row t belongs to the query at t, column s to the key at s: True where s ≤ t.

    Source: N4, section 5.2; Vaswani et al., section 3.2.3.
    """
    ### BEGIN SOLUTION
    positions = np.arange(T)
    return positions <= positions[:, None]
    ### END SOLUTION


def padding_mask(lengths, T):
    """Which positions hold a real token, and not padding: `(N, T)` of bool.

    Parameters
    ----------
    lengths : array (N,) of integers from 0 to T
        Row n is True at its first `lengths[n]` positions.

    Source: as the mask of Vaswani et al., section 3.2.3, for padding in place of the future.
    """
    ### BEGIN SOLUTION
    return np.arange(T, like=lengths) < lengths[:, None]
    ### END SOLUTION


def split_heads(x, heads):
    """Cut the features into heads: `(N, T, D)` to `(N, heads, T, D/heads)`.

    Head h owns the columns from h·D/heads to (h + 1)·D/heads.

    Raises
    ------
    ValueError
        When `heads` is below 1 or does not divide D; the message names it.

    Source: N4, section 5.1, step 3.
    """
    ### BEGIN SOLUTION
    N, T, D = x.shape
    if heads < 1 or D % heads:
        raise ValueError(f"Expected heads to be at least 1 and to divide {D}. Received: {heads}")
    return np.swapaxes(x.reshape(N, T, heads, D // heads), 1, 2)
    ### END SOLUTION


def merge_heads(x):
    """Put the heads side by side again: `(N, heads, T, d)` to `(N, T, heads·d)`.

    The inverse of `split_heads`.

    Source: N4, section 5.1, step 5.
    """
    ### BEGIN SOLUTION
    N, heads, T, d = x.shape
    return np.swapaxes(x, 1, 2).reshape(N, T, heads * d)
    ### END SOLUTION


def multi_head_attention_forward(x, Wq, Wk, Wv, Wo, heads, mask=None):
    """Multi-head self-attention: merge(attention(split(xWq), split(xWk), split(xWv))) Wo.

    Parameters
    ----------
    x : array (N, T, D)
    Wq, Wk, Wv, Wo : arrays (D, D)
        There are no biases.
    heads : int
        Below 1 or no divisor of D: ValueError that names it.
    mask : array of bool (T, T), (N, T, T) or (N, 1, T), or None
        The same for all heads; (N, 1, T) is `padding_mask(lengths, T)[:, None, :]`.

    Returns
    -------
    (out, cache) : array (N, T, D) and whatever your backward pass needs

    Source: N4, section 5.1; Vaswani et al., section 3.2.2.
    """
    ### BEGIN SOLUTION
    q, k, v = (split_heads(x @ W, heads) for W in (Wq, Wk, Wv))  # (N, heads, T, D/heads)
    if mask is not None and mask.ndim == 3:
        mask = mask[:, None]  # (N, 1, T or 1, T), the same for all heads
    attended, _ = scaled_dot_product_attention(q, k, v, mask)
    merged = merge_heads(attended)  # (N, T, D)
    return merged @ Wo, (x, Wq, Wk, Wv, Wo, q, k, v, mask, merged)
    ### END SOLUTION


### BEGIN SOLUTION


def _weight_gradient(x, dout):
    """Gradient of the W in `x @ W`, summed over all leading axes: (D, F)."""
    return x.reshape(-1, x.shape[-1]).T @ dout.reshape(-1, dout.shape[-1])


def _sum_leading(x):
    """Sum over all axes but the last."""
    return np.sum(x, axis=tuple(range(x.ndim - 1)))


### END SOLUTION


def multi_head_attention_backward(dout, cache):
    """Gradients of Σ out · dout for the `out` of `multi_head_attention_forward`.

    x enters three times, as queries, keys and values: its three gradients add up.

    Returns
    -------
    (dx, dWq, dWk, dWv, dWo) : arrays (N, T, D) and four of (D, D)

    Source: the chain rule, from Wo back to x.
    """
    ### BEGIN SOLUTION
    x, Wq, Wk, Wv, Wo, q, k, v, mask, merged = cache
    dattended = split_heads(dout @ Wo.T, q.shape[1])  # (N, heads, T, D/heads)
    split_gradients = scaled_dot_product_attention_backward(dattended, q, k, v, mask)
    dq, dk, dv = (merge_heads(gradient) for gradient in split_gradients)  # (N, T, D)
    dx = dq @ Wq.T + dk @ Wk.T + dv @ Wv.T
    return (
        dx,
        _weight_gradient(x, dq),
        _weight_gradient(x, dk),
        _weight_gradient(x, dv),
        _weight_gradient(merged, dout),
    )
    ### END SOLUTION


def positional_encoding(length, d_model):
    """Sinusoids that tell the positions apart: `(length, d_model)`.

    Column j of row p, both from 0, is the sine (even j) or the cosine (odd j) of
    p / 10000^(2⌊j/2⌋/d_model).
    An odd d_model is allowed: its last column is a sine without a cosine.

    Source: Vaswani et al., section 3.5; N4, section 5.1, says what it is for.
    """
    ### BEGIN SOLUTION
    columns = np.arange(d_model)
    wavelengths = 10_000.0 ** (2 * (columns // 2) / d_model)  # (d_model,)
    angles = np.arange(length)[:, None] / wavelengths  # (length, d_model)
    return np.where(columns % 2 == 0, np.sin(angles), np.cos(angles))
    ### END SOLUTION


def layer_norm_forward(x, gamma, beta, eps=1e-3):
    """Layer normalisation over the last axis: γ (x − μ)/√(σ² + ε) + β.

    Parameters
    ----------
    x : array (…, D)
        μ and σ² are mean and biased variance (divided by D) of each row of D features.
    gamma, beta : arrays (D,)

    Returns
    -------
    (out, cache) : array (…, D) and whatever your backward pass needs

    Source: Ba, Kiros and Hinton, Layer normalization (2016).
    """
    ### BEGIN SOLUTION
    centred = x - np.mean(x, axis=-1, keepdims=True)  # (…, D)
    inverse_std = 1.0 / np.sqrt(np.mean(centred**2, axis=-1, keepdims=True) + eps)  # (…, 1)
    normalised = centred * inverse_std  # (…, D)
    return gamma * normalised + beta, (normalised, inverse_std, gamma)
    ### END SOLUTION


def layer_norm_backward(dout, cache):
    """Gradients of Σ out · dout for the `out` of `layer_norm_forward`.

    With x̂ = (x − μ)/√(σ² + ε) and g = γ ⊙ dout, means over the last axis:
    dx = (g − mean(g) − x̂ ⊙ mean(g ⊙ x̂)) / √(σ² + ε).

    Returns
    -------
    (dx, dgamma, dbeta) : arrays (…, D), (D,) and (D,)

    Source: the chain rule; mean and variance depend on every feature of the row.
    """
    ### BEGIN SOLUTION
    normalised, inverse_std, gamma = cache
    dnormalised = dout * gamma  # (…, D)
    mean = np.mean(dnormalised, axis=-1, keepdims=True)  # (…, 1)
    projection = np.mean(dnormalised * normalised, axis=-1, keepdims=True)  # (…, 1)
    dx = (dnormalised - mean - normalised * projection) * inverse_std
    return dx, _sum_leading(dout * normalised), _sum_leading(dout)
    ### END SOLUTION


def gelu(x):
    """GELU in its tanh form: x/2 · (1 + tanh(√(2/π) (x + 0.044715 x³))), elementwise.

    Not the form with the error function, from which it differs by up to 4.7e-4: that one counts
    as wrong here. (In the Keras part either form is right.)

    Source: Hendrycks and Gimpel, Gaussian error linear units (2016), section 2.
    """
    ### BEGIN SOLUTION
    return 0.5 * x * (1.0 + np.tanh(np.sqrt(2.0 / np.pi) * (x + 0.044715 * x**3)))
    ### END SOLUTION


### BEGIN SOLUTION


def _gelu_grad(x):
    """Derivative of `gelu`, by the product rule and tanh' = 1 − tanh²."""
    root = np.sqrt(2.0 / np.pi)
    tanh = np.tanh(root * (x + 0.044715 * x**3))
    return 0.5 * (1.0 + tanh) + 0.5 * x * (1.0 - tanh**2) * root * (1.0 + 3 * 0.044715 * x**2)


### END SOLUTION


def feed_forward_forward(x, W1, b1, W2, b2):
    """The same two dense layers at every position: gelu(xW1 + b1) W2 + b2.

    Parameters
    ----------
    x : array (…, D)
        With any leading axes.
    W1, b1, W2, b2 : arrays (D, F), (F,), (F, D) and (D,)

    Returns
    -------
    (out, cache) : array (…, D) and whatever your backward pass needs

    Source: Vaswani et al., section 3.3, with gelu for their relu.
    """
    ### BEGIN SOLUTION
    z = x @ W1 + b1  # (…, F)
    hidden = gelu(z)
    return hidden @ W2 + b2, (x, W1, W2, z, hidden)
    ### END SOLUTION


def feed_forward_backward(dout, cache):
    """Gradients of Σ out · dout for the `out` of `feed_forward_forward`.

    Returns
    -------
    (dx, dW1, db1, dW2, db2) : arrays of the shapes of x, W1, b1, W2 and b2
        The gradients of weights and biases are summed over all leading axes.

    Source: the chain rule, with the derivative of the tanh form of gelu.
    """
    ### BEGIN SOLUTION
    x, W1, W2, z, hidden = cache
    dz = dout @ W2.T * _gelu_grad(z)  # (…, F)
    return (
        dz @ W1.T,
        _weight_gradient(x, dz),
        _sum_leading(dz),
        _weight_gradient(hidden, dout),
        _sum_leading(dout),
    )
    ### END SOLUTION


def encoder_block_forward(x, params, heads, mask=None):
    """A transformer block with the norms before its two branches (pre-norm).

    y = x + attention(norm1(x)), out = y + feed_forward(norm2(y)). No norm follows at the end.

    Parameters
    ----------
    x : array (N, T, D)
    params : dict of arrays
        Wq, Wk, Wv, Wo of (D, D), gamma1, beta1, gamma2, beta2 of (D,), W1 (D, F), b1 (F,),
        W2 (F, D), b2 (D,). The norms have their default eps, and gelu is the tanh form.
    heads, mask
        As for `multi_head_attention_forward`.

    Returns
    -------
    (out, cache) : array (N, T, D) and anything

    Source: Xiong et al., On layer normalization in the transformer architecture (2020).
    """
    ### BEGIN SOLUTION
    normed, norm1 = layer_norm_forward(x, params["gamma1"], params["beta1"])
    projections = (params[name] for name in ("Wq", "Wk", "Wv", "Wo"))
    attended, attention = multi_head_attention_forward(normed, *projections, heads, mask)
    x = x + attended  # (N, T, D)
    normed, norm2 = layer_norm_forward(x, params["gamma2"], params["beta2"])
    layers = (params[name] for name in ("W1", "b1", "W2", "b2"))
    transformed, feed_forward = feed_forward_forward(normed, *layers)
    return x + transformed, (norm1, attention, norm2, feed_forward)
    ### END SOLUTION


def masked_cross_entropy(logits, targets, mask):
    """Mean cross-entropy over the tokens that count, and its gradient.

    Parameters
    ----------
    logits : array (N, T, V)
        Of any finite size: the loss stays finite.
    targets : array (N, T) of integers
        Where the mask is False they may be anything, −1 too.
    mask : array (N, T) of bool
        True = this token counts. The mean is over all counted tokens of the batch, not
        first over each sequence; where none counts, loss and gradient are zero.

    Returns
    -------
    (loss, dlogits) : float and array (N, T, V)

    Source: N4, section 5.3 (one part of the input serves as the label of the other).
    """
    ### BEGIN SOLUTION
    shifted = logits - np.max(logits, axis=-1, keepdims=True)  # (N, T, V)
    log_sums = np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))  # (N, T, 1)
    log_probabilities = shifted - log_sums  # (N, T, V)
    one_hot = np.arange(logits.shape[-1], like=logits) == targets[..., None]  # (N, T, V)
    counted = mask[..., None]  # (N, T, 1)
    n_counted = max(int(np.sum(mask)), 1)
    loss = -np.sum(np.where(one_hot & counted, log_probabilities, 0.0)) / n_counted
    dlogits = np.where(counted, np.exp(log_probabilities) - one_hot, 0.0) / n_counted
    return loss, dlogits
    ### END SOLUTION


def greedy_generate(next_logits, prompt, n_tokens, end=None):
    """Append the most likely next id, again and again.

    Parameters
    ----------
    next_logits : function
        Takes all ids so far, a 1-D array of integers, and returns the logits `(V,)` of the next.
    prompt : array (P,) of integers, P ≥ 1
    n_tokens : int
        How many ids to append at most; 0 gives the prompt.
    end : int or None
        Stop after having generated this id, which is kept. An `end` in the prompt stops
        nothing; 0 is an id like any other.

    Returns
    -------
    array (P + at most n_tokens,) of integers
        The prompt and the new ids. Of equal logits the smallest id wins.

    Source: N4, section 5.2 (what is generated depends only on what stands before it).
    """
    ### BEGIN SOLUTION
    ids = prompt
    for _ in range(n_tokens):
        chosen = np.argmax(next_logits(ids))  # the first of equal ones
        ids = np.append(ids, chosen)
        if end is not None and chosen == end:
            break
    return ids
    ### END SOLUTION


def top_k_filter(logits, k):
    """Keep the k largest logits of each row and set the others to −∞.

    Parameters
    ----------
    logits : array (…, V)
        Exactly k of the last axis survive; of equal logits the one with the smaller index does.

    Returns
    -------
    array (…, V)

    Raises
    ------
    ValueError
        When k is below 1 or above V; the message names it.

    Source: Fan, Lewis and Dauphin, Hierarchical neural story generation (2018), section 5.
    """
    ### BEGIN SOLUTION
    V = logits.shape[-1]
    if not 1 <= k <= V:
        raise ValueError(f"Expected k from 1 to {V}. Received: {k}")
    descending = np.argsort(-logits, axis=-1, kind="stable")  # (…, V), ties in order
    ranks = np.argsort(descending, axis=-1)  # (…, V), 0 for the largest
    return np.where(ranks < k, logits, -np.inf)
    ### END SOLUTION


def mask_tokens(tokens, rate, mask_id, rng):
    """Hide tokens at random for a model that has to guess them: `(inputs, targets)`.

    Each position is hidden independently with probability `rate`. Where it is, the input is
    `mask_id` and the target the token; elsewhere the input is the token and the target −1.

    Parameters
    ----------
    tokens : array of integers of any shape
    rate : float from 0 (hides nothing) to 1 (hides everything)
    rng : np.random.Generator
        The only source of randomness.

    Returns
    -------
    (inputs, targets) : two arrays of integers of the shape of `tokens`

    Raises
    ------
    ValueError
        For a rate outside 0 … 1; the message names it.

    Source: Devlin et al., BERT (2019), section 3.1, without its random replacements; N4,
    section 5.3.
    """
    ### BEGIN SOLUTION
    if not 0 <= rate <= 1:
        raise ValueError(f"Expected a rate from 0 to 1. Received: {rate}")
    # Numbers from [0, 1): none is below 0, all are below 1.
    hidden = np.asarray(rng.random(tokens.shape) < rate, like=tokens)
    return np.where(hidden, mask_id, tokens), np.where(hidden, tokens, -1)
    ### END SOLUTION
