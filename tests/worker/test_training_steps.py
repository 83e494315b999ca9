"""Steps that tell what training did: copies of parameters, and a second training."""

from types import ModuleType, SimpleNamespace

import numpy as np

from grader.course.step import step
from grader.wire.encoding import Rng
from grader.worker import randomness
from grader.worker.numeric import NUMERIC
from grader.worker.steps import CORE, Scope, run_steps


class Model:
    def __init__(self, rng):
        self.params = {"W": rng.normal(size=3)}

    def fit(self, y):
        self.params["W"] += y
        self.params["drawn"] = np.random.normal(size=1)


def scope_of(**definitions):
    module = ModuleType("student")
    vars(module).update(definitions)
    return Scope(module)


def run(scope, **steps):
    run_steps(scope, [{**one, "save": name} for name, one in steps.items()], CORE | NUMERIC)
    return scope.saved


def trained(y):
    return {
        "model": step.construct("Model", Rng(5)),
        "before": step.snapshot("model", "params"),
        "_fitted": step.method("model", "fit", y),
        "params": step.snapshot("model", "params"),
    }


def test_a_snapshot_keeps_what_training_changes_in_place():
    saved = run(scope_of(Model=Model), **trained(2.0))
    np.testing.assert_allclose(saved["params"]["W"] - saved["before"]["W"], 2.0)


def test_a_snapshot_holds_arrays_alone():
    params = {"W": np.ones(2), "b": [0.0], 3: np.ones(1), "o": np.array([None])}
    for given, found in ((params, ["W"]), ("W", []), (None, [])):
        scope = scope_of(made=lambda given=given: SimpleNamespace(params=given))
        saved = run(scope, model=step.call("made"), params=step.snapshot("model", "params"))
        assert list(saved["params"]) == found
    saved = run(scope_of(made=object), model=step.call("made"), p=step.snapshot("model", "params"))
    assert saved["p"] == {}


def test_a_control_begins_as_the_training_did_and_leaves_no_trace():
    scope = scope_of(Model=Model)
    saved = run(scope, **trained(2.0), control=step.control(**trained(2.0)))
    after = np.random.normal()
    for name in ("W", "drawn"):
        np.testing.assert_array_equal(saved["control"][name], saved["params"][name])
    assert set(saved) == {*trained(2.0), "control"}
    randomness.set_state(scope.generators)
    np.random.normal(size=1)
    assert np.random.normal() == after


def test_a_control_that_fails_or_is_too_late_is_left_out():
    made = step.construct("Model", Rng(5))
    assert run(scope_of(Model=Model), c=step.control(model=made))["c"].params
    assert run(scope_of(Model=Model), c=step.control(within=-1, model=made))["c"] is None
    assert run(scope_of(), c=step.control(model=made))["c"] is None


def test_how_far_classes_lie_apart_and_how_far_terms_cancel():
    rows = np.array([[0.0, 1.0], [0.0, -1.0], [2.0, 1.0], [2.0, -1.0]])
    saved = run(
        scope_of(),
        apart=step.class_share(rows, np.array([0, 0, 1, 1])),
        mixed=step.class_share(rows, np.array([0, 1, 1, 0])),
        together=step.cancellation(np.array([[1.0, 1.0], [3.0, 3.0]])),
        against=step.cancellation(np.array([[1.0, 1.0], [5.0, -2.0]])),
    )
    assert [saved[name].tolist() for name in ("apart", "mixed")] == [[0.5], [0.0]]
    assert [saved[name].tolist() for name in ("together", "against")] == [[1.0], [7.0]]


def test_one_large_unit_does_not_drown_the_others():
    classes = np.array([0, 0, 1, 1])
    rows = np.array([[0.0, 1e6, 7.0], [0.0, -1e6, 7.0], [2.0, 1e6, 7.0], [2.0, -1e6, 7.0]])
    saved = run(scope_of(), apart=step.class_share(rows, classes))
    np.testing.assert_allclose(saved["apart"], 0.5)  # a unit that never changes counts for nothing
