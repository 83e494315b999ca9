"""Checks of assignment 4's transfer learning: a frozen base, a head, and fine-tuning."""

import numpy as np

from grader.course import LEARNS, Expectation, StudentFile, script, step

IMAGE = (8, 6, 2)


def declare_transfer(keras_file: StudentFile) -> None:
    """Declare the transfer model and its fine-tuning."""
    _build_transfer_model(keras_file)
    _unfreeze(keras_file)


class Base:
    """A small network that the grader makes, as the trained one of the student's model.

    Networks that one downloads are functional, and have an `output`; a Sequential model of Keras 3
    has one from its first call on, so that it is called, on the input that it was made with.
    """

    def __init__(self, rng, *layers, functional=True):
        """Draw weights for layers that are named by a letter.

        c and C are convolutions of 4 and 5 filters, n is batch normalisation, r a relu, d a
        dropout, p a pool over all of the image that leaves two axes.
        """
        channels, self.weights, self.steps = IMAGE[2], [], {"inputs": step.keras("Input", IMAGE)}
        refs = [step.ref("inputs")]
        for number, letter in enumerate(layers):
            self.steps[name := f"{letter}{number}"] = _LAYERS[letter]
            refs.append(step.ref(name))
            if letter in "cC":
                fan_in, filters = 9 * channels, 4 + (letter == "C")
                kernel = rng.normal(size=(3, 3, channels, filters)) * np.sqrt(2 / fan_in)
                self.weights += [kernel, 0.2 * rng.normal(size=filters)]
                channels = filters
            if letter == "n":
                scale, shift, mean = (
                    rng.uniform(0.5, 1.5, channels),
                    *rng.normal(size=(2, channels)),
                )
                self.weights += [scale, shift, mean, rng.uniform(0.5, 2.0, channels)]
        if functional:
            for number, ref in enumerate(refs[1:], start=1):
                value = step.ref(f"value{number - 1}") if number > 1 else refs[0]
                self.steps[f"value{number}"] = step.method(ref.name, "__call__", value)
            last = step.ref(f"value{len(layers)}")
            self.steps["base"] = step.keras("Model", refs[0], last)
        else:
            self.steps["base"] = step.keras("Sequential", refs)
            self.steps["_called"] = step.method("base", "__call__", refs[0])
        self.channels = channels

    def with_head(self, rng, n_classes):
        """Steps that make the student's model on this base, all weights set."""
        head = [rng.normal(size=(self.channels, n_classes)), rng.normal(size=n_classes)]
        return {
            **self.steps,
            "model": step.call("build_transfer_model", step.ref("base"), n_classes),
            "_weights": step.set_weights("model", [*self.weights, *head]),
        }


_CONV = {"kernel_size": 3, "padding": "same", "data_format": "channels_last"}
_LAYERS = {
    "c": step.keras("layers.Conv2D", 4, activation="tanh", **_CONV),
    "C": step.keras("layers.Conv2D", 5, activation="tanh", **_CONV),
    "n": step.keras("layers.BatchNormalization"),
    "r": step.keras("layers.ReLU"),
    "d": step.keras("layers.Dropout", 0.5),
    "p": step.keras("layers.GlobalMaxPooling2D", data_format="channels_last"),
}


def batch(rng, n, n_classes):
    """Images and labels."""
    return rng.normal(size=(n, *IMAGE)).astype("float32"), np.arange(n) % n_classes


def _build_transfer_model(keras_file):
    build_transfer_model = keras_file.exercise(
        "build_transfer_model",
        hints=[
            "Freeze with `base.trainable = False`; then call the base like a layer.",
            "Call the base with `training=False`: its statistics are not the new data's.",
            "`GlobalAveragePooling2D` takes (N, H, W, C) to (N, C).",
        ],
    )

    def prediction(rng, base, n_classes, label):
        return script(
            label,
            **base.with_head(rng, n_classes),
            output=step.predict("model", batch(rng, 3, n_classes)[0]),
            returns=("output",),
        )

    @build_transfer_model.keras(points=0.75)
    def forward(rng):
        """computes logits from the averaged features of the base"""
        yield prediction(rng, Base(rng, *"cnr", functional=False), 3, "a Sequential base")
        yield prediction(rng, Base(rng, *"cC"), 7, "a functional base")

    @build_transfer_model.keras(points=1.25, cpu_seconds=LEARNS)
    def compiled(rng):
        """is compiled with cross-entropy from logits, and trains the head alone, downhill"""
        X, y = batch(rng, 6, 3)
        yield script(
            "a batch of six",
            **Base(rng, *"cn").with_head(rng, 3),
            gradient=step.loss_and_gradients("model", X, y),
            optimizer=step.describe("model", "learning_rate_above_0"),
            learning=step.learning("model", X, y),
            returns=("gradient", "optimizer", "learning"),
        )

    @build_transfer_model.keras(points=1.25, cpu_seconds=LEARNS)
    def frozen(rng):
        """leaves the base as it is when its head is fitted, moving statistics included"""
        X, y = batch(rng, 8, 3)
        yield script(
            "two epochs",
            **Base(rng, *"cnC").with_head(rng, 3),
            learning=step.learning("model", X, y),
            _fit=step.fit("model", X, y, epochs=2, batch_size=4),
            weights=step.get_weights("base"),
            returns=("weights", "learning"),
        )

    @build_transfer_model.keras(points=0.5)
    def inference_mode(rng):
        """normalises by the base's moving statistics, also in training"""
        # No dropout here: a functional model of Keras 3 hands its own `training` on to every
        # layer, also to one that was called with `training=False`, as textbooks do.
        yield script(
            "called with training=True",
            **Base(rng, *"cn").with_head(rng, 4),
            output=step.call_keras("model", batch(rng, 3, 4)[0], training=True),
            returns=("output",),
        )

    @build_transfer_model.keras(points=0.25)
    def two_axes(rng):
        """takes a base whose output is (N, D)"""
        yield prediction(rng, Base(rng, *"cp"), 3, "a base that ends with a pool")


def _unfreeze(keras_file):
    unfreeze = keras_file.exercise(
        "unfreeze",
        needs=["build_transfer_model"],
        hints=[
            "Which of `model.layers` is the base? It hands its `trainable` on to all its layers.",
            "Count from the end of `base.layers`, and mind a slice that begins at -0.",
            "`fit` keeps what it made at its first call until the model is compiled again.",
        ],
    )

    def another_model():
        """Steps that build another model, on a base of its own: nothing global is of the first."""
        return {
            "other_inputs": step.keras("Input", IMAGE),
            "other_layer": _LAYERS["c"],
            "other_base": step.keras(
                "Sequential", [step.ref("other_inputs"), step.ref("other_layer")]
            ),
            "_other_called": step.method("other_base", "__call__", step.ref("other_inputs")),
            "_other_model": step.call("build_transfer_model", step.ref("other_base"), 2),
        }

    def tuned(rng, base, n_layers, label=None, learns=False):
        """Loss and gradients of all that is trainable afterwards, and whether `fit` moves it."""
        X, y = batch(rng, 5, 3)
        asked = {"learning": step.learning("tuned", X, y)} if learns else {}
        return script(
            label or f"the last {n_layers} of a base",
            **base.with_head(rng, 3),
            **another_model(),
            tuned=step.call("unfreeze", step.ref("model"), n_layers),
            gradient=step.loss_and_gradients("tuned", X, y),
            optimizer=step.describe("tuned", "learning_rate_above_0"),
            **asked,
            returns=("gradient", "optimizer", *asked),
        )

    @unfreeze.keras(points=1.25, cpu_seconds=LEARNS)
    def trainable(rng):
        """lets the last layers and the head learn"""
        yield tuned(rng, Base(rng, *"cCc"), 1, learns=True)
        yield tuned(rng, Base(rng, *"CcC"), 2)

    @unfreeze.keras(points=0.5)
    def counting(rng):
        """counts layers without weights"""
        yield tuned(rng, Base(rng, *"cCrd"), 2, "the last 2 have no weights")
        yield tuned(rng, Base(rng, *"cCrcr"), 3, "two of the last 3 have none")

    @unfreeze.keras(points=0.5)
    def normalisation(rng):
        """keeps BatchNormalization frozen"""
        yield tuned(rng, Base(rng, *"cnCn"), 3, learns=True)

    @unfreeze.statistics(points=0.75)
    def fitted(rng):
        """compiles again, so that fit trains what is trainable now and nothing else"""
        X, y = batch(rng, 8, 3)
        # In get_weights(): the first kernel, the moving mean, and the kernel of the last layer.
        places = {"first": 0, "mean": 6, "last": 8}
        compared = {}
        for name, place in places.items():
            old, new = f"{name}_before", f"{name}_after"
            compared[old], compared[new] = step.item("before", place), step.item("after", place)
            compared[name] = step.keras("ops.subtract", step.ref(new), step.ref(old))
        yield script(
            "fit, unfreeze, fit",
            **Base(rng, *"ccnC").with_head(rng, 3),
            _fit=step.fit("model", X, y, epochs=1, batch_size=4),
            before=step.get_weights("base"),
            tuned=step.call("unfreeze", step.ref("model"), 3),
            _fit_again=step.fit("tuned", X, y, epochs=3, batch_size=4),
            after=step.get_weights("base"),
            **compared,
            returns=tuple(places),
            expects=[
                Expectation("zeros", 1.0, 1.0, of="first"),
                Expectation("zeros", 1.0, 1.0, of="mean"),
                Expectation("zeros", 0.0, 0.9, of="last"),
            ],
        )

    @unfreeze.keras(points=0.25, edge=True)
    def none_of_them(rng):
        """lets the head alone learn for n_layers = 0"""
        yield tuned(rng, Base(rng, *"cC"), 0)
        yield tuned(rng, Base(rng, *"cC", functional=False), 0, "none of a Sequential base")

    @unfreeze.keras(points=0.25)
    def all_of_them(rng):
        """lets all layers learn when the base has fewer than n_layers"""
        yield tuned(rng, Base(rng, *"cC"), 9)
        yield tuned(rng, Base(rng, *"cC", functional=False), 9, "all of a Sequential base")
