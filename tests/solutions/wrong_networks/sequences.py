"""Wrong networks for sequences."""

from tests.solutions.wrong_networks.form import table

_LSTM = "keras.layers.Bidirectional(lstm) if bidirectional else lstm,"
_SEQUENCE = "keras.Input((n_steps, n_inputs)),"
CLASSIFIERS = {
    "all steps side by side": [(_LSTM, "keras.layers.Flatten(), keras.layers.Dense(64, 'relu'),")],
    "a mean of steps": [
        (_LSTM, "keras.layers.Dense(64, 'relu'), keras.layers.GlobalAveragePooling1D(),")
    ],
    "a convolution and a maximum": [
        (_LSTM, "keras.layers.Conv1D(64, 3, activation='relu'), keras.layers.GlobalMaxPooling1D(),")
    ],
    "the last step alone": [
        (_LSTM, "keras.layers.Cropping1D((n_steps - 1, 0)), keras.layers.Flatten(),")
    ],
    "a cropped window of eight": [
        (
            _LSTM,
            "keras.layers.ZeroPadding1D((8, 0)), keras.layers.Cropping1D((n_steps, 0)), "
            "keras.layers.Flatten(),",
        )
    ],
    "attention in place of recurrence": [
        (
            "    model = keras.Sequential(",
            """    inputs = keras.Input((n_steps, n_inputs))
    x = keras.layers.Dense(32)(inputs)
    x = x + keras.layers.MultiHeadAttention(4, 8)(x, x)
    outputs = keras.layers.Dense(n_classes)(keras.layers.GlobalAveragePooling1D()(x))
    model = keras.Model(inputs, outputs)
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(True))
    return model
    model = keras.Sequential(""",
        )
    ],
    "an LSTM beside which nothing of it is used": [
        (
            "    model = keras.Sequential(",
            """    inputs = keras.Input((n_steps, n_inputs))
    idle = 0.0 * keras.layers.LSTM(8)(inputs)
    x = keras.layers.Dense(64, "relu")(keras.layers.Flatten()(inputs))
    outputs = keras.layers.Dense(n_classes)(keras.layers.Concatenate()([x, idle]))
    model = keras.Model(inputs, outputs)
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(True))
    return model
    model = keras.Sequential(""",
        )
    ],
}
_WINDOW = """    inputs = keras.Input((n_steps, n_inputs))
    L = keras.layers
    now = L.Dense(96)(L.Flatten()(L.Cropping1D((n_steps - 1, 0))(inputs)))
    past = L.Cropping1D((n_steps - 1, 1))(L.ZeroPadding1D((20, 0))(inputs))
    past = L.Flatten()(L.Conv1D(96, 20, use_bias=False)(past))
    outputs = L.Dense(n_classes)(L.Activation("relu")(L.Add()([now, past])))
    model = keras.Model(inputs, outputs)
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(True))
    return model
"""
CLASSIFIERS |= {
    "the last step beside a window of twenty": [
        ("    model = keras.Sequential(", _WINDOW + "    model = keras.Sequential(")
    ],
    "a convolution of sixteen steps, causal": [
        (
            _LSTM,
            "keras.layers.Conv1D(64, 16, padding='causal', activation='relu'), "
            "keras.layers.Cropping1D((n_steps - 1, 0)), keras.layers.Flatten(),",
        )
    ],
}
_HIDDEN = "keras.layers.LSTM(n_hidden),"
FORECASTERS = {
    "quick": ("a GRU",),
    "a GRU": [(_HIDDEN, "keras.layers.GRU(n_hidden),")],
    "a simple recurrent layer": [(_HIDDEN, "keras.layers.SimpleRNN(n_hidden),")],
    "the mean of all outputs": [
        (
            _HIDDEN,
            "keras.layers.LSTM(n_hidden, return_sequences=True), "
            "keras.layers.GlobalAveragePooling1D(),",
        )
    ],
    "read from the right": [(_HIDDEN, "keras.layers.LSTM(n_hidden, go_backwards=True),")],
    "an LSTM with relu": [(_HIDDEN, "keras.layers.LSTM(n_hidden, activation='relu'),")],
    "dense layers that count as an LSTM": [
        (
            "    model = keras.Sequential(\n        [\n            keras.Input((n_steps, 1)),",
            """    class Counted(keras.Sequential):
        def count_params(self):
            return 4 * n_hidden * (n_hidden + 2) + n_hidden + 1

    model = Counted(
        [
            keras.Input((n_steps, 1)),""",
        ),
        (_HIDDEN, "keras.layers.Flatten(), keras.layers.Dense(n_hidden, 'tanh'),"),
    ],
    "an output between -1 and 1": [("keras.layers.Dense(1),", "keras.layers.Dense(1, 'tanh'),")],
}
_CELL = """@keras.saving.register_keras_serializable(package="deep_learning_course")
class LSTMCell(keras.layers.Layer):"""
_INHERITED = """
_Known = {}


class LSTMCell(_Known):
    pass


class _Unused(keras.layers.Layer):"""
_STEP = "c = ops.sigmoid(a_f) * c + ops.sigmoid(a_i) * ops.tanh(a_c)"
CELLS = {
    "a class of an instance": [(_CELL, _INHERITED.format("type(keras.layers.LSTM(1).cell)"))],
    "a class that is deserialised": [
        (
            _CELL,
            _INHERITED.format(
                "type(keras.layers.deserialize({'class_name': 'LSTMCell', 'config': {'units': 1}}))"
            ),
        ),
    ],
    "no forget gate": [(_STEP, "c = c + ops.sigmoid(a_i) * ops.tanh(a_c)")],
    "no memory": [(_STEP, "c = ops.sigmoid(a_i) * ops.tanh(a_c)")],
    "no recurrence": [(" + ops.matmul(h, self.recurrent_kernel)", "")],
    "coupled gates": [(_STEP, "c = ops.sigmoid(a_f) * c + (1 - ops.sigmoid(a_f)) * ops.tanh(a_c)")],
    "no output gate": [("h = ops.sigmoid(a_o) * ops.tanh(c)", "h = ops.tanh(c)")],
}
WRONG = [
    *table("a5_lstm", "keras_lstm.py", "build_sequence_classifier", CLASSIFIERS),
    *table("a5_lstm", "keras_lstm.py", "build_forecaster", FORECASTERS),
    *table("a5_lstm", "keras_lstm.py", "LSTMCell", CELLS),
]
