"""Checks of assignment 5's Keras models: the classifier of sequences and the forecaster."""

import numpy as np

from grader.course import LEARNS, Expectation, StudentFile, script, step
from grader.datasets import digits
from grader.datasets.disguise import renamed
from grader.datasets.pictures import negatives, posed


def declare_models(keras_file: StudentFile) -> None:
    """Declare the two models."""
    _build_sequence_classifier(keras_file)
    _build_forecaster(keras_file)


def sequences(rng, n, t, d):
    """Normal numbers in float32, as Keras computes."""
    return rng.normal(size=(n, t, d)).astype("float32")


def _build_sequence_classifier(keras_file):
    classifier = keras_file.exercise(
        "build_sequence_classifier",
        hints=[
            "`keras.layers.LSTM` returns its last output; one Dense makes logits of it.",
            "`keras.layers.Bidirectional` around the LSTM joins the last outputs of both readings.",
            "Which loss takes labels that are integers, and how is it told that it gets logits?",
        ],
    )

    @classifier.keras(points=0.25, edge=True)
    def logits_shape(rng):
        """gives one row of K numbers for each sequence"""
        for t, d, k, bidirectional in ((4, 3, 5, False), (7, 2, 3, True)):
            yield script(
                f"{t} steps, {k} classes" + ", both directions" * bidirectional,
                model=step.call("build_sequence_classifier", t, d, k, bidirectional=bidirectional),
                facts=step.describe("model", "output_shape"),
                returns=("facts",),
            )

    @classifier.keras(points=1, cpu_seconds=LEARNS)
    def compiled(rng):
        """is compiled with cross-entropy from logits, and moves downhill by steps of `fit`"""
        X = sequences(rng, 10, 4, 3)
        yield script(
            "ten sequences",
            model=step.call("build_sequence_classifier", 4, 3, 5),
            _built=step.predict("model", X),
            facts=step.describe("model", "loss", "from_logits", "loss_over_rows"),
            learning=step.learning("model", X, rng.permutation(np.arange(10) % 5)),
            returns=("facts", "learning"),
        )

    @classifier.statistics(points=0.25, edge=True)
    def not_probabilities(rng):
        """ends in logits, of which some are negative"""
        yield script(
            "50 sequences",
            model=step.call("build_sequence_classifier", 6, 3, 5),
            logits=step.predict("model", 2 * sequences(rng, 50, 6, 3)),
            returns=("logits",),
            expects=[Expectation("min", -100.0, -1e-4)],
        )

    def recurrent(rng, model, few, d, k):
        """Steps that tell a recurrent layer by what only it does, far from any training.

        `few` are the steps of `model`.

        They build three more models like `model`: for one step, for two, and for sixty.
        """
        seed = int(rng.integers(2**31))
        return {
            "single": step.call("build_sequence_classifier", 1, d, k),
            "double": step.call("build_sequence_classifier", 2, d, k),
            "long": step.call("build_sequence_classifier", 60, d, k),
            "facts": step.recurrence("single", "double", model, "long", few, 60, d, seed=seed),
        }

    @classifier.keras(points=0.75)
    def reads_in_order(rng):
        """reads step by step: order matters, and longer sequences need no other weights"""
        t, d, k = (int(rng.integers(*ends)) for ends in ((5, 14), (2, 6), (3, 7)))
        yield script(
            f"{t} and 60 steps",
            short=step.call("build_sequence_classifier", t, d, k),
            **recurrent(rng, "short", t, d, k),
            returns=("facts",),
        )

    def moved_by(rng, where, low=1e-3, high=100.0, **options):
        """A case of sequences that differ at one end alone: how far apart are their logits?"""
        X = np.repeat(sequences(rng, 1, 60, 2), 20, axis=0)
        X[:, where] = 2 * rng.normal(size=(20, 2))
        return script(
            f"sequences that differ in the {'first' if where == 0 else 'last'} of 60 steps",
            model=step.call("build_sequence_classifier", 60, 2, 3, **options),
            logits=step.predict("model", X),
            spread=step.keras("ops.std", step.ref("logits"), axis=0),
            returns=("spread",),
            expects=[Expectation("max", low, high)],
        )

    @classifier.statistics(points=0.5, edge=True)
    def both_ends(rng):
        """hears both ends of a long sequence, when bidirectional"""
        yield moved_by(rng, 0, bidirectional=True)
        yield moved_by(rng, -1, bidirectional=True)

    @classifier.statistics(points=0.25)
    def last_end(rng):
        """hears the last step, and the first no more, when not bidirectional"""
        yield moved_by(rng, -1)
        yield moved_by(rng, 0, 0.0, 1e-3)

    @classifier.training(
        points=2.5,
        measure="logits_accuracy",
        baseline=0.4,  # the best linear classifier of three seeds reaches 0.28
        threshold=0.8,
        stated=0.82,
        cpu_seconds=180,
        same={"facts": "a network that reads its sequence with a recurrent layer was asked for"},
        blank="without_weights",
        trained="trained",
        before="before",
    )
    def digits_by_rows(rng):
        """learns digits, read row by row (accuracy on held-out digits)"""
        X, y = digits()
        order = rng.permutation(len(X))
        X = negatives(posed(X[order].reshape(-1, 8, 8), rng), rng).astype("float32")
        y = renamed(y[order], 10, rng)
        train, test = slice(0, 1_300), slice(1_300, None)
        yield script(
            "497 held-out digits",
            model=step.call("build_sequence_classifier", 8, 8, 10),
            _built=step.predict("model", X[:1]),
            before=step.kernels("model"),
            _fitted=step.fit("model", X[train], y[train], epochs=30, batch_size=32),
            trained=step.kernels("model"),
            logits=step.predict("model", X[test]),
            **recurrent(rng, "model", 8, 8, 10),
            _zero=step.zero_weights("model"),
            without_weights=step.predict("model", X[test]),
            held_out={"y": y[test]},
            returns=("before", "trained", "facts", "without_weights", "logits"),
        )


def _build_forecaster(keras_file):
    forecaster = keras_file.exercise(
        "build_forecaster",
        hints=[
            "One LSTM, of which only the last output goes on, and one Dense.",
            "A number may be anything: which activation does the last layer have?",
        ],
    )

    def weights_of(rng, h):
        """Weights of the LSTM, then of Dense."""
        shapes = ((1, 4 * h), (h, 4 * h), (4 * h,), (h, 1), (1,))
        return [0.7 * rng.normal(size=shape) for shape in shapes]

    def built(rng, t, h):
        return {
            "model": step.call("build_forecaster", t, h),
            "facts": step.describe("model", "output_shape", "parameters"),
            "_weights": step.set_weights("model", weights_of(rng, h)),
        }

    def given_model(t, h):
        """Steps that build the network of Keras's own layers."""
        layers = ("inputs", "lstm", "dense")
        return {
            "inputs": step.keras("Input", (t, 1)),
            "lstm": step.keras("layers.LSTM", h),
            "dense": step.keras("layers.Dense", 1),
            "given": step.keras("Sequential", [step.ref(name) for name in layers]),
            "_compiled": step.method("given", "compile", loss="mean_squared_error"),
        }

    @forecaster.keras(points=1)
    def forward(rng):
        """forecasts with an LSTM and Dense(1), whose parameters number 4H(H + 2) + H + 1"""
        for n, t, h in ((6, 5, 3), (2, 12, 4)):
            yield script(
                f"{t} steps, {h} units",
                **built(rng, t, h),
                output=step.predict("model", sequences(rng, n, t, 1)),
                returns=("facts", "output"),
            )

    @forecaster.keras(points=2.25, cpu_seconds=LEARNS)
    def compiled(rng):
        """is compiled with the mean squared error, and learns by steps of `fit`"""
        X, y = sequences(rng, 7, 5, 1), (2 + rng.normal(size=(7, 1))).astype("float32")
        yield script(
            "seven sequences",
            **given_model(5, 3),
            **built(rng, 5, 3),
            gradient=step.loss_and_gradients("model", X, y),
            criterion=step.describe("model", "loss", "learning_rate_above_0"),
            learning=step.learning("model", X, y, like="given"),
            returns=("gradient", "criterion", "learning"),
        )

    @forecaster.keras(points=0.25)
    def one_of_each(rng):
        """works for one sequence, one step and one unit"""
        yield script(
            "one of each",
            **built(rng, 1, 1),
            output=step.predict("model", sequences(rng, 1, 1, 1)),
            returns=("facts", "output"),
        )
