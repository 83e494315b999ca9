"""Checks of assignment 1's Keras part."""

import numpy as np

from grader.course import LEARNS, Assignment, script, step

LEARNING_RATE = 0.3
TRAINS = 40
"""CPU seconds of a case that trains: two seconds are usual, and the machine may be busy."""

HARDLY = 1e-5
"""A learning rate that leaves weights and loss where they are, whatever the size of a batch."""


def declare_keras_part(assignment: Assignment) -> None:
    """Declare the Keras file with its three exercises."""
    keras_file = assignment.file("keras_least_squares.py", backend="keras")
    _build_model(keras_file)
    _fit_model(keras_file)
    _weights_of(keras_file)


def _build_model(keras_file):
    build_model = keras_file.exercise(
        "build_model",
        hints=["A linear model is one layer without activation.", "`keras.layers.Dense(1)`."],
    )

    @build_model.keras(points=2)
    def forward(rng):
        """computes Xw + b with one Dense(1)"""
        for n, d in ((7, 3), (1, 5)):
            weights = [rng.normal(size=(d, 1)), rng.normal(size=1)]
            X = rng.normal(size=(n, d))
            # Far out to both sides, since a line has no bend anywhere.
            far = 1e4 * np.eye(d)[np.abs(weights[0][:, 0]).argmax()]
            yield script(
                f"{d} features",
                model=step.call("build_model", d),
                facts=step.describe("model", "output_shape", "parameters"),
                _weights=step.set_weights("model", weights),
                output=step.predict("model", np.vstack([X, far, -far]).astype("float32")),
                returns=("facts", "output"),
            )

    @build_model.keras(points=3, cpu_seconds=LEARNS)
    def compiled(rng):
        """is compiled with SGD and the mean squared error, and learns by steps of `fit`"""
        d = 3
        # Numbers of both signs, so that a constraint would show.
        signs = rng.permutation([1, 1, -1])[:, None]
        weights = [signs * rng.uniform(1, 2, size=(d, 1)), -rng.uniform(0.5, 1.5, size=1)]
        # Small features and targets far off: the bias alone says how large a step may be.
        X = 0.4 * rng.normal(size=(6, d)).astype("float32")
        far = 1e4 * np.vstack([np.eye(d), -np.eye(d)]).astype("float32")
        y = (2 + rng.normal(size=(6, 1))).astype("float32")
        yield script(
            "loss and optimizer",
            **_given_model(d, weights, name="given"),
            model=step.call("build_model", d),
            facts=step.describe("model", "loss", "optimizer", "learning_rate_above_0"),
            _weights=step.set_weights("model", weights),
            gradient=step.loss_and_gradients("model", X, y),
            far=step.predict("model", far),
            learning=step.learning("model", X, y, like="given"),
            returns=("facts", "gradient", "far", "learning"),
        )


def _given_model(d, weights, learning_rate=LEARNING_RATE, name="model"):
    """Steps that build a compiled linear model of Keras's own layers, with these weights."""
    inputs, dense, optimizer = (f"{one} of {name}" for one in ("inputs", "dense", "optimizer"))
    return {
        inputs: step.keras("Input", (d,)),
        dense: step.keras("layers.Dense", 1),
        optimizer: step.keras("optimizers.SGD", learning_rate),
        name: step.keras("Sequential", [step.ref(inputs), step.ref(dense)]),
        f"_{name} compiled": step.method(
            name, "compile", optimizer=step.ref(optimizer), loss="mean_squared_error"
        ),
        f"_{name} before": step.set_weights(name, weights),
    }


def _fit_model(keras_file):
    fit_model = keras_file.exercise(
        "fit_model",
        hints=["Keras has a method for this; its return value is what you need.", "`verbose=0`."],
    )

    def trained(label, X, y, epochs, returns, learning_rate=LEARNING_RATE, still=None, **tolerance):
        d = X.shape[1]
        given = [np.zeros((d, 1)), np.zeros(1)]
        return script(
            label,
            **_given_model(d, given, learning_rate),
            record=step.call("fit_model", step.ref("model"), X, y, epochs),
            curve=step.history("record", "loss"),
            epochs=step.length("curve"),
            falls=step.falls("curve"),
            weights=step.get_weights("model"),
            **(still or {}),
            returns=returns,
            **tolerance,
        )

    def hardly_moving(X, y, epochs):
        """Steps that fit a model whose learning rate leaves all where it is."""
        d = X.shape[1]
        return {
            **_given_model(d, [np.zeros((d, 1)), np.zeros(1)], HARDLY, "still"),
            "still_record": step.call("fit_model", step.ref("still"), X, y, epochs),
            "still_curve": step.history("still_record", "loss"),
            "still_weights": step.get_weights("still"),
        }

    @fit_model.keras(points=2, cpu_seconds=TRAINS)
    def learns(rng):
        """trains the given model for the given number of epochs, with its learning rate"""
        # Rows of ±1 and no noise: training ends near one solution, whatever the batch size.
        X = rng.permutation(np.array([[a, b] for a in (-1, 1) for b in (-1, 1)] * 9))
        X = X.astype("float32")
        solution = rng.uniform(1, 3, size=2) * rng.choice([-1, 1], size=2)
        y = (X @ solution + rng.uniform(0.5, 1.5)).astype("float32")
        for label, target in (("labels (N,)", y), ("labels (N, 1)", y[:, None])):
            epochs = int(rng.integers(8, 14))
            # A second model with a tiny learning rate must stay where it is, and so must its loss.
            yield trained(
                label,
                X,
                target,
                epochs,
                ("epochs", "falls", "weights", "still_curve", "still_weights"),
                still=hardly_moving(X, target, epochs),
                rtol=0.03,
                atol=0.05,
            )

    @fit_model.keras(points=3, cpu_seconds=TRAINS)
    def one_step_an_epoch(rng):
        """takes one step in each epoch when there is one row, and returns the loss of each"""
        X, y = rng.uniform(0.3, 0.6, size=(1, 3)).astype("float32"), rng.uniform(1, 3, size=1)
        epochs = int(rng.integers(3, 7))
        slowly = {"learning_rate": 0.05}  # so that each further step is seen in the weights
        yield trained("one row", X, y.astype("float32"), epochs, ("curve", "weights"), **slowly)


def _weights_of(keras_file):
    weights_of = keras_file.exercise(
        "weights_of",
        hints=[
            "What shapes does `model.get_weights()` return?",
            "Take column 0, and entry 0 of the bias.",
        ],
    )

    @weights_of.keras(points=4)
    def shapes(rng):
        """returns w with shape (D,) and b as a number"""
        for d in (4, 1):
            weights = [rng.normal(size=(d, 1)), rng.normal(size=1)]
            yield script(
                f"{d} features",
                **_given_model(d, weights),
                answer=step.call("weights_of", step.ref("model")),
                returns=("answer",),
            )
