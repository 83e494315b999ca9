"""Checks of the benchmark's assignment: values alone, since every tool can compare those."""

import numpy as np

from grader.course import Assignment, case

assignment = Assignment(
    name="five_functions",
    title="Five functions",
    summary="What a first lesson on classification asks for; the benchmark grades it.",
)
file = assignment.file("five_functions.py", backend="numpy")


def problem(rng, n, d, scale=1.0):
    """All arguments of the loss; both labels occur when there are rows enough."""
    return {
        "X": scale * rng.normal(size=(n, d)),
        "y": rng.permutation(np.arange(n) % 2),
        "w": rng.normal(size=d),
        "b": float(rng.normal()),
    }


def judged(rng, most):
    """Labels and imperfect predictions; the four outcomes occur in different numbers."""
    times = rng.choice(np.arange(1, most + 1), size=4, replace=False)
    outcome = rng.permutation(np.repeat(np.arange(4), times))
    return {"y_true": outcome % 2, "y_pred": outcome // 2}


sigmoid = file.exercise("sigmoid")


@sigmoid.outputs(points=16)
def moderate(rng):
    """computes 1 / (1 + e^−z) for arrays of any shape"""
    yield case("a vector", z=3 * rng.normal(size=7))
    yield case("a matrix", z=3 * rng.normal(size=(3, 4)))


@sigmoid.outputs(points=4)
def saturated(rng):
    """is 0 or 1 for z = ±1000"""
    yield case("from −1000 to 1000", z=np.array([-1e3, -40.0, rng.normal(), 40.0, 1e3]))


cross_entropy = file.exercise("cross_entropy")


@cross_entropy.outputs(points=16)
def loss(rng):
    """is the mean cross-entropy"""
    yield case("seven rows, three features", **problem(rng, 7, 3))
    yield case("ten rows, two features", **problem(rng, 10, 2))


@cross_entropy.outputs(points=4)
def saturated_loss(rng):
    """is finite for saturated logits"""
    yield case("logits of ten thousands", **problem(rng, 6, 2, scale=1e4))


gradients = file.exercise("gradients", needs=["sigmoid"])


# `.gradient` would also compare with the student's own loss, which the other tools cannot do.
@gradients.outputs(points=16)
def derivative(rng):
    """is the gradient of the cross-entropy"""
    yield case("seven rows, three features", **problem(rng, 7, 3))
    yield case("ten rows, two features", **problem(rng, 10, 2))


@gradients.outputs(points=4)
def one_row(rng):
    """works for one row"""
    yield case("one row", **problem(rng, 1, 3))


accuracy = file.exercise("accuracy")


@accuracy.outputs(points=16)
def share(rng):
    """is the share of right predictions"""
    yield case("a few rows", **judged(rng, 7))
    yield case("more rows", **judged(rng, 15))


@accuracy.outputs(points=4)
def perfect(rng):
    """is 1 when all predictions are right"""
    y = rng.permutation(np.arange(8) % 2)
    yield case("all right", y_true=y, y_pred=y.copy())


f1_score = file.exercise("f1_score")


@f1_score.outputs(points=16)
def harmonic(rng):
    """is the harmonic mean of precision and recall"""
    yield case("a few rows", **judged(rng, 7))
    yield case("more rows", **judged(rng, 15))


@f1_score.outputs(points=4)
def nothing_found(rng):
    """is 0 when there are no positives"""
    zeros = np.zeros(int(rng.integers(3, 9)), dtype=int)
    yield case("zeros alone", y_true=zeros, y_pred=zeros.copy())
