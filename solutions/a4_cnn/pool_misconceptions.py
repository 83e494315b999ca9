"""What students get wrong in assignment 4's pools.

Each definition replaces its exercise in a copy of the reference, so it uses that file's names.
"""

# ruff: noqa: F821  # names such as `_pool_windows` belong to the reference's file
import numpy as np

from grader.course import misconception


@misconception("max_pool_forward", hint="How far does the second window stand from the first?")
def strides_by_the_size(x, size, stride):
    """moves the window by its own size, whatever the stride"""
    windows = _pool_windows(x, size, size)
    return np.max(windows, axis=0), (x, size, size, np.argmax(windows, axis=0))


@misconception("max_pool_forward", hint="Which of −3 and 2 is the larger?")
def takes_the_largest_size(x, size, stride):
    """takes the entry that is farthest from 0"""
    windows = _pool_windows(x, size, stride)
    winner = np.argmax(np.abs(windows), axis=0)
    return np.take_along_axis(windows, winner[None], axis=0)[0], (x, size, stride, winner)


@misconception("max_pool_forward", hint="How many channels come out?")
def pools_over_the_channels(x, size, stride):
    """takes the largest entry over all channels, too"""
    windows = _pool_windows(x, size, stride)
    winner = np.argmax(windows, axis=0)
    out = np.max(windows, axis=(0, 4), keepdims=True)[0]
    return np.repeat(out, x.shape[3], axis=3), (x, size, stride, winner)


@misconception("max_pool_forward", hint="What becomes of a last row that fills no window?")
def keeps_the_ragged_edge(x, size, stride):
    """keeps windows that reach beyond the edge, with what is left in them"""
    _, height, width, _ = x.shape
    output_size(height, size, stride), output_size(width, size, stride)
    extra = [(0, -(length - size) % stride) for length in (height, width)]
    padded = np.pad(x, [(0, 0), *extra, (0, 0)], constant_values=-np.inf)
    windows = _pool_windows(padded, size, stride)
    return np.max(windows, axis=0), (x, size, stride, np.argmax(windows, axis=0))


@misconception("max_pool_backward", hint="How many entries of a window does its output depend on?")
def shares_among_all(dout, cache):
    """shares the gradient among all entries of a window"""
    x, size, stride, _ = cache
    share = np.broadcast_to(dout / size**2, (size * size, *dout.shape))
    return _pool_scatter(share, x, size, stride)


@misconception("max_pool_backward", hint="Of several largest entries, which takes the gradient?")
def hands_it_to_every_tie(dout, cache):
    """hands the whole gradient to each of several largest entries"""
    x, size, stride, _ = cache
    windows = _pool_windows(x, size, stride)
    return _pool_scatter((windows == np.max(windows, axis=0)) * dout, x, size, stride)


@misconception("max_pool_backward", hint="Of several largest entries, which takes the gradient?")
def hands_it_to_the_last_tie(dout, cache):
    """hands the gradient to the last of several largest entries"""
    x, size, stride, _ = cache
    windows = _pool_windows(x, size, stride)
    winner = size * size - 1 - np.argmax(windows[::-1], axis=0)
    places = np.arange(size * size).reshape(-1, 1, 1, 1, 1)
    return _pool_scatter((places == winner) * dout, x, size, stride)


@misconception("max_pool_backward", hint="What if one entry is the largest of two windows?")
def overwrites_where_windows_overlap(dout, cache):
    """keeps one gradient of an entry that is the largest of several windows"""
    x, size, stride, winner = cache
    dx = np.zeros_like(x)
    for number, (_, _, at) in enumerate(_taps((size, size), dout.shape[1:3], stride)):
        dx[at] = np.where(winner == number, dout, dx[at])
    return dx


@misconception("average_pool_forward", hint="How many entries does a window of size 3 have?")
def divides_by_the_size(x, size, stride):
    """divides the sum of a window by its size instead of by its size squared"""
    return np.sum(_pool_windows(x, size, stride), axis=0) / size, (x, size, stride)


@misconception("average_pool_forward", hint="How many channels come out, and how do they differ?")
def averages_over_the_channels(x, size, stride):
    """takes the mean over all channels, too"""
    mean = np.mean(_pool_windows(x, size, stride), axis=(0, 4), keepdims=True)[0]
    return np.repeat(mean, x.shape[3], axis=3), (x, size, stride)


@misconception("average_pool_forward", hint="How far does the second window stand from the first?")
def averages_by_the_size(x, size, stride):
    """moves the window by its own size, whatever the stride"""
    return np.mean(_pool_windows(x, size, size), axis=0), (x, size, size)


@misconception("average_pool_backward", hint="Does a mean of n numbers grow as fast as each?")
def does_not_divide(dout, cache):
    """hands every entry of a window the whole gradient"""
    x, size, stride = cache
    whole = np.broadcast_to(dout, (size * size, *dout.shape))
    return _pool_scatter(whole, x, size, stride)


@misconception(
    "average_pool_backward", hint="An entry lies in two windows. How many parts does it get?"
)
def overwrites_the_parts(dout, cache):
    """overwrites an entry's gradient where windows overlap, instead of adding to it"""
    x, size, stride = cache
    dx = np.zeros_like(x)
    for _, _, at in _taps((size, size), dout.shape[1:3], stride):
        dx[at] = dout / size**2
    return dx


@misconception("average_pool_backward", hint="Which entry of a window matters to its mean?")
def hands_the_largest_everything(dout, cache):
    """hands the gradient to the largest entry, as the max pool does"""
    x, size, stride = cache
    winner = np.argmax(_pool_windows(x, size, stride), axis=0)
    places = np.arange(size * size).reshape(-1, 1, 1, 1, 1)
    return _pool_scatter((places == winner) * dout, x, size, stride)


@misconception("l2_pool_forward", hint="Is the length of (3, 4) equal to 5, or to 3.54?")
def takes_the_root_of_the_mean(x, size, stride):
    """takes the root of the mean of the squares"""
    return np.sqrt(np.mean(_pool_windows(x, size, stride) ** 2, axis=0)), None


@misconception("l2_pool_forward", hint="Is the length of (3, 4) equal to 5, or to 25?")
def forgets_the_root(x, size, stride):
    """leaves the root out"""
    return np.sum(_pool_windows(x, size, stride) ** 2, axis=0), None


@misconception("l2_pool_forward", hint="How long is a vector of zeros?")
def adds_an_epsilon(x, size, stride):
    """adds an epsilon under the root, which shows where a window is 0"""
    return np.sqrt(np.sum(_pool_windows(x, size, stride) ** 2, axis=0) + 1e-8), None
