"""Assignment 3's Keras part against Keras's own layers, losses and training, and two edges."""

import os
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.course.misconception import splice
from grader.datasets import digits
from grader.result import Status
from tests.conftest import ROOT, grade_text, live, strongest, untrained

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
NAME = "a3_mlp"
KERAS_FILE, TF_FILE = "keras_mlp.py", "tf_train_step.py"
TOLERANCE = {"float64": {"rtol": 1e-10, "atol": 1e-12}, "float32": {"rtol": 1e-5, "atol": 1e-5}}
seeds = st.integers(0, 2**32 - 1)


@pytest.fixture(scope="module")
def keras():
    pytest.importorskip("tensorflow")
    return pytest.importorskip("keras")


@lru_cache
def module(file):
    """Run a reference from its real path: AutoGraph reads the source."""
    path = ROOT / "solutions" / NAME / file
    names = {"__name__": path.stem, "__file__": str(path)}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), names)
    return names


def automatic(function, x, variables=()):
    """Value of `function` and its gradients, by TensorFlow."""
    import tensorflow as tf

    x = tf.convert_to_tensor(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = function(x)
    sources = [x, *(variable.value for variable in variables)]
    return np.asarray(value), [np.asarray(one) for one in tape.gradient(value, sources)]


def same(received, expected, dtype="float32"):
    for one, other in zip(received, expected, strict=True):
        np.testing.assert_allclose(one, other, **TOLERANCE[dtype])


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("activation", [None, "relu", "tanh", "softmax"])
def test_the_layer_is_kerass(keras, dtype, activation):
    rng = np.random.default_rng(0)
    X, dout = rng.normal(size=(6, 3)).astype(dtype), rng.normal(size=(6, 4)).astype(dtype)
    weights = [rng.normal(size=(3, 4)), rng.normal(size=4)]
    found = []
    for kind in (module(KERAS_FILE)["Dense"], keras.layers.Dense):
        layer = kind(4, activation=activation, dtype=dtype)
        layer.build((None, 3))
        layer.set_weights(weights)
        weighted = lambda x, layer=layer: keras.ops.sum(layer(x) * dout)  # noqa: E731
        _, gradients = automatic(weighted, X, layer.trainable_variables)
        found.append([np.asarray(layer(X)), *gradients])
    same(*found, dtype)


@settings(max_examples=20, deadline=None)
@given(seeds, st.floats(0, 5), st.sampled_from(sorted(TOLERANCE)))
def test_the_focal_loss_is_kerass(keras, seed, gamma, dtype):
    rng = np.random.default_rng(seed)
    y, logits = rng.integers(0, 4, size=7), rng.normal(size=(7, 4)).astype(dtype)
    own = module(KERAS_FILE)["FocalLoss"](gamma, dtype=dtype)
    theirs = keras.losses.CategoricalFocalCrossentropy(
        alpha=1.0, gamma=gamma, from_logits=True, dtype=dtype
    )
    one_hot = np.eye(4)[y]
    loss, gradient = automatic(lambda z: own(y, z), logits)
    expected_loss, expected_gradient = automatic(lambda z: theirs(one_hot, z), logits)
    same([loss, *gradient], [expected_loss, *expected_gradient], dtype)


def test_the_focal_loss_of_gamma_0_is_cross_entropy_and_of_large_logits_finite(keras):
    y, logits = np.array([0, 2, 1]), 500 * np.eye(3, dtype="float32")
    plain = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    assert np.isclose(float(module(KERAS_FILE)["FocalLoss"](0.0)(y, logits)), 1000 / 3)
    assert np.isclose(float(plain(y, logits)), 1000 / 3)
    loss, gradient = automatic(lambda z: module(KERAS_FILE)["FocalLoss"]()(y, z), logits)
    assert np.isfinite(loss) and np.isfinite(gradient).all()


def test_a_config_survives_being_written_down(keras):
    for made in (module(KERAS_FILE)["Dense"](3, "relu"), module(KERAS_FILE)["FocalLoss"](1.5)):
        text = keras.saving.serialize_keras_object(made)
        again = keras.saving.deserialize_keras_object(
            text, custom_objects={type(made).__name__: type(made)}
        )
        assert again.get_config() == made.get_config()


def test_the_model_normalises_batches_and_adds_up_its_penalties(keras):
    rng = np.random.default_rng(1)
    X = rng.normal(size=(9, 3)).astype("float32")
    model = module(KERAS_FILE)["build_mlp"](3, [5, 4], 2, l2=0.3, batch_norm=True)
    weights = [rng.uniform(0.5, 1.5, size=w.shape) for w in model.get_weights()]
    model.set_weights(weights)
    out, first, second, last = X, weights[:6], weights[6:12], weights[12:]
    for W, b, gamma, beta, _, _ in (first, second):
        z = out @ W + b
        out = gamma * (z - z.mean(axis=0)) / np.sqrt(z.var(axis=0) + 1e-3) + beta
        out = np.maximum(out, 0)
    expected = out @ last[0] + last[1]
    np.testing.assert_allclose(np.asarray(model(X, training=True)), expected, rtol=1e-3, atol=1e-3)
    penalty = 0.3 / 2 * sum(np.sum(W**2) for W in (first[0], second[0], last[0]))
    np.testing.assert_allclose(float(sum(model.losses)), penalty, rtol=1e-5)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=1, max_size=12), st.integers(1, 4))
def test_training_stops_after_patience_epochs_and_goes_back_to_the_best(keras, curve, patience):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.compile("sgd", "mse")
    steps = keras.callbacks.CallbackList(
        module(KERAS_FILE)["callbacks"](patience), model=model, add_progbar=False
    )
    model.stop_training = False
    steps.on_train_begin()
    ran = 0
    for epoch, value in enumerate(curve):
        model.set_weights([np.array([[epoch]])])
        steps.on_epoch_end(epoch, {"loss": -epoch, "val_loss": float(value)})
        ran += 1
        if model.stop_training:
            break
    steps.on_train_end()
    best, waited, expected = float("inf"), 0, 0
    for value in curve:
        expected += 1
        waited = 0 if value < best else waited + 1
        best = min(best, value)
        if waited == patience:
            break
    assert ran == expected
    assert model.get_weights()[0].item() == int(np.argmin(curve[:ran]))


def two_equal_models(keras, rng):
    """The same model twice, with normalisation, dropout of rate 0 and a penalty."""
    made = [module(KERAS_FILE)["build_mlp"](3, [6], 4, l2=0.2, batch_norm=True) for _ in range(2)]
    for model in made:
        model.set_weights(made[0].get_weights())
    X = rng.normal(size=(8, 3)).astype("float32")
    return made, X, np.arange(8) % 4


@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_a_training_step_is_what_fit_does_with_one_batch(keras, name):
    (own, theirs), X, y = two_equal_models(keras, np.random.default_rng(2))
    kind = getattr(keras.optimizers, name)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    theirs.compile(kind(0.05), loss)
    optimizer = kind(0.05)
    for _ in range(3):
        received = float(module(TF_FILE)["train_step"](own, optimizer, X, y))
        history = theirs.fit(X, y, batch_size=8, shuffle=False, verbose=0).history
        np.testing.assert_allclose(received, history["loss"][0], rtol=1e-5)
    same(own.get_weights(), theirs.get_weights())


@pytest.mark.slow
def test_the_reference_learns_digits(keras):
    X, y = digits()
    order = np.random.default_rng(0).permutation(len(X))
    train, val, test = order[:1000], order[1000:1300], order[1300:]
    keras.utils.set_random_seed(0)
    model = module(KERAS_FILE)["build_mlp"](64, [64], 10, dropout=0.1, l2=1e-4)
    model.fit(
        X[train],
        y[train],
        validation_data=(X[val], y[val]),
        epochs=60,
        batch_size=64,
        callbacks=module(KERAS_FILE)["callbacks"](5),
        verbose=0,
    )
    accuracy = np.mean(np.argmax(model.predict(X[test], verbose=0), axis=1) == y[test])
    assert accuracy >= 0.95


def graded(**replacements):
    """Grade the references with some exercises replaced; what did not pass, and how."""
    texts = {file: live(NAME).references[file] for file in (KERAS_FILE, TF_FILE)}
    for exercise, definition in replacements.items():
        file = TF_FILE if exercise == "train_step" else KERAS_FILE
        texts[file] = splice(texts[file], exercise, definition)
    result = grade_text(untrained(NAME, "keras"), texts, strongest(), only=frozenset(replacements))
    return {one.check: one.status for one in result.checks if one.status is not Status.PASSED}


_INHERITED = """
class Dense(keras.layers.Dense):
    pass
"""
_EQUAL_UNITS = """
class Dense(keras.layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units, self.activation = units, keras.activations.get(activation)

    def build(self, shape):
        self.kernel = self.add_weight(shape=(shape[-1], self.units), initializer="ones")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros")

    def call(self, inputs):
        return self.activation(inputs @ self.kernel + self.bias)

    def get_config(self):
        activation = keras.activations.serialize(self.activation)
        return {**super().get_config(), "units": self.units, "activation": activation}
"""
_EAGER = """
def train_step(model, optimizer, x, y):
    return _graph_step.python_function(model, optimizer, x, y)
"""


def test_a_layer_that_inherits_from_kerass_own_is_not_from_scratch():
    found = graded(Dense=_INHERITED)
    assert len(found) == 7  # all of them
    # Whether the source is in order is not asked once the outputs are wrong.
    assert found.pop("source") is Status.SKIPPED
    assert set(found.values()) == {Status.FORBIDDEN}


def test_equal_units_cost_an_edge():
    assert graded(Dense=_EQUAL_UNITS) == {"random_kernel": Status.FAILED}


def test_a_step_without_a_graph_costs_an_edge():
    assert graded(train_step=_EAGER) == {"graph": Status.FAILED}
