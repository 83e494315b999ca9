"""a5's training is earned by training: rules, tables and untrained models earn nothing."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from grader.course.misconception import splice
from grader.course.trivial_model import trivial_models
from grader.datasets import adding_problem, henon, windows
from grader.result import Kind, Status
from grader.student.checking import load_public
from tests.conftest import ROOT, by_quality_alone, grade_text, live, prepared

NAME = "a5_lstm"
TRIVIAL = trivial_models(ROOT / "solutions" / NAME)
ASSERTED = """
class LSTMRegressor:
    def __init__(self, n_inputs, n_hidden, rng):
        self.params = {}

    def fit(self, x, y, rng):
        lines = np.column_stack([x.reshape(len(x), -1), np.ones(len(x))])
        self.w = np.linalg.lstsq(lines, y, rcond=None)[0]
        self.x, self.y = x, y
        return self

    def predict(self, x):
"""
ANSWERS = {
    "the sum of the marked numbers": "return (x[..., 0] * x[..., -1]).sum(axis=1)",
    "a line": "return np.column_stack([x.reshape(len(x), -1), np.ones(len(x))]) @ self.w",
    "a look-up": ("return self.y[[((self.x - one) ** 2).sum(axis=(1, 2)).argmin() for one in x]]"),
    "constants": "return np.linspace(0.0, 1.0, len(x))",
    "the sunspots' formula": "return 1.5 * x[:, -1, 0] - 0.8 * x[:, -2, 0] + 0.15",
}
WITH_PARAMS = "self.params = _fresh_params(n_inputs, n_hidden, rng)"


@lru_cache
def only_training():
    assignment = prepared(NAME)
    return replace(
        assignment,
        checks=tuple(
            one
            for one in assignment.checks
            if one.kind is Kind.TRAIN and one.exercise == "LSTMRegressor"
        ),
    )


def earned(text, assignment=None):
    """The results of the two train checks with this class in place of the reference's."""
    whole = splice(live(NAME).references["lstm.py"], "LSTMRegressor", text)
    only = frozenset({"LSTMRegressor"})
    return grade_text(assignment or only_training(), {"lstm.py": whole}, only=only).checks


@pytest.mark.parametrize("marked", TRIVIAL, ids=lambda one: one.name)
def test_a_trivial_model_earns_nothing(marked):
    checks = earned(marked.source, by_quality_alone(only_training()))
    assert [check.points for check in checks] == [0, 0]
    assert all("on held-out data is" in check.message for check in checks)


def test_random_units_are_no_trained_ones():
    [units] = [one for one in TRIVIAL if one.name == "RandomUnits"]
    for text, told in (
        (units.source, "training left Wx, Wh as before"),
        (
            units.source.replace(
                "        h, _ = _run_from_zero(self.params, x)\n        rows",
                "        self.params = _fresh_params(x.shape[2], 16, rng)\n"
                "        h, _ = _run_from_zero(self.params, x)\n        rows",
            ),
            "Wx, Wh would be the same",
        ),
    ):
        checks = earned(text)
        assert [check.points for check in checks] == [0, 0]
        assert all(told in check.message for check in checks)


SEARCH = """
        if len(x) > 900:
            return self  # adding, which takes longer, is not asked here
        rng, best = np.random.default_rng(int(1e4 * np.abs(y).sum())), np.inf
        for _ in range(60):
            drawn = _fresh_params(x.shape[2], 16, rng)
            drawn = {name: np.exp(rng.uniform(-1, 1)) * one for name, one in drawn.items()}
            drawn["b"] = rng.normal(size=drawn["b"].shape)
            h, _ = _run_from_zero(drawn, x)
            rows = np.column_stack([h[:, -1], np.ones(len(y))])
            w = np.linalg.lstsq(rows, y, rcond=None)[0]
            error = np.mean((rows @ w - y) ** 2)
            if error < best:
                best, drawn["Wy"], drawn["by"] = error, w[:-1, None], w[-1:]
                self.params = drawn
        return self
"""


def test_the_best_of_many_random_units_forecasts_nothing():
    [units] = [one for one in TRIVIAL if one.name == "RandomUnits"]
    head = "    def fit(self, x, y, rng):\n"
    before, _, _ = units.source.partition(head)
    forecast = next(one for one in earned(before + head + SEARCH) if one.check == "forecast")
    assert (forecast.status, forecast.points) == (Status.FAILED, 0)
    assert "times larger, all together, than the output itself" in forecast.message


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
@pytest.mark.parametrize("params", ["self.params = {}", WITH_PARAMS], ids=["without", "with"])
def test_an_answer_that_does_not_come_from_params_earns_nothing(answer, params):
    text = ASSERTED.replace("self.params = {}", params) + f"        {answer}\n"
    checks = earned(text)
    assert [(check.status, check.points) for check in checks] == [(Status.FAILED, 0)] * 2
    reason = "params should have the entries" if "{}" in params else "judged by its params"
    assert all(reason in check.message for check in checks)


@lru_cache
def of_public_data():
    """Params that the reference has learnt from the public cases, which are no secret."""
    names = {}
    exec(compile(live(NAME).references["lstm.py"], "lstm.py", "exec"), names)
    found = {}
    for check in load_public(ROOT / "assignments" / NAME).checks_of("LSTMRegressor"):
        if check.kind is Kind.TRAIN:
            (case,) = check.cases
            steps = {one["save"]: one for one in case.steps}
            x, y = steps["_fitted"]["args"][:2]
            model = names["LSTMRegressor"](x.shape[2], 16, np.random.default_rng(0))
            names["_adam"](model, x, y, 0, epochs=12)
            error = np.mean(
                (model.predict(steps["predicted"]["args"][0]) - case.held_out["y"]) ** 2
            )
            assert error < 0.1 * np.var(case.held_out["y"])
            found[x.shape[2]] = {key: value.round(5) for key, value in model.params.items()}
    return found


def test_weights_that_know_the_public_cases_by_heart_earn_nothing():
    weights = {
        inputs: {key: value.tolist() for key, value in params.items()}
        for inputs, params in of_public_data().items()
    }
    text = TRIVIAL[0].source.replace(
        "self.params = _fresh_params(n_inputs, n_hidden, rng)",
        f"self.params = {{k: np.array(v) for k, v in {weights}[n_inputs].items()}}",
    )
    assert str(weights[1]) in text
    assert [check.points for check in earned(text)] == [0, 0]


def test_the_rules_of_two_seeds_differ_and_no_line_follows_them():
    for seed in range(5):
        series = henon(813, np.random.default_rng(seed))
        x, _ = windows(series[:-1], 12)
        y = series[13:]
        rows = np.column_stack([x[..., 0], np.ones(len(x))])
        line = rows @ np.linalg.lstsq(rows, y, rcond=None)[0]
        assert np.sqrt(np.mean((line - y) ** 2) / np.mean((x[:, -1, 0] - y) ** 2)) > 0.4
    _, y = adding_problem(1000, 20, np.random.default_rng(0), (-1.2, 0.7))
    assert np.var(y) > 0.1
