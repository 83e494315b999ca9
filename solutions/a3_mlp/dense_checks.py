"""Checks of the first weights and of the dense layer."""

import numpy as np

from grader.course import Expectation, Rng, StudentFile, backward_case, case, script, step


def declare_dense_layer(file: StudentFile) -> None:
    """Declare both initialisers and the dense layer's two directions."""
    _he_normal(file)
    _xavier_uniform(file)
    _dense_forward(file)
    _dense_backward(file)


def two_generators(rng):
    """Two generators with different seeds."""
    return [Rng(int(seed)) for seed in rng.choice(2**31, size=2, replace=False)]


BY_GENERATOR = [
    Expectation("mean", 1, 1, of="equal_for_one_seed"),
    Expectation("mean", 0, 0.01, of="equal_for_two_seeds"),
]
"""Draws of one seed are the same twice, those of another seed have nothing in common with them."""


def drawn(exercise, rng, fans, std, expects):
    """A case that draws weights three times; the ranges are six standard errors wide, or more.

    Two draws differ by chance when they are sorted, too: only fixed weights in another order do
    not. For n independent draws of a density f, the deviation of what is between them is
    √(2/n) √U²/f, and Watson's U² is below 0.05² once in 10²⁰ times (its distribution is that of
    Kolmogorov's statistic at π·0.05); 1/f is 2.5 standard deviations or more.

    Neighbouring rows, and columns, are independent: their correlation, of 30 numbers or more, is
    0.15 or less in size on average, give or take 0.02.
    """
    one, other = two_generators(rng)
    fan_in, fan_out = fans
    apart = 0.05 * 2.5 * std * np.sqrt(2 / (fan_in * fan_out))
    return script(
        f"{fan_in} inputs, {fan_out} outputs",
        weights=step.call(exercise, fan_in, fan_out, one),
        _again=step.call(exercise, fan_in, fan_out, one),
        _other=step.call(exercise, fan_in, fan_out, other),
        equal_for_one_seed=step.equal_share("weights", "_again"),
        equal_for_two_seeds=step.equal_share("weights", "_other"),
        _in_order=step.sorted("weights"),
        _others_in_order=step.sorted("_other"),
        between_the_sorted=step.difference("_in_order", "_others_in_order"),
        returns=("weights", "equal_for_one_seed", "equal_for_two_seeds", "between_the_sorted"),
        expects=[
            *expects,
            *BY_GENERATOR,
            Expectation("std", apart, 1.0, of="between_the_sorted"),
            Expectation("related_rows", 0, 0.35),
            Expectation("related_columns", 0, 0.35),
        ],
    )


def shapes(rng):
    """Two shapes of weights: many inputs, and many outputs."""
    yield int(rng.integers(100, 160)), int(rng.integers(45, 60))
    yield int(rng.integers(30, 45)), int(rng.integers(150, 200))


def _he_normal(file):
    he_normal = file.exercise(
        "he_normal",
        hints=[
            "The variance is 2/fan_in. What does `rng.normal` take?",
            "Draw with standard deviation 1 and scale.",
        ],
    )

    @he_normal.statistics(points=1.25)
    def spread(rng):
        """has mean 0 and standard deviation √(2/fan_in)"""
        for fan_in, fan_out in shapes(rng):
            std = np.sqrt(2 / fan_in)
            near = 7 * std / np.sqrt(fan_in * fan_out)
            expects = [
                Expectation("std", 0.93 * std, 1.07 * std),
                Expectation("mean", -near, near),
                Expectation("distinct", 0.99, 1),
            ]
            yield drawn("he_normal", rng, (fan_in, fan_out), std, expects)

    @he_normal.statistics(points=0.25)
    def tails(rng):
        """draws from a normal distribution, plain or truncated"""
        for fan_in, fan_out in shapes(rng):
            std = np.sqrt(2 / fan_in)
            expects = [Expectation("max", 2 * std, 7 * std), Expectation("min", -7 * std, -2 * std)]
            yield drawn("he_normal", rng, (fan_in, fan_out), std, expects)


def _xavier_uniform(file):
    xavier_uniform = file.exercise(
        "xavier_uniform",
        hints=[
            "The bound is the largest weight, not the spread.",
            "Both fans count; mind the root.",
        ],
    )

    @xavier_uniform.statistics(points=1.5)
    def bounds(rng):
        """is uniform between ±√(6/(fan_in + fan_out))"""
        for fan_in, fan_out in shapes(rng):
            bound = np.sqrt(6 / (fan_in + fan_out))
            std = bound / np.sqrt(3)
            near = 7 * std / np.sqrt(fan_in * fan_out)
            expects = [
                Expectation("max", 0.98 * bound, bound + 1e-12),
                Expectation("min", -bound - 1e-12, -0.98 * bound),
                Expectation("std", 0.94 * std, 1.06 * std),
                Expectation("mean", -near, near),
                Expectation("distinct", 0.99, 1),
            ]
            yield drawn("xavier_uniform", rng, (fan_in, fan_out), std, expects)


def layer(rng, n, d, h):
    """Arguments of a dense layer whose columns differ in size."""
    return {
        "x": rng.normal(size=(n, d)) * np.linspace(0.5, 1.5, d),
        "W": rng.normal(size=(d, h)),
        "b": rng.normal(size=h),
    }


def _dense_forward(file):
    dense_forward = file.exercise(
        "dense_forward",
        hints=["One matrix product; b joins every row.", "What will `dense_backward` need?"],
    )

    @dense_forward.outputs(points=1)
    def outputs(rng):
        """is xW + b"""
        yield case("five rows, three inputs, four units", takes=1, **layer(rng, 5, 3, 4))
        yield case("four rows, six inputs, two units", takes=1, **layer(rng, 4, 6, 2))

    @dense_forward.outputs(points=0.25)
    def one_row(rng):
        """keeps the axis of rows when there is one row"""
        yield case("one row", takes=1, **layer(rng, 1, 3, 2))

    dense_forward.purity(points=0.25)


def _dense_backward(file):
    dense_backward = file.exercise(
        "dense_backward",
        needs=["dense_forward"],
        hints=[
            "Each gradient has the shape of what it belongs to. That decides most of it.",
            "b joins every row, so its gradient collects from every row.",
        ],
    )

    def backwards(rng, n, d, h):
        return backward_case(
            f"{n} rows, {d} inputs, {h} units",
            forward="dense_forward",
            douts={"dout": rng.normal(size=(n, h))},
            **layer(rng, n, d, h),
        )

    @dense_backward.gradient(points=2.5, of="dense_forward", wrt=("x", "W", "b"))
    def derivative(rng):
        """returns the gradients of x, W and b"""
        yield backwards(rng, 5, 3, 4)
        yield backwards(rng, 4, 6, 2)

    @dense_backward.outputs(points=0.25)
    def one_row(rng):
        """works for one row"""
        yield backwards(rng, 1, 3, 2)

    dense_backward.purity(points=0.25)
