"""Checks of assignment 3's Keras part: the layer and the loss; models: `keras_model_checks.py`."""

import numpy as np

from grader.course import (
    USED,
    Assignment,
    Expectation,
    another_layer,
    as_used,
    script,
    step,
)
from solutions.a3_mlp.keras_model_checks import declare_models
from solutions.a3_mlp.tf_checks import declare_train_step


def declare_keras_part(assignment: Assignment) -> None:
    """Declare the Keras file with its four exercises, and TensorFlow's with one."""
    keras_file = assignment.file("keras_mlp.py", backend="keras")
    _dense(keras_file)
    _focal_loss(keras_file)
    declare_models(keras_file)
    declare_train_step(assignment)


def array(rng, *shape):
    """Normal numbers in float32, as Keras computes."""
    return rng.normal(size=shape).astype("float32")


_WITH_KERNELS = (
    *(f"keras.layers.{name}" for name in ("Dense", "EinsumDense")),
    *(f"keras.layers.Conv{n}D{kind}" for n in (1, 2, 3) for kind in ("", "Transpose")),
    *(f"keras.layers.{kind}Conv{n}D" for n in (1, 2) for kind in ("Depthwise", "Separable")),
    *(f"keras.layers.{name}" for name in ("SimpleRNN", "SimpleRNNCell", "GRU", "GRUCell")),
    *(f"keras.layers.{name}" for name in ("LSTM", "LSTMCell", "MultiHeadAttention")),
    *(f"keras.layers.{name}" for name in ("GroupQueryAttention", "Attention", "AdditiveAttention")),
    *(f"keras.layers.ConvLSTM{n}D" for n in (1, 2, 3)),
    "keras.src.layers.core.reversible_embedding.ReversibleEmbedding",
    "keras.src.layers.convolutional.base_conv.BaseConv",
    "keras.src.layers.convolutional.base_conv_transpose.BaseConvTranspose",
    "keras.src.layers.convolutional.base_depthwise_conv.BaseDepthwiseConv",
    "keras.src.layers.convolutional.base_separable_conv.BaseSeparableConv",
    "keras.src.layers.rnn.conv_lstm.ConvLSTM",
    "keras.src.layers.rnn.conv_lstm.ConvLSTMCell",
    *(f"keras.ops.{kind}conv" for kind in ("", "depthwise_", "separable_")),
    "keras.ops.conv_transpose",
    *(f"keras.src.backend.nn.{kind}conv" for kind in ("", "depthwise_", "separable_")),
    "keras.src.backend.nn.conv_transpose",
)
"""What of Keras multiplies by a kernel: with the right sizes, each of them is a dense layer."""


def _dense(keras_file):
    dense = keras_file.exercise(
        "Dense",
        hints=[
            "`build(input_shape)` is called with the first batch; its last entry is D.",
            "`add_weight` twice in `build`, one matrix product and one activation in `call`.",
            "`get_config` of the base class knows name and dtype; add what `__init__` adds.",
        ],
    )
    dense.forbids(*_WITH_KERNELS, instead="multiply by a weight of your own with `ops.matmul`")

    def built(rng, X, units, **options):
        """Steps that make a layer for `X` and give it weights."""
        weights = [rng.normal(size=(X.shape[1], units)), rng.normal(size=units)]
        return {
            "layer": step.construct("Dense", units, **options),
            "_first": step.predict("layer", X),
            "_weights": step.set_weights("layer", weights),
            **another_layer("Dense", X, units + 2),
        }

    @dense.keras(points=1.5)
    def forward(rng):
        """computes X·W + b"""
        for n, d, units in ((6, 3, 4), (1, 5, 2)):
            X = array(rng, n, d)
            yield script(
                f"{d} inputs, {units} units",
                **built(rng, X, units),
                facts=step.describe("layer", "parameters"),
                output=step.predict("layer", X),
                returns=("facts", "output"),
            )

    @dense.keras(points=1.25)
    def gradients(rng):
        """lets gradients through to its inputs and weights"""
        for n, d, units, activation in ((6, 3, 4, None), (4, 2, 3, "tanh")):
            X = array(rng, n, d)
            yield script(
                f"activation = {activation!r}",
                **built(rng, X, units, activation=activation),
                gradients=step.gradients("layer", X, array(rng, n, units)),
                returns=("gradients",),
            )

    @dense.keras(points=1)
    def activated(rng):
        """applies the activation that was named"""
        for activation in ("relu", "tanh", "sigmoid"):
            X = array(rng, 5, 3)
            yield script(
                f"activation = {activation!r}",
                **built(rng, X, 4, activation=activation),
                output=step.predict("layer", X),
                returns=("output",),
            )

    @dense.statistics(points=0.25)
    def random_kernel(rng):
        """draws its kernel at random, so that units differ from the start"""
        yield script(
            "30 inputs, 40 units",
            layer=step.construct("Dense", 40),
            _first=step.predict("layer", array(rng, 2, 30)),
            weights=step.get_weights("layer"),
            kernel=step.item("weights", 0),
            returns=("kernel",),
            expects=[Expectation("std", 0.005, 1.5), Expectation("distinct", 0.9, 1.0)],
        )

    @dense.keras(points=0.5)
    def config(rng):
        """comes back equal from from_config(get_config()), and from a saved model"""
        X = array(rng, 5, 3)
        weights = [rng.normal(size=(3, 4)), rng.normal(size=4)]
        yield script(
            "4 units, tanh",
            **built(rng, X, 4, activation="tanh"),
            original=step.predict("layer", X),
            equal=step.round_trip("layer"),
            config=step.method("layer", "get_config"),
            copy=step.method("layer", "from_config", step.ref("config")),
            _first_of_copy=step.predict("copy", X),
            _weights_of_copy=step.set_weights("copy", weights),
            output=step.predict("copy", X),
            returns=("original", "equal", "output"),
        )
        X, weights = array(rng, 6, 4), [rng.normal(size=(4, 3)), rng.normal(size=3)]
        yield script(
            "a functional model that is fitted, saved and loaded",
            layer=step.construct("Dense", 3, activation="sigmoid"),
            **as_used("layer", X, np.zeros((6, 3), "float32"), weights, learning_rate=5.0),
            returns=USED,
        )

    @dense.keras(points=0.25)
    def base_class(rng):
        """hands name, trainable and dtype to the base class"""
        X = array(rng, 2, 3)
        yield script(
            "a frozen layer with a name",
            **built(rng, X, 4, name="encoder", trainable=False),
            name=step.attribute("layer", "name"),
            trainable=step.attribute("layer", "trainable_variables"),
            count=step.length("trainable"),
            returns=("name", "count"),
        )
        yield script(
            "mixed_float16",
            **built(rng, array(rng, 5, 3), 4, activation="tanh", dtype="mixed_float16"),
            computes_in=step.attribute("layer", "compute_dtype"),
            keeps=step.attribute("layer", "variable_dtype"),
            half=step.predict("layer", array(rng, 6, 3)),
            output=step.keras("ops.cast", step.ref("half"), "float32"),
            returns=("computes_in", "keeps", "output"),
            rtol=1e-2,
            atol=1e-2,
        )

    dense.source(points=0.25, title="does without Keras's layers that multiply by a kernel")


def _focal_loss(keras_file):
    focal_loss = keras_file.exercise(
        "FocalLoss",
        hints=[
            "`ops.log_softmax` gives log p of all classes, finite whatever the logits.",
            "A one-hot table times log p, summed over the classes, leaves log p_t.",
            "`call` returns one number for each row; the base class does the rest.",
        ],
    )
    kinds = ("binary", "categorical")
    focal_loss.forbids(
        *(f"keras.losses.{kind}_focal_crossentropy" for kind in kinds),
        *(f"keras.losses.{kind.title()}FocalCrossentropy" for kind in kinds),
        instead="write the formula, for example with `ops.log_softmax`",
        eagerly=False,
    )

    def batch(rng, n, k):
        return rng.integers(0, k, size=n), 2 * array(rng, n, k)

    def parts(y, logits, **options):
        """Steps that compute loss and gradient."""
        return {
            "criterion": step.construct("FocalLoss", **options),
            "_another": step.construct("FocalLoss", gamma=5.0),  # what a class keeps is of it
            "both": step.loss_gradient("criterion", y, logits),
            "value": step.item("both", "loss"),
            "gradient": step.item("both", "gradient"),
        }

    @focal_loss.keras(points=1.5)
    def value(rng):
        """is the mean of −(1 − p_t)^γ log p_t"""
        for n, k, options in ((6, 4, {}), (7, 3, {"gamma": 0.7}), (5, 2, {"gamma": 3.0})):
            yield script(
                f"γ = {options.get('gamma', '2, by default')}",
                **parts(*batch(rng, n, k), **options),
                returns=("value",),
            )

    @focal_loss.keras(points=1.5)
    def gradient(rng):
        """has the right gradient with respect to the logits"""
        for n, k, gamma in ((6, 4, 2.0), (5, 3, 1.5)):
            yield script(
                f"γ = {gamma}",
                **parts(*batch(rng, n, k), gamma=gamma),
                returns=("gradient",),
            )

    @focal_loss.keras(points=0.25)
    def cross_entropy(rng):
        """is cross-entropy for γ = 0"""
        yield script("γ = 0", **parts(*batch(rng, 6, 4), gamma=0.0), returns=("value", "gradient"))

    @focal_loss.keras(points=0.25)
    def saturated(rng):
        """is finite for p_t = 1 and p_t → 0, and so is its gradient, whatever γ"""
        gap = float(rng.uniform(150, 250))
        logits = np.array([[0, gap, -gap / 2], [2 * gap, 1, 0]], dtype="float32")
        for label, y in (("p_t = 1", [1, 0]), ("p_t → 0", [2, 1])):
            for gamma in (0.0, 0.5, 2.0):  # a power below 1 has an infinite slope at 0
                yield script(
                    f"{label}, γ = {gamma}",
                    **parts(np.array(y), logits, gamma=gamma),
                    returns=("value", "gradient"),
                )

    @focal_loss.keras(points=0.25)
    def weighted(rng):
        """gives each row its own loss, so that sample_weight can weigh it"""
        y, logits = batch(rng, 6, 3)
        weight = rng.uniform(0.1, 2.0, size=6).astype("float32")
        yield script(
            "six weights",
            criterion=step.construct("FocalLoss"),
            value=step.method("criterion", "__call__", y, logits, sample_weight=weight),
            returns=("value",),
        )

    @focal_loss.keras(points=0.25)
    def config(rng):
        """comes back equal from from_config(get_config()), and from a saved model"""
        y, logits = batch(rng, 6, 3)
        yield script(
            "γ = 3.5",
            criterion=step.construct("FocalLoss", gamma=3.5, name="focal"),
            equal=step.round_trip("criterion"),
            config=step.method("criterion", "get_config"),
            copy=step.method("criterion", "from_config", step.ref("config")),
            value=step.method("copy", "__call__", y, logits),
            returns=("equal", "value"),
        )
        X, y = array(rng, 9, 3), rng.permutation(np.arange(9) % 4)
        yield script(
            "a model that is fitted with it, saved and loaded",
            criterion=step.construct("FocalLoss", gamma=0.7),
            inputs=step.keras("Input", (3,)),
            scores=step.keras("layers.Dense", 4),
            model=step.keras("Sequential", [step.ref("inputs"), step.ref("scores")]),
            _weights=step.set_weights("model", [rng.normal(size=(3, 4)), rng.normal(size=4)]),
            optimizer=step.keras("optimizers.SGD", 0.5),
            _compiled=step.method(
                "model", "compile", optimizer=step.ref("optimizer"), loss=step.ref("criterion")
            ),
            record=step.fit("model", X, y, epochs=2, batch_size=5, shuffle=False),
            curve=step.history("record", "loss"),
            loaded=step.reloaded("model", X),
            evaluated=step.method("loaded", "evaluate", X, y, verbose=0),
            returns=("curve", "evaluated"),
        )
