"""Checks of the network, and of training it."""

from itertools import pairwise

import numpy as np

from grader.course import (
    Expectation,
    Rng,
    StudentFile,
    case,
    course_forward,
    others,
    script,
    step,
)
from grader.datasets import digits, spirals
from grader.datasets.disguise import other_classes, renamed
from grader.datasets.pictures import negatives, posed
from solutions.a3_mlp.dense_checks import BY_GENERATOR, two_generators
from solutions.a3_mlp.gradient_norms_checks import declare_gradient_norms

ACTIVATIONS = ("relu", "leaky_relu", "elu", "tanh", "sigmoid")


def declare_model(file: StudentFile) -> None:
    """Declare the network, and what is done with it."""
    _mlp(file)
    _train(file)
    declare_gradient_norms(file)


def network_of(rng, sizes):
    """Weights for these layer sizes, by the names that `params` has."""
    weights = {}
    for number, (fan_in, fan_out) in enumerate(pairwise(sizes), start=1):
        weights[f"W{number}"] = rng.normal(size=(fan_in, fan_out)) / np.sqrt(fan_in)
        weights[f"b{number}"] = rng.normal(size=fan_out)
    return weights


def nearest_kink(X, weights):
    """The smallest |pre-activation| of any hidden unit, whichever activation there is."""
    smallest = np.inf
    for activate in (lambda z: np.maximum(z, 0), lambda z: np.where(z > 0, z, 0.01 * z)):
        out = X
        for number in range(1, len(weights) // 2):
            z = out @ weights[f"W{number}"] + weights[f"b{number}"]
            smallest, out = min(smallest, np.abs(z).min()), activate(z)
    return smallest


def problem(rng, n, sizes):
    """Rows, labels and weights, with no hidden unit near its kink."""
    while True:
        X, weights = rng.normal(size=(n, sizes[0])), network_of(rng, sizes)
        if nearest_kink(X, weights) > 5e-3:
            return X, rng.integers(0, sizes[-1], size=n), weights


def filled(sizes, weights, **options):
    """The steps that make a network with given weights, and another with other ones after it.

    What a class keeps, and not its objects, is then that of the other network.
    """
    return {
        "model": step.construct("MLP", list(sizes), **options),
        "_weights": step.fill("model", "params", {name: step.ref(name) for name in weights}),
        "_other": step.construct("MLP", list(sizes), l1=0.6, l2=0.7),
        "_other_weights": step.fill("_other", "params", others(weights)),
    }


def forwards(label, rng, n, sizes, **options):
    """A case that compares logits."""
    X, _, weights = problem(rng, n, sizes)
    return script(
        label,
        arguments={"X": X, **weights},
        **filled(sizes, weights, **options),
        logits=step.method("model", "forward", step.ref("X")),
        returns=("logits",),
        rtol=1e-6,
        atol=1e-6,
    )


def backwards(label, rng, n, sizes, *, returns="gradients", zero=False, **options):
    """A case that compares loss and gradients."""
    X, y, weights = problem(rng, n, sizes)
    if zero:
        weights["W1"][0] = 0.0
    return script(
        label,
        arguments={"X": X, "y": y, **weights},
        **filled(sizes, weights, **options),
        answer=step.method("model", "loss_and_gradients", step.ref("X"), step.ref("y")),
        objective=step.item("answer", 0),
        gradients=step.item("answer", 1),
        loss=("objective",),
        returns=(returns,),
        rtol=1e-6,
        atol=1e-6,
    )


def _mlp(file):
    mlp = file.exercise(
        "MLP",
        needs=[
            *ACTIVATIONS,
            *(f"{name}_grad" for name in ACTIVATIONS),
            "he_normal",
            "xavier_uniform",
            "dense_forward",
            "dense_backward",
            "softmax_cross_entropy",
        ],
        hints=[
            "A table from each activation's name to function and derivative saves five branches.",
            "Keep every cache on the way forward; walk through them from the last to the first.",
            "The last layer has no activation: dlogits goes straight into its dense_backward.",
        ],
    )

    @mlp.outputs(points=2)
    def logits(rng):
        """computes logits, for each activation"""
        for name in ACTIVATIONS:
            yield forwards(name, rng, 5, (3, 6, 4), activation=name)
        yield forwards("two hidden layers", rng, 4, (3, 6, 5, 2))

    @mlp.statistics(points=0.75)
    def first_weights(rng):
        """has params W1, b1, … of the right shapes, with random weights"""
        names = ("W1", "b1", "W2", "b2", "W3", "b3")
        random = [
            Expectation(statistic, low, high, of=name)
            for name in ("W1", "W2", "W3")
            for statistic, low, high in (("std", 1e-6, 10), ("distinct", 0.9, 1))
        ]
        seed, other = two_generators(rng)
        sizes = [int(one) for one in rng.integers(5, 12, size=4)]
        for label, options in (("a seed", {"rng": seed}), ("rng=None, sigmoid", {})):
            activation = {} if options else {"activation": "sigmoid"}
            yield script(
                label,
                model=step.construct("MLP", sizes, **activation, **options),
                other=step.construct("MLP", sizes, **activation, rng=other),
                params=step.attribute("model", "params"),
                other_params=step.attribute("other", "params"),
                **{name: step.item("params", name) for name in names},
                _other_W2=step.item("other_params", "W2"),
                equal_for_two_seeds=step.equal_share("W2", "_other_W2"),
                returns=(*names, "equal_for_two_seeds"),
                expects=[*random, Expectation("mean", 0, 0.01, of="equal_for_two_seeds")],
            )
        yield script(
            "one seed twice, and another",
            **{
                name: step.construct("MLP", sizes[:3], rng=generator)
                for name, generator in (("one", seed), ("again", seed), ("other", other))
            },
            **{
                f"{name}_params": step.attribute(name, "params")
                for name in ("one", "again", "other")
            },
            **{
                f"_{name}_W1": step.item(f"{name}_params", "W1")
                for name in ("one", "again", "other")
            },
            equal_for_one_seed=step.equal_share("_one_W1", "_again_W1"),
            equal_for_two_seeds=step.equal_share("_one_W1", "_other_W1"),
            returns=("equal_for_one_seed", "equal_for_two_seeds"),
            expects=BY_GENERATOR,
        )

    @mlp.outputs(points=0.5)
    def loss(rng):
        """returns the mean cross-entropy first"""
        yield backwards("one hidden layer", rng, 6, (3, 5, 4), returns="objective")
        yield backwards("two hidden layers", rng, 5, (2, 4, 6, 3), returns="objective")

    @mlp.gradient(points=2.5, wrt=("W1", "b1", "W2", "b2"))
    def gradients(rng):
        """returns the gradient of every weight and bias, for each activation"""
        for name in ACTIVATIONS:
            yield backwards(name, rng, 6, (3, 5, 4), activation=name)

    @mlp.gradient(points=0.5, wrt=("W1", "b1", "W2", "b2", "W3", "b3"))
    def deeper(rng):
        """returns them for two hidden layers"""
        yield backwards("tanh", rng, 5, (3, 6, 5, 2), activation="tanh")

    @mlp.gradient(points=0.75, wrt=("W1", "b1", "W2", "b2"))
    def penalties(rng):
        """adds the gradients of l1 Σ|W| and of l2/2 Σ W², for weights alone"""
        yield backwards("l1 = 0.2", rng, 6, (3, 5, 4), l1=0.2)
        yield backwards("l2 = 0.3", rng, 6, (3, 5, 4), l2=0.3)
        yield backwards("both", rng, 5, (3, 6, 2), l1=0.1, l2=0.4)

    @mlp.outputs(points=0.25)
    def penalised_loss(rng):
        """adds both penalties to the loss"""
        yield backwards("l1 = 0.2", rng, 6, (3, 5, 4), returns="objective", l1=0.2)
        yield backwards("l2 = 0.3", rng, 6, (3, 5, 4), returns="objective", l2=0.3)
        yield backwards("both", rng, 5, (3, 6, 2), returns="objective", l1=0.1, l2=0.4)

    @mlp.outputs(points=0.25)
    def sign_of_zero(rng):
        """takes 0 for the derivative of |W| at 0"""
        yield backwards("a row of zeros, l1 = 0.2", rng, 5, (3, 6, 4), zero=True, l1=0.2)

    @mlp.outputs(points=0.25)
    def linear(rng):
        """works without a hidden layer"""
        yield forwards("logits", rng, 5, (3, 4))
        yield backwards("gradients", rng, 6, (4, 3))

    @mlp.errors(points=0.25)
    def unknown(rng):
        """raises ValueError for an activation that it does not know"""
        for name in ("gelu", "Relu6"):
            yield case(name, layer_sizes=[3, 4, 2], activation=name, offending=name)

    mlp.purity(points=0.25)


def _train(file):
    train = file.exercise(
        "train",
        needs=["MLP", "adam_step", "EarlyStopping"],
        hints=[
            "Shuffle the rows in each epoch, take 32 at a time, and make one Adam step for each.",
            "Keep a copy of the weights that were best on the validation rows.",
        ],
    )

    def trained(rng, label, X, y, n_train, n_val, hidden=False):
        rows, val, test = np.split(np.arange(len(X)), [n_train, n_train + n_val])
        other, of_train = other_classes(X, y), Rng(int(rng.integers(2**31)))
        return script(
            label,
            model=step.call("train", X[rows], y[rows], X[val], y[val], of_train),
            control=step.control(
                model=step.call("train", X[rows], other[rows], X[val], other[val], of_train),
                params=step.snapshot("model", "params"),
            ),
            params=step.attribute("model", "params"),
            logits=step.method("model", "forward", X[test]),
            returns=("control", "params", "logits"),
            held_out={"y": y[test]},
            course_forward=course_forward(
                "params",
                "logits",
                form="dense_layers",
                hidden={
                    name: step.call("last_hidden", step.ref("params"), X[test], name)
                    for name in ACTIVATIONS
                    if hidden
                },
                **{
                    name: step.call("mlp_logits", step.ref("params"), X[test], name)
                    for name in ACTIVATIONS
                },
            ),
        )

    @train.training(
        points=4.25,
        measure="logits_accuracy",
        baseline=0.4,  # the best linear classifier of twenty seeds reaches 0.36
        threshold=0.86,
        stated=0.88,
        cpu_seconds=180,
        trained="params",
        control="control",
    )
    def handwriting(rng):
        """reads handwritten digits (accuracy on held-out images)"""
        X, y = digits()
        order = rng.permutation(len(X))
        images = negatives(posed(X[order].reshape(-1, 8, 8), rng), rng)
        y = renamed(y[order], 10, rng)
        yield trained(rng, "597 held-out images", images.reshape(-1, 64), y, 1000, 200, True)

    @train.training(
        points=2.75,  # random units with a fitted last layer reach it: at most two fifths
        measure="logits_accuracy",
        baseline=0.7,  # and here 0.60
        threshold=0.92,
        stated=0.93,
        cpu_seconds=180,
        trained="params",
        control="control",
    )
    def two_spirals(rng):
        """tells two spirals apart (accuracy on held-out points)"""
        X, y = spirals(900, rng)
        yield trained(rng, "500 held-out points", X, y, 300, 100)
        # A network that knows spirals without having looked at these classes fails on one of both.
        yield trained(rng, "the same points, the classes exchanged", X, 1 - y, 300, 100)
