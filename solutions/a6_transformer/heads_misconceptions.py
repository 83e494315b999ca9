"""What students get wrong in heads and multi-head attention, and where a teacher would point.

Each definition replaces its exercise in a copy of the reference, so it uses that file's names.
"""

# ruff: noqa: F821  # names such as `split_heads` belong to the reference's file
import numpy as np

from grader.course import misconception


@misconception("split_heads", hint="`reshape` never moves a number. Which axis does it cut?")
def cuts_the_positions(x, heads):
    """reshapes to (N, heads, T, D/heads) at once, which cuts the positions and not the features"""
    N, T, D = x.shape
    if heads < 1 or D % heads:
        raise ValueError(f"Expected heads to be at least 1 and to divide {D}. Received: {heads}")
    return x.reshape(N, heads, T, D // heads)


@misconception("split_heads", hint="Which columns are the first head's?")
def deals_the_columns_out(x, heads):
    """deals the columns out in turn, where each head should own a block of neighbours"""
    N, T, D = x.shape
    if heads < 1 or D % heads:
        raise ValueError(f"Expected heads to be at least 1 and to divide {D}. Received: {heads}")
    return x.reshape(N, T, D // heads, heads).transpose(0, 3, 1, 2)


@misconception("split_heads", hint="What becomes of the columns that are left over?")
def drops_what_is_left_over(x, heads):
    """drops the columns that are left over when heads does not divide D"""
    size = x.shape[-1] // max(heads, 1)
    parts = [x[:, :, h * size : (h + 1) * size] for h in range(max(heads, 1))]
    return np.stack(parts, axis=1)


@misconception("merge_heads", hint="Which axes must be neighbours before they become one?")
def reshapes_without_moving_axes(x):
    """reshapes at once, which mixes positions and heads"""
    N, heads, T, d = x.shape
    return x.reshape(N, T, heads * d)


@misconception("merge_heads", hint="Does column 1 of the result come from the first head?")
def interleaves_the_heads(x):
    """takes the columns of the heads in turn"""
    N, heads, T, d = x.shape
    return x.transpose(0, 2, 3, 1).reshape(N, T, heads * d)


@misconception("multi_head_attention_forward", hint="Of the four weights, where is the last used?")
def leaves_the_output_projection_out(x, Wq, Wk, Wv, Wo, heads, mask=None):
    """returns the merged heads without the projection by Wo"""
    q, k, v = (split_heads(x @ W, heads) for W in (Wq, Wk, Wv))
    if mask is not None and mask.ndim == 3:
        mask = mask[:, None]
    attended, _ = scaled_dot_product_attention(q, k, v, mask)
    merged = merge_heads(attended)
    return merged, (x, Wq, Wk, Wv, Wo, q, k, v, mask, merged)


@misconception("multi_head_attention_forward", hint="How many softmaxes does each query need?")
def attends_with_one_head(x, Wq, Wk, Wv, Wo, heads, mask=None):
    """does not split the features: it is attention with a single head"""
    split_heads(x, heads)
    q, k, v = (split_heads(x @ W, 1) for W in (Wq, Wk, Wv))
    if mask is not None and mask.ndim == 3:
        mask = mask[:, None]
    attended, _ = scaled_dot_product_attention(q, k, v, mask)
    merged = merge_heads(attended)
    return merged @ Wo, (x, Wq, Wk, Wv, Wo, q, k, v, mask, merged)


@misconception("multi_head_attention_forward", hint="How many columns does one head have?")
def scales_by_the_whole_width(x, Wq, Wk, Wv, Wo, heads, mask=None):
    """divides the scores by the root of D, where a head has D/heads columns"""
    q, k, v = (split_heads(x @ W, heads) for W in (Wq, Wk, Wv))
    q = q / np.sqrt(heads)
    if mask is not None and mask.ndim == 3:
        mask = mask[:, None]
    attended, _ = scaled_dot_product_attention(q, k, v, mask)
    merged = merge_heads(attended)
    return merged @ Wo, (x, Wq, Wk, Wv, Wo, q, k, v, mask, merged)


@misconception("multi_head_attention_forward", hint="Where is the argument `mask` used?")
def ignores_the_mask(x, Wq, Wk, Wv, Wo, heads, mask=None):
    """never uses the mask"""
    q, k, v = (split_heads(x @ W, heads) for W in (Wq, Wk, Wv))
    attended, _ = scaled_dot_product_attention(q, k, v)
    merged = merge_heads(attended)
    return merged @ Wo, (x, Wq, Wk, Wv, Wo, q, k, v, None, merged)


@misconception("multi_head_attention_forward", hint="Which axis of (N, heads, T, T) is missing?")
def lacks_the_axis_of_the_heads(x, Wq, Wk, Wv, Wo, heads, mask=None):
    """lays a mask (N, T, T) beside scores (N, heads, T, T) without an axis for the heads"""
    q, k, v = (split_heads(x @ W, heads) for W in (Wq, Wk, Wv))
    attended, _ = scaled_dot_product_attention(q, k, v, mask)
    merged = merge_heads(attended)
    return merged @ Wo, (x, Wq, Wk, Wv, Wo, q, k, v, mask, merged)


@misconception("multi_head_attention_backward", hint="In how many places does x enter?")
def follows_the_queries_only(dout, cache):
    """follows x through the queries alone"""
    x, Wq, _Wk, _Wv, Wo, q, k, v, mask, merged = cache
    dattended = split_heads(dout @ Wo.T, q.shape[1])
    split_gradients = scaled_dot_product_attention_backward(dattended, q, k, v, mask)
    dq, dk, dv = (merge_heads(gradient) for gradient in split_gradients)
    dW = [_weight_gradient(x, gradient) for gradient in (dq, dk, dv)]
    return (dq @ Wq.T, *dW, _weight_gradient(merged, dout))


@misconception(
    "multi_head_attention_backward", hint="Which side of x @ W is transposed going back?"
)
def forgets_to_transpose_the_weights(dout, cache):
    """multiplies by the weights, not by their transposes, on the way back"""
    x, Wq, Wk, Wv, Wo, q, k, v, mask, merged = cache
    dattended = split_heads(dout @ Wo, q.shape[1])
    split_gradients = scaled_dot_product_attention_backward(dattended, q, k, v, mask)
    dq, dk, dv = (merge_heads(gradient) for gradient in split_gradients)
    dx = dq @ Wq + dk @ Wk + dv @ Wv
    dW = [_weight_gradient(x, gradient) for gradient in (dq, dk, dv)]
    return (dx, *dW, _weight_gradient(merged, dout))


@misconception("multi_head_attention_backward", hint="Did the forward pass attend everywhere?")
def forgets_the_mask(dout, cache):
    """goes back through attention without the mask"""
    x, Wq, Wk, Wv, Wo, q, k, v, _mask, merged = cache
    dattended = split_heads(dout @ Wo.T, q.shape[1])
    split_gradients = scaled_dot_product_attention_backward(dattended, q, k, v)
    dq, dk, dv = (merge_heads(gradient) for gradient in split_gradients)
    dx = dq @ Wq.T + dk @ Wk.T + dv @ Wv.T
    dW = [_weight_gradient(x, gradient) for gradient in (dq, dk, dv)]
    return (dx, *dW, _weight_gradient(merged, dout))


@misconception("multi_head_attention_backward", hint="What is the input of the last projection?")
def multiplies_the_output_projection_by_x(dout, cache):
    """uses x for the gradient of Wo, whose input is the merged heads"""
    x, Wq, Wk, Wv, Wo, q, k, v, mask, _merged = cache
    dattended = split_heads(dout @ Wo.T, q.shape[1])
    split_gradients = scaled_dot_product_attention_backward(dattended, q, k, v, mask)
    dq, dk, dv = (merge_heads(gradient) for gradient in split_gradients)
    dx = dq @ Wq.T + dk @ Wk.T + dv @ Wv.T
    dW = [_weight_gradient(x, gradient) for gradient in (dq, dk, dv)]
    return (dx, *dW, _weight_gradient(x, dout))
