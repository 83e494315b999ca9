"""Students' classes in functional models and in files; what does not work has a sentence."""

import os
from types import ModuleType

import numpy as np
import pytest

from grader.course.step import step
from grader.worker.steps import CORE, Scope, WrongForm, run_steps

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
keras = pytest.importorskip("keras")

from grader.worker.keras_steps import OPERATIONS, to_plain  # noqa: E402
from grader.worker.keras_use import OPERATIONS as USES  # noqa: E402

X = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")


def run(*classes, file="student.py", **steps):
    """Run steps on a student's file that has these classes, and return what they saved."""
    module = ModuleType("student")
    module.__file__ = file
    for one in classes:
        setattr(module, one.__name__, one)
    scope = Scope(module)
    named = [{**one, "save": name} for name, one in steps.items()]
    run_steps(scope, named, {**CORE, **OPERATIONS, **USES})
    return {name: to_plain(value) for name, value in scope.saved.items()}


def through_a_file(kind, *arguments, sequential=False):
    """Build a model of a layer, and load what was saved of it."""
    model = step.functional("layer", (3,))
    if sequential:
        model = step.keras("Sequential", [step.ref("inputs"), step.ref("layer")])
    return run(
        kind,
        inputs=step.keras("Input", (3,)),
        layer=step.construct(kind.__name__, *arguments),
        model=model,
        loaded=step.reloaded("model", X),
        before=step.predict("model", X),
        after=step.predict("loaded", X),
    )


class Scaled(keras.layers.Layer):
    """A layer as it should be; the others are mistakes of it. None of them is registered."""

    def __init__(self, units, factor=1.0, **kwargs):
        super().__init__(**kwargs)
        self.units, self.factor = units, factor

    def build(self, shape):
        self.kernel = self.add_weight(shape=(shape[-1], self.units), initializer="glorot_uniform")

    def call(self, x):
        return self.factor * keras.ops.matmul(x, self.kernel)

    def get_config(self):
        return {**super().get_config(), "units": self.units, "factor": self.factor}


def test_a_layer_that_nobody_registered_comes_back_from_its_file():
    found = through_a_file(Scaled, 4, 2.5)
    assert type(found["loaded"].layers[-1]) is Scaled
    np.testing.assert_allclose(found["after"], found["before"], rtol=1e-6)
    assert np.abs(found["before"]).max() > 0.1


def test_what_was_compiled_is_compiled_again_with_loss_and_metric():
    class Twice(keras.losses.Loss):
        def __init__(self, factor=2.0, **kwargs):
            super().__init__(**kwargs)
            self.factor = factor

        def call(self, y_true, y_pred):
            return self.factor * keras.ops.mean(y_pred, axis=-1)

        def get_config(self):
            return {**super().get_config(), "factor": self.factor}

    class Largest(keras.metrics.Mean):
        def update_state(self, y_true, y_pred, sample_weight=None):
            return super().update_state(keras.ops.max(y_pred))

    y = np.zeros((5, 2), "float32")
    found = run(
        Scaled,
        Twice,
        Largest,
        layer=step.construct("Scaled", 2),
        model=step.functional("layer", (3,)),
        loss=step.construct("Twice", 3.0),
        metric=step.construct("Largest"),
        _compiled=step.method(
            "model", "compile", loss=step.ref("loss"), metrics=[step.ref("metric")]
        ),
        _fit=step.fit("model", X, y, epochs=2, batch_size=3),
        before=step.method("model", "evaluate", X, y, verbose=0),
        loaded=step.reloaded("model", X),
        after=step.method("loaded", "evaluate", X, y, verbose=0),
        still=step.method("model", "evaluate", X, y, verbose=0),
    )
    np.testing.assert_allclose(found["after"], found["before"], rtol=1e-5)
    np.testing.assert_allclose(found["still"], found["before"], rtol=1e-5)
    assert found["before"][0] != 0


class WithoutUnits(Scaled):
    def get_config(self):
        return keras.layers.Layer.get_config(self)


class WithoutFactor(Scaled):
    def get_config(self):
        return {**keras.layers.Layer.get_config(self), "units": self.units}


class Unnamed(Scaled):
    def __init__(self, units):
        super().__init__(units)

    def get_config(self):
        return {**keras.layers.Layer.get_config(self), "units": self.units}


class NotAuto(keras.layers.Layer):
    def __init__(self, *sizes):
        super().__init__()
        self.sizes = sizes

    def call(self, x):
        return x


class Lazy(Scaled):
    """Makes its kernel when it is first called."""

    def build(self, shape):
        pass

    def call(self, x):
        if not hasattr(self, "kernel"):
            start = keras.random.normal((x.shape[-1], self.units))
            self.kernel = keras.Variable(start)
        return keras.ops.matmul(x, self.kernel)


MADE = []


class Remembered(Scaled):
    """Gives the one that it has made before."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        MADE.append(self)

    @classmethod
    def from_config(cls, config):
        return MADE[0]


class FromTheClass(Scaled):
    """Keeps its weights in its class when it is saved, and none in the file."""

    kept = None

    def save_own_variables(self, store):
        type(self).kept = np.array(self.kernel)

    def load_own_variables(self, store):
        self.kernel.assign(type(self).kept)


class Once(Scaled):
    """Makes its weight in the first object alone."""

    made = False

    def build(self, shape):
        if type(self).made:
            self.kernel = keras.ops.zeros((shape[-1], self.units))
        else:
            super().build(shape)
        type(self).made = True


class Forgetful(Scaled):
    def load_own_variables(self, store):
        pass


class Numbers(Scaled):
    def call(self, x):
        return np.asarray(x) @ np.asarray(self.kernel)


@pytest.mark.parametrize(
    ("kind", "arguments", "words"),
    [
        (WithoutUnits, (4,), "Scaled.__init__ takes 'units', which `get_config` does not"),
        (WithoutFactor, (4, 2.5), "answers otherwise than the one that was saved"),
        (Unnamed, (4,), r"returns '\w+', which Unnamed.__init__ does not take"),
        (NotAuto, (4, 5), "its class needs a `get_config`"),
        (FromTheClass, (4,), "weight 1 of 1 does not come back"),
        (Forgetful, (4,), "weight 1 of 1 does not come back"),
        (Once, (4,), "its weights are not found again"),
        (Lazy, (4,), r"no functional model of it can be made, on keras.Input\(\(3,\)\)"),
        (Numbers, (4,), r"no functional model of it can be made, on keras.Input\(\(3,\)\)"),
    ],
)
def test_each_way_of_failing_has_a_sentence(kind, arguments, words):
    with pytest.raises(WrongForm, match=words):
        through_a_file(kind, *arguments)


def test_an_object_that_was_there_before_is_not_loaded():
    with pytest.raises(WrongForm, match="shares layers or weights"):
        through_a_file(Remembered, 4, sequential=True)


def test_what_goes_wrong_in_a_line_of_the_students_stays_what_it_is():
    class Broken(Scaled):
        def get_config(self):
            return {"units": self.sizes}

    class Strict(Scaled):
        def __init__(self, units, **kwargs):
            if "dtype" in kwargs:
                raise KeyError("no dtype here")
            super().__init__(units, **kwargs)

    for kind, error in ((Broken, AttributeError), (Strict, KeyError)):
        with pytest.raises(error):
            run(
                kind,
                file=__file__,
                layer=step.construct(kind.__name__, 4),
                model=step.functional("layer", (3,)),
                loaded=step.reloaded("model"),
            )


def test_options_reach_the_layer_and_only_models_are_saved():
    class Masked(keras.layers.Layer):
        def call(self, x, mask=None):
            return keras.ops.where(mask, x, 0.0)

    steps = {"layer": step.construct("Masked"), "mask": step.keras("ops.array", [True, False])}
    found = run(
        Masked,
        **steps,
        model=step.functional("layer", (2,), mask=step.ref("mask")),
        output=step.predict("model", np.ones((1, 2), "float32")),
    )
    np.testing.assert_array_equal(found["output"], [[1, 0]])
    with pytest.raises(WrongForm, match="received Masked"):
        run(Masked, **steps, loaded=step.reloaded("layer"))


def test_a_model_is_saved_by_keras_whatever_its_own_save_does():
    class Silent(keras.Model):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)
            self.units, self.dense = units, keras.layers.Dense(units)

        def call(self, x):
            return self.dense(x)

        def get_config(self):
            return {**super().get_config(), "units": self.units}

        def save(self, *args, **options):
            raise SystemExit

        def load_weights(self, *args, **options):
            raise SystemExit

    found = run(
        Silent,
        model=step.construct("Silent", 2),
        before=step.predict("model", X),
        loaded=step.reloaded("model", X),
        after=step.predict("loaded", X),
    )
    assert type(found["loaded"]) is Silent
    np.testing.assert_allclose(found["after"], found["before"], rtol=1e-6)


@pytest.mark.parametrize("threshold", [0.5, 0.9])
def test_compiled_metrics_are_asked_for_their_values(threshold):
    rows, labels = (
        np.array([[-2.0], [-1.0], [1.0], [2.0], [3.0]]),
        np.array([[0], [1], [0], [1], [1]]),
    )
    found = run(
        inputs=step.keras("Input", (1,)),
        unit=step.keras("layers.Dense", 1, activation="sigmoid"),
        model=step.keras("Sequential", [step.ref("inputs"), step.ref("unit")]),
        of_precision=step.keras("metrics.Precision", threshold, name="one"),
        accuracy=step.keras("metrics.Accuracy"),
        _compiled=step.method(
            "model",
            "compile",
            loss="binary_crossentropy",
            metrics=[step.ref("of_precision"), step.ref("accuracy")],
        ),
        _weights=step.set_weights("model", [np.ones((1, 1)), np.zeros(1)]),
        values=step.metric_values("model", rows.astype("float32"), labels, batch_size=2),
    )
    assert found["values"]["precision"] == pytest.approx(2 / 3 if threshold == 0.5 else 1.0)
    assert found["values"]["accuracy"] == pytest.approx(0.6)
