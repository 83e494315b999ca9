"""What students get wrong in assignment 4's convolution.

Each definition replaces its exercise in a copy of the reference, so it uses that file's names.
"""

# ruff: noqa: F821  # names such as `_taps` belong to the reference's file
import numpy as np

from grader.course import misconception


@misconception("output_size", hint="How many places does a kernel of 3 have in an image of 3?")
def forgets_to_add_one(n, kernel, stride=1, padding=0, dilation=1):
    """forgets to add 1: it counts the moves, not the places"""
    extent = dilation * (kernel - 1) + 1
    if min(n, kernel, stride, dilation) < 1 or padding < 0 or extent > n + 2 * padding:
        raise ValueError(f"Received: {n}, {kernel}, {stride}, {padding}, {dilation}")
    return (n + 2 * padding - extent) // stride


@misconception("output_size", hint="On how many sides of the image does the padding stand?")
def pads_one_side(n, kernel, stride=1, padding=0, dilation=1):
    """adds the padding once, not on both sides"""
    extent = dilation * (kernel - 1) + 1
    if min(n, kernel, stride, dilation) < 1 or padding < 0 or extent > n + 2 * padding:
        raise ValueError(f"Received: {n}, {kernel}, {stride}, {padding}, {dilation}")
    return (n + padding - extent) // stride + 1


@misconception("output_size", hint="Can a kernel stand where only a part of it fits?")
def rounds_up(n, kernel, stride=1, padding=0, dilation=1):
    """rounds up where the kernel does not come out even"""
    extent = dilation * (kernel - 1) + 1
    if min(n, kernel, stride, dilation) < 1 or padding < 0 or extent > n + 2 * padding:
        raise ValueError(f"Received: {n}, {kernel}, {stride}, {padding}, {dilation}")
    return -(-(n + 2 * padding - extent) // stride) + 1


@misconception("output_size", hint="Two weights with one gap: how many rows do they cover?")
def multiplies_the_kernel_by_the_dilation(n, kernel, stride=1, padding=0, dilation=1):
    """takes dilation · kernel for the extent, a gap too many"""
    if min(n, kernel, stride, dilation) < 1 or padding < 0 or kernel > n + 2 * padding:
        raise ValueError(f"Received: {n}, {kernel}, {stride}, {padding}, {dilation}")
    if dilation * (kernel - 1) + 1 > n + 2 * padding:
        raise ValueError(f"Received: kernel {kernel}")
    return (n + 2 * padding - dilation * kernel) // stride + 1


@misconception("conv_parameters", hint="How many biases has a convolution with F kernels?")
def one_bias_per_weight_matrix(kernel, in_channels, out_channels, bias=True):
    """counts a bias for every pair of input and output channel"""
    height, width = _pair(kernel)
    return (height * width + bool(bias)) * in_channels * out_channels


@misconception(
    "conv_parameters", hint="Does a kernel look at one channel of its input, or at all of them?"
)
def forgets_the_input_channels(kernel, in_channels, out_channels, bias=True):
    """counts kernels of one channel"""
    height, width = _pair(kernel)
    return (height * width + bool(bias)) * out_channels


@misconception("conv_parameters", hint="How many weights has a kernel of 2 × 5?")
def takes_the_kernel_for_a_square(kernel, in_channels, out_channels, bias=True):
    """takes the kernel for a square, as wide as its longer side"""
    return (max(_pair(kernel)) ** 2 * in_channels + bool(bias)) * out_channels


@misconception("conv_parameters", hint="With `bias=False`, what is left to count?")
def always_counts_the_biases(kernel, in_channels, out_channels, bias=True):
    """counts the biases even when there are none"""
    height, width = _pair(kernel)
    return height * width * in_channels * out_channels + out_channels


@misconception("pad", hint="Of an odd number of zeros, where does the contract want the last one?")
def puts_the_odd_zero_before(x, kernel, mode):
    """puts the odd zero of an even kernel before the image"""
    extra = [k - 1 for k in _pair(kernel)]
    if mode == "valid":
        return x.copy()
    if mode == "full":
        return np.pad(x, [(0, 0), *((e, e) for e in extra), (0, 0)])
    if mode != "same":
        raise ValueError(f"Received: {mode}")
    return np.pad(x, [(0, 0), *((e - e // 2, e // 2) for e in extra), (0, 0)])


@misconception("pad", hint="By how much does a kernel of size k shrink the image?")
def pads_half_the_kernel_on_both_sides(x, kernel, mode):
    """adds ⌊k/2⌋ zeros on both sides, one too many for even kernels"""
    sizes = _pair(kernel)
    if mode == "valid":
        return x.copy()
    if mode == "full":
        return np.pad(x, [(0, 0), *((k - 1, k - 1) for k in sizes), (0, 0)])
    if mode != "same":
        raise ValueError(f"Received: {mode}")
    return np.pad(x, [(0, 0), *((k // 2, k // 2) for k in sizes), (0, 0)])


@misconception("pad", hint="What stands around the image: zeros, or its own edge?")
def repeats_the_edge(x, kernel, mode):
    """repeats the image's edge instead of adding zeros"""
    extra = [k - 1 for k in _pair(kernel)]
    halves = {"valid": [(0, 0)] * 2, "full": [(e, e) for e in extra]}
    halves["same"] = [(e // 2, e - e // 2) for e in extra]
    if mode not in halves:
        raise ValueError(f"Received: {mode}")
    return np.pad(x, [(0, 0), *halves[mode], (0, 0)], mode="edge")


@misconception("pad", hint="How far may a kernel reach beyond the edge in mode full?")
def pads_the_kernel_in_full(x, kernel, mode):
    """adds k zeros on each side in mode full"""
    sizes = _pair(kernel)
    widths = {"valid": [(0, 0)] * 2, "full": [(k, k) for k in sizes]}
    widths["same"] = [((k - 1) // 2, k // 2) for k in sizes]
    if mode not in widths:
        raise ValueError(f"Received: {mode}")
    return np.pad(x, [(0, 0), *widths[mode], (0, 0)])


@misconception("conv2d_forward", hint="Do signal processing and deep learning mean the same here?")
def mirrors_the_kernel(x, w, b, stride=1, padding=0, dilation=1):
    """mirrors the kernel, as a convolution in mathematics does"""
    _require_channels(x, w.shape[2])
    size = (
        output_size(x.shape[1], w.shape[0], stride, padding, dilation),
        output_size(x.shape[2], w.shape[1], stride, padding, dilation),
    )
    padded = np.pad(x, [(0, 0), (padding, padding), (padding, padding), (0, 0)])
    out = np.zeros((len(x), *size, w.shape[3])) + b
    for i, j, at in _taps(w.shape[:2], size, stride, dilation):
        out += padded[at] @ w[::-1, ::-1][i, j]
    return out, (padded, w, stride, padding, dilation)


@misconception("conv2d_forward", hint="Is the bias a part of your sum?")
def forgets_the_bias(x, w, b, stride=1, padding=0, dilation=1):
    """leaves the bias out"""
    _require_channels(x, w.shape[2])
    size = (
        output_size(x.shape[1], w.shape[0], stride, padding, dilation),
        output_size(x.shape[2], w.shape[1], stride, padding, dilation),
    )
    padded = np.pad(x, [(0, 0), (padding, padding), (padding, padding), (0, 0)])
    out = np.zeros((len(x), *size, w.shape[3]))
    for i, j, at in _taps(w.shape[:2], size, stride, dilation):
        out += padded[at] @ w[i, j]
    return out, (padded, w, stride, padding, dilation)


@misconception("conv2d_forward", hint="How often is b added to one output?")
def adds_the_bias_at_every_weight(x, w, b, stride=1, padding=0, dilation=1):
    """adds the bias once for every weight of the kernel"""
    _require_channels(x, w.shape[2])
    size = (
        output_size(x.shape[1], w.shape[0], stride, padding, dilation),
        output_size(x.shape[2], w.shape[1], stride, padding, dilation),
    )
    padded = np.pad(x, [(0, 0), (padding, padding), (padding, padding), (0, 0)])
    out = np.zeros((len(x), *size, w.shape[3]))
    for i, j, at in _taps(w.shape[:2], size, stride, dilation):
        out += padded[at] @ w[i, j] + b
    return out, (padded, w, stride, padding, dilation)


@misconception("conv2d_forward", hint="Which channels of the image does one kernel see?")
def sums_the_kernels_channels_apart(x, w, b, stride=1, padding=0, dilation=1):
    """adds the channels of image and kernel up separately, before it multiplies them"""
    _require_channels(x, w.shape[2])
    size = (
        output_size(x.shape[1], w.shape[0], stride, padding, dilation),
        output_size(x.shape[2], w.shape[1], stride, padding, dilation),
    )
    padded = np.pad(x, [(0, 0), (padding, padding), (padding, padding), (0, 0)])
    out = np.zeros((len(x), *size, w.shape[3])) + b
    for i, j, at in _taps(w.shape[:2], size, stride, dilation):
        out += np.sum(padded[at], axis=3, keepdims=True) * np.sum(w[i, j], axis=0)
    return out, (padded, w, stride, padding, dilation)


@misconception("conv2d_forward", hint="Where does the kernel stand first?")
def drops_outputs_from_the_second_on(x, w, b, stride=1, padding=0, dilation=1):
    """starts a stride at its last place instead of its first"""
    _require_channels(x, w.shape[2])
    size = (
        output_size(x.shape[1], w.shape[0], stride, padding, dilation),
        output_size(x.shape[2], w.shape[1], stride, padding, dilation),
    )
    padded = np.pad(x, [(0, 0), (padding, padding), (padding, padding), (0, 0)])
    start = [
        padded.shape[axis + 1] - dilation * (w.shape[axis] - 1) - 1 - (size[axis] - 1) * stride
        for axis in range(2)
    ]
    shifted = padded[:, start[0] :, start[1] :]
    out = np.zeros((len(x), *size, w.shape[3])) + b
    for i, j, at in _taps(w.shape[:2], size, stride, dilation):
        out += shifted[at] @ w[i, j]
    return out, (padded, w, stride, padding, dilation)


@misconception("conv2d_forward", hint="What do neighbouring weights of a dilated kernel meet?")
def ignores_the_dilation(x, w, b, stride=1, padding=0, dilation=1):
    """lets neighbouring weights meet neighbouring pixels, whatever the dilation"""
    _require_channels(x, w.shape[2])
    size = (
        output_size(x.shape[1], w.shape[0], stride, padding, dilation),
        output_size(x.shape[2], w.shape[1], stride, padding, dilation),
    )
    padded = np.pad(x, [(0, 0), (padding, padding), (padding, padding), (0, 0)])
    out = np.zeros((len(x), *size, w.shape[3])) + b
    for i, j, at in _taps(w.shape[:2], size, stride):
        out += padded[at] @ w[i, j]
    return out, (padded, w, stride, padding, dilation)


@misconception("conv2d_backward", hint="How often does each bias enter the outputs?")
def averages_the_bias(dout, cache):
    """averages the bias's gradient over images and places instead of summing it"""
    padded, w, stride, padding, dilation = cache
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for i, j, at in _taps(w.shape[:2], dout.shape[1:3], stride, dilation):
        dw[i, j] = np.tensordot(padded[at], dout, axes=((0, 1, 2), (0, 1, 2)))
        dpadded[at] += dout @ w[i, j].T
    height, width = padded.shape[1] - padding, padded.shape[2] - padding
    return dpadded[:, padding:height, padding:width], dw, np.mean(dout, axis=(0, 1, 2))


@misconception("conv2d_backward", hint="A pixel lies under several places of the kernel. And then?")
def overwrites_where_kernels_overlap(dout, cache):
    """overwrites a pixel's gradient where kernels overlap, instead of adding to it"""
    padded, w, stride, padding, dilation = cache
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for i, j, at in _taps(w.shape[:2], dout.shape[1:3], stride, dilation):
        dw[i, j] = np.tensordot(padded[at], dout, axes=((0, 1, 2), (0, 1, 2)))
        dpadded[at] = dout @ w[i, j].T
    height, width = padded.shape[1] - padding, padded.shape[2] - padding
    return dpadded[:, padding:height, padding:width], dw, np.sum(dout, axis=(0, 1, 2))


@misconception("conv2d_backward", hint="Is the shape of dx that of x, or that of the padded x?")
def keeps_the_padding(dout, cache):
    """returns the gradient of the padded images"""
    padded, w, stride, _, dilation = cache
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for i, j, at in _taps(w.shape[:2], dout.shape[1:3], stride, dilation):
        dw[i, j] = np.tensordot(padded[at], dout, axes=((0, 1, 2), (0, 1, 2)))
        dpadded[at] += dout @ w[i, j].T
    return dpadded, dw, np.sum(dout, axis=(0, 1, 2))


@misconception("conv2d_backward", hint="The loss is whatever dout comes from. Who divides by N?")
def divides_by_the_images(dout, cache):
    """divides the gradients of w and b by the number of images"""
    padded, w, stride, padding, dilation = cache
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    n = len(dout)
    for i, j, at in _taps(w.shape[:2], dout.shape[1:3], stride, dilation):
        dw[i, j] = np.tensordot(padded[at], dout, axes=((0, 1, 2), (0, 1, 2))) / n
        dpadded[at] += dout @ w[i, j].T
    height, width = padded.shape[1] - padding, padded.shape[2] - padding
    return dpadded[:, padding:height, padding:width], dw, np.sum(dout, axis=(0, 1, 2)) / n


@misconception("conv2d_backward", hint="Which pixels did your forward pass take with a stride?")
def forgets_the_stride(dout, cache):
    """goes back without the stride"""
    padded, w, _, padding, dilation = cache
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for i, j, at in _taps(w.shape[:2], dout.shape[1:3], 1, dilation):
        dw[i, j] = np.tensordot(padded[at], dout, axes=((0, 1, 2), (0, 1, 2)))
        dpadded[at] += dout @ w[i, j].T
    height, width = padded.shape[1] - padding, padded.shape[2] - padding
    return dpadded[:, padding:height, padding:width], dw, np.sum(dout, axis=(0, 1, 2))
