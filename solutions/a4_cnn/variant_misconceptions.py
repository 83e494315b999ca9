"""What students get wrong in assignment 4's depthwise, separable and transposed convolutions.

Each definition replaces its exercise in a copy of the reference, so it uses that file's names.
"""

# ruff: noqa: F821  # names such as `_taps` belong to the reference's file
import numpy as np

from grader.course import misconception


@misconception("depthwise_conv2d", hint="Output channel c·M + m: which index moves fastest?")
def counts_kernels_first(x, w):
    """orders its channels by kernel first: m·C + c"""
    _require_channels(x, w.shape[2])
    size = output_size(x.shape[1], w.shape[0]), output_size(x.shape[2], w.shape[1])
    out = np.zeros((len(x), *size, w.shape[3], w.shape[2]))
    for i, j, at in _taps(w.shape[:2], size):
        out += x[at][..., None, :] * w[i, j].T
    return out.reshape(len(x), *size, -1)


@misconception("depthwise_conv2d", hint="Are the channels to be added up here?")
def adds_the_channels_up(x, w):
    """adds all channels up before it repeats them, as an ordinary convolution would"""
    _require_channels(x, w.shape[2])
    size = output_size(x.shape[1], w.shape[0]), output_size(x.shape[2], w.shape[1])
    out = np.zeros((len(x), *size, w.shape[3]))
    for i, j, at in _taps(w.shape[:2], size):
        out += x[at] @ w[i, j]
    return np.tile(out, w.shape[2])


@misconception("depthwise_conv2d", hint="In which direction does the kernel lie on the image?")
def mirrors_the_depthwise_kernel(x, w):
    """mirrors the kernels"""
    _require_channels(x, w.shape[2])
    size = output_size(x.shape[1], w.shape[0]), output_size(x.shape[2], w.shape[1])
    out = np.zeros((len(x), *size, w.shape[2], w.shape[3]))
    for i, j, at in _taps(w.shape[:2], size):
        out += x[at][..., None] * w[::-1, ::-1][i, j]
    return out.reshape(len(x), *size, -1)


@misconception("separable_conv2d", hint="What stands between the two steps?")
def puts_a_relu_between(x, depthwise, pointwise):
    """puts a relu between its two steps"""
    features = np.maximum(depthwise_conv2d(x, depthwise), 0.0)
    _require_channels(features, pointwise.shape[2])
    return features @ pointwise[0, 0]


@misconception("separable_conv2d", hint="For M = 2, which row of `pointwise` meets which feature?")
def mixes_in_another_order(x, depthwise, pointwise):
    """takes the rows of `pointwise` in the order m·C + c"""
    features = depthwise_conv2d(x, depthwise)
    _require_channels(features, pointwise.shape[2])
    n, height, width, _ = features.shape
    channels, multiplier = depthwise.shape[2:]
    apart = features.reshape(n, height, width, channels, multiplier)
    return apart.swapaxes(3, 4).reshape(features.shape) @ pointwise[0, 0]


@misconception("separable_conv2d", hint="A factor for one channel, or a matrix over all of them?")
def scales_instead_of_mixing(x, depthwise, pointwise):
    """scales the sum of all features instead of weighing each"""
    features = depthwise_conv2d(x, depthwise)
    _require_channels(features, pointwise.shape[2])
    return np.sum(features, axis=3, keepdims=True) * np.mean(pointwise[0, 0], axis=0)


@misconception("conv2d_transpose", hint="Two kernels meet at one output. What should stand there?")
def overwrites_what_was_there(x, w, b, stride):
    """overwrites an output where kernels overlap, instead of adding to it"""
    kernel_height, kernel_width, filters, channels = w.shape
    _require_channels(x, channels)
    n, height, width, _ = x.shape
    out_height = height * stride + max(kernel_height - stride, 0)
    out_width = width * stride + max(kernel_width - stride, 0)
    out = np.zeros((n, out_height, out_width, filters)) + b
    for i, j, at in _taps((kernel_height, kernel_width), (height, width), stride):
        out[at] = x @ w[i, j].T + b
    return out


@misconception("conv2d_transpose", hint="How often is b added to one output?")
def adds_the_bias_with_each_kernel(x, w, b, stride):
    """adds the bias once for every product instead of once for every output"""
    kernel_height, kernel_width, filters, channels = w.shape
    _require_channels(x, channels)
    n, height, width, _ = x.shape
    out_height = height * stride + max(kernel_height - stride, 0)
    out_width = width * stride + max(kernel_width - stride, 0)
    out = np.zeros((n, out_height, out_width, filters))
    for i, j, at in _taps((kernel_height, kernel_width), (height, width), stride):
        out[at] += x @ w[i, j].T + b
    return out


@misconception("conv2d_transpose", hint="Which way round does the kernel lie in the output?")
def lays_the_kernel_down_mirrored(x, w, b, stride):
    """mirrors the kernels, as one would to write it as an ordinary convolution"""
    kernel_height, kernel_width, filters, channels = w.shape
    _require_channels(x, channels)
    n, height, width, _ = x.shape
    out_height = height * stride + max(kernel_height - stride, 0)
    out_width = width * stride + max(kernel_width - stride, 0)
    out = np.zeros((n, out_height, out_width, filters)) + b
    for i, j, at in _taps((kernel_height, kernel_width), (height, width), stride):
        out[at] += x @ w[::-1, ::-1][i, j].T
    return out


@misconception("conv2d_transpose", hint="With stride 3 and a kernel of 1: how large in Keras?")
def ends_with_the_last_kernel(x, w, b, stride):
    """ends where the last kernel does, which is too soon when the stride is larger"""
    kernel_height, kernel_width, filters, channels = w.shape
    _require_channels(x, channels)
    n, height, width, _ = x.shape
    out_height = (height - 1) * stride + kernel_height
    out_width = (width - 1) * stride + kernel_width
    out = np.zeros((n, out_height, out_width, filters)) + b
    for i, j, at in _taps((kernel_height, kernel_width), (height, width), stride):
        out[at] += x @ w[i, j].T
    return out
