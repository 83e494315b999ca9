"""Checks that train the regressor in earnest, on rules that only the seed knows."""

import numpy as np

from grader.course import Rng, course_forward, script, step
from grader.datasets import adding_problem, henon, windows

WIDTH, UNITS, TRAIN = 12, 16, 800
WEIGHTS = {"trained": "params", "before": "before", "control": "control"}


def declare_training(regressor):
    """Declare both train checks; a model is judged by its params in the course's forward pass."""
    _adding(regressor)
    _forecast(regressor)


def _trained(rng, label, x, y, x_test, held_out):
    made = step.construct("LSTMRegressor", x.shape[2], UNITS, Rng(int(rng.integers(2**31))))
    of_fit = Rng(int(rng.integers(2**31)))
    other = np.round(np.abs(y - np.median(y)), 4)  # other targets, and no line through these
    return script(
        label,
        model=made,
        before=step.snapshot("model", "params"),
        _fitted=step.method("model", "fit", x, y, of_fit),
        control=step.control(
            model=made,
            _fitted=step.method("model", "fit", x, other, of_fit),
            params=step.snapshot("model", "params"),
        ),
        params=step.attribute("model", "params"),
        predicted=step.method("model", "predict", x_test),
        held_out=held_out,
        returns=("before", "control", "params", "predicted"),
        course_forward=course_forward(
            "params",
            "predicted",
            terms={"lstm": step.call("added_by_units", step.ref("params"), x_test)},
            lstm=step.call("regressor_predictions", step.ref("params"), x_test),
        ),
    )


def _weights(rng):
    """Weights of the two marked numbers, of either sign, neither above twice the other.

    Their squares add up to 2, so that a constant has the same error whatever the seed.
    """
    angle = rng.uniform(np.arctan(0.5), np.arctan(2.0))
    return rng.choice([-1.0, 1.0], size=2) * np.sqrt(2.0) * np.array([np.cos(angle), np.sin(angle)])


def _adding(regressor):
    @regressor.training(
        points=3.25,
        measure="mean_squared_error",
        baseline=0.02,  # of twenty seeds, random units with a fitted output reach 0.04, lines 0.12
        threshold=0.01,
        stated=0.008,
        cpu_seconds=300,
        **WEIGHTS,
    )
    def adding(rng):
        """learns to add two marked numbers, each with its weight (error on held-out sequences)"""
        x, y = adding_problem(2_400, 20, rng, tuple(_weights(rng)))
        x, y = np.round(x, 3), np.round(y, 3)  # a third of the space, once it is frozen
        held_out = {"y": y[2_000:]}
        yield _trained(rng, "400 held-out sequences", x[:2_000], y[:2_000], x[2_000:], held_out)


def _forecast(regressor):
    @regressor.training(
        points=3,
        measure="relative_rmse",
        baseline=0.22,  # of twenty seeds, lines reach 0.57, random units with a fitted output 0.25
        threshold=0.15,  # the worst of the reference's twenty is 0.119
        stated=0.14,
        cpu_seconds=180,
        **WEIGHTS,
    )
    def forecast(rng):
        """forecasts a chaotic series by two steps (error over that of the last value seen)"""
        series = np.round(henon(TRAIN + 300 + WIDTH + 1, rng), 4)
        x, _ = windows(series[:-1], WIDTH)
        y = series[WIDTH + 1 :]  # two steps after a window's last value
        train = rng.permutation(TRAIN)
        held_out = {"y": y[TRAIN:], "persistence": x[TRAIN:, -1, 0]}
        yield _trained(rng, "300 later values", x[train], y[train], x[TRAIN:], held_out)
