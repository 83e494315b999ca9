"""What is certain about a training that is not good enough, from what it returned."""

import numpy as np
import pytest

from grader.checks.training_facts import training_fact
from grader.course import case
from grader.course.case import Case

RNG = np.random.default_rng(8)
X, HELD_OUT = RNG.normal(size=(80, 4)), RNG.normal(size=(60, 4))
W, B = np.array([1.0, -2.0, 0.5, 1.5]), 0.25
CLASSES = RNG.normal(size=(4, 3))


def regression() -> Case:
    held_out = {"X": HELD_OUT, "y": HELD_OUT @ W + B}
    return case("", X_train=X, y_train=X @ W + B, held_out=held_out)


def two_classes() -> Case:
    held_out = {"X": HELD_OUT, "y": (HELD_OUT @ W + B >= 0).astype(int)}
    return case("", X=X, y=(X @ W + B >= 0).astype(int), held_out=held_out)


def three_classes() -> Case:
    held_out = {"X": HELD_OUT, "y": np.argmax(HELD_OUT @ CLASSES, 1)}
    return case("", X=X, y=np.argmax(X @ CLASSES, 1), held_out=held_out)


def said(measure: str, asked: Case, *values: object, least: float = 0.9) -> str:
    def is_enough(quality: float) -> bool:
        return quality <= 0.01 if measure == "mean_squared_error" else quality >= least

    found = training_fact(measure, asked, list(values), is_enough)
    return "" if found is None else found.id.removeprefix("generic.training_")


FACTS = {
    "not finite": ("linear_r2", regression(), (W * np.nan, B), "not_finite"),
    "a loss that grows": (
        "logistic_accuracy",
        two_classes(),
        (-W, B, np.array([0.7, 1.5])),
        "grows",
    ),
    "a loss that stands": (
        "logistic_accuracy",
        two_classes(),
        (0 * W, 0.0, np.array([0.7, 0.7])),
        "still",
    ),
    "weights of zeros": ("logistic_accuracy", two_classes(), (0 * W, 0.0), "still"),
    "a feature without weight": ("linear_r2", regression(), (W * [1, 0, 1, 1], B), "ignores"),
    "another sign": ("linear_r2", regression(), (-W, -B), "sign"),
    "another constant": ("linear_r2", regression(), (W, B + 9), "offset"),
    "classes exchanged": ("logistic_accuracy", two_classes(), (-W, -B), "exchanged"),
    "another threshold": ("logistic_accuracy", two_classes(), (W, B + 2), "threshold"),
    "one class": ("logistic_accuracy", two_classes(), (W, B + 99), "constant"),
    "labels from 1": (
        "softmax_accuracy",
        three_classes(),
        (np.roll(CLASSES, 1, 1), np.zeros(3)),
        "shifted",
    ),
    "little learned": (
        "softmax_accuracy",
        three_classes(),
        (CLASSES * [[9], [1], [1], [1]] + 3 * CLASSES[::-1], np.zeros(3)),
        "unfitted",
    ),
}


@pytest.mark.parametrize("form", FACTS)
def test_a_fact_is_told(form):
    measure, asked, answer, fact = FACTS[form]
    assert said(measure, asked, answer) == fact


def test_what_fits_its_own_rows_alone_overfits():
    asked = two_classes()
    asked.held_out["y"] = RNG.integers(0, 2, size=60)
    assert said("logistic_accuracy", asked, (W, B)) == "overfits"


def test_numbers_of_a_network_are_looked_at_too():
    asked = case("", held_out={"y": np.linspace(0, 1, 30)})
    noise = asked.held_out["y"].mean() + np.random.default_rng(1).normal(size=30)
    assert said("mean_squared_error", asked, np.full(30, 0.4)) == "constant"
    assert said("mean_squared_error", asked, noise) == "no_better"
    assert said("mean_squared_error", asked, np.full(30, np.inf)) == "not_finite"
    labels = case("", held_out={"y": np.arange(30) % 3})
    assert said("logits_accuracy", labels, np.tile([0.0, 1.0, 0.0], (30, 1))) == "constant"
    assert said("logits_accuracy", labels, np.eye(3)[(np.arange(30) + 1) % 3]) == "shifted"


@pytest.mark.parametrize(
    "answer", [(), ((1,),), (None,), ("w",), (np.ones(3), 1.0), ((W, B), 3), ({"w": W},)]
)
def test_nothing_is_said_of_what_cannot_be_measured(answer):
    for measure in ("linear_r2", "logistic_accuracy", "softmax_accuracy", "logits_accuracy"):
        assert said(measure, two_classes(), *answer) == ""
