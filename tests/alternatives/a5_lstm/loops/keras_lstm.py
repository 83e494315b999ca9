"""Assignment 5 in Keras, with the model added to layer by layer and a loop over the gates."""

import keras
from keras import ops


class LSTMCell(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = [units, units]

    def build(self, input_shape):
        width = 4 * self.units
        self.kernel = self.add_weight((input_shape[1], width), "random_normal", name="kernel")
        self.recurrent_kernel = self.add_weight((self.units, width), "random_normal", name="loop")
        self.bias = self.add_weight((width,), "zeros", name="bias")

    def call(self, inputs, states, training=None):
        h, c = states[0], states[1]
        gates = []
        for k in range(4):
            block = slice(k * self.units, (k + 1) * self.units)
            score = ops.dot(inputs, self.kernel[:, block])
            score = score + ops.dot(h, self.recurrent_kernel[:, block]) + self.bias[block]
            gates.append(ops.tanh(score) if k == 2 else ops.sigmoid(score))
        c = gates[0] * gates[2] + gates[1] * c
        h = gates[3] * ops.tanh(c)
        return h, [h, c]

    def get_config(self):
        config = super().get_config()
        config["units"] = self.units
        return config


def build_sequence_classifier(n_steps, n_inputs, n_classes, bidirectional=False):
    model = keras.Sequential()
    model.add(keras.Input(shape=(n_steps, n_inputs)))
    # A stack of two: the first one hands every step to the second.
    for return_sequences in (True, False):
        layer = keras.layers.LSTM(32, return_sequences=return_sequences)
        if bidirectional:
            layer = keras.layers.Bidirectional(layer)
        model.add(layer)
    model.add(keras.layers.Dense(n_classes))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(loss=loss, optimizer=keras.optimizers.Adam(0.003), metrics=["accuracy"])
    return model


def build_forecaster(n_steps, n_hidden):
    model = keras.Sequential()
    model.add(keras.Input(shape=(n_steps, 1)))
    model.add(keras.layers.LSTM(n_hidden, return_sequences=False))
    model.add(keras.layers.Dense(1))
    model.compile(loss=keras.losses.MeanSquaredError(), optimizer="adam")
    return model
