"""What students get wrong in assignment 4's batch normalisation and residual block.

Each definition replaces its exercise in a copy of the reference, so it uses that file's names.
"""

# ruff: noqa: F821  # names such as `_same_conv_forward` belong to the reference's file
import numpy as np

from grader.course import misconception


@misconception("spatial_batchnorm_forward", hint="How many means does a batch of C channels have?")
def normalises_each_image(
    x, gamma, beta, running_mean, running_var, training, momentum=0.99, eps=1e-3
):
    """normalises every image by itself"""
    mean, var = running_mean, running_var
    if training:
        mean, var = (np.mean(f(x, axis=(1, 2)), axis=0) for f in (np.mean, np.var))
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
        mean, var = (f(x, axis=(1, 2), keepdims=True) for f in (np.mean, np.var))
    deviation = np.sqrt(var + eps)
    normalised = (x - mean) / deviation
    return gamma * normalised + beta, (normalised, gamma, deviation), running_mean, running_var


@misconception("spatial_batchnorm_forward", hint="Which share of the old value does momentum keep?")
def swaps_the_momentum(
    x, gamma, beta, running_mean, running_var, training, momentum=0.99, eps=1e-3
):
    """gives the batch the share momentum, and the running value the rest"""
    mean, var = running_mean, running_var
    if training:
        mean, var = np.mean(x, axis=(0, 1, 2)), np.var(x, axis=(0, 1, 2))
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * var
    deviation = np.sqrt(var + eps)
    normalised = (x - mean) / deviation
    return gamma * normalised + beta, (normalised, gamma, deviation), running_mean, running_var


@misconception(
    "spatial_batchnorm_forward", hint="Is the batch there at inference? Look at one image."
)
def ignores_the_mode(x, gamma, beta, running_mean, running_var, training, momentum=0.99, eps=1e-3):
    """uses the batch's statistics at inference, too"""
    mean, var = np.mean(x, axis=(0, 1, 2)), np.var(x, axis=(0, 1, 2))
    if training:
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    deviation = np.sqrt(var + eps)
    normalised = (x - mean) / deviation
    return gamma * normalised + beta, (normalised, gamma, deviation), running_mean, running_var


@misconception("spatial_batchnorm_forward", hint="Under the root or beside it: where is eps added?")
def adds_eps_to_the_deviation(
    x, gamma, beta, running_mean, running_var, training, momentum=0.99, eps=1e-3
):
    """adds eps to the deviation instead of to the variance"""
    mean, var = running_mean, running_var
    if training:
        mean, var = np.mean(x, axis=(0, 1, 2)), np.var(x, axis=(0, 1, 2))
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    deviation = np.sqrt(var) + eps
    normalised = (x - mean) / deviation
    return gamma * normalised + beta, (normalised, gamma, deviation), running_mean, running_var


@misconception("spatial_batchnorm_forward", hint="Divide by the number of entries, or one less?")
def keeps_the_unbiased_variance(
    x, gamma, beta, running_mean, running_var, training, momentum=0.99, eps=1e-3
):
    """moves the running variance by the unbiased one, as some libraries do"""
    mean, var = running_mean, running_var
    if training:
        mean, var = np.mean(x, axis=(0, 1, 2)), np.var(x, axis=(0, 1, 2))
        unbiased = np.var(x, axis=(0, 1, 2), ddof=1)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * unbiased
    deviation = np.sqrt(var + eps)
    normalised = (x - mean) / deviation
    return gamma * normalised + beta, (normalised, gamma, deviation), running_mean, running_var


@misconception(
    "spatial_batchnorm_backward", hint="When x grows, do mean and variance stay the same?"
)
def takes_the_statistics_for_constants(dout, cache):
    """takes mean and variance for constants"""
    normalised, gamma, deviation = cache
    axes = (0, 1, 2)
    return gamma * dout / deviation, np.sum(dout * normalised, axis=axes), np.sum(dout, axis=axes)


@misconception("spatial_batchnorm_backward", hint="In how many ways does x reach the output?")
def forgets_the_variance(dout, cache):
    """forgets the way through the variance"""
    normalised, gamma, deviation = cache
    axes = (0, 1, 2)
    g = gamma * dout
    dx = (g - np.mean(g, axis=axes)) / deviation
    return dx, np.sum(dout * normalised, axis=axes), np.sum(dout, axis=axes)


@misconception("spatial_batchnorm_backward", hint="Over which axes was the forward pass's mean?")
def averages_over_the_images_alone(dout, cache):
    """takes its means over the images alone, place by place"""
    normalised, gamma, deviation = cache
    axes = (0, 1, 2)
    g = gamma * dout
    dx = (g - np.mean(g, axis=0) - normalised * np.mean(g * normalised, axis=0)) / deviation
    return dx, np.sum(dout * normalised, axis=axes), np.sum(dout, axis=axes)


@misconception("spatial_batchnorm_backward", hint="Is there a 1/N in the loss Σ out · dout?")
def averages_gamma_and_beta(dout, cache):
    """averages the gradients of gamma and beta instead of summing them"""
    normalised, gamma, deviation = cache
    axes = (0, 1, 2)
    g = gamma * dout
    along = normalised * np.mean(g * normalised, axis=axes)
    dx = (g - np.mean(g, axis=axes) - along) / deviation
    return dx, np.mean(dout * normalised, axis=axes), np.mean(dout, axis=axes)


@misconception("residual_block_forward", hint="When does x come in: before the last relu or after?")
def adds_x_after_the_relu(x, w1, b1, w2, b2):
    """adds x after the last relu"""
    first, cache1 = _same_conv_forward(x, w1, b1)
    second, cache2 = _same_conv_forward(np.maximum(first, 0.0), w2, b2)
    out = x + np.maximum(second, 0.0)
    return out, (first, cache1, cache2, out)


@misconception("residual_block_forward", hint="What makes a residual block residual?")
def forgets_the_shortcut(x, w1, b1, w2, b2):
    """leaves the shortcut out"""
    first, cache1 = _same_conv_forward(x, w1, b1)
    second, cache2 = _same_conv_forward(np.maximum(first, 0.0), w2, b2)
    out = np.maximum(second, 0.0)
    return out, (first, cache1, cache2, out)


@misconception("residual_block_forward", hint="How many relus does the formula have?")
def has_no_relu_at_the_end(x, w1, b1, w2, b2):
    """leaves the last relu out"""
    first, cache1 = _same_conv_forward(x, w1, b1)
    second, cache2 = _same_conv_forward(np.maximum(first, 0.0), w2, b2)
    out = x + second
    return out, (first, cache1, cache2, out)


@misconception("residual_block_forward", hint="What stands between the two convolutions?")
def has_no_relu_between(x, w1, b1, w2, b2):
    """leaves out the relu between its convolutions"""
    first, cache1 = _same_conv_forward(x, w1, b1)
    second, cache2 = _same_conv_forward(first, w2, b2)
    out = np.maximum(x + second, 0.0)
    return out, (first, cache1, cache2, out)


@misconception("residual_block_backward", hint="In how many ways does x reach the output?")
def forgets_the_way_past_the_convolutions(dout, cache):
    """forgets the gradient that reaches x through the shortcut"""
    first, cache1, cache2, out = cache
    dhidden, dw2, db2 = _same_conv_backward(dout * (out > 0), cache2)
    dx, dw1, db1 = _same_conv_backward(dhidden * (first > 0), cache1)
    return dx, dw1, db1, dw2, db2


@misconception("residual_block_backward", hint="What does the last relu do to the gradient of x?")
def lets_the_shortcut_pass_the_relu(dout, cache):
    """hands dout to x as it is, past the last relu"""
    first, cache1, cache2, out = cache
    dhidden, dw2, db2 = _same_conv_backward(dout * (out > 0), cache2)
    dx, dw1, db1 = _same_conv_backward(dhidden * (first > 0), cache1)
    return dx + dout, dw1, db1, dw2, db2


@misconception("residual_block_backward", hint="Which sums were negative between the convolutions?")
def forgets_the_relu_between(dout, cache):
    """goes back without the relu between the convolutions"""
    _, cache1, cache2, out = cache
    dsum = dout * (out > 0)
    dhidden, dw2, db2 = _same_conv_backward(dsum, cache2)
    dx, dw1, db1 = _same_conv_backward(dhidden, cache1)
    return dx + dsum, dw1, db1, dw2, db2


@misconception("residual_block_backward", hint="Which derivative does relu have at exactly 0 here?")
def takes_one_at_zero(dout, cache):
    """takes 1 for the derivative of relu at 0"""
    first, cache1, cache2, out = cache
    dsum = dout * (out > 0)
    dhidden, dw2, db2 = _same_conv_backward(dsum, cache2)
    dx, dw1, db1 = _same_conv_backward(dhidden * (first >= 0), cache1)
    return dx + dsum, dw1, db1, dw2, db2
