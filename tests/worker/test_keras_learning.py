"""Models that learn, and models that compute the same and do not."""

import os
from types import ModuleType

import numpy as np
import pytest

from grader.course.step import step
from grader.worker.steps import Scope

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
keras = pytest.importorskip("keras")

from grader.worker import keras_own  # noqa: E402
from grader.worker.keras_learning import (  # noqa: E402
    DOWNHILL,
    FALLS,
    GOES_ON,
    OPERATIONS,
    STEPS,
    TRAINING,
)

RNG = np.random.default_rng(0)
X = (0.5 * RNG.normal(size=(6, 3))).astype("float32")
Y = (2 + RNG.normal(size=(6, 1))).astype("float32")
WEIGHTS = [np.array([[1.0], [-2.0], [0.5]]), np.array([-1.0])]
L, O = keras.layers, keras.optimizers  # noqa: E741


def line(*before, optimizer="sgd", kind=keras.Sequential, **options):
    """A compiled model of one unit with the weights above."""
    model = kind([keras.Input((3,)), *before, L.Dense(1, **options)])
    model.compile(optimizer=optimizer, loss="mse")
    model.set_weights(WEIGHTS)
    return model


def lacking(model, like=True):
    """The facts of learning that are not so of a model."""
    scope = Scope(ModuleType("student"))
    scope.saved.update(model=model, given=line())
    question = step.learning("model", X, Y, **({"like": "given"} if like else {}))
    facts = OPERATIONS[question["op"]](scope, question)
    assert list(facts) == ([TRAINING, STEPS] if like else [DOWNHILL]) + [FALLS, GOES_ON]
    assert all(map(np.array_equal, model.get_weights(), map(np.float32, WEIGHTS)))
    return {fact for fact, is_so in facts.items() if not is_so}


class Falling(O.schedules.LearningRateSchedule):
    """A schedule of a student's own that cannot tell its settings."""

    def __call__(self, step):
        return 0.1 / (1.0 + 0.01 * keras.ops.cast(step, "float32"))


class OwnOptimizer(O.Optimizer):
    """Gradient descent that inherits nothing but the surroundings."""

    def update_step(self, gradient, variable, learning_rate):
        self.assign_sub(variable, gradient * keras.ops.cast(learning_rate, gradient.dtype))


class OwnStep(keras.Sequential):
    """A model that trains as Keras does, in its own words."""

    def train_step(self, data):
        x, y = data
        return super().train_step((x, y))


HONEST = {
    "SGD as it is by default": lambda: {"optimizer": "sgd"},
    "SGD with a small rate": lambda: {"optimizer": O.SGD(1e-4)},
    "SGD with momentum": lambda: {"optimizer": O.SGD(0.1, momentum=0.9, nesterov=True)},
    "Adam with a small rate": lambda: {"optimizer": O.Adam(1e-4)},
    "AdamW": lambda: {"optimizer": O.AdamW(0.01)},
    "Nadam, with a norm of gradients": lambda: {"optimizer": O.Nadam(clipnorm=1.0)},
    "RMSprop": lambda: {"optimizer": "rmsprop"},
    "a schedule": lambda: {"optimizer": O.Adam(O.schedules.CosineDecay(0.01, 500))},
    "a schedule of one's own": lambda: {"optimizer": O.SGD(Falling())},
    "an optimizer of one's own": lambda: {"optimizer": OwnOptimizer(0.05)},
    "a train_step of one's own": lambda: {"kind": OwnStep},
}


QUICK = {"SGD as it is by default", "a schedule of one's own", "an idle optimizer", "a constraint"}


def named(cases):
    """Parameters of a test; most are slow, since each traces two models."""
    return [pytest.param(one, marks=() if one in QUICK else pytest.mark.slow) for one in cases]


@pytest.mark.parametrize("what", named(HONEST))
def test_a_model_learns_with_any_optimizer(what):
    assert lacking(line(**HONEST[what]())) == set()


@pytest.mark.slow
@pytest.mark.parametrize("what", HONEST)
def test_it_needs_no_network_beside_it(what):
    assert lacking(line(**HONEST[what]()), like=False) == set()


class IdleSGD(O.SGD):
    """Gradient descent that stays where it is."""

    def update_step(self, gradient, variable, learning_rate):
        pass


class NoStep(keras.Sequential):
    """A model that is not trained."""

    def train_step(self, data):
        return {"loss": 0.0}


def stopping():
    return O.schedules.PiecewiseConstantDecay([8], [0.05, 0.0])


WRONG = {
    "an idle optimizer": (lambda: {"optimizer": IdleSGD(0.1)}, {STEPS, FALLS, GOES_ON}),
    "a train_step without a step": (lambda: {"kind": NoStep}, {STEPS, FALLS, GOES_ON}),
    "a rate of nothing": (lambda: {"optimizer": O.SGD(1e-30)}, {FALLS, GOES_ON}),
    "a small rate": (lambda: {"optimizer": O.Adam(1e-7)}, {FALLS}),
    "a rate that falls to 0": (lambda: {"optimizer": O.SGD(stopping())}, {GOES_ON}),
    "a constraint": (lambda: {"kernel_constraint": "non_neg"}, {STEPS}),
}


@pytest.mark.parametrize("what", named(WRONG))
def test_a_model_that_cannot_learn_lacks_what_learning_is(what):
    options, facts = WRONG[what]
    assert lacking(line(**options())) == facts


def test_dropout_shows_in_training():
    assert TRAINING in lacking(line(L.Dropout(0.5)))


@pytest.mark.slow
@pytest.mark.parametrize("what", [what for what in WRONG if what != "a constraint"])
def test_a_model_that_cannot_learn_is_told_alone(what):
    assert lacking(line(**WRONG[what][0]()), like=False)


def test_where_it_is_not_told_what_network_was_asked_for_noise_and_dropout_are_free():
    assert lacking(line(L.Dropout(0.3), L.GaussianNoise(0.1)), like=False) == set()


def test_an_optimizer_is_of_the_class_of_keras_that_it_inherits_from():
    adam = type("SGD", (O.Adam,), {})
    assert keras_own.optimizer_class(adam()) is O.Adam
    assert keras_own.optimizer_class(OwnOptimizer(0.1)) is None
    plain = keras_own.plain_optimizer(IdleSGD(0.25, momentum=0.5))
    assert type(plain) is O.SGD
    assert (float(plain.learning_rate), plain.momentum) == (0.25, 0.5)
