"""Checks of assignment 3's TensorFlow part: one step of training, in a graph."""

import numpy as np

from grader.course import Assignment, Expectation, script, step
from grader.course.assignment import BACKEND_IMPORTS


def declare_train_step(assignment: Assignment) -> None:
    """Declare the file that needs TensorFlow itself."""
    imports = (*BACKEND_IMPORTS["keras"], "tensorflow")
    tf_file = assignment.file("tf_train_step.py", backend="keras", imports=imports)
    train_step = tf_file.exercise(
        "train_step",
        hints=[
            "The tape must see the call of the model and the loss, and nothing after it.",
            "`optimizer.apply(gradients, variables)` does the update.",
            "A second optimiser fails with 'Creating variables on a non-first call'? Let a plain "
            "function call `optimizer.build` and then a helper that is the `tf.function`.",
        ],
    )

    @train_step.keras(points=1)
    def loss(rng):
        """returns the loss before the update"""
        for n, d, k in ((6, 3, 4), (5, 4, 2)):
            yield script(
                f"{d} inputs, {k} classes",
                **perceptron(rng, d, k),
                optimizer=step.keras("optimizers.SGD", learning_rate=0.5),
                returned=step.call("train_step", *batch(rng, n, d, k)),
                returns=("returned",),
            )

    @train_step.keras(points=1)
    def update(rng):
        """moves the weights against the gradient"""
        for n, d, k in ((6, 3, 4), (5, 4, 2)):
            yield script(
                f"{d} inputs, {k} classes",
                **perceptron(rng, d, k),
                optimizer=step.keras("optimizers.SGD", learning_rate=0.5),
                _returned=step.call("train_step", *batch(rng, n, d, k)),
                weights=step.get_weights("model"),
                returns=("weights",),
            )

    @train_step.keras(points=0.5)
    def remembers(rng):
        """keeps the optimiser's state from step to step"""
        steps = {
            f"loss{number}": step.call("train_step", *batch(rng, 6, 3, 4)) for number in (1, 2, 3)
        }
        yield script(
            "three steps of Adam",
            **perceptron(rng, 3, 4),
            optimizer=step.keras("optimizers.Adam", learning_rate=0.1),
            **steps,
            weights=step.get_weights("model"),
            returns=(*steps, "weights"),
        )

    @train_step.keras(points=0.5)
    def training_mode(rng):
        """runs the model with training=True"""
        yield script(
            "batch normalisation",
            **perceptron(rng, 3, 4, hidden=step.keras("layers.BatchNormalization", momentum=0.5)),
            optimizer=step.keras("optimizers.SGD", learning_rate=0.2),
            returned=step.call("train_step", *batch(rng, 7, 3, 4)),
            weights=step.get_weights("model"),
            returns=("returned", "weights"),
        )

    @train_step.keras(points=0.5)
    def penalties(rng):
        """adds the penalties of the layers"""
        hidden = step.keras("layers.Dense", 5, kernel_regularizer=step.ref("penalty"))
        yield script(
            "L2 of one kernel",
            penalty=step.keras("regularizers.L2", 0.2),
            **perceptron(rng, 3, 4, hidden=hidden),
            optimizer=step.keras("optimizers.SGD", learning_rate=0.2),
            returned=step.call("train_step", *batch(rng, 6, 3, 4)),
            weights=step.get_weights("model"),
            returns=("returned", "weights"),
        )

    @train_step.keras(points=0.25)
    def several(rng):
        """works for several models and optimisers in one process"""
        yield script(
            "two in turn",
            **perceptron(rng, 3, 4),
            optimizer=step.keras("optimizers.Adam", learning_rate=0.1),
            **perceptron(rng, 2, 3, suffix="2"),
            optimizer2=step.keras("optimizers.Adam", learning_rate=0.2),
            returned=step.call("train_step", *batch(rng, 6, 3, 4)),
            returned2=step.call("train_step", *batch(rng, 5, 2, 3, suffix="2")),
            again=step.call("train_step", *batch(rng, 6, 3, 4)),
            again2=step.call("train_step", *batch(rng, 5, 2, 3, suffix="2")),
            returns=("returned", "returned2", "again", "again2"),
        )

    @train_step.statistics(points=0.25)
    def graph(rng):
        """runs the model's Python while it traces a graph, not at every step"""
        asked = batch(rng, 6, 3, 4)
        yield script(
            "ten steps",
            **perceptron(rng, 3, 4),
            optimizer=step.keras("optimizers.SGD", learning_rate=0.1),
            calls=step.record_calls("model"),
            **{f"_step{number}": step.call("train_step", *asked) for number in range(10)},
            count=step.length("calls"),
            returns=("count",),
            expects=[Expectation("max", 1, 4)],
        )


def perceptron(rng, d, k, hidden=None, suffix=""):
    """Steps that make a model of two layers, the first a Dense of 5 units if none is given.

    Keras's own training is refused from then on: the step is the student's.
    """
    first = hidden or step.keras("layers.Dense", 5, activation="tanh")
    if first["target"].endswith("Dense"):
        width, weights = 5, [rng.normal(size=(d, 5)), rng.normal(size=5)]
    else:
        width, weights = d, [rng.uniform(0.5, 1.5, size=d) for _ in range(4)]
    weights += [rng.normal(size=(width, k)), rng.normal(size=k)]
    layers = [step.ref(name + suffix) for name in ("inputs", "hidden", "last")]
    return {
        f"inputs{suffix}": step.keras("Input", (d,)),
        f"hidden{suffix}": first,
        f"last{suffix}": step.keras("layers.Dense", k),
        f"model{suffix}": step.keras("Sequential", layers),
        f"_weights{suffix}": step.set_weights(f"model{suffix}", weights),
        f"_own{suffix}": step.refuse_to_train(),
    }


def batch(rng, n, d, k, suffix=""):
    """Arguments of `train_step`: model and optimiser by name, rows and labels."""
    X = rng.normal(size=(n, d)).astype("float32")
    y = rng.permutation(np.arange(n) % k)
    return step.ref(f"model{suffix}"), step.ref(f"optimizer{suffix}"), X, y
