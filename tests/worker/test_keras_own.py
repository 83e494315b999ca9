"""A student's model is trained, called and counted by Keras's own methods."""

import os

import numpy as np
import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
keras = pytest.importorskip("keras")

from grader.worker import keras_own  # noqa: E402
from grader.worker.stand_in import ForbiddenUse  # noqa: E402

X, y = np.eye(4, dtype="float32"), np.arange(4.0, dtype="float32")[:, None]


class Disguised(keras.Model):
    """Says what its author likes, wherever Keras would be asked."""

    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(1)
        self.steps = 0

    def call(self, x, training=False):
        return self.dense(x)

    def train_step(self, *data):  # JAX hands over its state as well
        self.steps += 1
        return super().train_step(*data)

    def __call__(self, *args, **options):
        return "looked up"

    def fit(self, *args, **options):
        return "trained"

    def count_params(self):
        return 7

    def get_weights(self):
        return []


@pytest.fixture
def disguised():
    model = Disguised()
    model.compile("sgd", "mse", run_eagerly=True)
    keras_own.call(model, X)
    return model


def test_keras_answers_whatever_the_class_says(disguised):
    assert keras_own.call(disguised, X).shape == (4, 1)
    assert keras_own.count_params(disguised) == 5
    assert [one.shape for one in keras_own.get_weights(disguised)] == [(4, 1), (1,)]
    keras_own.set_weights(disguised, [np.ones((4, 1)), np.zeros(1)])
    np.testing.assert_array_equal(keras_own.call(disguised, X), np.ones((4, 1)))


def test_the_compiled_loss_and_the_number_of_weights_are_kerass():
    class Content(Disguised):
        weights = property(lambda self: [])

        def compute_loss(self, *args, **options):
            return 0.0

    model = Content()
    model.compile("sgd", "mse")
    keras_own.call(model, X)
    assert keras_own.count_params(model) == 5
    outputs = np.ones((4, 1), "float32")
    assert float(keras_own.compute_loss(model, X, outputs + 3, outputs)) == 9


def test_keras_trains_by_the_step_that_a_student_may_write(disguised):
    before = keras_own.get_weights(disguised)
    curves = keras_own.fit(disguised, X, y, epochs=2, batch_size=2)
    assert len(curves["loss"]) == 2
    assert disguised.steps == 4
    assert any(
        np.any(a != b) for a, b in zip(before, keras_own.get_weights(disguised), strict=True)
    )


def test_a_class_is_as_it_was_afterwards(disguised):
    before = dict(vars(Disguised))
    keras_own.fit(disguised, X, y)
    assert dict(vars(Disguised)) == before
    assert (disguised.fit(), disguised(X), disguised.count_params()) == ("trained", "looked up", 7)


def test_a_method_of_kerass_that_an_exercise_replaced_is_kerass_again(disguised, monkeypatch):
    monkeypatch.setattr(keras.Model, "fit", lambda *args, **options: "trained")
    assert "loss" in keras_own.fit(disguised, X, y)


def test_a_method_that_an_instance_has_of_its_own_is_not_asked():
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.count_params = lambda: 7
    assert keras_own.count_params(model) == 5


class Ordered(keras.layers.Layer):
    """Lists its weights in the order of a contract: Keras would put its own first."""

    def __init__(self, listed):
        super().__init__()
        self.inner = keras.layers.Dense(2)
        self.listed = listed

    def build(self, shape):
        self.inner.build(shape)
        self.scale = self.add_weight(shape=(3,))

    def call(self, x):
        return self.inner(x)

    @property
    def weights(self):
        return self.listed(self)


def test_the_order_of_weights_is_the_students_if_they_are_the_layers_own():
    reordered = Ordered(lambda self: [*self.inner.weights, self.scale])
    others = Ordered(lambda self: [keras.Variable(np.zeros(7))] * 3)
    fewer = Ordered(lambda self: [self.scale])
    shapes = []
    for layer in (reordered, others, fewer):
        keras_own.call(layer, X)
        shapes.append([tuple(one.shape) for one in keras_own.weights(layer)])
    assert shapes == [[(4, 2), (2,), (3,)], *[[(3,), (4, 2), (2,)]] * 2]


def test_what_only_says_that_it_is_a_layer_is_none():
    liar = type("Liar", (), {"__class__": keras.Layer})()
    assert isinstance(liar, keras.Layer)
    assert not keras_own.is_layer(liar)


@pytest.mark.parametrize("by", ["fit", "train_on_batch", "train_step", "make_train_function"])
def test_keras_takes_no_step_where_the_step_is_a_students_own(by):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    keras_own.refuse_to_train()
    try:
        with pytest.raises(ForbiddenUse, match=rf"keras\.Model\.{by} is not allowed"):
            getattr(model, by)(X, y)
    finally:
        keras_own.weights(model)
    assert len(model.fit(X, y, verbose=0).history["loss"]) == 1
