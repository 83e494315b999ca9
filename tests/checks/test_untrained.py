"""Kernels that training left as they were, or that no targets changed, were not trained."""

import numpy as np
import pytest

from grader.checks.untrained import untrained

RNG = np.random.default_rng(3)
W1, W2 = RNG.normal(size=(20, 5)), RNG.normal(size=(5, 3))
BEFORE = {"W1": W1, "b1": np.zeros(5), "W2": W2}
SETTINGS = {"trained": "after", "before": "before", "control": "control"}
MOVED = {"W1": W1 + 0.02 * RNG.normal(size=W1.shape), "b1": np.zeros(5), "W2": W2.T.reshape(5, 3)}


def said(after, before=BEFORE, control=None):
    return untrained(SETTINGS, {"after": after, "before": before, "control": control})


@pytest.mark.parametrize(
    "kernel",
    [
        pytest.param(W1, id="unchanged"),
        pytest.param(-3 * W1, id="scaled"),
        pytest.param(W1 * [1, 2, 3, 4, 5], id="each unit scaled"),
        pytest.param(W1[:, ::-1], id="in another order"),
        pytest.param(W1 + 1e-6, id="hardly changed"),
        pytest.param(W1.astype("float32"), id="rounded"),
    ],
)
def test_a_kernel_that_training_left_as_it_was_is_named(kernel):
    assert said(MOVED | {"W1": kernel}) == (
        "training left W1 as before, scales apart: every kernel has to learn"
    )


def test_a_kernel_that_does_not_depend_on_the_targets_is_named():
    told = said(MOVED, control={"W1": MOVED["W1"], "W2": 2 * MOVED["W2"]})
    assert told.startswith("W1, W2 would be the same, scales apart, if the rows had other targets")


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(BEFORE, id="every kernel was moved"),
        pytest.param({}, id="made by fit"),
        pytest.param(None, id="none at all"),
        pytest.param("W1", id="another form"),
        pytest.param({"W1": W1[:-1], "W2": MOVED["W2"].T}, id="other shapes"),
        pytest.param({"W1": "abc", 2: W2, "W2": MOVED["W2"] * np.nan}, id="no numbers"),
        pytest.param({"b1": np.zeros(5)}, id="a bias that stays at zero"),
    ],
)
def test_nothing_is_said_where_nothing_is_known(before):
    assert said(MOVED, before) is None
    assert said(MOVED, {}, before) is None


def test_a_scale_of_few_numbers_may_be_chance():
    assert said({"W": np.array([[2.0]])}, {"W": np.array([[1.0]])}) is None
    assert said({"W": np.array([[2.0]])}, {"W": np.array([[2.0]])}) is not None


def test_a_train_check_without_these_settings_compares_nothing():
    assert untrained({}, {"after": BEFORE, "before": BEFORE}) is None
