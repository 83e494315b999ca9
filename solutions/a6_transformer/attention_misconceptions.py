"""What students get wrong in attention and its masks, and where a teacher would point.

Each definition replaces its exercise in a copy of the reference, so it uses that file's names.
"""

# ruff: noqa: F821  # names such as `_attention_weights` belong to the reference's file
import numpy as np

from grader.course import misconception


@misconception("scaled_dot_product_attention", hint="How does the size of qkᵀ grow with d?")
def forgets_the_scale(q, k, v, mask=None):
    """does not divide the scores by √d"""
    weights = _attention_weights(q * np.sqrt(q.shape[-1]), k, mask)
    return weights @ v, weights


@misconception("scaled_dot_product_attention", hint="By which power of d are the scores divided?")
def divides_by_d(q, k, v, mask=None):
    """divides the scores by d, where the formula has its root"""
    weights = _attention_weights(q / np.sqrt(q.shape[-1]), k, mask)
    return weights @ v, weights


@misconception("scaled_dot_product_attention", hint="What do the weights of one query add up to?")
def normalises_over_the_queries(q, k, v, mask=None):
    """takes the softmax over the queries, where it belongs over the keys"""
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    largest = np.max(scores, axis=-2, keepdims=True)
    exponentials = np.exp(scores - np.where(np.isfinite(largest), largest, 0.0))
    totals = np.sum(exponentials, axis=-2, keepdims=True)
    weights = exponentials / np.where(totals > 0, totals, 1.0)
    return weights @ v, weights


@misconception("scaled_dot_product_attention", hint="Which of True and False means 'may attend'?")
def blocks_where_the_mask_is_true(q, k, v, mask=None):
    """blocks the keys whose mask is True"""
    weights = _attention_weights(q, k, None if mask is None else ~mask)
    return weights @ v, weights


@misconception("scaled_dot_product_attention", hint="Do the weights of a masked row add up to 1?")
def masks_after_the_softmax(q, k, v, mask=None):
    """masks the weights after the softmax, so that what is left adds up to less than 1"""
    weights = _attention_weights(q, k, None)
    if mask is not None:
        weights = np.where(mask, weights, 0.0)
    return weights @ v, weights


@misconception("scaled_dot_product_attention", hint="What does the softmax make of a score of 0?")
def gives_blocked_keys_score_zero(q, k, v, mask=None):
    """multiplies the scores by the mask: a score of 0 still has a weight"""
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores * mask
    exponentials = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    weights = exponentials / np.sum(exponentials, axis=-1, keepdims=True)
    return weights @ v, weights


@misconception("scaled_dot_product_attention", hint="What is −∞ − (−∞)?")
def is_nan_for_a_blind_query(q, k, v, mask=None):
    """gives NaN where every key is masked"""
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    exponentials = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    weights = exponentials / np.sum(exponentials, axis=-1, keepdims=True)
    return weights @ v, weights


@misconception("scaled_dot_product_attention", hint="Which weights does a row of equal scores get?")
def averages_for_a_blind_query(q, k, v, mask=None):
    """gives a masked key a very low score, so that a row of them attends to all alike"""
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    if mask is not None:
        scores = np.where(mask, scores, -1e9)
    exponentials = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    weights = exponentials / np.sum(exponentials, axis=-1, keepdims=True)
    return weights @ v, weights


@misconception(
    "scaled_dot_product_attention", hint="How large is e^4000, and what can float64 hold?"
)
def overflows(q, k, v, mask=None):
    """takes the exponential of the scores as they are"""
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    exponentials = np.exp(scores) if mask is None else np.where(mask, np.exp(scores), 0.0)
    totals = np.sum(exponentials, axis=-1, keepdims=True)
    weights = exponentials / np.where(totals > 0, totals, 1.0)
    return weights @ v, weights


@misconception(
    "scaled_dot_product_attention_backward", hint="Which factor stands between qkᵀ and the scores?"
)
def forgets_the_scale_going_back(dout, q, k, v, mask=None):
    """does not divide by √d on the way back"""
    weights = _attention_weights(q, k, mask)
    dweights = dout @ np.swapaxes(v, -1, -2)
    dscores = weights * (dweights - np.sum(dweights * weights, axis=-1, keepdims=True))
    return dscores @ k, np.swapaxes(dscores, -1, -2) @ q, np.swapaxes(weights, -1, -2) @ dout


@misconception(
    "scaled_dot_product_attention_backward",
    hint="Does a weight depend on its own score alone?",
)
def takes_the_softmax_for_a_sigmoid(dout, q, k, v, mask=None):
    """differentiates the softmax entry by entry, as A(1 − A)"""
    weights = _attention_weights(q, k, mask)
    dscores = (dout @ np.swapaxes(v, -1, -2)) * weights * (1.0 - weights) / np.sqrt(q.shape[-1])
    return dscores @ k, np.swapaxes(dscores, -1, -2) @ q, np.swapaxes(weights, -1, -2) @ dout


@misconception(
    "scaled_dot_product_attention_backward",
    hint="Raise all scores of a row by 1: what happens to its weights?",
)
def leaves_the_sum_out(dout, q, k, v, mask=None):
    """leaves out the sum over the keys in the softmax's derivative"""
    weights = _attention_weights(q, k, mask)
    dscores = weights * (dout @ np.swapaxes(v, -1, -2)) / np.sqrt(q.shape[-1])
    return dscores @ k, np.swapaxes(dscores, -1, -2) @ q, np.swapaxes(weights, -1, -2) @ dout


@misconception(
    "scaled_dot_product_attention_backward", hint="Which weights did the forward pass use?"
)
def ignores_the_mask_going_back(dout, q, k, v, mask=None):
    """computes the weights again without the mask"""
    weights = _attention_weights(q, k, None)
    dweights = dout @ np.swapaxes(v, -1, -2)
    dscores = weights * (dweights - np.sum(dweights * weights, axis=-1, keepdims=True))
    dscores = dscores / np.sqrt(q.shape[-1])
    return dscores @ k, np.swapaxes(dscores, -1, -2) @ q, np.swapaxes(weights, -1, -2) @ dout


@misconception("causal_mask", hint="May a token look at itself?")
def blinds_the_diagonal(T):
    """lets a position attend only to what stands strictly before it"""
    return np.tril(np.ones((T, T), dtype=bool), k=-1)


@misconception("causal_mask", hint="Is the row the query, or the key?")
def looks_into_the_future(T):
    """is the upper triangle: each position attends to itself and to what follows"""
    return np.triu(np.ones((T, T), dtype=bool))


@misconception("causal_mask", hint="In this course True means: may attend.")
def marks_the_blocked(T):
    """is True where a position may not attend"""
    return np.triu(np.ones((T, T), dtype=bool), k=1)


@misconception("padding_mask", hint="What does True stand for: a real token or padding?")
def marks_the_padding(lengths, T):
    """is True at the padding"""
    return np.arange(T) >= lengths[:, None]


@misconception("padding_mask", hint="At which index does a sequence of length 3 end?")
def counts_one_too_many(lengths, T):
    """is True at one position more than there are tokens"""
    return np.arange(T) <= lengths[:, None]


@misconception("padding_mask", hint="On which side does the padding stand?")
def pads_on_the_left(lengths, T):
    """takes the last positions for the real tokens"""
    return np.arange(T) >= T - lengths[:, None]
