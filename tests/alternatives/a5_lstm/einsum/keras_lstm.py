"""Assignment 5 in Keras with einsum over a kernel of four gates."""

import keras
from keras import ops


class LSTMCell(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = (units, units)
        self.output_size = units

    def build(self, input_shape):
        D, H = input_shape[-1], self.units
        self.kernel = self.add_weight(name="kernel", shape=(D, 4 * H), initializer="he_normal")
        self.recurrent_kernel = self.add_weight(
            name="recurrent_kernel", shape=(H, 4 * H), initializer="glorot_normal"
        )
        self.bias = self.add_weight(name="bias", shape=(4 * H,), initializer=self._forget_bias)

    def _forget_bias(self, shape, dtype=None):
        return ops.cast(ops.repeat(ops.array([0.0, 1.0, 0.0, 0.0]), self.units), dtype)

    def call(self, inputs, states):
        h, c = states
        H = self.units
        W = ops.reshape(self.kernel, (-1, 4, H))
        U = ops.reshape(self.recurrent_kernel, (H, 4, H))
        a = ops.einsum("nd,dgh->gnh", inputs, W) + ops.einsum("nk,kgh->gnh", h, U)
        a = a + ops.reshape(self.bias, (4, 1, H))
        c = ops.sigmoid(a[1]) * c + ops.sigmoid(a[0]) * ops.tanh(a[2])
        h = ops.sigmoid(a[3]) * ops.tanh(c)
        return h, (h, c)

    def get_config(self):
        config = super().get_config()
        config.update(units=self.units)
        return config


def build_sequence_classifier(n_steps, n_inputs, n_classes, bidirectional=False):
    inputs = keras.Input((n_steps, n_inputs))
    readings = [keras.layers.LSTM(48)(inputs)]
    if bidirectional:
        readings.append(keras.layers.LSTM(24, go_backwards=True)(inputs))
    joined = ops.concatenate(readings, axis=-1)
    model = keras.Model(inputs, keras.layers.Dense(n_classes)(joined))
    model.compile(
        optimizer=keras.optimizers.RMSprop(0.005),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    return model


def build_forecaster(n_steps, n_hidden):
    inputs = keras.layers.Input(shape=(n_steps, 1))
    h = keras.layers.LSTM(n_hidden)(inputs)
    model = keras.Model(inputs, keras.layers.Dense(1, activation="linear")(h))
    model.compile("rmsprop", "mse")
    return model
