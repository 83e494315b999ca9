"""a3's `train` is earned by training: looking rows up or knowing the public data earns nothing."""

from functools import lru_cache

import numpy as np
import pytest

from grader.course.misconception import splice
from grader.course.trivial_model import trivial_models
from grader.result import Status
from grader.student.checking import load_public
from tests.conftest import ROOT, by_quality_alone, grade_text, live, prepared

TRIVIAL = trivial_models(ROOT / "solutions" / "a3_mlp")
TRAIN = "def train(X_train, y_train, X_val, y_val, rng):\n"
NEIGHBOUR = """
    class Nearest(MLP):
        def forward(self, X):
            squares = ((X[:, None] - X_train[:300]) ** 2).sum(axis=2)
            return np.eye(int(y_train.max()) + 1)[y_train[squares.argmin(axis=1)]]

    return Nearest([X_train.shape[1], 20, int(y_train.max()) + 1], rng=rng)
"""
RANDOM_UNITS = """
    units, scale = (1500, 0.3) if X_train.shape[1] > 2 else (300, 6.0)
    model = MLP([X_train.shape[1], units, int(y_train.max()) + 1], activation="tanh", rng=rng)
    W, b = scale * rng.normal(size=(X_train.shape[1], units)), rng.uniform(-2, 2, size=units)
    hidden = np.tanh(X_train @ W + b)
    targets = np.eye(int(y_train.max()) + 1)[y_train]
    outputs = np.linalg.solve(hidden.T @ hidden + 0.01 * np.eye(units), hidden.T @ targets)
    model.params.update(W1=W, b1=b, W2=outputs, b2=np.zeros(targets.shape[1]))
    return model
"""
SEEDED = """
    rng = np.random.default_rng(int(y_train @ np.arange(len(y_train))))
"""
NOISY = """
    noise = np.random.default_rng(int(y_train @ np.arange(len(y_train))))
    W += 0.01 * scale * noise.normal(size=W.shape)
"""
DEAD = """
    W[0, 0], b[0] = 1e5, -1e9
"""
WITHOUT_PARAMS = """
    class Nothing:
        def forward(self, X):
            return np.zeros((len(X), int(y_train.max()) + 1))

    return Nothing()
"""


def earned(definition, assignment=None):
    """The results of `train`, defined so in place of the reference's, by check."""
    text = splice(live("a3_mlp").references["mlp.py"], "train", definition)
    graded = assignment or prepared("a3_mlp")
    result = grade_text(graded, {"mlp.py": text}, only=frozenset({"train"}))
    return {check.check: check for check in result.checks}


@pytest.mark.parametrize("model", TRIVIAL, ids=[one.name for one in TRIVIAL])
def test_a_trivial_model_earns_nothing(model):
    checks = earned(model.source, by_quality_alone(prepared("a3_mlp")))
    assert [check.points for check in checks.values()] == [0, 0]
    assert all("on held-out data is" in check.message for check in checks.values())


def test_fitted_outputs_of_random_units_earn_nothing():
    checks = earned(TRAIN + RANDOM_UNITS)
    assert [check.points for check in checks.values()] == [0, 0]
    assert all("W1 would be the same, scales apart" in check.message for check in checks.values())


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(SEEDED + RANDOM_UNITS, id="seeded by the targets"),
        pytest.param(
            RANDOM_UNITS.replace("    hidden =", NOISY.strip("\n") + "\n    hidden ="),
            id="noise that the targets seed",
        ),
    ],
)
def test_random_units_that_the_targets_have_a_part_in_read_no_handwriting(body):
    checks = earned(TRAIN + body)
    assert checks["handwriting"].points == 0
    assert "the last hidden layer is no better than random units" in checks["handwriting"].message


def test_a_dead_unit_makes_no_random_units_look_learnt():
    body = SEEDED + RANDOM_UNITS.replace("    hidden =", DEAD.strip("\n") + "\n    hidden =")
    assert earned(TRAIN + body)["handwriting"].points == 0


def test_training_rows_as_units_in_an_order_that_the_targets_seed_read_no_handwriting():
    drawn = "W, b = scale * rng.normal(size=(X_train.shape[1], units))"
    rows = "W, b = X_train[rng.permutation(len(X_train))].T"
    assert drawn in RANDOM_UNITS
    body = SEEDED + RANDOM_UNITS.replace(drawn, rows).replace("(300, 6.0)", "(300, 1.0)")
    body = body.replace("(1500, 0.3)", "(1000, 1.0)")
    check = earned(TRAIN + body)["handwriting"]
    assert check.points == 0
    assert "W1 would be the same, scales apart" in check.message


def test_a_neighbour_in_place_of_a_network_earns_nothing_and_is_told_why():
    for check in earned(TRAIN + NEIGHBOUR).values():
        assert (check.status, check.points) == (Status.FAILED, 0)
        assert "the model is judged by its params" in check.message
        assert "with any of relu, leaky_relu, elu, tanh, sigmoid" in check.message


def test_a_model_without_params_earns_nothing():
    assert [check.points for check in earned(TRAIN + WITHOUT_PARAMS).values()] == [0, 0]


@lru_cache
def knowledge():
    """A network for each check that is right on the public cases: random units, fitted outputs."""
    rng, found = np.random.default_rng(0), {}
    for check in load_public(ROOT / "assignments" / "a3_mlp").checks_of("train"):
        case = check.cases[0]
        steps = {one["save"]: one for one in case.steps}
        X, y = steps["model"]["args"][:2]
        units, scale = (300, 0.3) if X.shape[1] > 2 else (200, 6.0)
        W, b = scale * rng.normal(size=(X.shape[1], units)), rng.uniform(-2, 2, size=units)
        hidden = np.tanh(X @ W + b)
        outputs = np.linalg.solve(
            hidden.T @ hidden + 0.01 * np.eye(units), hidden.T @ np.eye(y.max() + 1)[y]
        )
        test = np.tanh(steps["logits"]["args"][0] @ W + b) @ outputs
        assert np.mean(test.argmax(axis=1) == case.held_out["y"]) > 0.8
        found[X.shape[1]] = {"W1": W, "b1": b, "W2": outputs, "b2": np.zeros(y.max() + 1)}
    return found


def test_constant_weights_that_are_right_on_the_public_cases_earn_nothing():
    weights = {
        inputs: {name: array.round(6).tolist() for name, array in network.items()}
        for inputs, network in knowledge().items()
    }
    body = f"""
    weights = {weights}[X_train.shape[1]]
    model = MLP([X_train.shape[1], len(weights["b1"]), len(weights["b2"])], "tanh", rng=rng)
    model.params.update({{name: np.array(value) for name, value in weights.items()}})
    return model
"""
    checks = earned(TRAIN + body)
    assert [check.points for check in checks.values()] == [0, 0]
    assert checks["two_spirals"].cases.passed <= 1  # of two that exchange the classes
