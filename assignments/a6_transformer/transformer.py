"""Assignment 6: attention, the transformer block, and how to train and to read a language model.

Shapes: N sequences of T positions, D features, V ids in the vocabulary; `x (N, T, D)`, logits
`(N, T, V)`. Weights have Keras's layout: `W (D, F)` beside `x @ W`. In every mask True means: may
attend, or counts. A `*_forward` returns `(out, cache)`; the cache is yours, and is handed back to
your own `*_backward`. No function changes its inputs.
"""

import numpy as np


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
    raise NotImplementedError("scaled_dot_product_attention is yours to write")


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
    raise NotImplementedError("scaled_dot_product_attention_backward is yours to write")


def causal_mask(T):
    """Position t may attend to itself and to what stands before it: `(T, T)` of bool.

    Row t belongs to the query at t, column s to the key at s: True where s ≤ t.

    Source: N4, section 5.2; Vaswani et al., section 3.2.3.
    """
    raise NotImplementedError("causal_mask is yours to write")


def padding_mask(lengths, T):
    """Which positions hold a real token, and not padding: `(N, T)` of bool.

    Parameters
    ----------
    lengths : array (N,) of integers from 0 to T
        Row n is True at its first `lengths[n]` positions.

    Source: as the mask of Vaswani et al., section 3.2.3, for padding in place of the future.
    """
    raise NotImplementedError("padding_mask is yours to write")


def split_heads(x, heads):
    """Cut the features into heads: `(N, T, D)` to `(N, heads, T, D/heads)`.

    Head h owns the columns from h·D/heads to (h + 1)·D/heads.

    Raises
    ------
    ValueError
        When `heads` is below 1 or does not divide D; the message names it.

    Source: N4, section 5.1, step 3.
    """
    raise NotImplementedError("split_heads is yours to write")


def merge_heads(x):
    """Put the heads side by side again: `(N, heads, T, d)` to `(N, T, heads·d)`.

    The inverse of `split_heads`.

    Source: N4, section 5.1, step 5.
    """
    raise NotImplementedError("merge_heads is yours to write")


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
    raise NotImplementedError("multi_head_attention_forward is yours to write")


def multi_head_attention_backward(dout, cache):
    """Gradients of Σ out · dout for the `out` of `multi_head_attention_forward`.

    x enters three times, as queries, keys and values: its three gradients add up.

    Returns
    -------
    (dx, dWq, dWk, dWv, dWo) : arrays (N, T, D) and four of (D, D)

    Source: the chain rule, from Wo back to x.
    """
    raise NotImplementedError("multi_head_attention_backward is yours to write")


def positional_encoding(length, d_model):
    """Sinusoids that tell the positions apart: `(length, d_model)`.

    Column j of row p, both from 0, is the sine (even j) or the cosine (odd j) of
    p / 10000^(2⌊j/2⌋/d_model).
    An odd d_model is allowed: its last column is a sine without a cosine.

    Source: Vaswani et al., section 3.5; N4, section 5.1, says what it is for.
    """
    raise NotImplementedError("positional_encoding is yours to write")


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
    raise NotImplementedError("layer_norm_forward is yours to write")


def layer_norm_backward(dout, cache):
    """Gradients of Σ out · dout for the `out` of `layer_norm_forward`.

    With x̂ = (x − μ)/√(σ² + ε) and g = γ ⊙ dout, means over the last axis:
    dx = (g − mean(g) − x̂ ⊙ mean(g ⊙ x̂)) / √(σ² + ε).

    Returns
    -------
    (dx, dgamma, dbeta) : arrays (…, D), (D,) and (D,)

    Source: the chain rule; mean and variance depend on every feature of the row.
    """
    raise NotImplementedError("layer_norm_backward is yours to write")


def gelu(x):
    """GELU in its tanh form: x/2 · (1 + tanh(√(2/π) (x + 0.044715 x³))), elementwise.

    Not the form with the error function, from which it differs by up to 4.7e-4: that one counts
    as wrong here. (In the Keras part either form is right.)

    Source: Hendrycks and Gimpel, Gaussian error linear units (2016), section 2.
    """
    raise NotImplementedError("gelu is yours to write")


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
    raise NotImplementedError("feed_forward_forward is yours to write")


def feed_forward_backward(dout, cache):
    """Gradients of Σ out · dout for the `out` of `feed_forward_forward`.

    Returns
    -------
    (dx, dW1, db1, dW2, db2) : arrays of the shapes of x, W1, b1, W2 and b2
        The gradients of weights and biases are summed over all leading axes.

    Source: the chain rule, with the derivative of the tanh form of gelu.
    """
    raise NotImplementedError("feed_forward_backward is yours to write")


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
    raise NotImplementedError("encoder_block_forward is yours to write")


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
    raise NotImplementedError("masked_cross_entropy is yours to write")


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
    raise NotImplementedError("greedy_generate is yours to write")


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
    raise NotImplementedError("top_k_filter is yours to write")


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
    raise NotImplementedError("mask_tokens is yours to write")
