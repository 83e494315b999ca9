"""Images, kernels and networks for the cases of assignment 4."""

import numpy as np

from grader.course import Rng, step
from grader.datasets import digits
from grader.datasets.disguise import renamed
from grader.datasets.pictures import negatives, posed

PARAMS = tuple(f"{kind}{number}" for number in range(1, 6) for kind in "Wb")
CLEAR = 1e-3
"""How far pre-activations stay from the kink of relu, and a largest entry from the next one."""


def seed(rng):
    """A generator for the student's code, made in the student's process."""
    return Rng(int(rng.integers(2**31)))


def convolution(rng, image, kernel):
    """All arrays of a convolution; `kernel` is (KH, KW, C, F)."""
    return {
        "x": rng.normal(size=image),
        "w": rng.normal(size=kernel),
        "b": rng.normal(size=kernel[3]),
    }


def windows_of(x, kernel):
    """Every window of the images: (N, OH, OW, C, KH, KW)."""
    return np.lib.stride_tricks.sliding_window_view(x, kernel, axis=(1, 2))


def same_convolution(x, w, b):
    """A convolution whose output is as large as its input."""
    sizes = w.shape[:2]
    edges = [(0, 0), *(((k - 1) // 2, k // 2) for k in sizes), (0, 0)]
    return np.einsum("nhwcij,ijcf->nhwf", windows_of(np.pad(x, edges), sizes), w) + b


def distinct_images(rng, shape):
    """Images no two of whose entries are close: there is one largest in every window."""
    values = np.linspace(-2, 2, int(np.prod(shape))) + rng.normal()
    return rng.permutation(values).reshape(shape)


def residual_block(rng, image, kernel):
    """All arguments of a residual block, no sum near a kink; `kernel` is (KH, KW)."""
    shape = (*kernel, image[3], image[3])
    while True:
        given = {"x": rng.normal(size=image)}
        for number in "12":
            given[f"w{number}"] = rng.normal(size=shape) / np.sqrt(np.prod(shape[:3]))
            given[f"b{number}"] = 0.5 * rng.normal(size=image[3])
        first = same_convolution(given["x"], given["w1"], given["b1"])
        second = same_convolution(np.maximum(first, 0), given["w2"], given["b2"])
        if min(np.abs(first).min(), np.abs(given["x"] + second).min()) > CLEAR:
            return given


def lenet_params(rng, shape, n_classes):
    """Weights of a `LeNet` most of whose dense units are silent, which keeps public cases small."""
    height, width, channels = shape
    flat = 16 * (height // 4) * (width // 4)
    shapes = [(3, 3, channels, 6), (3, 3, 6, 16), (flat, 120), (120, 84), (84, n_classes)]
    active = {3: 20, 4: 12}
    params = {}
    for number, one in enumerate(shapes, start=1):
        scale = np.sqrt(2.0 / np.prod(one[:-1]))
        if number - 1 in active:
            scale = np.sqrt(2.0 / active[number - 1])
        params[f"W{number}"] = scale * rng.normal(size=one)
        params[f"b{number}"] = 0.2 * rng.normal(size=one[-1])
    for number, units in active.items():
        silent = rng.permutation(shapes[number - 1][-1])[units:]
        params[f"W{number}"][:, silent] = 0.0
        params[f"b{number}"][silent] = -1.0
        params[f"W{number + 1}"][silent] = 0.0
    return params


def nearest_kink(x, params):
    """The smallest |pre-activation|, or lead of a pool's largest entry over the next."""
    nearest, out = np.inf, x
    for number in (1, 2):
        z = same_convolution(out, params[f"W{number}"], params[f"b{number}"])
        n, height, width, filters = z.shape
        kept = np.maximum(z[:, : height // 2 * 2, : width // 2 * 2], 0)
        quarters = kept.reshape(n, height // 2, 2, width // 2, 2, filters)
        order = np.sort(quarters.swapaxes(2, 3).reshape(-1, 4, filters), axis=1)
        lead = (order[:, 3] - order[:, 2])[order[:, 3] > 0]
        nearest = min(nearest, np.abs(z).min(), lead.min(initial=np.inf))
        out = quarters.max(axis=(2, 4))
    out = out.reshape(len(x), -1)
    for number in (3, 4):
        z = out @ params[f"W{number}"] + params[f"b{number}"]
        nearest, out = min(nearest, np.abs(z).min()), np.maximum(z, 0)
    return nearest


def lenet_problem(rng, n, shape, n_classes, *, lit=False, low=0.0, high=1.0):
    """Images from low to high, labels and weights of a `LeNet`, nowhere near a kink.

    `lit` adds so much to the biases of the convolutions that every pixel has a share in the
    output: no gradient of a pixel is 0 then (height and width are multiples of 4).
    """
    while True:
        params = lenet_params(rng, shape, n_classes)
        if lit:
            params["b1"] += 3.0
            params["b2"] += 8.0
            params["W3"] *= 0.05
        x = rng.uniform(low, high, size=(n, *shape))
        if nearest_kink(x, params) > CLEAR:
            return {"x": x, "y": rng.integers(0, n_classes, size=n), **params}


def lenet_steps(rng, shape, n_classes):
    """The steps that make a `LeNet` with the weights of the case, and another one after it.

    What a class keeps, and not its objects, is then that of the other network.
    """
    return {
        "model": step.construct("LeNet", shape, n_classes, seed(rng)),
        "_params": step.fill("model", "params", {name: step.ref(name) for name in PARAMS}),
        "_other": step.construct("LeNet", shape, n_classes, seed(rng)),
        "_other_params": step.fill("_other", "params", {"b5": rng.normal(size=n_classes)}),
    }


def disguised_digits(rng, held_out=497):
    """Digits as a seed disguises them, the last `held_out` of them to be read after the training.

    All are turned or mirrored alike, about half are negatives, and the classes are renamed: who
    knows the public digits by heart knows none of these, and no linear model reads them.

    Returns
    -------
    (X, y, X_held_out, y_held_out) : arrays (N, 8, 8, 1) and (N,) of integers from 0 to 9
    """
    X, y = digits()
    order = rng.permutation(len(X))
    images = negatives(posed(X[order].reshape(-1, 8, 8), rng), rng)[..., None]
    y = renamed(y[order], 10, rng)
    return images[:-held_out], y[:-held_out], images[-held_out:], y[-held_out:]
