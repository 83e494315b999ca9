"""The Keras part as a student who splits the kernels gate by gate would hand it in."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="deep_learning_course")
class LSTMCell(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = [units, units]

    def build(self, input_shape):
        width = 4 * self.units
        self.kernel = self.add_weight(
            shape=(input_shape[-1], width), initializer="glorot_uniform", name="kernel"
        )
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, width), initializer="orthogonal", name="recurrent_kernel"
        )
        self.bias = self.add_weight(shape=(width,), initializer="zeros", name="bias")
        self.built = True

    def call(self, inputs, states):
        h, c = states
        a = ops.matmul(inputs, self.kernel) + ops.matmul(h, self.recurrent_kernel) + self.bias
        a_i, a_f, a_c, a_o = ops.split(a, 4, axis=-1)
        kept = ops.sigmoid(a_f) * c
        written = ops.sigmoid(a_i) * ops.tanh(a_c)
        c_next = kept + written
        h_next = ops.sigmoid(a_o) * ops.tanh(c_next)
        return h_next, [h_next, c_next]

    def get_config(self):
        config = super().get_config()
        config["units"] = self.units
        return config


def build_sequence_classifier(n_steps, n_inputs, n_classes, bidirectional=False):
    sequences = keras.Input((n_steps, n_inputs))
    lstm = keras.layers.LSTM(48)
    if bidirectional:
        lstm = keras.layers.Bidirectional(lstm)
    logits = keras.layers.Dense(n_classes)(lstm(sequences))
    model = keras.Model(sequences, logits)
    model.compile(
        optimizer=keras.optimizers.Adam(0.005),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def build_forecaster(n_steps, n_hidden):
    sequences = keras.Input((n_steps, 1))
    last = keras.layers.LSTM(n_hidden)(sequences)
    forecast = keras.layers.Dense(1)(last)
    model = keras.Model(sequences, forecast)
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mean_squared_error")
    return model
