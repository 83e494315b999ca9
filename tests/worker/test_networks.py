"""What tells one kind of network from another."""

import os
from types import ModuleType

import numpy as np
import pytest

from grader.course.step import step
from grader.worker.steps import Scope

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
keras = pytest.importorskip("keras")

from grader.worker.networks import OPERATIONS  # noqa: E402

L = keras.layers
WEIGHTS = "its weights do not depend on the number of steps"
RECENT = "each of the last steps changes its logits"
ORDER = "the order of the steps changes its logits"
FORGETS = "a step of long ago hardly changes them"
SECOND = "in the second step all its weights change the output"
MEMORY = "some of its weights change nothing in the first step, before it remembers"


def run(question, **saved):
    scope = Scope(ModuleType("student"))
    scope.saved.update(saved)
    return OPERATIONS[question["op"]](scope, question)


class _Window(L.Layer):
    """The last step by one layer, and those before it by a convolution of so many steps."""

    def __init__(self, steps):
        super().__init__()
        self.steps, self.now = steps, L.Dense(8)
        self.before = L.Conv1D(8, steps, use_bias=False)

    def call(self, x):
        past = keras.ops.pad(x, ((0, 0), (self.steps, 0), (0, 0)))[:, -self.steps - 1 : -1]
        return keras.ops.tanh(self.now(x[:, -1]) + self.before(past)[:, 0])


class _Taps(L.Layer):
    """A layer of its own for each of the last steps."""

    def __init__(self, steps):
        super().__init__()
        self.steps, self.taps = steps, [L.Dense(8) for _ in range(steps)]

    def call(self, x):
        x = keras.ops.pad(x, ((0, 0), (self.steps, 0), (0, 0)))
        return keras.ops.tanh(sum(tap(x[:, -1 - lag]) for lag, tap in enumerate(self.taps)))


def model(n_steps, *layers):
    return keras.Sequential([keras.Input((n_steps, 3)), *layers, L.Dense(4)])


NETWORKS = {
    "an LSTM": (lambda n: [L.LSTM(8)], set()),
    "a GRU behind another scale": (lambda n: [L.Rescaling(2.0, -1.0), L.GRU(8)], set()),
    "all steps side by side": (lambda n: [L.Flatten()], {WEIGHTS, FORGETS, MEMORY, SECOND}),
    "a window of twelve steps": (
        lambda n: [L.Conv1D(8, 12, padding="causal"), L.Cropping1D((n - 1, 0)), L.Flatten()],
        {MEMORY},
    ),
    "a window of which the last step is another layer": (lambda n: [_Window(12)], {SECOND}),
    "a layer for each step of a window": (lambda n: [_Taps(9)], {SECOND}),
    "an LSTM behind a window": (
        lambda n: [L.Conv1D(6, 5, padding="causal", activation="relu"), L.LSTM(8)],
        set(),
    ),
    "two LSTMs": (lambda n: [L.LSTM(6, return_sequences=True), L.LSTM(5)], set()),
    "a simple recurrent layer with relu": (lambda n: [L.SimpleRNN(8, activation="relu")], set()),
    "the last step alone": (
        lambda n: [L.Dense(8), L.Cropping1D((n - 1, 0)), L.Flatten()],
        {RECENT},
    ),
    "a mean of steps": (
        lambda n: [L.Dense(8, "relu"), L.GlobalAveragePooling1D()],
        {ORDER, FORGETS},
    ),
    "a maximum of windows": (
        lambda n: [L.Conv1D(16, 3, padding="same", activation="relu"), L.GlobalMaxPooling1D()],
        {FORGETS},
    ),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_only_a_recurrent_network_does_all_that_one_does(name):
    layers, lacking = NETWORKS[name]
    keras.utils.set_random_seed(0)
    models = {
        name: model(n, *layers(n))
        for name, n in (("one", 1), ("two", 2), ("short", 8), ("long", 60))
    }
    facts = run(step.recurrence("one", "two", "short", "long", 8, 60, 3), **models)
    assert list(facts) == [WEIGHTS, MEMORY, SECOND, RECENT, ORDER, FORGETS]
    assert lacking <= {fact for fact, is_so in facts.items() if not is_so}
    assert bool(lacking) == (not all(facts.values()))


def test_a_subclass_whose_weights_are_made_by_its_first_call_is_recurrent():
    class Reader(keras.Model):
        def __init__(self):
            super().__init__()
            self.reading, self.scores = L.LSTM(6), L.Dense(4)

        def call(self, x):
            return self.scores(self.reading(x))

    models = {name: Reader() for name in ("one", "two", "short", "long")}
    facts = run(step.recurrence("one", "two", "short", "long", 8, 60, 3), **models)
    assert all(facts.values())


def test_weights_that_nothing_depends_on_are_told_by_their_number():
    class Padded(L.Layer):
        def build(self, shape):
            self.idle = self.add_weight(shape=(5,))
            self.used = self.add_weight(shape=(shape[-1],), initializer="ones")

        def call(self, ids):
            return keras.ops.cast(ids, "float32") * self.used

    layer = Padded()
    ids = np.arange(6).reshape(2, 3)
    layer(ids)
    assert run(step.idle_weights("layer", ids), layer=layer) == [1]


def test_the_moments_of_a_pixel_and_of_a_leaning_bar():
    images = np.zeros((3, 9, 9, 1))
    images[0, 2, 5] = 0.5
    images[1, 2:7, 4] = 1.0
    images[2, np.arange(2, 7), np.arange(2, 7)] = 1.0  # an eighth of a turn from the vertical
    found = run(step.moments("images"), images=images)
    np.testing.assert_allclose(found["sum"], [0.5, 5, 5])
    np.testing.assert_allclose(found["row"], [2, 4, 4])
    np.testing.assert_allclose(found["column"], [5, 4, 4])
    np.testing.assert_allclose(found["angle"][1:], [0, 1 / 8], atol=1e-12)


def test_a_face_looks_to_the_side_of_the_few_pixels():
    images = np.zeros((2, 9, 9, 1))
    images[:, 2:7, 3] = 1.0
    images[:, 2:7, 6] = 0.25
    images[1] = images[1, :, ::-1]
    assert list(run(step.moments("images"), images=images)["side"]) == [1, -1]
