"""The control of a train check asks for targets that are others indeed, of the same rows."""

import numpy as np
import pytest

from grader.result import Kind
from tests.conftest import ASSIGNMENTS, live

CONTROLLED = [
    pytest.param(check, id=f"{check.exercise}.{check.name}")
    for name in ASSIGNMENTS
    for exercise in live(name).assignment.exercises()
    for check in exercise.checks
    if check.kind is Kind.TRAIN and check.settings.get("control")
]


def arrays_of(step):
    return [one for one in step["args"] if isinstance(one, np.ndarray)]


@pytest.mark.parametrize("check", CONTROLLED)
def test_the_targets_of_a_control_are_no_line_through_those_of_the_training(check):
    for seed in range(5):
        for case in check.cases(np.random.default_rng(seed)):
            steps = {one["save"]: one for one in case.steps}
            inner = {one["save"]: one for one in steps[check.settings["control"]]["steps"]}
            pairs = [
                (mine, other)
                for name, step in inner.items()
                if step["op"] in {"call", "method"}
                for mine, other in zip(arrays_of(step), arrays_of(steps[name]), strict=True)
            ]
            targets = [pair for pair in pairs if not np.array_equal(*pair)]
            assert 0 < len(targets) < len(pairs)
            for mine, other in targets:
                assert mine.shape == other.shape
                assert mine.ndim == 1
                assert abs(np.corrcoef(mine, other)[0, 1]) < 0.95
                if mine.dtype.kind in "iu":  # no mere renaming: a class is parted
                    pairs_of_names = set(zip(mine.tolist(), other.tolist(), strict=True))
                    assert len(pairs_of_names) > len(set(other.tolist()))
                    assert set(mine.tolist()) == set(other.tolist())


def test_every_numpy_training_that_keeps_params_is_controlled():
    assert {param.values[0].exercise for param in CONTROLLED} >= {
        "train",
        "LeNet",
        "LSTMRegressor",
    }
