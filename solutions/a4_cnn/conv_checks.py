"""Checks of the convolution: its size, its edges, its number of parameters, both passes."""

import numpy as np

from grader.course import StudentFile, backward_case, case
from solutions.a4_cnn.inputs import convolution


def declare_convolution(file: StudentFile) -> None:
    """Declare the convolution's exercises."""
    _output_size(file)
    _conv_parameters(file)
    _pad(file)
    _conv2d_forward(file)
    _conv2d_backward(file)


def _output_size(file):
    output_size = file.exercise(
        "output_size",
        hints=[
            "How far can the kernel's first row go down before its last row leaves the image?",
            "A dilated kernel covers dilation·(kernel − 1) + 1 rows. `//` rounds down.",
        ],
    )

    @output_size.outputs(points=1.5)
    def formula(rng):
        """counts the places of a kernel, with stride and padding"""
        # From so many sizes that no number is right by luck.
        n, padding = int(rng.integers(200, 2_000)), int(rng.integers(1, 4))
        yield case("kernel 3", n=n, kernel=3)
        yield case("kernel 5 and padding", n=n, kernel=5, options={"padding": padding})
        for stride in (2, 3):
            options = {"stride": stride, "padding": padding}
            yield case(f"stride {stride}", n=n, kernel=4, options=options)

    @output_size.outputs(points=0.75)
    def dilated(rng):
        """stretches the kernel by the dilation"""
        n = int(rng.integers(200, 2_000))
        yield case("dilation 3", n=n, kernel=3, options={"dilation": 3})
        yield case("all four", n=n, kernel=4, stride=3, padding=2, dilation=3)

    @output_size.outputs(points=0.25, edge=True)
    def exact_fit(rng):
        """is 1 when the kernel fits exactly"""
        k = int(rng.integers(3, 9))
        yield case("as large as the image", n=k, kernel=k)
        yield case("with stride and padding", n=k, kernel=k + 2, stride=2, padding=1)

    @output_size.errors(points=0.25)
    def below(rng):
        """raises ValueError for sizes below 1, and for padding below 0"""
        given = {"n": 13, "kernel": 3, "stride": 1, "padding": 2, "dilation": 1}
        for name in given:
            wrong = -int(rng.integers(4, 9))
            yield case(f"{name} = {wrong}", offending=str(wrong), **{**given, name: wrong})
        for name in ("kernel", "stride", "dilation"):
            yield case(f"{name} = 0", offending="0", **{**given, name: 0})
        yield case("padding = -1", offending="-1", **{**given, "padding": -1})

    @output_size.errors(points=0.25)
    def too_large(rng):
        """raises ValueError when the kernel does not fit"""
        n = int(rng.integers(4, 9))
        yield case("one row too large", n=n, kernel=n + 1, offending=str(n + 1))
        yield case("too large once dilated", n=11, kernel=7, options={"dilation": 2}, offending="7")
        options = {"padding": 1}
        yield case(
            "too large even with padding", n=n, kernel=n + 3, options=options, offending=str(n + 3)
        )


def _conv_parameters(file):
    conv_parameters = file.exercise(
        "conv_parameters",
        hints=[
            "How many numbers does one kernel have, over all channels of its input?",
            "A bias belongs to a kernel, not to a weight.",
        ],
    )

    @conv_parameters.outputs(points=1)
    def square(rng):
        """counts the weights and biases of square kernels"""
        c, f = (int(number) for number in rng.permutation(np.arange(2, 20))[:2])
        yield case("kernel 3", kernel=3, in_channels=c, out_channels=f)
        yield case("kernel 5", kernel=5, in_channels=f, out_channels=c)

    @conv_parameters.outputs(points=0.25)
    def pair(rng):
        """takes a pair (KH, KW)"""
        c, f = (int(number) for number in rng.permutation(np.arange(2, 20))[:2])
        yield case("kernel (2, 5)", kernel=(2, 5), in_channels=c, out_channels=f)

    @conv_parameters.outputs(points=0.25)
    def without_bias(rng):
        """leaves the biases out when there are none"""
        c, f = (int(number) for number in rng.permutation(np.arange(2, 20))[:2])
        given = {"kernel": 3, "in_channels": c, "out_channels": f}
        yield case("bias=False", options={"bias": False}, **given)


def _pad(file):
    pad = file.exercise(
        "pad",
        hints=[
            "`np.pad` takes a pair (before, after) for each axis; two axes get (0, 0).",
            "Of k − 1 zeros, half stand before. Which side gets the odd one?",
        ],
    )

    @pad.outputs(points=1)
    def same(rng):
        """adds k − 1 zeros on each axis in mode same"""
        yield case("kernel 3", x=rng.normal(size=(2, 4, 5, 3)), kernel=3, mode="same")
        yield case("kernel 5", x=rng.normal(size=(1, 3, 4, 2)), kernel=5, mode="same")

    @pad.outputs(points=0.75)
    def even(rng):
        """adds one zero more after than before for even kernels"""
        yield case("kernel 4", x=rng.normal(size=(2, 3, 5, 1)), kernel=4, mode="same")
        yield case("kernel (2, 3)", x=rng.normal(size=(1, 5, 4, 2)), kernel=(2, 3), mode="same")

    @pad.outputs(points=0.75)
    def full(rng):
        """adds k − 1 zeros on each side in mode full"""
        yield case("kernel 3", x=rng.normal(size=(2, 4, 5, 1)), kernel=3, mode="full")
        yield case("kernel (4, 2)", x=rng.normal(size=(1, 3, 2, 4)), kernel=(4, 2), mode="full")

    @pad.outputs(points=0.25, edge=True)
    def valid(rng):
        """adds nothing in mode valid"""
        yield case("kernel (2, 3)", x=rng.normal(size=(2, 4, 5, 3)), kernel=(2, 3), mode="valid")

    @pad.outputs(points=0.25, edge=True)
    def single(rng):
        """adds nothing for a kernel of one weight, in any mode"""
        for mode in ("valid", "same", "full"):
            yield case(mode, x=rng.normal(size=(1, 3, 4, 2)), kernel=1, mode=mode)

    @pad.errors(points=0.25)
    def unknown(rng):
        """raises ValueError for another mode"""
        for mode in ("causal", "SAMES"):
            x = rng.normal(size=(1, 3, 4, 2))
            yield case(mode, x=x, kernel=3, mode=mode, offending=mode)

    pad.purity(points=0.25)


def _conv2d_forward(file):
    conv2d_forward = file.exercise(
        "conv2d_forward",
        needs=["output_size"],
        hints=[
            "Put one corner of the kernel on an output's place: which patch of x does it cover?",
            "Loop over the kernel's (i, j) alone: `x̃[:, i : i + OH, j : j + OW] @ w[i, j]` serves "
            "all places at once.",
            "With a stride the slices get a step; with a dilation they start at i·dilation.",
        ],
    )

    def one(label, rng, image, kernel, offending=None, **options):
        given = convolution(rng, image, kernel)
        return case(label, takes=1, options=options, offending=offending, **given)

    @conv2d_forward.outputs(points=3)
    def plain(rng):
        """slides the kernels over the images, as they are"""
        yield one("kernels of 4 × 2", rng, (2, 6, 7, 3), (4, 2, 3, 5))
        yield one("kernels of 3 × 3", rng, (3, 5, 7, 2), (3, 3, 2, 4))

    @conv2d_forward.outputs(points=1)
    def strides(rng):
        """moves the kernels by the stride"""
        yield one("stride 2", rng, (2, 7, 9, 3), (3, 2, 3, 4), stride=2)
        yield one("stride 3", rng, (1, 11, 8, 2), (2, 3, 2, 3), stride=3)

    @conv2d_forward.outputs(points=0.75)
    def paddings(rng):
        """adds zeros on all four sides"""
        yield one("padding 1", rng, (2, 4, 5, 3), (3, 3, 3, 2), padding=1)
        yield one("padding 2", rng, (1, 3, 6, 2), (4, 2, 2, 3), padding=2)

    @conv2d_forward.outputs(points=0.75)
    def dilations(rng):
        """leaves gaps between a kernel's weights"""
        yield one("dilation 2", rng, (2, 8, 7, 3), (3, 2, 3, 4), dilation=2)
        yield one("dilation 3", rng, (1, 7, 9, 2), (2, 3, 2, 3), dilation=3)

    @conv2d_forward.outputs(points=0.5)
    def together(rng):
        """combines stride, padding and dilation"""
        options = {"stride": 2, "padding": 1, "dilation": 2}
        yield one("2, 1 and 2", rng, (2, 8, 9, 3), (3, 2, 3, 4), **options)

    @conv2d_forward.outputs(points=0.25)
    def exact(rng):
        """works for one weight per channel, and for a kernel as large as the image"""
        yield one("kernels of 1 × 1", rng, (1, 3, 4, 3), (1, 1, 3, 2))
        yield one("kernels of 3 × 4", rng, (2, 3, 4, 1), (3, 4, 1, 5))

    @conv2d_forward.errors(points=0.25)
    def channels(rng):
        """raises ValueError when images and kernels differ in channels"""
        yield one("13 and 3 channels", rng, (2, 5, 6, 13), (3, 2, 3, 4), offending="3")
        yield one("1 and 11 channels", rng, (2, 5, 6, 1), (3, 2, 11, 4), offending="1")

    @conv2d_forward.errors(points=0.25)
    def too_large(rng):
        """raises ValueError when the kernel does not fit"""
        yield one("7 rows in 6", rng, (2, 6, 9, 3), (7, 2, 3, 4), offending="7")
        yield one("8 columns in 7", rng, (2, 9, 7, 3), (2, 8, 3, 4), offending="8")

    conv2d_forward.purity(points=0.25)


def _conv2d_backward(file):
    conv2d_backward = file.exercise(
        "conv2d_backward",
        needs=["conv2d_forward"],
        hints=[
            "Take the line of your forward pass that multiplies x̃ with w, and differentiate it.",
            "The same slices: dw[i, j] needs `x̃[slice]`, and dx̃ at that slice grows by dout @ wᵀ.",
            "In the end cut the padding off dx̃.",
        ],
    )
    every = {"of": "conv2d_forward", "wrt": ("x", "w", "b")}

    def one(label, rng, image, kernel, out, **options):
        douts = {"dout": rng.normal(size=(image[0], *out, kernel[3]))}
        given = convolution(rng, image, kernel)
        return backward_case(label, forward="conv2d_forward", douts=douts, options=options, **given)

    @conv2d_backward.gradient(points=3, **every)
    def plain(rng):
        """returns the gradients of x, w and b"""
        yield one("kernels of 4 × 2", rng, (2, 6, 5, 3), (4, 2, 3, 5), (3, 4))
        yield one("kernels of 3 × 3", rng, (3, 5, 6, 2), (3, 3, 2, 4), (3, 4))

    @conv2d_backward.gradient(points=1.25, **every)
    def strides(rng):
        """returns them with a stride"""
        yield one("stride 2", rng, (2, 7, 6, 3), (3, 2, 3, 4), (3, 3), stride=2)

    @conv2d_backward.gradient(points=1, **every)
    def paddings(rng):
        """returns them with padding, which gets none itself"""
        yield one("padding 2", rng, (2, 3, 5, 3), (4, 2, 3, 2), (4, 8), padding=2)

    @conv2d_backward.gradient(points=1, **every)
    def dilations(rng):
        """returns them with a dilation"""
        yield one("dilation 2", rng, (2, 6, 5, 3), (3, 2, 3, 4), (2, 3), dilation=2)
        yield one("dilation 3", rng, (1, 7, 5, 2), (2, 2, 2, 3), (4, 2), dilation=3)

    @conv2d_backward.gradient(points=0.5, **every)
    def together(rng):
        """returns them with all three"""
        options = {"stride": 2, "padding": 1, "dilation": 2}
        yield one("2, 1 and 2", rng, (2, 7, 6, 3), (3, 2, 3, 4), (3, 3), **options)

    @conv2d_backward.outputs(points=0.25)
    def one_place(rng):
        """works for a kernel as large as the image"""
        yield one("kernels of 3 × 4", rng, (2, 3, 4, 1), (3, 4, 1, 5), (1, 1))

    @conv2d_backward.outputs(points=0.25)
    def unseen(rng):
        """gives 0 to pixels that no kernel reaches"""
        yield one("stride 3", rng, (1, 7, 6, 2), (2, 2, 2, 3), (2, 2), stride=3)

    conv2d_backward.purity(points=0.25)
