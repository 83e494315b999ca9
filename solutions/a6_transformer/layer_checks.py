"""Checks of the layers around attention, and of the block that they make together."""

import numpy as np

from grader.course import StudentFile, backward_case, case
from solutions.a6_transformer.heads_checks import of_padding, self_attention, square_masks

NORM = "layer_norm_forward"
DENSE = "feed_forward_forward"


def declare_layers(numpy_file: StudentFile) -> None:
    """Declare the encoding of positions, layer norm, gelu, feed forward and the whole block."""
    _positional_encoding(numpy_file)
    _layer_norm(numpy_file)
    _layer_norm_backward(numpy_file)
    _gelu(numpy_file)
    _feed_forward(numpy_file)
    _feed_forward_backward(numpy_file)
    _encoder_block(numpy_file)


def _positional_encoding(numpy_file):
    positional_encoding = numpy_file.exercise(
        "positional_encoding",
        hints=[
            "A column of positions over a row of wavelengths is a table of angles.",
            "Columns 0 and 1 share their wavelength, 2 and 3 the next: `columns // 2`.",
        ],
    )

    def encoding(rng, d_model):
        length = int(rng.integers(3, 15))
        return case(f"{length} positions, {d_model} columns", length=length, d_model=d_model)

    @positional_encoding.outputs(points=2)
    def sinusoids(rng):
        """is a sine in the even and a cosine in the odd columns"""
        for d_model in rng.choice(np.arange(4, 300, 2), size=2, replace=False):
            yield encoding(rng, int(d_model))

    @positional_encoding.outputs(points=0.5)
    def odd_width(rng):
        """works for an odd d_model"""
        yield encoding(rng, 2 * int(rng.integers(2, 150)) + 1)


def normed(rng, *shape):
    """Rows of different mean and size, with a scale and a shift."""
    x = rng.normal(size=shape) * rng.uniform(0.5, 2, size=(*shape[:-1], 1))
    x += rng.normal(size=(*shape[:-1], 1))
    return {
        "x": x,
        "gamma": rng.uniform(0.5, 2, size=shape[-1]),
        "beta": rng.normal(size=shape[-1]),
    }


def _layer_norm(numpy_file):
    layer_norm = numpy_file.exercise(
        NORM,
        hints=[
            "`axis=-1, keepdims=True`: each row of features is normalised by itself.",
            "The variance divides by D; eps is added to it before the root is taken.",
        ],
    )

    @layer_norm.outputs(points=2)
    def normalised(rng):
        """normalises each row over its features"""
        yield case("x (3, 4, 5)", takes=1, **normed(rng, 3, 4, 5))
        yield case("x (2, 5, 3)", takes=1, **normed(rng, 2, 5, 3))

    @layer_norm.outputs(points=0.75)
    def other_axes(rng):
        """works for any leading axes"""
        yield case("x (4, 6)", takes=1, **normed(rng, 4, 6))
        yield case("x (2, 3, 4, 5)", takes=1, **normed(rng, 2, 3, 4, 5))

    @layer_norm.outputs(points=0.25)
    def given_eps(rng):
        """adds the given eps inside the root"""
        yield case("eps = 0.5", takes=1, **normed(rng, 3, 4, 5), options={"eps": 0.5})

    @layer_norm.outputs(points=0.25)
    def constant_row(rng):
        """gives beta for a row of equal features"""
        given = normed(rng, 4, 5)
        given["x"][2] = 3.0
        yield case("one constant row", takes=1, **given)

    layer_norm.purity(points=0.25)


def norm_gradients(label, rng, *shape, **options):
    """A case of layer norm's backward pass."""
    douts = {"dout": rng.normal(size=shape)}
    return backward_case(label, forward=NORM, douts=douts, options=options, **normed(rng, *shape))


def _layer_norm_backward(numpy_file):
    backward = numpy_file.exercise(
        "layer_norm_backward",
        needs=[NORM],
        hints=[
            "γ and β serve every row: their gradients are sums over all leading axes.",
            "x also acts through the mean and the variance; each of them takes something away.",
        ],
    )

    @backward.gradient(points=2.75, of=NORM, wrt=("x", "gamma", "beta"))
    def derivative(rng):
        """is the gradient with respect to x, gamma and beta"""
        yield norm_gradients("x (3, 4, 5)", rng, 3, 4, 5)
        yield norm_gradients("x (2, 5, 4)", rng, 2, 5, 4)

    @backward.outputs(points=0.75)
    def other_axes(rng):
        """works for any leading axes"""
        yield norm_gradients("x (4, 6)", rng, 4, 6)
        yield norm_gradients("x (2, 3, 4, 5)", rng, 2, 3, 4, 5)

    @backward.gradient(points=0.25, of=NORM, wrt=("x", "gamma", "beta"))
    def given_eps(rng):
        """heeds the given eps"""
        yield norm_gradients("eps = 0.5", rng, 3, 4, 5, eps=0.5)

    backward.purity(points=0.25)


def _gelu(numpy_file):
    gelu = numpy_file.exercise(
        "gelu",
        hints=[
            "Write the formula down from the inside out.",
            "Three constants: √(2/π), 0.044715 and a half.",
        ],
    )

    @gelu.outputs(points=1.5)
    def tanh_form(rng):
        """is the tanh form of gelu"""
        yield case("twenty numbers", x=rng.uniform(-4, 4, size=(4, 5)))
        yield case("three axes", x=2 * rng.normal(size=(2, 3, 4)))

    @gelu.outputs(points=0.25, edge=True)
    def far_away(rng):
        """is 0 or x far from 0"""
        yield case("±30 and ±300", x=np.array([-300.0, -30.0, 0.0, 30.0, 300.0]))

    gelu.purity(points=0.25)


def dense(rng, *leading, d=4, f=7):
    """Arguments of the feed forward layers."""
    return {
        "x": rng.normal(size=(*leading, d)),
        "W1": rng.normal(size=(d, f)) / np.sqrt(d),
        "b1": rng.normal(size=f),
        "W2": rng.normal(size=(f, d)) / np.sqrt(f),
        "b2": rng.normal(size=d),
    }


def _feed_forward(numpy_file):
    feed_forward = numpy_file.exercise(
        DENSE,
        needs=["gelu"],
        hints=[
            "Two dense layers; the activation stands between them only.",
            "`@` treats all leading axes alike.",
        ],
    )

    @feed_forward.outputs(points=1.75)
    def two_layers(rng):
        """is dense, gelu, dense"""
        yield case("x (3, 5, 4)", takes=1, **dense(rng, 3, 5))
        yield case("x (2, 4, 6)", takes=1, **dense(rng, 2, 4, d=6, f=3))

    @feed_forward.outputs(points=0.5)
    def other_axes(rng):
        """works for any leading axes"""
        yield case("x (3, 4)", takes=1, **dense(rng, 3))
        yield case("x (2, 3, 5, 4)", takes=1, **dense(rng, 2, 3, 5))

    feed_forward.purity(points=0.25)


def dense_gradients(label, rng, *leading, d=4, f=7):
    """A case of the feed forward layers' backward pass."""
    given = dense(rng, *leading, d=d, f=f)
    return backward_case(
        label, forward=DENSE, douts={"dout": rng.normal(size=(*leading, d))}, **given
    )


def _feed_forward_backward(numpy_file):
    backward = numpy_file.exercise(
        "feed_forward_backward",
        needs=[DENSE],
        hints=[
            "Three factors for the gelu: the product rule, then the chain rule inside the tanh.",
            "Flattened to (−1, D), any leading axes become rows, and the gradient of W is xᵀ dz.",
        ],
    )

    @backward.gradient(points=3.25, of=DENSE, wrt=("x", "W1", "b1", "W2", "b2"))
    def derivative(rng):
        """is the gradient with respect to x, weights and biases"""
        yield dense_gradients("x (3, 5, 4)", rng, 3, 5)
        yield dense_gradients("x (2, 4, 6)", rng, 2, 4, d=6, f=3)

    @backward.outputs(points=0.75)
    def other_axes(rng):
        """works for any leading axes"""
        yield dense_gradients("x (3, 4)", rng, 3)
        yield dense_gradients("x (2, 3, 5, 4)", rng, 2, 3, 5)

    backward.purity(points=0.25)


def block(rng, n, t, d, f, heads):
    """Arguments of the block but the mask."""
    given = self_attention(rng, n, t, d, heads)
    x, heads = given.pop("x"), given.pop("heads")
    layers = dense(rng, 1, d=d, f=f)
    layers.pop("x")
    norms = {
        f"{name}{number}": value
        for number in (1, 2)
        for name, value in normed(rng, 1, d).items()
        if name != "x"
    }
    return {"x": 2 * x + 1, "params": {**given, **norms, **layers}, "heads": heads}


def _encoder_block(numpy_file):
    encoder_block = numpy_file.exercise(
        "encoder_block_forward",
        needs=[NORM, "multi_head_attention_forward", DENSE],
        hints=[
            "Two branches, each: norm, layer, add to what came in.",
            "What comes into the second branch is the sum that the first one made.",
        ],
    )

    @encoder_block.outputs(points=2.25)
    def two_branches(rng):
        """adds attention, then feed forward, each of the normed input"""
        yield case("two heads", takes=1, **block(rng, 3, 5, 8, 7, 2))
        yield case("three heads", takes=1, **block(rng, 2, 4, 6, 5, 3))

    @encoder_block.outputs(points=0.75)
    def masked(rng):
        """hands the mask to attention"""
        for label, mask in square_masks(rng, 5):
            yield case(label, takes=1, **block(rng, 3, 5, 8, 7, 2), mask=mask)
        padding = of_padding([5, 2, 3], 5)
        yield case("a padding mask", takes=1, **block(rng, 3, 5, 6, 7, 2), mask=padding)

    @encoder_block.outputs(points=0.25)
    def all_padding(rng):
        """is finite for a sequence of padding alone"""
        mask = of_padding([0, 4], 5)
        yield case("lengths 0 and 4", takes=1, **block(rng, 2, 5, 6, 7, 3), mask=mask)

    encoder_block.purity(points=0.25)
