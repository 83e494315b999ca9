"""Checks of the blocks: batch normalisation of images, and the residual block."""

import numpy as np

from grader.course import StudentFile, backward_case, case
from solutions.a4_cnn.inputs import residual_block


def declare_blocks(file: StudentFile) -> None:
    """Declare both blocks, forward and backward."""
    _spatial_batchnorm_forward(file)
    _spatial_batchnorm_backward(file)
    _residual_block_forward(file)
    _residual_block_backward(file)


def _normalised(rng, shape, *, training):
    """All arguments of batch normalisation; no statistic is near 0 or 1."""
    c = shape[3]
    return {
        "x": rng.normal(size=shape) * np.linspace(0.6, 2.0, c) + rng.uniform(1, 2, size=c),
        "gamma": rng.uniform(0.5, 1.5, size=c),
        "beta": rng.normal(size=c),
        "running_mean": rng.uniform(-2, -1, size=c),
        "running_var": rng.uniform(2, 4, size=c),
        "training": training,
    }


def _spatial_batchnorm_forward(file):
    spatial_batchnorm_forward = file.exercise(
        "spatial_batchnorm_forward",
        hints=[
            "A channel has one mean, whichever image and place. Over which three axes?",
            "`np.var` divides by N·H·W, which is what is asked. Where does eps stand?",
        ],
    )

    def one(label, rng, shape, *, training, values, **options):
        given = _normalised(rng, shape, training=training)
        return case(label, takes=values, options=options, **given)

    @spatial_batchnorm_forward.outputs(points=1.5)
    def in_training(rng):
        """normalises each channel by the batch's own statistics in training"""
        yield one("four images", rng, (4, 3, 5, 2), training=True, values=(0,))
        yield one("eps = 0.3", rng, (2, 4, 3, 5), training=True, values=(0,), eps=0.3)

    @spatial_batchnorm_forward.outputs(points=0.75)
    def running(rng):
        """moves the running values by a share of 1 − momentum, with the biased variance"""
        yield one("two images", rng, (2, 3, 4, 5), training=True, values=(2, 3), momentum=0.7)
        yield one("momentum = 0.2", rng, (3, 1, 2, 4), training=True, values=(2, 3), momentum=0.2)
        yield one("the default, 0.99", rng, (2, 3, 2, 4), training=True, values=(2, 3))

    @spatial_batchnorm_forward.outputs(points=0.75)
    def at_inference(rng):
        """uses the running values at inference and returns them as they were"""
        yield one("three images", rng, (3, 2, 4, 5), training=False, values=(0, 2, 3))
        yield one("one image", rng, (1, 3, 2, 4), training=False, values=(0, 2, 3))
        yield one("eps = 0.3", rng, (2, 2, 3, 4), training=False, values=(0, 2, 3), eps=0.3)

    @spatial_batchnorm_forward.outputs(points=0.25)
    def constant(rng):
        """is beta where a channel is constant"""
        given = _normalised(rng, (2, 3, 4, 5), training=True)
        given["x"][..., 1] = 2.5
        yield case("channel 1 is 2.5", takes=1, **given)

    spatial_batchnorm_forward.purity(points=0.25)


def _spatial_batchnorm_backward(file):
    spatial_batchnorm_backward = file.exercise(
        "spatial_batchnorm_backward",
        needs=["spatial_batchnorm_forward"],
        hints=[
            "x reaches the output in three ways: directly, through the mean, through the variance.",
            "dx is g minus its mean and minus x̂ times the mean of g·x̂, per channel and scaled.",
        ],
    )
    every = {"of": "spatial_batchnorm_forward", "wrt": ("x", "gamma", "beta")}

    def one(label, rng, shape, **options):
        return backward_case(
            label,
            forward="spatial_batchnorm_forward",
            cache=1,
            douts={"dout": rng.normal(size=shape)},
            options=options,
            **_normalised(rng, shape, training=True),
        )

    @spatial_batchnorm_backward.gradient(points=3.25, **every)
    def derivative(rng):
        """returns the gradients of x, gamma and beta"""
        yield one("four images", rng, (4, 3, 5, 2))
        yield one("eps = 0.3", rng, (2, 4, 3, 5), eps=0.3)

    @spatial_batchnorm_backward.gradient(points=0.25, **every)
    def one_image(rng):
        """works for one image"""
        yield one("one image", rng, (1, 3, 2, 4))

    @spatial_batchnorm_backward.outputs(points=0.25)
    def one_pixel(rng):
        """hands nothing on to x when each channel has one entry"""
        yield one("one image of 1 × 1", rng, (1, 1, 1, 3))

    spatial_batchnorm_backward.purity(points=0.25)


def _residual_block_forward(file):
    residual_block_forward = file.exercise(
        "residual_block_forward",
        needs=["pad", "conv2d_forward"],
        hints=[
            "`pad` in mode same, then `conv2d_forward`: twice. One relu stands between.",
            "x comes back in at the end, before the last relu.",
        ],
    )

    def one(label, rng, image, kernel):
        return case(label, takes=1, **residual_block(rng, image, kernel))

    @residual_block_forward.outputs(points=1.75)
    def block(rng):
        """is relu(x + conv(relu(conv(x))))"""
        yield one("kernels of 3 × 3", rng, (2, 4, 5, 3), (3, 3))
        yield one("kernels of 1 × 3", rng, (1, 3, 4, 2), (1, 3))

    @residual_block_forward.outputs(points=0.5)
    def even(rng):
        """pads even kernels as `pad` does"""
        yield one("kernels of 2 × 3", rng, (2, 4, 3, 2), (2, 3))
        yield one("kernels of 4 × 2", rng, (1, 5, 4, 3), (4, 2))

    @residual_block_forward.outputs(points=0.25)
    def without_weights(rng):
        """is relu(x) when all weights are 0"""
        given = {
            name: np.zeros_like(value)
            for name, value in residual_block(rng, (2, 3, 4, 2), (3, 3)).items()
        }
        yield case("zeros", takes=1, **{**given, "x": rng.normal(size=(2, 3, 4, 2))})

    @residual_block_forward.outputs(points=0.25)
    def one_pixel(rng):
        """works for images smaller than the kernels"""
        yield one("images of 1 × 2", rng, (2, 1, 2, 3), (3, 3))

    residual_block_forward.purity(points=0.25)


def _residual_block_backward(file):
    residual_block_backward = file.exercise(
        "residual_block_backward",
        needs=["residual_block_forward", "conv2d_backward"],
        hints=[
            "Back through the last relu first: what is left reaches x in two ways. Add both up.",
            "`conv2d_backward` gives the gradient of the padded images: cut it to their size.",
        ],
    )
    every = {"of": "residual_block_forward", "wrt": ("x", "w1", "b1", "w2", "b2")}

    def one(label, rng, image, kernel, given=None):
        return backward_case(
            label,
            forward="residual_block_forward",
            douts={"dout": rng.normal(size=image)},
            **(given or residual_block(rng, image, kernel)),
        )

    @residual_block_backward.gradient(points=2.75, **every)
    def gradients(rng):
        """returns the gradients of x, w1, b1, w2 and b2"""
        yield one("kernels of 3 × 3", rng, (2, 4, 5, 3), (3, 3))
        yield one("kernels of 1 × 3", rng, (1, 3, 4, 2), (1, 3))

    @residual_block_backward.gradient(points=0.5, **every)
    def even(rng):
        """returns them for even kernels"""
        yield one("kernels of 2 × 3", rng, (2, 4, 3, 2), (2, 3))

    @residual_block_backward.outputs(points=0.25)
    def at_the_kink(rng):
        """takes 0 for the derivative of relu at 0"""
        image = (2, 3, 4, 2)
        given = residual_block(rng, image, (3, 3))
        given["w1"] = np.zeros_like(given["w1"])
        given["b1"] = np.array([0.0, -1.0])  # a first sum is 0 in one channel, below in the other
        given["x"][0, 0] = 0.0
        given["b2"] = np.zeros_like(given["b2"])  # and with it x + second, where x is 0
        yield one("sums of exactly 0", rng, image, (3, 3), given)

    @residual_block_backward.outputs(points=0.25, edge=True)
    def silent(rng):
        """is 0 where the block's output is"""
        image = (2, 3, 4, 2)
        given = residual_block(rng, image, (3, 3))
        given["b2"] = given["b2"] - 100.0
        yield one("b2 of about −100", rng, image, (3, 3), given)

    residual_block_backward.purity(points=0.25)
