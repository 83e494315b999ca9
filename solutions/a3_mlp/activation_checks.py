"""Checks of the activations, their derivatives, and maxout."""

import numpy as np

from grader.course import StudentFile, case


def declare_activations(file: StudentFile) -> None:
    """Declare ten activations and derivatives, and maxout."""
    _relu(file)
    _leaky_relu(file)
    _elu(file)
    _tanh(file)
    _sigmoid(file)
    _maxout(file)


def clear_of_zero(rng, *shape):
    """Numbers on both sides of 0, and none near it."""
    size = int(np.prod(shape))
    signs = rng.permutation(np.where(np.arange(size) % 2, 1.0, -1.0))
    return (signs * rng.uniform(0.1, 3.0, size=size)).reshape(shape)


def plain(rng):
    """Cases for an activation without an alpha, or with the default one."""
    yield case("a vector", z=clear_of_zero(rng, 7))
    yield case("a matrix", z=clear_of_zero(rng, 3, 4))


def leaning(rng, alpha):
    """The same with an alpha."""
    z = clear_of_zero(rng, 2, 3, 4)
    yield case(f"alpha = {alpha}", z=z, options={"alpha": alpha})


def around_the_kink(rng):
    """A vector with a 0 between a negative and a positive number."""
    return np.array([-rng.uniform(1, 2), 0.0, rng.uniform(1, 2)])


def _relu(file):
    relu = file.exercise(
        "relu",
        hints=["Negative numbers become 0, the others stay.", "The larger of two: `np.maximum`."],
    )

    @relu.outputs(points=0.75)
    def values(rng):
        """cuts off what is negative"""
        yield from plain(rng)

    relu.purity(points=0.25)

    relu_grad = file.exercise(
        "relu_grad",
        hints=["Two pieces, two slopes.", "A comparison, turned into floats; mind z = 0."],
    )

    @relu_grad.gradient(points=1.5, of="relu", wrt=("z",))
    def slope(rng):
        """is the derivative of relu"""
        yield from plain(rng)

    @relu_grad.outputs(points=0.25, edge=True)
    def kink(rng):
        """is 0 at the kink"""
        yield case("z = 0", z=around_the_kink(rng))

    relu_grad.purity(points=0.25)


def _leaky_relu(file):
    leaky_relu = file.exercise(
        "leaky_relu",
        hints=["Like `relu`, but the left side keeps a small slope.", "`np.where` chooses."],
    )

    @leaky_relu.outputs(points=0.75)
    def values(rng):
        """shrinks what is negative by alpha"""
        yield from plain(rng)
        yield from leaning(rng, 0.2)

    leaky_relu.purity(points=0.25)

    leaky_relu_grad = file.exercise(
        "leaky_relu_grad",
        hints=["Two pieces, two slopes.", "Neither slope depends on how large z is."],
    )

    @leaky_relu_grad.gradient(points=1.5, of="leaky_relu", wrt=("z",))
    def slope(rng):
        """is the derivative of leaky_relu"""
        yield from plain(rng)
        yield from leaning(rng, 0.2)

    @leaky_relu_grad.outputs(points=0.25, edge=True)
    def kink(rng):
        """is alpha at the kink"""
        yield case("z = 0", z=around_the_kink(rng), options={"alpha": 0.3})

    leaky_relu_grad.purity(points=0.25)


def _elu(file):
    elu = file.exercise(
        "elu",
        hints=[
            "An exponential on the left, shifted so that it meets the line at 0.",
            "`np.expm1`, and only of numbers that are not positive.",
        ],
    )

    @elu.outputs(points=1)
    def values(rng):
        """bends what is negative towards −1"""
        yield from plain(rng)

    @elu.outputs(points=0.5)
    def alpha(rng):
        """bends what is negative towards −alpha"""
        yield from leaning(rng, 0.6)
        yield from leaning(rng, 1.7)

    @elu.outputs(points=0.25, edge=True)
    def large(rng):
        """is finite for large z"""
        yield case("from −1000 to 1000", z=np.array([-1e3, -1.0, 2.0, 1e3]))

    elu.purity(points=0.25)

    elu_grad = file.exercise(
        "elu_grad",
        hints=["What is the derivative of α(e^z − 1)?", "Is the 1 still there? Is α?"],
    )

    @elu_grad.gradient(points=1.5, of="elu", wrt=("z",))
    def slope(rng):
        """is the derivative of elu"""
        yield from plain(rng)
        yield from leaning(rng, 0.6)

    @elu_grad.outputs(points=0.25, edge=True)
    def kink(rng):
        """is alpha at 0"""
        yield case("z = 0", z=around_the_kink(rng), options={"alpha": 0.7})

    elu_grad.purity(points=0.25)


def _tanh(file):
    tanh = file.exercise(
        "tanh", hints=["It runs from −1 to 1.", "NumPy has it under the same name."]
    )

    @tanh.outputs(points=0.75)
    def values(rng):
        """is the hyperbolic tangent"""
        yield from plain(rng)

    tanh.purity(points=0.25)

    tanh_grad = file.exercise(
        "tanh_grad",
        hints=["Express the derivative by tanh itself.", "At which z is it 1? Square something."],
    )

    @tanh_grad.gradient(points=0.5, of="tanh", wrt=("z",))
    def slope(rng):
        """is the derivative of tanh"""
        yield from plain(rng)

    @tanh_grad.outputs(points=0.25)
    def any_shape(rng):
        """works for arrays of any shape"""
        yield case("three axes", z=clear_of_zero(rng, 2, 3, 4))
        yield case("one number", z=clear_of_zero(rng, 1))

    tanh_grad.purity(points=0.25)


def _sigmoid(file):
    sigmoid = file.exercise(
        "sigmoid",
        hints=[
            "Which of e^z and e^−z overflows for z = 1000, which for z = −1000?",
            "Work with e^−|z|, which lies between 0 and 1, and choose by the sign of z.",
        ],
    )

    @sigmoid.outputs(points=1.5)
    def values(rng):
        """computes 1 / (1 + e^−z)"""
        yield from plain(rng)

    @sigmoid.no_warnings(points=0.25, edge=True)
    def saturated(rng):
        """is 0 or 1 for z = ±1000, without a warning"""
        yield case("from −1000 to 1000", z=np.array([-1e3, -40.0, 0.0, 40.0, 1e3]), atol=1e-12)

    sigmoid.purity(points=0.25)

    sigmoid_grad = file.exercise(
        "sigmoid_grad",
        needs=["sigmoid"],
        hints=["Express the derivative by σ itself.", "At which z is it largest, and how large?"],
    )

    @sigmoid_grad.gradient(points=0.5, of="sigmoid", wrt=("z",))
    def slope(rng):
        """is the derivative of the sigmoid"""
        yield from plain(rng)

    @sigmoid_grad.outputs(points=0.25)
    def any_shape(rng):
        """works for arrays of any shape"""
        yield case("three axes", z=clear_of_zero(rng, 2, 3, 4))
        yield case("one number", z=clear_of_zero(rng, 1))

    sigmoid_grad.purity(points=0.25)


def _maxout(file):
    maxout = file.exercise(
        "maxout",
        hints=[
            "The first group is made of the entries 0 … k − 1 of the last axis.",
            "`reshape` the last axis into two, and take the maximum over the new one.",
        ],
    )

    @maxout.outputs(points=1.5)
    def values(rng):
        """takes the largest of each group of neighbours"""
        yield case("a matrix, k = 3", z=rng.normal(size=(4, 6)), k=3)
        yield case("three axes, k = 2", z=rng.normal(size=(2, 3, 8)), k=2)
        yield case("groups of one", z=rng.normal(size=(3, 4)), k=1)

    @maxout.errors(points=0.25)
    def ragged(rng):
        """raises ValueError when k does not divide the last axis, or is below 1"""
        yield case("k = 4 of six", z=rng.normal(size=(3, 6)), k=4, offending="4")
        yield case("k = 7 of five", z=rng.normal(size=(2, 5)), k=7, offending="7")
        yield case("k = −2 of six", z=rng.normal(size=(3, 6)), k=-2, offending="-2")
        yield case("k = 0", z=rng.normal(size=(2, 4)), k=0)

    maxout.purity(points=0.25)
