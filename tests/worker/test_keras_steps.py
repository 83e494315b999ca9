"""Steps that use Keras itself: making its objects, and counting the Python calls of a model."""

import os
from types import ModuleType

import numpy as np
import pytest

from grader.course.step import step
from grader.worker.steps import CORE, Scope, run_steps

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@pytest.fixture(scope="module")
def run():
    """Run steps, given as `script` takes them, and return what they saved."""
    pytest.importorskip("keras")
    from grader.worker.keras_steps import OPERATIONS, to_plain

    def saved(**steps):
        scope = Scope(ModuleType("student"))
        named = [{**one, "save": name} for name, one in steps.items()]
        run_steps(scope, named, {**CORE, **OPERATIONS})
        return {name: to_plain(value) for name, value in scope.saved.items()}

    return saved


LINEAR = {
    "inputs": step.keras("Input", (3,)),
    "dense": step.keras("layers.Dense", 2, use_bias=False),
    "model": step.keras("Sequential", [step.ref("inputs"), step.ref("dense")]),
}


def test_keras_makes_what_a_script_names(run):
    W = np.arange(6.0).reshape(3, 2)
    found = run(
        **LINEAR,
        _weights=step.set_weights("model", [W]),
        output=step.predict("model", np.eye(3, dtype="float32")),
        optimizer=step.keras("optimizers.SGD", learning_rate=0.5),
    )
    np.testing.assert_array_equal(found["output"], W)
    assert float(found["optimizer"].learning_rate) == 0.5


@pytest.mark.parametrize(("rate", "is_above_0"), [(0.5, True), (-0.5, False), (0.0, False)])
def test_a_model_tells_whether_it_is_compiled_to_descend(run, rate, is_above_0):
    found = run(
        **LINEAR,
        optimizer=step.keras("optimizers.SGD", learning_rate=rate),
        _compiled=step.method("model", "compile", optimizer=step.ref("optimizer"), loss="mse"),
        facts=step.describe("model", "learning_rate_above_0"),
    )
    assert found["facts"] == {"learning_rate_above_0": is_above_0}


def test_gradients_take_dout_in_whatever_precision(run):
    X, dout = np.eye(3, dtype="float32"), np.arange(6.0).reshape(3, 2)
    found = run(**LINEAR, gradients=step.gradients("model", X, dout))["gradients"]
    np.testing.assert_allclose(found["weights"][0], dout)


def test_python_calls_of_a_model_are_counted(run):
    X = np.eye(3, dtype="float32")
    found = run(
        **LINEAR,
        calls=step.record_calls("model"),
        before=step.length("calls"),
        _one=step.predict("model", X),
        _two=step.predict("model", X),
        after=step.length("calls"),
    )
    assert (found["before"], found["after"]) == (0, 2)


def test_kernels_are_copies_by_path_and_frozen_ones_stay_as_they_were(run):
    X, y = np.ones((4, 3), "float32"), np.ones((4, 2), "float32")
    found = run(
        **{"inputs": LINEAR["inputs"]},
        frozen=step.keras("layers.Dense", 5, trainable=False, name="frozen"),
        dense=step.keras("layers.Dense", 2, name="dense"),
        model=step.keras("Sequential", [step.ref(n) for n in ("inputs", "frozen", "dense")]),
        _compiled=step.method("model", "compile", optimizer="sgd", loss="mse"),
        before=step.kernels("model"),
        _fit=step.fit("model", X, y, epochs=1),
        after=step.kernels("model"),
    )
    before, after = found["before"], found["after"]
    assert [path.split("/")[-2:] for path in before] == [["frozen", "kernel"], ["dense", "kernel"]]
    assert [np.array_equal(before[path], after[path]) for path in before] == [True, False]
