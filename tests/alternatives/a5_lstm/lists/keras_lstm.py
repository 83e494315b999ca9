"""Assignment 5 in Keras, with lists of weights, of gates and of layers."""

import keras
from keras import ops


class LSTMCell(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.sizes = [units] * 2

    state_size = property(lambda self: list(self.sizes))

    def build(self, input_shape):
        (rows, columns) = (input_shape[-1], 4 * self.sizes[0])
        shapes = [(rows, columns), (self.sizes[0], columns), (columns,)]
        starts = ["lecun_uniform", "orthogonal", "zeros"]
        self.all = [self.add_weight(s, initializer=i) for s, i in zip(shapes, starts)]

    def call(self, inputs, states):
        kernel, recurrent_kernel, bias = self.all
        [h, c] = states
        scores = ops.split(inputs @ kernel + h @ recurrent_kernel + bias, 4, axis=-1)
        # The three logistic gates by tanh.
        gates = [0.5 * (1 + ops.tanh(0.5 * scores[k])) for k in (0, 1, 3)]
        c = gates[1] * c + gates[0] * ops.tanh(scores[2])
        h = gates[2] * ops.tanh(c)
        return [h, [h, c]]

    def get_config(self):
        return {**super().get_config(), "units": self.sizes[0]}


def build_sequence_classifier(n_steps, n_inputs, n_classes, bidirectional=False):
    lstm = keras.layers.LSTM(96, dropout=0.1)
    layers = [
        keras.Input((n_steps, n_inputs)),
        keras.layers.Bidirectional(lstm, merge_mode="sum") if bidirectional else lstm,
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(n_classes),
    ]
    model = keras.Sequential(layers)
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def build_forecaster(n_steps, n_hidden):
    lstm, head = [keras.layers.LSTM(n_hidden, unit_forget_bias=False), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((n_steps, 1)), lstm, head])
    model.compile(keras.optimizers.Adam(), keras.losses.mean_squared_error)
    return model
