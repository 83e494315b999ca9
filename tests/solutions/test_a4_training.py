"""a4's `LeNet.fit` is earned by training: looking images up or a linear model earns nothing."""

import numpy as np
import pytest

from grader.course.misconception import splice
from grader.course.trivial_model import trivial_models
from grader.result import Kind, Status
from tests.conftest import ROOT, by_quality_alone, grade_text, live, prepared

TRIVIAL = [one for one in trivial_models(ROOT / "solutions" / "a4_cnn") if one.exercise == "LeNet"]
HEAD = """
class LeNet:
    def __init__(self, input_shape, n_classes, rng):
        self.params = _lenet_params(input_shape, n_classes, rng)

"""
NEIGHBOUR = """
    def fit(self, x, y, rng):
        self.x, self.y = x.reshape(len(x), -1), y
        return self

    def forward(self, x):
        rows = x.reshape(len(x), -1)
        squares = np.sum(rows**2, 1)[:, None] - 2 * rows @ self.x.T + np.sum(self.x**2, 1)
        return np.eye(10)[self.y[squares.argmin(axis=1)]]
"""
FITTED = """
    def fit(self, x, y, rng):
        self.params.update({body})
        rows = np.column_stack([_lenet_forward(self.params, x)[1][-1], np.ones(len(y))])
        ridge = rows.T @ rows + 0.1 * np.eye(rows.shape[1])
        w = np.linalg.solve(ridge, rows.T @ np.eye(10)[y])
        self.params.update(W5=w[:-1], b5=w[-1])
        return self

    def forward(self, x):
        return _lenet_forward(self.params, x)[0]
"""
OTHER_PARAMS = """
    def fit(self, x, y, rng):
        self.params["W5"] = self.params["W5"][:, :5]
        return self

    def forward(self, x):
        return np.ones((len(x), 10)) * np.arange(10)
"""
NOT_A_NUMBER = """
    def fit(self, x, y, rng):
        self.params["b5"] = self.params["b5"] + np.nan
        return self

    def forward(self, x):
        return np.ones((len(x), 10)) * np.arange(10)
"""


def earned(definition, assignment=None):
    """The result of the train check, with this class in place of the reference's."""
    text = splice(live("a4_cnn").references["cnn.py"], "LeNet", definition)
    graded = assignment or prepared("a4_cnn")
    result = grade_text(graded, {"cnn.py": text}, only=frozenset({"LeNet"}))
    return next(check for check in result.checks if check.kind is Kind.TRAIN)


@pytest.mark.parametrize("model", TRIVIAL, ids=[one.name for one in TRIVIAL])
def test_a_trivial_model_earns_nothing(model):
    check = earned(model.source, by_quality_alone(prepared("a4_cnn")))
    assert (check.status, check.points) == (Status.FAILED, 0)


@pytest.mark.parametrize(
    ("methods", "told"),
    [
        pytest.param(NEIGHBOUR, "they give other logits than your forward pass", id="neighbour"),
        pytest.param(OTHER_PARAMS, "params['W5'] should have shape (84, 10)", id="shapes"),
        pytest.param(NOT_A_NUMBER, "params['b5'] contains NaN", id="NaN"),
    ],
)
def test_answers_that_do_not_follow_from_the_params_earn_nothing(methods, told):
    check = earned(HEAD.lstrip() + methods.lstrip("\n"))
    assert (check.status, check.points) == (Status.FAILED, 0)
    assert told in check.message


@pytest.mark.parametrize(
    ("body", "told"),
    [
        pytest.param("", "training left W1, W2, W3, W4 as before", id="as they were"),
        pytest.param(
            "W3=self.params['W3'] * rng.uniform(1, 2, size=120)",
            "training left W1, W2, W3, W4 as before",
            id="scaled",
        ),
        pytest.param(
            "_lenet_params((8, 8, 1), 10, rng)",
            "W1, W2, W3, W4 would be the same",
            id="drawn again",
        ),
    ],
)
def test_the_last_layer_fitted_to_random_convolutions_earns_nothing(body, told):
    check = earned(HEAD.lstrip() + FITTED.format(body=body).lstrip("\n"))
    assert (check.status, check.points) == (Status.FAILED, 0)
    assert told in check.message


def test_random_convolutions_that_the_targets_have_a_part_in_earn_nothing():
    body = "_lenet_params((8, 8, 1), 10, np.random.default_rng(int(y @ np.arange(len(y)))))"
    check = earned(HEAD.lstrip() + FITTED.format(body=body).lstrip("\n"))
    assert (check.status, check.points) == (Status.FAILED, 0)
    assert "the last hidden layer is no better than random units" in check.message


def test_every_seed_disguises_the_digits_otherwise():
    course = live("a4_cnn")
    check = next(
        one
        for exercise in course.assignment.exercises()
        if exercise.name == "LeNet"
        for one in exercise.checks
        if one.kind is Kind.TRAIN
    )
    cases = [next(iter(check.cases(np.random.default_rng(seed)))) for seed in (1, 2)]
    fits = [next(one for one in case.steps if one["save"] == "_fitted") for case in cases]
    images, labels = zip(*(fit["args"][:2] for fit in fits), strict=True)
    assert images[0].shape == images[1].shape == (1300, 8, 8, 1)
    for one in images:  # half of them are negatives, whose corners are bright
        assert 0.4 < np.mean(one[:, 0, 0, 0] > 0.5) < 0.6
    sizes = [np.bincount(one, minlength=10) for one in labels]
    assert (np.abs(sizes[0] - sizes[1]) > 0).any()
