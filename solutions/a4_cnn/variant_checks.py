"""Checks of the convolution's relatives: depthwise, separable and transposed."""

from grader.course import StudentFile, case
from solutions.a4_cnn.inputs import convolution


def declare_variants(file: StudentFile) -> None:
    """Declare three exercises, each without a backward pass."""
    _depthwise_conv2d(file)
    _separable_conv2d(file)
    _conv2d_transpose(file)


def _depthwise_conv2d(file):
    depthwise_conv2d = file.exercise(
        "depthwise_conv2d",
        needs=["output_size"],
        hints=[
            "No sum over channels: each is multiplied with its own M kernels and kept apart.",
            "Compute (N, OH, OW, C, M) and reshape: then c·M + m is what the last axis counts.",
        ],
    )

    def one(label, rng, image, kernel, **options):
        x, w = rng.normal(size=image), rng.normal(size=kernel)
        return case(label, x=x, w=w, **options)

    @depthwise_conv2d.outputs(points=1.25)
    def apart(rng):
        """convolves every channel with its own kernel"""
        yield one("M = 1", rng, (2, 6, 7, 3), (4, 2, 3, 1))
        yield one("M = 1, five channels", rng, (1, 4, 5, 5), (3, 3, 5, 1))

    @depthwise_conv2d.outputs(points=1)
    def several(rng):
        """puts kernel m of channel c into output channel c·M + m"""
        yield one("M = 2", rng, (2, 5, 6, 3), (3, 2, 3, 2))
        yield one("M = 4", rng, (1, 6, 4, 2), (2, 3, 2, 4))

    @depthwise_conv2d.outputs(points=0.25)
    def single(rng):
        """works for one weight per channel, and for a kernel as large as the image"""
        yield one("kernels of 1 × 1", rng, (2, 3, 4, 3), (1, 1, 3, 2))
        yield one("kernels of 3 × 4", rng, (2, 3, 4, 3), (3, 4, 3, 2))

    @depthwise_conv2d.errors(points=0.25)
    def channels(rng):
        """raises ValueError when images and kernels differ in channels"""
        yield one("13 and 3 channels", rng, (2, 5, 6, 13), (3, 2, 3, 4), offending="3")
        yield one("1 and 11 channels", rng, (2, 5, 6, 1), (3, 2, 11, 4), offending="1")

    depthwise_conv2d.purity(points=0.25)


def _separable_conv2d(file):
    separable_conv2d = file.exercise(
        "separable_conv2d",
        needs=["depthwise_conv2d", "conv2d_forward"],
        hints=[
            "Two steps that you have written already.",
            "A 1 × 1 convolution is one matrix product over the last axis.",
        ],
    )

    def one(label, rng, image, depthwise, pointwise, **options):
        arrays = {
            "x": rng.normal(size=image),
            "depthwise": rng.normal(size=depthwise),
            "pointwise": rng.normal(size=pointwise),
        }
        return case(label, **arrays, **options)

    @separable_conv2d.outputs(points=1.5)
    def mixed(rng):
        """mixes the channels of the depthwise convolution"""
        yield one("M = 1", rng, (2, 6, 7, 3), (4, 2, 3, 1), (1, 1, 3, 5))
        yield one("M = 2", rng, (1, 5, 4, 3), (2, 3, 3, 2), (1, 1, 6, 4))

    @separable_conv2d.errors(points=0.25)
    def channels(rng):
        """raises ValueError when the channels do not match"""
        yield one("16 and 6 channels", rng, (2, 5, 6, 8), (3, 2, 8, 2), (1, 1, 6, 4), offending="6")
        yield one(
            "1 and 10 channels", rng, (2, 5, 6, 1), (3, 2, 1, 1), (1, 1, 10, 4), offending="1"
        )

    separable_conv2d.purity(points=0.25)


def _conv2d_transpose(file):
    conv2d_transpose = file.exercise(
        "conv2d_transpose",
        hints=[
            "Start from the bias everywhere; every input adds one kernel, scaled by its value.",
            "It is what `conv2d_backward` does to dout on the way to dx: the same slices.",
            "Mind the order of w's last two axes: the products sum over the last one.",
        ],
    )

    def one(label, rng, image, kernel, stride, **options):
        given = convolution(rng, image, kernel)
        given["b"] = rng.normal(size=kernel[2])
        return case(label, **given, stride=stride, **options)

    @conv2d_transpose.outputs(points=1)
    def overlapping(rng):
        """adds a kernel for every input, with stride 1"""
        yield one("kernels of 3 × 2", rng, (2, 4, 5, 3), (3, 2, 4, 3), 1)
        yield one("kernels of 3 × 3", rng, (1, 2, 4, 5), (3, 3, 2, 5), 1)

    @conv2d_transpose.outputs(points=1.25)
    def strides(rng):
        """moves by the stride, and adds up where kernels overlap"""
        yield one("3 × 3, stride 2", rng, (2, 3, 4, 2), (3, 3, 5, 2), 2)
        yield one("4 × 5, stride 3", rng, (1, 3, 2, 3), (4, 5, 2, 3), 3)

    @conv2d_transpose.outputs(points=0.75)
    def tiles(rng):
        """puts kernels side by side when the stride is their size"""
        yield one("2 × 2, stride 2", rng, (2, 3, 5, 4), (2, 2, 3, 4), 2)
        yield one("3 × 3, stride 3", rng, (1, 2, 3, 2), (3, 3, 4, 2), 3)

    @conv2d_transpose.outputs(points=0.25)
    def gaps(rng):
        """is n·stride large, with the bias alone in the gaps, when the stride is larger"""
        yield one("1 × 2, stride 3", rng, (2, 3, 4, 3), (1, 2, 4, 3), 3)

    @conv2d_transpose.outputs(points=0.25)
    def one_pixel(rng):
        """works for one pixel"""
        yield one("3 × 2, stride 2", rng, (2, 1, 1, 3), (3, 2, 4, 3), 2)

    @conv2d_transpose.errors(points=0.25)
    def channels(rng):
        """raises ValueError when images and kernels differ in channels"""
        yield one("13 and 3 channels", rng, (2, 3, 4, 13), (3, 2, 4, 3), 2, offending="3")
        yield one("1 and 11 channels", rng, (2, 3, 4, 1), (3, 2, 4, 11), 2, offending="1")

    conv2d_transpose.purity(points=0.25)
