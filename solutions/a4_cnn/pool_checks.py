"""Checks of the three pools, and of the way back through two of them."""

import numpy as np

from grader.course import StudentFile, backward_case, case
from solutions.a4_cnn.inputs import distinct_images


def declare_pools(file: StudentFile) -> None:
    """Declare the pools' exercises."""
    _max_pool_forward(file)
    _max_pool_backward(file)
    _average_pool_forward(file)
    _average_pool_backward(file)
    _l2_pool_forward(file)


def _pooled(label, rng, shape, size, stride, **options):
    images = distinct_images(rng, shape)
    return case(label, takes=1, x=images, size=size, stride=stride, **options)


def _back(forward, rng, label, x, size, stride, out):
    douts = {"dout": rng.normal(size=(len(x), *out, x.shape[3]))}
    between = {"x": np.concatenate([x, x]), "size": 1, "stride": 1}
    given = {"x": x, "size": size, "stride": stride}
    return backward_case(label, forward=forward, douts=douts, between=between, **given)


def _declare_edges(pool):
    """Declare what is the same for max and average pools, forward."""

    @pool.outputs(points=0.25)
    def ragged(rng):
        """drops windows that would reach beyond the edge"""
        yield _pooled("7 rows in twos", rng, (2, 7, 5, 3), 2, 2)
        yield _pooled("8 columns in threes", rng, (1, 5, 8, 2), 3, 3)

    _refuses_large_windows(pool)
    pool.purity(points=0.25)


def _refuses_large_windows(pool):
    @pool.errors(points=0.25)
    def too_large(rng):
        """raises ValueError when the window does not fit"""
        yield _pooled("7 rows in 6", rng, (2, 6, 9, 3), 7, 1, offending="7")
        yield _pooled("8 columns in 7", rng, (1, 9, 7, 2), 8, 2, offending="8")


def _max_pool_forward(file):
    max_pool_forward = file.exercise(
        "max_pool_forward",
        needs=["output_size"],
        hints=[
            "All entries at (i, j) of their windows are one slice of x, with a step.",
            "`np.stack` size² of these slices on a new first axis. Which reduction is left?",
        ],
    )

    @max_pool_forward.outputs(points=2)
    def tiles(rng):
        """is the largest entry of each window"""
        yield _pooled("windows of 2 × 2", rng, (2, 6, 8, 3), 2, 2)
        yield _pooled("windows of 3 × 3", rng, (1, 6, 9, 2), 3, 3)

    @max_pool_forward.outputs(points=0.75)
    def overlapping(rng):
        """lets windows overlap"""
        yield _pooled("3 × 3, stride 2", rng, (2, 7, 9, 3), 3, 2)
        yield _pooled("2 × 2, stride 1", rng, (1, 4, 5, 2), 2, 1)

    @max_pool_forward.outputs(points=0.25)
    def gaps(rng):
        """leaves gaps where the stride is larger than the window"""
        yield _pooled("2 × 2, stride 3", rng, (2, 8, 5, 3), 2, 3)

    _declare_edges(max_pool_forward)


def _max_pool_backward(file):
    max_pool_backward = file.exercise(
        "max_pool_backward",
        needs=["max_pool_forward"],
        hints=[
            "Who was the largest? The forward pass knows: keep it in the cache (`np.argmax`).",
            "An entry may win in two windows that overlap: then it takes both gradients.",
        ],
    )
    every = {"of": "max_pool_forward", "wrt": ("x",)}

    def one(rng, label, shape, size, stride, out):
        images = distinct_images(rng, shape)
        return _back("max_pool_forward", rng, label, images, size, stride, out)

    @max_pool_backward.gradient(points=2, **every)
    def tiles(rng):
        """hands the gradient to the largest entry of each window"""
        yield one(rng, "windows of 2 × 2", (2, 6, 8, 3), 2, 2, (3, 4))
        yield one(rng, "windows of 3 × 3", (1, 6, 9, 2), 3, 3, (2, 3))

    @max_pool_backward.gradient(points=1, **every)
    def overlapping(rng):
        """adds the gradients up where windows overlap"""
        yield one(rng, "3 × 3, stride 1", (2, 5, 6, 3), 3, 1, (3, 4))
        yield one(rng, "3 × 3, stride 2", (1, 7, 5, 2), 3, 2, (3, 2))

    @max_pool_backward.outputs(points=0.25)
    def ties(rng):
        """hands it to the first of several largest entries, row by row"""
        images = rng.integers(0, 2, size=(2, 6, 9, 3)).astype(float)
        # The largest of this window are (0, 2) and (1, 0); by columns, the second came first.
        images[0, :3, :3, 0] = [[0, 0, 1], [1, 0, 0], [0, 0, 0]]
        yield _back("max_pool_forward", rng, "zeros and ones", images, 3, 3, (2, 3))
        yield _back("max_pool_forward", rng, "all equal", np.ones((1, 4, 6, 2)), 2, 2, (2, 3))

    @max_pool_backward.outputs(points=0.25)
    def left_over(rng):
        """gives 0 to entries in no window"""
        yield one(rng, "7 rows in twos", (2, 7, 5, 3), 2, 2, (3, 2))
        yield one(rng, "2 × 2, stride 3", (1, 8, 6, 2), 2, 3, (3, 2))

    max_pool_backward.purity(points=0.25)


def _average_pool_forward(file):
    average_pool_forward = file.exercise(
        "average_pool_forward",
        needs=["output_size"],
        hints=[
            "The windows are those of the max pool. Only the reduction differs.",
            "Is the sum divided by the entries of a window or by those of an image?",
        ],
    )

    @average_pool_forward.outputs(points=1.75)
    def tiles(rng):
        """is the mean of each window"""
        yield _pooled("windows of 2 × 2", rng, (2, 6, 8, 3), 2, 2)
        yield _pooled("windows of 3 × 3", rng, (1, 6, 9, 2), 3, 3)

    @average_pool_forward.outputs(points=0.5)
    def overlapping(rng):
        """lets windows overlap"""
        yield _pooled("3 × 3, stride 2", rng, (2, 7, 9, 3), 3, 2)

    _declare_edges(average_pool_forward)


def _average_pool_backward(file):
    average_pool_backward = file.exercise(
        "average_pool_backward",
        needs=["average_pool_forward"],
        hints=[
            "By how much does the mean of four numbers grow when one of them grows by 1?",
            "Start from zeros of x's shape and add a share of dout at each of the size² slices.",
        ],
    )
    every = {"of": "average_pool_forward", "wrt": ("x",)}

    def one(rng, label, shape, size, stride, out):
        images = distinct_images(rng, shape)
        return _back("average_pool_forward", rng, label, images, size, stride, out)

    @average_pool_backward.gradient(points=1.25, **every)
    def tiles(rng):
        """hands every entry of a window an equal part"""
        yield one(rng, "windows of 2 × 2", (2, 6, 8, 3), 2, 2, (3, 4))
        yield one(rng, "windows of 3 × 3", (1, 6, 9, 2), 3, 3, (2, 3))

    @average_pool_backward.gradient(points=0.75, **every)
    def overlapping(rng):
        """adds the parts up where windows overlap"""
        yield one(rng, "3 × 3, stride 1", (2, 5, 6, 3), 3, 1, (3, 4))

    @average_pool_backward.outputs(points=0.25)
    def left_over(rng):
        """gives 0 to entries in no window"""
        yield one(rng, "7 rows in twos", (2, 7, 5, 3), 2, 2, (3, 2))
        yield one(rng, "2 × 2, stride 3", (1, 8, 6, 2), 2, 3, (3, 2))

    average_pool_backward.purity(points=0.25)


def _l2_pool_forward(file):
    l2_pool_forward = file.exercise(
        "l2_pool_forward",
        needs=["output_size"],
        hints=[
            "It is the length of the vector of a window's entries.",
            "Square, add up, take the root: nothing is divided, and nothing added.",
        ],
    )

    @l2_pool_forward.outputs(points=1)
    def tiles(rng):
        """is the root of the sum of squares of each window"""
        yield _pooled("windows of 2 × 2", rng, (2, 6, 8, 3), 2, 2)
        yield _pooled("7 rows in twos", rng, (2, 7, 5, 3), 2, 2)
        yield _pooled("windows of 3 × 3", rng, (1, 6, 9, 2), 3, 3)

    @l2_pool_forward.outputs(points=0.25)
    def overlapping(rng):
        """lets windows overlap"""
        yield _pooled("3 × 3, stride 2", rng, (2, 7, 9, 3), 3, 2)

    @l2_pool_forward.outputs(points=0.25)
    def zeros(rng):
        """is exactly 0 where a window is"""
        images = np.zeros((1, 4, 6, 2))
        images[:, :2] = rng.normal(size=(1, 2, 6, 2))
        yield case("zeros below", takes=1, x=images, size=2, stride=2)

    _refuses_large_windows(l2_pool_forward)
    l2_pool_forward.purity(points=0.25)
