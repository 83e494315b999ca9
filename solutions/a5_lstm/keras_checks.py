"""Checks of assignment 5's Keras part: the cell; models stand in `keras_model_checks.py`."""

import numpy as np

from grader.course import USED, Assignment, Expectation, as_used, script, step
from solutions.a5_lstm.keras_model_checks import declare_models


def declare_keras_part(assignment: Assignment) -> None:
    """Declare the Keras file with its three exercises."""
    keras_file = assignment.file("keras_lstm.py", backend="keras")
    _lstm_cell(keras_file)
    declare_models(keras_file)


def array(rng, *shape):
    """Normal numbers in float32, as Keras computes."""
    return rng.normal(size=shape).astype("float32")


def weights_of(rng, d, h):
    """Kernel, recurrent kernel and bias, small enough that nothing saturates."""
    shapes = ((d, 4 * h), (h, 4 * h), (4 * h,))
    return [0.7 * rng.normal(size=shape) for shape in shapes]


def running(X, weights, cell="cell", prefix="", **options):
    """Steps that put a cell into `keras.layers.RNN` and give it weights.

    Another cell is built after it: what a class keeps, and not its objects, is of the other one.
    """
    layer = f"{prefix}layer"
    zeros = np.zeros((len(X), len(weights[1]) + 1), dtype="float32")
    return {
        layer: step.keras("layers.RNN", step.ref(cell), return_sequences=True, **options),
        f"_{prefix}first": step.predict(layer, X),
        f"_{prefix}weights": step.set_weights(layer, weights),
        f"_{prefix}another": step.construct("LSTMCell", len(weights[1]) + 1),
        f"_{prefix}built": step.call_keras(f"_{prefix}another", X[:, 0], states=[zeros, zeros]),
    }


_RECURRENT = ("LSTM", "GRU", "SimpleRNN")


def _lstm_cell(keras_file):
    lstm_cell = keras_file.exercise(
        "LSTMCell",
        hints=[
            "`build` gets the shape of one step, `(N, D)`: `add_weight` three times, in the order "
            "of the handout.",
            "`ops.split(a, 4, axis=1)` cuts the scores into the four blocks i, f, c, o.",
            "`RNN` asks the cell for `state_size`, and hands `[h, c]` from step to step.",
        ],
    )
    lstm_cell.forbids(
        *(f"keras.layers.{kind}{part}" for kind in _RECURRENT for part in ("", "Cell")),
        *(f"keras.layers.ConvLSTM{n}D" for n in (1, 2, 3)),
        "keras.src.layers.rnn.conv_lstm.ConvLSTM",
        "keras.src.layers.rnn.conv_lstm.ConvLSTMCell",
        *(f"keras.src.backend.{kind}" for kind in ("lstm", "gru")),
        instead="write the step with `ops.matmul`, `ops.sigmoid` and `ops.tanh`",
    )

    def sizes():
        """Rows, steps, inputs and units of two cases; a mistaken axis fits neither."""
        return (5, 4, 3, 2), (2, 6, 1, 3)

    @lstm_cell.keras(points=2)
    def one_step(rng):
        """takes one step: returns h, and [h, c]"""
        for n, t, d, h in sizes():
            states = [array(rng, n, h), array(rng, n, h)]
            yield script(
                f"{d} inputs, {h} units",
                cell=step.construct("LSTMCell", h),
                **running(array(rng, n, t, d), weights_of(rng, d, h)),
                result=step.call_keras("cell", array(rng, n, d), states=states),
                output=step.item("result", 0),
                states=step.item("result", 1),
                h=step.item("states", 0),
                c=step.item("states", 1),
                returns=("output", "h", "c"),
            )

    @lstm_cell.keras(points=2.5)
    def in_a_layer(rng):
        """equals keras.layers.LSTM when keras.layers.RNN runs it"""
        for n, t, d, h in sizes():
            X = array(rng, n, t, d)
            yield script(
                f"{t} steps, {h} units",
                cell=step.construct("LSTMCell", h),
                **running(X, weights_of(rng, d, h)),
                output=step.predict("layer", X),
                returns=("output",),
            )

    @lstm_cell.keras(points=1.75)
    def gradients(rng):
        """lets gradients through to its inputs and weights"""
        for n, t, d, h in sizes():
            X = array(rng, n, t, d)
            yield script(
                f"{t} steps, {h} units",
                cell=step.construct("LSTMCell", h),
                **running(X, weights_of(rng, d, h)),
                gradients=step.gradients("layer", X, array(rng, n, t, h)),
                returns=("gradients",),
            )

    @lstm_cell.keras(points=0.75)
    def from_a_state(rng):
        """starts from an initial state"""
        X, states = array(rng, 3, 5, 2), [array(rng, 3, 4), array(rng, 3, 4)]
        yield script(
            "five steps, h and c not zero",
            cell=step.construct("LSTMCell", 4),
            **running(X, weights_of(rng, 2, 4), return_state=True),
            result=step.call_keras("layer", X, initial_state=states),
            output=step.item("result", 0),
            h=step.item("result", 1),
            c=step.item("result", 2),
            returns=("output", "h", "c"),
        )

    @lstm_cell.keras(points=0.75)
    def shapes(rng):
        """has kernel, recurrent kernel and bias, in this order, and state_size [H, H]"""
        yield script(
            "three inputs, five units",
            cell=step.construct("LSTMCell", 5),
            **running(array(rng, 2, 4, 3), weights_of(rng, 3, 5)),
            facts=step.describe("cell", "weights"),
            sizes=step.attribute("cell", "state_size"),
            of_h=step.item("sizes", 0),
            of_c=step.item("sizes", 1),
            returns=("facts", "of_h", "of_c"),
        )

    @lstm_cell.statistics(points=0.25)
    def random_kernels(rng):
        """draws its kernels at random, so that units differ from the start"""
        yield script(
            "20 inputs, 10 units",
            cell=step.construct("LSTMCell", 10),
            layer=step.keras("layers.RNN", step.ref("cell")),
            _first=step.predict("layer", array(rng, 2, 3, 20)),
            weights=step.get_weights("cell"),
            kernel=step.item("weights", 0),
            recurrent_kernel=step.item("weights", 1),
            returns=("kernel", "recurrent_kernel"),
            expects=[
                Expectation(statistic, low, high, of=name)
                for name in ("kernel", "recurrent_kernel")
                for statistic, low, high in (("std", 0.005, 1.5), ("distinct", 0.9, 1.0))
            ],
        )

    @lstm_cell.keras(points=0.5)
    def config(rng):
        """comes back equal from from_config(get_config()), and from a saved model"""
        X, weights = array(rng, 3, 4, 2), weights_of(rng, 2, 5)
        yield script(
            "five units",
            cell=step.construct("LSTMCell", 5),
            **running(X, weights),
            equal=step.round_trip("cell"),
            copy=step.rebuilt("cell"),
            **running(X, weights, cell="copy", prefix="other_"),
            output=step.predict("other_layer", X),
            returns=("equal", "output"),
        )
        X = array(rng, 6, 4, 3)
        yield script(
            "a functional model that is fitted, saved and loaded",
            cell=step.construct("LSTMCell", 2),
            layer=step.keras("layers.RNN", step.ref("cell"), return_sequences=True),
            **as_used("layer", X, np.ones((6, 4, 2), "float32"), weights_of(rng, 3, 2)),
            returns=USED,
        )

    @lstm_cell.keras(points=0.25)
    def base_class(rng):
        """hands name, trainable and dtype to the base class"""
        yield script(
            "a frozen cell with a name",
            cell=step.construct("LSTMCell", 3, name="memory", trainable=False),
            **running(array(rng, 2, 4, 2), weights_of(rng, 2, 3)),
            name=step.attribute("cell", "name"),
            trainable=step.attribute("cell", "trainable_variables"),
            count=step.length("trainable"),
            returns=("name", "count"),
        )
        X = array(rng, 3, 4, 2)
        yield script(
            "mixed_float16",
            cell=step.construct("LSTMCell", 5, dtype="mixed_float16"),
            **running(X, weights_of(rng, 2, 5), dtype="mixed_float16"),
            computes_in=step.attribute("cell", "compute_dtype"),
            keeps=step.attribute("cell", "variable_dtype"),
            half=step.predict("layer", X),
            output=step.keras("ops.cast", step.ref("half"), "float32"),
            returns=("computes_in", "keeps", "output"),
            rtol=1e-2,
            atol=1e-2,
        )

    lstm_cell.source(points=0.25, title="does without Keras's recurrent layers and cells")
