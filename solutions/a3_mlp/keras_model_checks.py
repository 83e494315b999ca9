"""Checks of assignment 3's Keras models: `build_mlp` and the callbacks that end its training."""

from itertools import pairwise

import numpy as np

from grader.course import LEARNS, Expectation, StudentFile, script, step, unrelated


def declare_models(keras_file: StudentFile) -> None:
    """Declare the model and its callbacks."""
    _build_mlp(keras_file)
    _callbacks(keras_file)


def layers_of(rng, X, sizes, batch_norm=False):
    """Weights for every layer, drawn again until no ReLU of `X` sits at its kink."""
    while True:
        weights, out, clear = [], X, True
        for number, (d, h) in enumerate(pairwise(sizes), start=1):
            W, b = rng.normal(size=(d, h)), rng.normal(size=h)
            weights += [W, b]
            if number == len(sizes) - 1:
                break
            out = out @ W + b
            if batch_norm:
                gamma, beta, mean = rng.uniform(0.5, 1.5, size=h), *rng.normal(size=(2, h))
                variance = rng.uniform(0.5, 2.0, size=h)
                weights += [gamma, beta, mean, variance]
                out = gamma * (out - mean) / np.sqrt(variance + 1e-3) + beta
            clear = clear and np.abs(out).min() > 1e-3
            out = np.maximum(out, 0)
        if clear:
            return weights


def _build_mlp(keras_file):
    build_mlp = keras_file.exercise(
        "build_mlp",
        hints=[
            "`keras.Sequential`, and a loop over `hidden` that adds up to four layers each time.",
            "Batch normalisation stands between Dense and ReLU, so the ReLU is a layer of its own.",
            "Which loss takes labels that are integers, and how is it told that it gets logits?",
        ],
    )

    def rows(rng, n, d):
        return rng.normal(size=(n, d)).astype("float32")

    @build_mlp.keras(points=1.25)
    def forward(rng):
        """computes the logits"""
        for n, d, hidden, k in ((6, 3, [5, 4], 2), (1, 4, [7], 3)):
            X = rows(rng, n, d)
            yield script(
                f"hidden layers {hidden}",
                model=step.call("build_mlp", d, hidden, k),
                facts=step.describe("model", "output_shape", "parameters"),
                _weights=step.set_weights("model", layers_of(rng, X, [d, *hidden, k])),
                output=step.predict("model", X),
                returns=("facts", "output"),
            )

    @build_mlp.keras(points=1, cpu_seconds=LEARNS)
    def normalised(rng):
        """puts batch normalisation between each hidden Dense and its ReLU"""
        for n, d, hidden, k in ((6, 3, [5, 4], 2), (5, 4, [6], 3)):
            X, asked = rows(rng, n, d), {}
            if len(hidden) == 1:  # once is enough of what takes longer
                asked["learning"] = step.learning("model", X, np.arange(n) % k, like="given")
            yield script(
                f"hidden layers {hidden}",
                **given_model([d, *hidden, k], batch_norm=True),
                model=step.call("build_mlp", d, hidden, k, batch_norm=True),
                facts=step.describe("model", "parameters"),
                _weights=step.set_weights("model", layers_of(rng, X, [d, *hidden, k], True)),
                output=step.predict("model", X),
                **asked,
                returns=("facts", "output", *asked),
            )

    def compiled_model(rng, hidden, **options):
        """Steps that compute loss and gradients of a batch, and whether a small model learns."""
        X, y = rows(rng, 8, 3), np.arange(8) % 4
        learning = step.learning("model", X, y, like="given")
        return {
            **given_model([3, *hidden, 4], **options),
            "model": step.call("build_mlp", 3, hidden, 4, **options),
            "_weights": step.set_weights("model", layers_of(rng, X, [3, *hidden, 4])),
            "gradient": step.loss_and_gradients("model", X, y),
            **({"learning": learning} if len(hidden) == 1 else {}),
        }

    def given_model(sizes, l2=0.0, batch_norm=False):
        """Steps that build the network of Keras's own layers."""
        layers = {"inputs": step.keras("Input", (sizes[0],))}
        for number, units in enumerate(sizes[1:], start=1):
            options = {"kernel_regularizer": step.ref("penalty")}
            layers[f"dense{number}"] = step.keras("layers.Dense", units, **options)
            if number == len(sizes) - 1:
                break
            if batch_norm:
                layers[f"norm{number}"] = step.keras("layers.BatchNormalization")
            layers[f"relu{number}"] = step.keras("layers.Activation", "relu")
        return {
            "penalty": step.keras("regularizers.L2", l2 / 2),
            **layers,
            "criterion": step.keras("losses.SparseCategoricalCrossentropy", from_logits=True),
            "given": step.keras("Sequential", [step.ref(name) for name in layers]),
            "_compiled": step.method("given", "compile", loss=step.ref("criterion")),
        }

    @build_mlp.keras(points=1.25, cpu_seconds=LEARNS)
    def compiled(rng):
        """is compiled with Adam and cross-entropy from logits, and learns by steps of `fit`"""
        yield script(
            "one hidden layer",
            **compiled_model(rng, [5]),
            facts=step.describe("model", "optimizer"),
            returns=("gradient", "facts", "learning"),
        )

    @build_mlp.keras(points=0.75, cpu_seconds=LEARNS)
    def penalised(rng):
        """penalises every kernel with l2/2 times its squares"""
        for hidden, l2 in (([5], 0.3), ([6, 5], 0.1)):
            steps = compiled_model(rng, hidden, l2=l2)
            yield script(
                f"{len(hidden) + 1} kernels, l2 = {l2}",
                **steps,
                returns=tuple(name for name in steps if name in ("gradient", "learning")),
            )

    def dropping(rng, layers, rate, units=20, batch_norm=False):
        """Steps of a model whose kernels are identities: what is dropped shows as zeros."""
        ones, zeros = np.ones(units), np.zeros(units)
        # A scale of 0 and a shift of 1: what leaves the normalisation is 1, whatever enters.
        normalised = [zeros, ones, zeros, ones] if batch_norm else []
        X = rng.uniform(0.5, 1.5, size=(60, units)).astype("float32")
        options = {"batch_norm": batch_norm} | ({"dropout": rate} if rate else {})
        hidden_weights = [np.eye(units), zeros, *normalised] * layers
        return X, {
            "model": step.call("build_mlp", units, [units] * layers, units, **options),
            "_weights": step.set_weights("model", [*hidden_weights, np.eye(units), zeros]),
            "training": step.call_keras("model", X, training=True),
            "_again": step.call_keras("model", X, training=True),
            "_left": step.quotient("training", X),
            "_left_again": step.quotient("_again", X),
            "inference": step.predict("model", X),
        }

    def share_of_zeros(share, rate, layers, size):
        """The share, give or take seven standard deviations."""
        margin = 7 * np.sqrt(layers * rate * (1 - rate) / size)
        return Expectation("zeros", share - margin, share + margin, of="training")

    # No entry follows another one, nor the one at its place in the call before.
    drawn_apart = (("_left", "_left"), ("_left", "_left_again"))

    @build_mlp.statistics(points=0.75)
    def dropped(rng):
        """drops its share of every hidden layer in training, and nothing at inference"""
        for layers, rate in ((1, 0.4), (2, 0.3)):
            X, steps = dropping(rng, layers, rate)
            mean = float(X.mean())
            apart, names, ranges = unrelated(X.size, *drawn_apart)
            yield script(
                f"{layers} hidden, dropout = {rate}",
                **steps,
                **apart,
                returns=("training", "inference", *names),
                expects=[
                    *ranges,
                    share_of_zeros(1 - (1 - rate) ** layers, rate, layers, X.size),
                    Expectation("mean", mean - 0.2, mean + 0.2, of="training"),
                    Expectation("zeros", 0, 0, of="inference"),
                ],
            )
        _, steps = dropping(rng, 1, 0.0)
        yield script(
            "no dropout asked for",
            **steps,
            returns=("training",),
            expects=[Expectation("zeros", 0, 0)],
        )

    @build_mlp.statistics(points=0.25)
    def dropped_last(rng):
        """drops behind batch normalisation, not before it"""
        X, steps = dropping(rng, 1, 0.4, batch_norm=True)
        apart, names, ranges = unrelated(X.size, *drawn_apart)
        yield script(
            "dropout = 0.4, batch_norm",
            **steps,
            **apart,
            returns=("training", *names),
            expects=[share_of_zeros(0.4, 0.4, 1, X.size), *ranges],
        )

    @build_mlp.keras(points=0.75)
    def learns(rng):
        """learns when it is fitted"""
        y = rng.permutation(np.arange(60) % 3)
        X = (3 * np.eye(3)[y] + rng.normal(size=(60, 3))).astype("float32")
        yield script(
            "60 rows, 5 epochs",
            model=step.call("build_mlp", 3, [16], 3, batch_norm=True, l2=0.001),
            record=step.fit("model", X, y, epochs=5, batch_size=10),
            curve=step.history("record", "loss"),
            falls=step.falls("curve"),
            returns=("falls",),
        )


def _callbacks(keras_file):
    callbacks = keras_file.exercise(
        "callbacks",
        hints=[
            "`keras.callbacks.EarlyStopping` has an argument for each of the three wishes.",
            "By default it leaves the weights of the last epoch in place.",
        ],
    )

    def fitted(rng, patience, best, epochs=15):
        """Steps of a fit whose `val_loss` falls until epoch `best` and rises from then on.

        The model has no trainable weights, and its moving mean alone goes its way towards the
        mean of the data, so that no learning rate, nor a callback that changes it, matters.
        """
        center, momentum = float(rng.uniform(1, 2)), 0.8
        X = np.array([[center - 1], [center + 1]], dtype="float32")
        y = rng.normal(size=(2, 1)).astype("float32")
        at_best = center * (1 - momentum**best)
        x_val = rng.normal(size=(3, 1))
        y_val = (x_val - at_best) / np.sqrt(1 + 1e-3)
        validation = (x_val.astype("float32"), y_val.astype("float32"))
        options = {"center": False, "scale": False, "momentum": momentum}
        return {
            "inputs": step.keras("Input", (1,)),
            "layer": step.keras("layers.BatchNormalization", **options),
            "model": step.keras("Sequential", [step.ref("inputs"), step.ref("layer")]),
            "_compiled": step.method("model", "compile", loss="mse", optimizer="sgd"),
            "callbacks": step.call("callbacks", patience),
            "record": step.fit(
                "model",
                X,
                y,
                epochs=epochs,
                validation_data=validation,
                callbacks=step.ref("callbacks"),
            ),
            "curve": step.history("record", "val_loss"),
            "epochs": step.length("curve"),
            "weights": step.get_weights("model"),
        }

    def trained(rng, patience):
        """A fit of a line with the callbacks, which leave it to the optimizer to train."""
        X = rng.normal(size=(10, 2)).astype("float32")
        y = (X @ rng.uniform(1, 2, size=(2, 1)) + 2).astype("float32")
        options = {"epochs": 8, "batch_size": 5, "validation_data": (X, y), "shuffle": False}
        return script(
            "a model that has more to learn in each epoch",
            inputs=step.keras("Input", (2,)),
            dense=step.keras("layers.Dense", 1),
            optimizer=step.keras("optimizers.SGD", 0.1),
            model=step.keras("Sequential", [step.ref("inputs"), step.ref("dense")]),
            _weights=step.set_weights("model", [np.zeros((2, 1)), np.zeros(1)]),
            _compiled=step.method("model", "compile", loss="mse", optimizer=step.ref("optimizer")),
            callbacks=step.call("callbacks", patience),
            record=step.fit("model", X, y, callbacks=step.ref("callbacks"), **options),
            curve=step.history("record", "loss"),
            trains=step.falls("curve", to=0.9),
            epochs=step.length("curve"),
            returns=("trains", "epochs"),
        )

    def two_bests(rng, least):
        """Two epochs that are best, so that no fixed number of epochs is right for both."""
        return (int(one) for one in least + rng.permutation(4)[:2])

    @callbacks.keras(points=1.5)
    def stops(rng):
        """stops `patience` epochs after the smallest val_loss"""
        patience = int(rng.integers(2, 4))
        for best in two_bests(rng, 3):
            label = f"patience = {patience}, epoch {best} is the best"
            yield script(label, **fitted(rng, patience, best), returns=("epochs",))
        label = f"patience = {patience}, the first epoch is the best"
        yield script(label, **fitted(rng, patience, 1), returns=("epochs",))
        yield trained(rng, patience)

    @callbacks.keras(points=1.25)
    def restores(rng):
        """puts the weights of the best epoch back"""
        patience = int(rng.integers(3, 6))
        for best in two_bests(rng, 2):
            label = f"patience = {patience}, epoch {best} is the best"
            yield script(label, **fitted(rng, patience, best), returns=("epochs", "weights"))
        yield trained(rng, patience)

    @callbacks.keras(points=0.25, edge=True)
    def patient(rng):
        """lets training go on while val_loss falls"""
        epochs = int(rng.integers(8, 12))
        steps = fitted(rng, 1, best=epochs + 2, epochs=epochs)
        yield script(f"{epochs} epochs", **steps, returns=("epochs", "weights"))
