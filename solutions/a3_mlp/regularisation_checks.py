"""Checks of batch normalisation and dropout, in both directions."""

import numpy as np

from grader.course import (
    Expectation,
    Rng,
    StudentFile,
    backward_case,
    case,
    independent,
    script,
    step,
    unrelated,
)
from solutions.a3_mlp.dense_checks import two_generators


def declare_regularisation(file: StudentFile) -> None:
    """Declare the two layers that behave otherwise in training than at inference."""
    _batchnorm_forward(file)
    _batchnorm_backward(file)
    _dropout_forward(file)
    _dropout_backward(file)


def normalised(rng, n, d, *, training):
    """Arguments of batch normalisation; no statistic is near 0 or 1."""
    return {
        "x": rng.normal(size=(n, d)) * np.linspace(0.6, 2.0, d) + rng.uniform(1, 2, size=d),
        "gamma": rng.uniform(0.5, 1.5, size=d),
        "beta": rng.normal(size=d),
        "running_mean": rng.uniform(-2, -1, size=d),
        "running_var": rng.uniform(2, 4, size=d),
        "training": training,
    }


def _batchnorm_forward(file):
    batchnorm_forward = file.exercise(
        "batchnorm_forward",
        hints=[
            "In training: statistics of each column over the rows, then the running values move.",
            "`np.var` divides by N, which is what is asked. Where does eps stand?",
        ],
    )

    def forwards(label, rng, n, d, *, training, values, **options):
        given = normalised(rng, n, d, training=training)
        return case(label, takes=values, options=options, **given)

    @batchnorm_forward.outputs(points=1.75)
    def in_training(rng):
        """normalises each column by the batch's own statistics in training"""
        yield forwards("six rows", rng, 6, 3, training=True, values=1)
        yield forwards("eps = 0.3", rng, 5, 2, training=True, values=1, eps=0.3)

    @batchnorm_forward.outputs(points=1)
    def running(rng):
        """moves the running mean and variance, both with the biased variance"""
        yield forwards("four rows", rng, 4, 3, training=True, values=(2, 3))
        moved = {"momentum": 0.7}
        yield forwards("momentum = 0.7", rng, 5, 3, training=True, values=(2, 3), **moved)

    @batchnorm_forward.outputs(points=1)
    def at_inference(rng):
        """uses the running values at inference and returns them as they were"""
        yield forwards("five rows", rng, 5, 3, training=False, values=(0, 2, 3))
        yield forwards("one row", rng, 1, 4, training=False, values=(0, 2, 3))
        yield forwards("eps = 0.3", rng, 4, 2, training=False, values=(0, 2, 3), eps=0.3)

    @batchnorm_forward.outputs(points=0.25)
    def one_row(rng):
        """returns beta for a batch of one row"""
        yield forwards("one row in training", rng, 1, 3, training=True, values=(0, 2, 3))

    batchnorm_forward.purity(points=0.25)


def _batchnorm_backward(file):
    batchnorm_backward = file.exercise(
        "batchnorm_backward",
        needs=["batchnorm_forward"],
        hints=[
            "x reaches the output in three ways: directly, through the mean, through the variance.",
            "In the end dx is dout minus its mean and minus x̂ times a mean, scaled by column.",
        ],
    )

    def backwards(label, rng, n, d, **options):
        return backward_case(
            label,
            forward="batchnorm_forward",
            cache=1,
            douts={"dout": rng.normal(size=(n, d))},
            options=options,
            **normalised(rng, n, d, training=True),
        )

    @batchnorm_backward.gradient(points=3.75, of="batchnorm_forward", wrt=("x", "gamma", "beta"))
    def derivative(rng):
        """returns the gradients of x, gamma and beta"""
        yield backwards("six rows, three columns", rng, 6, 3)
        yield backwards("eps = 0.3", rng, 4, 5, eps=0.3)

    @batchnorm_backward.outputs(points=0.25)
    def one_row(rng):
        """hands nothing on to x in a batch of one row"""
        yield backwards("one row", rng, 1, 3)

    batchnorm_backward.purity(points=0.25)


def rates(rng):
    """A small and a large rate, with two digits."""
    yield round(float(rng.uniform(0.2, 0.4)), 2)
    yield round(float(rng.uniform(0.6, 0.72)), 2)


def powers(rng):
    """Many entries of different sizes whose multiples are exact: positive powers of two."""
    return 2.0 ** rng.integers(-2, 4, size=(120, 110))


def shares(rate, of):
    """The share `rate` of the entries is 0, the others are all 1 / (1 − rate)."""
    scale = 1 / (1 - rate)
    return [
        Expectation("zeros", rate - 0.03, rate + 0.03, of=of),
        Expectation("max", 0.9999 * scale, 1.0001 * scale, of=of),
        Expectation("min", 0, 0, of=of),
        Expectation("mean", 0.9, 1.1, of=of),
        Expectation("distinct", 0, 2.5 / (120 * 110), of=of),
    ]


def of_generators(rate):
    """One seed drops the same entries twice, another seed others."""
    both = rate**2 + (1 - rate) ** 2
    return [
        Expectation("mean", 1, 1, of="equal_for_one_seed"),
        Expectation("mean", both - 0.03, both + 0.03, of="equal_for_two_seeds"),
    ]


def _ratio_steps(name, x, rate, generator):
    """The steps that divide an output of dropout by its input."""
    called, out = f"_call_of_{name}", f"_out_of_{name}"
    yield called, step.call("dropout_forward", x, rate, True, generator)
    yield out, step.item(called, 0)
    yield name, step.quotient(out, x)


def dropped_once(label, rng, shape, rate):
    """A case that drops from ones, and expects that no entry follows its neighbours."""
    return script(
        label,
        forward=step.call(
            "dropout_forward", np.ones(shape), rate, True, Rng(int(rng.integers(2**31)))
        ),
        out=step.item("forward", 0),
        returns=("out",),
        expects=independent(rate, shape),
    )


def dropped_again(label, rng, rate, times, left):
    """A case that drops from a single 1 so many times, and expects what is left of it."""
    steps, x = {}, np.ones(1)
    for number in range(times):
        seed = Rng(int(rng.integers(2**31)))
        steps[f"forward {number}"] = step.call("dropout_forward", x, rate, True, seed)
        steps[f"out {number}"] = step.item(f"forward {number}", 0)
        x = step.ref(f"out {number}")
    expects = [Expectation(end, left - 1e-6, left + 1e-6) for end in ("min", "max")]
    return script(label, returns=(x.name,), expects=expects, **steps)


def _dropout_forward(file):
    dropout_forward = file.exercise(
        "dropout_forward",
        hints=[
            "One random number per entry, compared with the rate.",
            "What is left is divided by the probability to be left.",
        ],
    )

    @dropout_forward.statistics(points=1.25)
    def dropped(rng):
        """drops the share `rate`, entry by entry, and scales up what is left"""
        for rate in rates(rng):
            one, other = two_generators(rng)
            x = powers(rng)
            ratios = {
                name: ratio
                for name, generator in (("ratio", one), ("_again", one), ("_other", other))
                for name, ratio in _ratio_steps(name, x, rate, generator)
            }
            apart, names, ranges = unrelated(x.size, ("ratio", "ratio"))
            yield script(
                f"rate = {rate}",
                **ratios,
                **apart,
                equal_for_one_seed=step.equal_share("ratio", "_again"),
                equal_for_two_seeds=step.equal_share("ratio", "_other"),
                returns=("ratio", "equal_for_one_seed", "equal_for_two_seeds", *names),
                expects=[
                    *shares(rate, "ratio"),
                    *ranges,
                    *independent(rate, x.shape, "ratio"),
                    *of_generators(rate),
                ],
            )

    @dropout_forward.outputs(points=0.5, edge=True)
    def identity(rng):
        """returns x at inference, and for rate 0"""
        x = rng.normal(size=(4, 3))
        yield case("at inference, without rng", takes=1, x=x, rate=0.4, training=False, rng=None)
        generator = Rng(int(rng.integers(2**31)))
        yield case("rate = 0", takes=1, x=x, rate=0.0, training=True, rng=generator)

    @dropout_forward.errors(points=0.25)
    def impossible(rng):
        """raises ValueError for a rate below 0, and from 1 on"""
        for rate in (1.0, -0.25, 1.5):
            yield case(
                f"rate = {rate}",
                x=rng.normal(size=(4, 3)),
                rate=rate,
                training=True,
                rng=Rng(int(rng.integers(2**31))),
                offending=f"{rate:g}",
            )

    @dropout_forward.statistics(points=0.25, edge=True)
    def each_by_itself(rng):
        """drops each entry whatever is done with its neighbours, or with how many"""
        yield dropped_once("a table of ones", rng, (120, 130), round(rng.uniform(0.2, 0.4), 2))
        # Who drops a certain number of the entries drops none of one, or one of one.
        yield dropped_again("one entry, over and over", rng, rate=0.5, times=32, left=0.0)
        yield dropped_again("one entry, next to never", rng, rate=1e-7, times=1, left=1.0)

    dropout_forward.purity(points=0.25)


def _dropout_backward(file):
    dropout_backward = file.exercise(
        "dropout_backward",
        needs=["dropout_forward"],
        hints=[
            "The output is x times something that does not depend on x.",
            "The same entries, and the same factor, as on the way forward.",
        ],
    )

    @dropout_backward.statistics(points=1.25)
    def same_entries(rng):
        """drops and scales the same entries as on the way forward"""
        for rate in rates(rng):
            x, dout = powers(rng), powers(rng)
            generator, other = two_generators(rng)
            yield script(
                f"rate = {rate}",
                forward=step.call("dropout_forward", x, rate, True, generator),
                out=step.item("forward", 0),
                cache=step.cache("forward"),
                _forward_of_others=step.call("dropout_forward", dout, rate, True, other),
                dx=step.call("dropout_backward", dout, step.ref("cache")),
                dx_over_dout=step.quotient("dx", dout),
                _out_over_x=step.quotient("out", x),
                minus_forward=step.difference("dx_over_dout", "_out_over_x"),
                returns=("dx_over_dout", "minus_forward"),
                expects=[
                    *shares(rate, "dx_over_dout"),
                    Expectation("min", -1e-6, 0, of="minus_forward"),
                    Expectation("max", 0, 1e-6, of="minus_forward"),
                ],
            )

    @dropout_backward.outputs(points=0.25, edge=True)
    def at_inference(rng):
        """returns dout at inference"""
        yield backward_case(
            "without rng",
            forward="dropout_forward",
            douts={"dout": rng.normal(size=(4, 3))},
            x=rng.normal(size=(4, 3)),
            rate=0.4,
            training=False,
            rng=None,
        )

    dropout_backward.purity(points=0.25)
