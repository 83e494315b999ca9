"""Five checks of 20 points each, three cases in each."""

import numpy as np

from grader.course import Assignment, case

assignment = Assignment(
    name="f1_five_functions", title="Five functions", summary="For a benchmark."
)
file = assignment.file("five_functions.py", backend="numpy")


def labels(rng, n):
    return (rng.uniform(size=n) < 0.5).astype(int)


@file.exercise("sigmoid").outputs(points=20)
def curve(rng):
    """is the logistic curve"""
    for n in (5, 20, 100):
        yield case(f"{n} numbers", z=3 * rng.normal(size=n))


@file.exercise("loss").outputs(points=20)
def cross_entropy(rng):
    """is the mean cross-entropy"""
    for n in (5, 20, 100):
        yield case(f"{n} rows", y=labels(rng, n), p=rng.uniform(0.05, 0.95, size=n))


@file.exercise("gradients").outputs(points=20)
def derivative(rng):
    """is the derivative of the loss"""
    for n in (5, 20, 100):
        X, w = rng.normal(size=(n, 4)), rng.normal(size=4)
        yield case(f"{n} rows", X=X, y=labels(rng, n), w=w, b=0.3)


@file.exercise("accuracy").outputs(points=20)
def share(rng):
    """is the share of right predictions"""
    for n in (9, 21, 101):
        yield case(f"{n} rows", y=labels(rng, n), predicted=labels(rng, n))


@file.exercise("f1").outputs(points=20)
def harmonic(rng):
    """is the harmonic mean of precision and recall"""
    for n in (9, 21, 101):
        y, predicted = labels(rng, n), labels(rng, n)
        y[0] = predicted[0] = 1
        predicted[1] = 1 - np.minimum(y[1], 1)
        yield case(f"{n} rows", y=y, predicted=predicted)
