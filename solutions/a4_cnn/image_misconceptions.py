"""What students get wrong in assignment 4's augmentation, saliency and attack.

Each definition replaces its exercise in a copy of the reference, so it uses that file's names.
"""

# ruff: noqa: F821  # names such as `_lenet_backward` belong to the reference's file
import numpy as np

from grader.course import misconception


@misconception("augment", hint="Which is the largest number that `rng.integers` may return?")
def never_shifts_by_the_most(x, rng, max_shift, flip=False):
    """never shifts by +max_shift: the upper end of its range is excluded"""
    if max_shift < 0:
        raise ValueError(f"Received: {max_shift}")
    n, height, width, _ = x.shape
    margin = (max_shift, max_shift)
    padded, out = np.pad(x, [(0, 0), margin, margin, (0, 0)]), np.zeros_like(x)
    high = max(max_shift, 1 - max_shift)  # an empty range would raise
    for image, (dy, dx) in enumerate(rng.integers(-max_shift, high, size=(n, 2))):
        top, left = max_shift - int(dy), max_shift - int(dx)
        out[image] = padded[image, top : top + height, left : left + width]
        if flip and rng.random() < 0.5:
            out[image] = out[image, :, ::-1]
    return out


@misconception("augment", hint="What moves in at the left when an image moves to the right?")
def wraps_around(x, rng, max_shift, flip=False):
    """lets what leaves on one side come in on the other"""
    if max_shift < 0:
        raise ValueError(f"Received: {max_shift}")
    out = np.zeros_like(x)
    for image, shift in enumerate(rng.integers(-max_shift, max_shift + 1, size=(len(x), 2))):
        out[image] = np.roll(x[image], shift, axis=(0, 1))
        if flip and rng.random() < 0.5:
            out[image] = out[image, :, ::-1]
    return out


@misconception("augment", hint="How many random numbers do you draw for a batch?")
def shifts_all_images_alike(x, rng, max_shift, flip=False):
    """draws one shift for the whole batch"""
    if max_shift < 0:
        raise ValueError(f"Received: {max_shift}")
    _, height, width, _ = x.shape
    margin = (max_shift, max_shift)
    padded = np.pad(x, [(0, 0), margin, margin, (0, 0)])
    top, left = max_shift - rng.integers(-max_shift, max_shift + 1, size=2)
    out = padded[:, top : top + height, left : left + width].copy()
    for image in range(len(x)):
        if flip and rng.random() < 0.5:
            out[image] = out[image, :, ::-1]
    return out


@misconception("augment", hint="How often do dy and dx come out equal?")
def shifts_along_the_diagonal(x, rng, max_shift, flip=False):
    """uses one number for both dy and dx"""
    if max_shift < 0:
        raise ValueError(f"Received: {max_shift}")
    n, height, width, _ = x.shape
    margin = (max_shift, max_shift)
    padded, out = np.pad(x, [(0, 0), margin, margin, (0, 0)]), np.zeros_like(x)
    for image, shift in enumerate(rng.integers(-max_shift, max_shift + 1, size=n)):
        start = max_shift - int(shift)
        out[image] = padded[image, start : start + height, start : start + width]
        if flip and rng.random() < 0.5:
            out[image] = out[image, :, ::-1]
    return out


@misconception("augment", hint="Look at a flipped image: does it stand on its head?")
def flips_upside_down(x, rng, max_shift, flip=False):
    """mirrors images top to bottom instead of left to right"""
    if max_shift < 0:
        raise ValueError(f"Received: {max_shift}")
    n, height, width, _ = x.shape
    margin = (max_shift, max_shift)
    padded, out = np.pad(x, [(0, 0), margin, margin, (0, 0)]), np.zeros_like(x)
    for image, (dy, dx) in enumerate(rng.integers(-max_shift, max_shift + 1, size=(n, 2))):
        top, left = max_shift - int(dy), max_shift - int(dx)
        out[image] = padded[image, top : top + height, left : left + width]
        if flip and rng.random() < 0.5:
            out[image] = out[image, ::-1]
    return out


@misconception("augment", hint="How many of a hundred images do you mirror?")
def flips_every_image(x, rng, max_shift, flip=False):
    """mirrors every image when flip is on"""
    if max_shift < 0:
        raise ValueError(f"Received: {max_shift}")
    n, height, width, _ = x.shape
    margin = (max_shift, max_shift)
    padded, out = np.pad(x, [(0, 0), margin, margin, (0, 0)]), np.zeros_like(x)
    for image, (dy, dx) in enumerate(rng.integers(-max_shift, max_shift + 1, size=(n, 2))):
        top, left = max_shift - int(dy), max_shift - int(dx)
        out[image] = padded[image, top : top + height, left : left + width]
    return out[:, :, ::-1] if flip else out


@misconception("saliency", hint="Can your saliency be negative? Could the gradient?")
def drops_the_sign(model, x, y):
    """returns the gradient's size without its sign"""
    return np.abs(_lenet_backward(model.params, x, y)[2])


@misconception("saliency", hint="How large is the gradient of a mean, of one image's pixels?")
def sums_the_loss(model, x, y):
    """differentiates the sum of the losses instead of their mean"""
    return len(y) * _lenet_backward(model.params, x, y)[2]


@misconception("saliency", hint="Which number's gradient is asked for?")
def differentiates_the_score(model, x, y):
    """differentiates the right class's logit instead of the loss"""
    p = model.params
    logits, (z1, conv1, pool1, z2, conv2, pool2, a2, flat, a3, a4) = _lenet_forward(p, x)
    delta = (np.arange(logits.shape[1]) == y[:, None]) / len(y)
    for number, inputs in ((5, a4), (4, a3), (3, flat)):
        delta = delta @ p[f"W{number}"].T * (inputs > 0)
    dz2 = _relu_pool_backward(delta.reshape(a2.shape), pool2, z2)
    da1, _, _ = _same_conv_backward(dz2, conv2)
    dx, _, _ = _same_conv_backward(_relu_pool_backward(da1, pool1, z1), conv1)
    return dx


@misconception("saliency", hint="The contract's result has the shape of the images. Does yours?")
def keeps_one_number_per_pixel(model, x, y):
    """takes the largest over the channels, as pictures of saliency do"""
    return np.max(_lenet_backward(model.params, x, y)[2], axis=3)


@misconception("fgsm", hint="Is the loss larger or smaller after your step?")
def makes_the_loss_smaller(model, x, y, epsilon):
    """walks the way that the loss falls"""
    return np.clip(x - epsilon * np.sign(saliency(model, x, y)), 0.0, 1.0)


@misconception("fgsm", hint="By how much may a pixel move, whatever its gradient?")
def forgets_the_sign(model, x, y, epsilon):
    """moves by the gradient itself instead of by its sign"""
    return np.clip(x + epsilon * saliency(model, x, y), 0.0, 1.0)


@misconception("fgsm", hint="Between which numbers do the pixels of an image lie?")
def forgets_to_clip(model, x, y, epsilon):
    """leaves pixels below 0 and above 1"""
    return x + epsilon * np.sign(saliency(model, x, y))
