"""Steps that use Keras itself: making its objects, and counting the Python calls of a model."""

import os
from types import ModuleType

import numpy as np
import pytest

from grader.course.step import step
from grader.worker.steps import CORE, Scope, WrongForm, run_steps

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@pytest.fixture(scope="module")
def run():
    """Run steps, given as `script` takes them, and return what they saved."""
    pytest.importorskip("keras")
    from grader.worker.keras_steps import OPERATIONS, to_plain

    def saved(model=None, /, **steps):
        scope = Scope(ModuleType("student"))
        scope.saved["model"] = model
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


@pytest.mark.parametrize(
    ("loss", "over_rows"),
    [
        ("mse", "mean"),
        (step.keras("losses.MeanSquaredError"), "mean"),
        (step.keras("losses.MeanSquaredError", reduction="mean_with_sample_weight"), "mean"),
        (step.keras("losses.MeanSquaredError", reduction="sum"), "sum"),
    ],
)
def test_a_model_tells_what_its_loss_makes_of_the_rows(run, loss, over_rows):
    made = {} if loss == "mse" else {"loss": loss}
    given = loss if loss == "mse" else step.ref("loss")
    found = run(
        **LINEAR,
        **made,
        _compiled=step.method("model", "compile", loss=given),
        facts=step.describe("model", "loss_over_rows"),
    )
    assert found["facts"] == {"loss_over_rows": over_rows}


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


def subclassed(*layers):
    """A model that only its own `call` knows; the last layer it makes is not the last it asks."""
    import keras

    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.last, *self.before = reversed(layers)

        def call(self, inputs):
            for layer in reversed(self.before):
                inputs = layer(inputs)
            return self.last(inputs)

    return Net()


@pytest.mark.parametrize("given", [True, False], ids=["inputs in the script", "by its build"])
@pytest.mark.parametrize("last", ["linear", "softmax"])
def test_a_subclassed_model_has_the_facts_of_a_functional_one(run, given, last):
    import keras

    layers = [keras.layers.Dense(4, "softmax"), keras.layers.Dense(3, last)]
    functional = keras.Sequential([keras.Input((5,)), *layers])
    model = subclassed(*layers)
    model(keras.ops.zeros((1, 5)))
    facts = ("output_shape", "parameters", "last_activation")
    steps = {"_output": step.predict("model", np.ones((2, 5), "float32"))} if given else {}
    for one in (functional, model):
        found = run(one, facts=step.describe("model", *facts), **steps)["facts"]
        assert found == {"output_shape": [None, 3], "parameters": 39, "last_activation": last}


def test_a_subclassed_model_of_ids_is_asked_with_ids(run):
    import keras

    model = subclassed(keras.layers.Embedding(7, 2), keras.layers.Dense(7))
    ids = np.array([[1, 2, 3], [4, 5, 6]])
    model(ids)
    found = run(
        model, facts=step.describe("model", "output_shape"), output=step.predict("model", ids)
    )
    assert found["facts"] == {"output_shape": [None, 3, 7]}


def test_what_came_out_of_a_subclassed_model_is_no_input_of_it(run):
    import keras

    model = subclassed(keras.layers.Embedding(7, 2), keras.layers.Dense(7))
    ids = np.array([[1, 2, 3], [4, 5, 6]])
    model(ids)
    outputs = np.full((2, 3, 7), 0.5, "float32")
    found = run(
        model,
        _compiled=step.method("model", "compile", loss="mse"),
        loss=step.compute_loss("model", ids, outputs, outputs),
        facts=step.describe("model", "output_shape"),
    )
    assert found["facts"] == {"output_shape": [None, 3, 7]}


@pytest.mark.parametrize(
    ("loss", "metric", "sentence"),
    [
        ("mse", "Mean", "a compiled metric cannot be computed from the labels and outputs"),
        ("no_such_loss", "MeanAbsoluteError", "the compiled loss does not fit"),
    ],
)
def test_what_does_not_fit_is_said_of_the_loss_or_of_a_metric(run, loss, metric, sentence):
    metrics = [step.ref("metric")]
    X, y = np.ones((4, 3), "float32"), np.ones((4, 2), "float32")
    with pytest.raises(WrongForm, match=sentence):
        run(
            **LINEAR,
            metric=step.keras(f"metrics.{metric}"),
            _compiled=step.method("model", "compile", loss=loss, metrics=metrics),
            gradient=step.loss_and_gradients("model", X, y),
        )


def test_a_subclass_that_keras_calls_built_gets_its_weights_from_the_first_call_to_come(run):
    import keras

    class Linear(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(2, use_bias=False)

        def call(self, inputs):
            return self.dense(inputs)

    model, W = Linear(), np.arange(6.0).reshape(3, 2)
    with pytest.warns(UserWarning, match="build"):
        model.build((None, 3))
    X = np.ones((1, 3), dtype="float32")
    found = run(model, _weights=step.set_weights("model", [W]), output=step.predict("model", X))
    np.testing.assert_allclose(found["output"], X @ W)
