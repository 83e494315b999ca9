"""Assignments 1 and 2: what was not learnt earns nothing, whatever it looks like."""

import pytest

from grader.course.misconception import splice
from grader.course.trivial_model import trivial_models
from grader.result import Status
from tests.conftest import ROOT, file_of, grade_text, live, prepared, strongest

A1, A2 = "a1_least_squares", "a2_logistic_regression"
TRIVIAL = [
    pytest.param(name, one, id=one.name)
    for name in (A1, A2)
    for one in trivial_models(ROOT / "solutions" / name)
]

MADE_UP_HISTORY = """
def fit_model(model, X, y, epochs):
    return {"loss": [1.0 / (epoch + 1) for epoch in range(epochs)]}
"""
CLOSED_FORM = """
import numpy as np


def fit_model(model, X, y, epochs):
    rows = np.column_stack([X, np.ones(len(X))])
    solution = np.linalg.lstsq(rows, y.reshape(-1), rcond=None)[0]
    model.set_weights([solution[:-1, None], solution[-1:]])
    return {"loss": [1.0 / (epoch + 1) for epoch in range(epochs)]}
"""
INVENTED_LOSSES = """
def fit_model(model, X, y, epochs):
    model.fit(X, y.reshape(-1, 1), epochs=epochs, verbose=0)
    return {"loss": [float(epochs - epoch) for epoch in range(epochs)]}
"""
WRONG_NUMBER_OF_EPOCHS = """
def fit_model(model, X, y, epochs):
    losses = model.fit(X, y.reshape(-1, 1), epochs=15, verbose=0).history["loss"]
    return {"loss": losses[:epochs]}
"""


@pytest.mark.parametrize(("name", "model"), TRIVIAL)
def test_a_trivial_model_earns_nothing(name, model):
    file = file_of(name, "numpy")
    text = splice(live(name).references[file], model.exercise, model.source)
    result = grade_text(prepared(name), {file: text}, strongest(), only=frozenset({model.exercise}))
    (check,) = [one for one in result.checks if one.kind.value == "train"]
    assert (check.status, check.points) == (Status.FAILED, 0)
    assert "on held-out data is" in check.message


@pytest.mark.parametrize(
    ("answer", "at_most"),
    [
        (MADE_UP_HISTORY, 0),
        (CLOSED_FORM, 0),
        (INVENTED_LOSSES, 0),
        (WRONG_NUMBER_OF_EPOCHS, 2),
    ],
    ids=["made up", "closed form", "invented losses", "15 always"],
)
def test_fit_model_is_judged_by_the_weights_that_the_model_has(answer, at_most):
    file = file_of(A1, "keras")
    result = grade_text(
        prepared(A1, "keras"), {file: answer}, strongest(), only=frozenset({"fit_model"})
    )
    assert sum(check.points for check in result.checks) <= at_most
