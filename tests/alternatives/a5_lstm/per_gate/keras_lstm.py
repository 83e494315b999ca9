"""Assignment 5 in Keras with one product for inputs and state, and models of one's own cell."""

import keras
from keras import ops


class LSTMCell(keras.Layer):
    """Looks at inputs and state side by side; weights are made when the cell is built."""

    def __init__(self, units, scale=1.0, **kwargs):
        super().__init__(**kwargs)
        self.units, self.scale = units, scale

    @property
    def state_size(self):
        return [self.units, self.units]

    def build(self, shape):
        initial = keras.initializers.VarianceScaling(self.scale)
        width = self.units * 4
        self.kernel = self.add_weight(shape=(shape[-1], width), initializer=initial, name="W")
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, width), initializer=initial, name="U"
        )
        self.bias = self.add_weight(shape=(width,), initializer="zeros", name="b")

    def call(self, inputs, states):
        both = ops.concatenate([inputs, states[0]], axis=-1)
        weights = ops.concatenate([self.kernel, self.recurrent_kernel], axis=0)
        names = ("i", "f", "c", "o")
        gate = dict(zip(names, ops.split(both @ weights + self.bias, 4, axis=-1)))
        new = ops.add(
            ops.multiply(keras.activations.sigmoid(gate["f"]), states[1]),
            ops.multiply(keras.activations.sigmoid(gate["i"]), keras.activations.tanh(gate["c"])),
        )
        state = keras.activations.sigmoid(gate["o"]) * keras.activations.tanh(new)
        return state, [state, new]

    def get_config(self):
        return dict(super().get_config(), units=self.units, scale=self.scale)


def build_sequence_classifier(n_steps, n_inputs, n_classes, bidirectional=False):
    read = keras.layers.RNN(LSTMCell(40))
    if bidirectional:
        # A cell of each direction's own.
        back = keras.layers.RNN(LSTMCell(40), go_backwards=True)
        inputs = keras.Input((n_steps, n_inputs))
        features = keras.layers.Concatenate()([read(inputs), back(inputs)])
        model = keras.Model(inputs, keras.layers.Dense(n_classes)(features))
    else:
        layers = [keras.Input((n_steps, n_inputs)), read, keras.layers.Dense(n_classes)]
        model = keras.Sequential(layers)
    crossentropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Nadam(0.005), crossentropy)
    return model


def build_forecaster(n_steps, n_hidden):
    layers = [
        keras.layers.InputLayer(shape=(n_steps, 1)),
        keras.layers.RNN(LSTMCell(n_hidden)),
        keras.layers.Dense(1),
    ]
    model = keras.Sequential(layers)
    model.compile(loss="mse", optimizer=keras.optimizers.SGD(0.1))
    return model
