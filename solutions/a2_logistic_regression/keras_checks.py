"""Checks of assignment 2's Keras part."""

import numpy as np

from grader.course import LEARNS, Assignment, script, step


def declare_keras_part(assignment: Assignment) -> None:
    """Declare the Keras file with its three exercises."""
    keras_file = assignment.file("keras_logistic_regression.py", backend="keras")
    _build_model(keras_file)
    _f1_score(keras_file)
    _build_softmax_model(keras_file)


def _given_model(d, units, activation, loss, **options):
    """Steps that build a compiled layer of Keras's own for what a student's model is beside."""
    return {
        "inputs": step.keras("Input", (d,)),
        "dense": step.keras("layers.Dense", units, activation=activation, **options),
        "given": step.keras("Sequential", [step.ref("inputs"), step.ref("dense")]),
        "_compiled": step.method("given", "compile", loss=loss),
    }


def _weights_of_both_signs(rng, d, units):
    """A kernel and a bias whose numbers have both signs, so that a constraint would show."""
    kernel = rng.uniform(0.5, 1.5, size=(d, units)) * rng.permutation([1, 1, -1])[:, None]
    return [kernel, rng.uniform(0.5, 1.5, size=units) * np.where(np.arange(units) % 2, 1, -1)]


def _build_model(keras_file):
    build_model = keras_file.exercise(
        "build_model",
        hints=[
            "One unit whose activation is the sigmoid.",
            "`kernel_regularizer` takes the penalty, `metrics` the three measures.",
        ],
    )

    def rows(rng, n_classes):
        X = 1.5 * rng.normal(size=(8, 3))
        return X.astype("float32"), (np.arange(8) % n_classes).astype("float32")

    @build_model.keras(points=1)
    def forward(rng):
        """predicts the sigmoid of Xw + b"""
        for n, d in ((6, 3), (1, 4)):
            yield script(
                f"{d} features",
                model=step.call("build_model", d),
                facts=step.describe("model", "output_shape", "parameters"),
                _weights=step.set_weights("model", [rng.normal(size=(d, 1)), rng.normal(size=1)]),
                output=step.predict("model", rng.normal(size=(n, d)).astype("float32")),
                returns=("facts", "output"),
            )

    @build_model.keras(points=1.75, cpu_seconds=LEARNS)
    def compiled(rng):
        """is compiled with binary cross-entropy, and learns by steps of `fit`"""
        X, y = rows(rng, 2)
        given = _given_model(3, 1, "sigmoid", "binary_crossentropy")
        yield script(
            "eight rows",
            **given,
            model=step.call("build_model", 3),
            _weights=step.set_weights("model", _weights_of_both_signs(rng, 3, 1)),
            facts=step.describe("model", "loss", "learning_rate_above_0"),
            gradient=step.loss_and_gradients("model", X, y[:, None]),
            learning=step.learning("model", X, y[:, None], like="given"),
            returns=("gradient", "facts", "learning"),
        )

    @build_model.keras(points=0.5)
    def measured(rng):
        """measures accuracy, precision and recall"""
        # Right and wrong rows of both classes, so that no two of the measures are equal.
        counts = {(1, 1): 6, (0, 1): 2, (1, 0): 4, (0, 0): 5}
        y, called = np.array([row for row, n in counts.items() for _ in range(n)]).T
        order = rng.permutation(len(y))
        # On both sides of 0.5, from near to far, so that another threshold would show.
        distances = rng.permutation(np.linspace(0.06, 0.44, len(y)))
        p = (0.5 + np.where(called, distances, -distances))[order]
        w, b = rng.uniform(0.5, 1.5, size=(3, 1)), rng.normal(size=1)
        X = (np.log(p / (1 - p)) - b)[:, None] * w.T / np.sum(w**2)
        yield script(
            f"{len(y)} rows in several batches",
            model=step.call("build_model", 3),
            _weights=step.set_weights("model", [w, b]),
            facts=step.describe("model", "metrics"),
            values=step.metric_values(
                "model", X.astype("float32"), y[order].astype("float32")[:, None], batch_size=5
            ),
            returns=("facts", "values"),
        )

    @build_model.keras(points=0.75, cpu_seconds=LEARNS)
    def penalised(rng):
        """penalises the weights with l2/2 times their squares"""
        X, y = rows(rng, 2)
        penalty = {"penalty": step.keras("regularizers.L2", 0.3)}
        given = _given_model(
            3, 1, "sigmoid", "binary_crossentropy", kernel_regularizer=step.ref("penalty")
        )
        yield script(
            "l2 = 0.6",
            **penalty,
            **given,
            model=step.call("build_model", 3, l2=0.6),
            _weights=step.set_weights("model", _weights_of_both_signs(rng, 3, 1)),
            gradient=step.loss_and_gradients("model", X, y[:, None]),
            learning=step.learning("model", X, y[:, None], like="given"),
            returns=("gradient", "learning"),
        )


def _f1_score(keras_file):
    f1_score = keras_file.exercise(
        "F1Score",
        hints=[
            "Keep counts, not averages: F1 of all batches is no mean of their F1s.",
            "`add_weight` in `__init__`, `assign_add` in `update_state`.",
        ],
    )
    f1_score.forbids(
        "keras.metrics.F1Score",
        "keras.metrics.FBetaScore",
        instead="count tp, fp and fn in variables of your own (`add_weight`)",
        eagerly=False,  # whether it counts in variables shows in graphs alone
    )

    def batch(rng, n, share_wrong=3):
        y = (np.arange(n) % 3 > 0).astype("float32")
        # Clear of 0.5; one row in `share_wrong` is wrong.
        probabilities = np.abs(y - rng.uniform(0.1, 0.4, size=n))
        wrong = rng.permutation(n)[: n // share_wrong]
        probabilities[wrong] = 1 - probabilities[wrong]
        return y, probabilities.astype("float32")

    def logits(p):
        """Inputs for which σ(x) is p."""
        return np.log(p / (1 - p))[:, None]

    def updated(batches, shape=(-1,), labels=(-1,)):
        """Steps that update a metric, and another with wrong answers turn about."""
        steps = {"metric": step.construct("F1Score"), "another": step.construct("F1Score")}
        for number, (y, p) in enumerate(batches):
            y, p = y.reshape(labels), p.reshape(shape)
            steps[f"_batch{number}"] = step.method("metric", "update_state", y, p)
            steps[f"_other{number}"] = step.method("another", "update_state", 1 - y, p)
        return steps

    def compiled(weight, kind="metrics"):
        """Steps that compile a model of Keras's own layers, σ(weight · x), with the metric."""
        return {
            "inputs": step.keras("Input", (1,)),
            "unit": step.keras("layers.Dense", 1, activation="sigmoid"),
            "optimizer": step.keras("optimizers.SGD", 20.0),
            "model": step.keras("Sequential", [step.ref("inputs"), step.ref("unit")]),
            "metric": step.construct("F1Score"),
            # What a class keeps, and not its objects, is that of the other metric.
            "another": step.construct("F1Score"),
            "_other": step.method("another", "update_state", np.ones(9), np.zeros(9)),
            "_compiled": step.method(
                "model",
                "compile",
                optimizer=step.ref("optimizer"),
                loss="binary_crossentropy",
                **{kind: [step.ref("metric")]},
            ),
            "_weights": step.set_weights("model", [np.full((1, 1), weight), np.zeros(1)]),
        }

    @f1_score.keras(points=0.75)
    def one_batch(rng):
        """is F1 of one batch"""
        for n in (15, 21):
            yield script(
                f"{n} rows",
                **updated([batch(rng, n)]),
                result=step.method("metric", "result"),
                value=step.number("result"),
                returns=("value",),
            )

    @f1_score.keras(points=1.75)
    def evaluated(rng):
        """is F1 of all batches in `evaluate`, and of the new rows alone in the next"""
        steps = compiled(1.0)
        for number, (n, share_wrong) in enumerate(((22, 4), (17, 2)), start=1):
            y, p = batch(rng, n, share_wrong)
            steps[f"evaluated{number}"] = step.method(
                "model", "evaluate", logits(p), y, batch_size=5, verbose=0
            )
            steps[f"F1 of the {'first' if number == 1 else 'next'} rows"] = step.item(
                f"evaluated{number}", 1
            )
        returns = tuple(name for name in steps if name.startswith("F1"))
        yield script("two evaluations of several batches", **steps, returns=returns)

    @f1_score.keras(points=0.5, edge=True)
    def epochs(rng):
        """starts anew in each epoch of `fit`"""
        # At first the model is wrong everywhere; the first step makes it right.
        x = rng.uniform(0.8, 1.2, size=(18, 1)) * np.repeat([1, -1], 9)[rng.permutation(18), None]
        yield script(
            "the second of two epochs",
            **compiled(-2.0),
            _trained=step.fit("model", x.astype("float32"), x > 0, epochs=2, batch_size=6),
            result=step.method("metric", "result"),
            value=step.number("result"),
            returns=("value",),
        )

    @f1_score.keras(points=0.25)
    def saved(rng):
        """counts on in a model that was saved and loaded"""
        (y, p), (y_next, p_next) = batch(rng, 13), batch(rng, 19, share_wrong=4)
        yield script(
            "an evaluation of the loaded model",
            **compiled(1.0),
            _evaluated=step.method("model", "evaluate", logits(p), y, batch_size=5, verbose=0),
            loaded=step.reloaded("model"),
            evaluated=step.method(
                "loaded", "evaluate", logits(p_next), y_next, batch_size=6, verbose=0
            ),
            value=step.item("evaluated", 1),
            returns=("value",),
        )

    @f1_score.keras(points=0.25)
    def column(rng):
        """takes labels and probabilities of shape (N,) and (N, 1), in any combination"""
        for label, shapes in (
            ("probabilities (N, 1)", {"shape": (-1, 1)}),
            ("labels (N, 1)", {"labels": (-1, 1)}),
        ):
            yield script(
                label,
                **updated([batch(rng, 15)], **shapes),
                result=step.method("metric", "result"),
                value=step.number("result"),
                returns=("value",),
            )

    @f1_score.keras(points=0.25)
    def integers(rng):
        """takes labels of any integer type"""
        y, p = batch(rng, 12)
        yield script(
            "labels of type int64",
            **updated([(y.astype("int64"), p)]),
            result=step.method("metric", "result"),
            value=step.number("result"),
            returns=("value",),
        )

    @f1_score.keras(points=0.25)
    def many_batches(rng):
        """counts across batches"""
        # The smallest batch is the worst, so that no mean of batches comes near.
        batches = [batch(rng, 4, share_wrong=1), batch(rng, 18, share_wrong=6), batch(rng, 7)]
        yield script(
            "three batches of different size",
            **updated(batches),
            result=step.method("metric", "result"),
            value=step.number("result"),
            returns=("value",),
        )

    @f1_score.keras(points=0.25)
    def reset(rng):
        """starts anew after reset_state"""
        y, p = batch(rng, 9)
        yield script(
            "a batch, a reset, a batch",
            **updated([batch(rng, 12)]),
            _reset=step.method("metric", "reset_state"),
            _second=step.method("metric", "update_state", y, p),
            result=step.method("metric", "result"),
            value=step.number("result"),
            returns=("value",),
        )

    @f1_score.keras(points=0.25, edge=True)
    def nothing_positive(rng):
        """is 0 where no row is positive, and none is said to be"""
        yield script(
            "eight rows of class 0",
            **updated([(np.zeros(8, "float32"), rng.uniform(0.1, 0.4, size=8).astype("float32"))]),
            result=step.method("metric", "result"),
            value=step.number("result"),
            returns=("value",),
        )

    @f1_score.keras(points=0.5)
    def weighted(rng):
        """weighs the rows by sample_weight"""
        y, p = batch(rng, 12)
        # Wrong rows weigh more, so that the weights matter whatever the seed.
        weight = rng.uniform(0.5, 1.0, size=12) + 2 * ((p >= 0.5) != y)
        yield script(
            "twelve weights, in `evaluate`",
            **compiled(1.0, kind="weighted_metrics"),
            evaluated=step.method(
                "model",
                "evaluate",
                logits(p),
                y,
                sample_weight=weight.astype("float32"),
                batch_size=5,
                verbose=0,
            ),
            value=step.item("evaluated", 1),
            returns=("value",),
        )


def _build_softmax_model(keras_file):
    build_softmax_model = keras_file.exercise(
        "build_softmax_model",
        hints=["One layer with K units.", "The activation turns scores into probabilities."],
    )

    @build_softmax_model.keras(points=1.5)
    def forward(rng):
        """predicts softmax probabilities"""
        for n, d, k in ((6, 3, 4), (1, 2, 3)):
            weights = [rng.normal(size=(d, k)), rng.normal(size=k)]
            yield script(
                f"{d} features, {k} classes",
                model=step.call("build_softmax_model", d, k),
                facts=step.describe("model", "output_shape", "parameters"),
                _weights=step.set_weights("model", weights),
                output=step.predict("model", rng.normal(size=(n, d)).astype("float32")),
                returns=("facts", "output"),
            )

    @build_softmax_model.keras(points=2.5, cpu_seconds=LEARNS)
    def compiled(rng):
        """is compiled with sparse categorical cross-entropy, and learns by steps of `fit`"""
        X, y = rng.normal(size=(8, 3)).astype("float32"), np.arange(8) % 4
        yield script(
            "eight rows",
            **_given_model(3, 4, "softmax", "sparse_categorical_crossentropy"),
            model=step.call("build_softmax_model", 3, 4),
            _weights=step.set_weights("model", _weights_of_both_signs(rng, 3, 4)),
            gradient=step.loss_and_gradients("model", X, y),
            learning=step.learning("model", X, y, like="given"),
            facts=step.describe("model", "loss", "learning_rate_above_0"),
            returns=("gradient", "facts", "learning"),
        )
