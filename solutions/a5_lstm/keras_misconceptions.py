"""What students get wrong in assignment 5's Keras part, and where a teacher would point.

Each definition replaces its exercise in a copy of the reference, so it uses that file's names.
"""

import keras
from keras import ops

from grader.course import misconception


@misconception("LSTMCell", hint="In which order do the four blocks of columns come?")
class CutsInAnotherOrder(keras.layers.Layer):
    """cuts the columns in the order i, f, o, c"""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = [units, units]

    def build(self, input_shape):
        shapes = {
            "kernel": (input_shape[-1], 4 * self.units),
            "recurrent_kernel": (self.units, 4 * self.units),
        }
        self.kernel, self.recurrent_kernel = (
            self.add_weight(shape=shape, initializer="glorot_uniform", name=name)
            for name, shape in shapes.items()
        )
        self.bias = self.add_weight(shape=(4 * self.units,), initializer="zeros", name="bias")

    def call(self, inputs, states):
        h, c = states
        a = ops.matmul(inputs, self.kernel) + ops.matmul(h, self.recurrent_kernel) + self.bias
        a_i, a_f, a_o, a_c = ops.split(a, 4, axis=1)
        c = ops.sigmoid(a_f) * c + ops.sigmoid(a_i) * ops.tanh(a_c)
        h = ops.sigmoid(a_o) * ops.tanh(c)
        return h, [h, c]

    def get_config(self):
        return {**super().get_config(), "units": self.units}


@misconception("LSTMCell", hint="Which of the two states comes first in `state_size`?")
class SwapsTheStates(keras.layers.Layer):
    """returns the states as [c, h], though it takes them as [h, c]"""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = [units, units]

    def build(self, input_shape):
        shapes = {
            "kernel": (input_shape[-1], 4 * self.units),
            "recurrent_kernel": (self.units, 4 * self.units),
        }
        self.kernel, self.recurrent_kernel = (
            self.add_weight(shape=shape, initializer="glorot_uniform", name=name)
            for name, shape in shapes.items()
        )
        self.bias = self.add_weight(shape=(4 * self.units,), initializer="zeros", name="bias")

    def call(self, inputs, states):
        h, c = states
        a = ops.matmul(inputs, self.kernel) + ops.matmul(h, self.recurrent_kernel) + self.bias
        a_i, a_f, a_c, a_o = ops.split(a, 4, axis=1)
        c = ops.sigmoid(a_f) * c + ops.sigmoid(a_i) * ops.tanh(a_c)
        h = ops.sigmoid(a_o) * ops.tanh(c)
        return h, [c, h]

    def get_config(self):
        return {**super().get_config(), "units": self.units}


@misconception("LSTMCell", hint="How large can a cell become, and how large a state?")
class ShowsTheCellItself(keras.layers.Layer):
    """leaves out tanh between the cell and the state"""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = [units, units]

    def build(self, input_shape):
        shapes = {
            "kernel": (input_shape[-1], 4 * self.units),
            "recurrent_kernel": (self.units, 4 * self.units),
        }
        self.kernel, self.recurrent_kernel = (
            self.add_weight(shape=shape, initializer="glorot_uniform", name=name)
            for name, shape in shapes.items()
        )
        self.bias = self.add_weight(shape=(4 * self.units,), initializer="zeros", name="bias")

    def call(self, inputs, states):
        h, c = states
        a = ops.matmul(inputs, self.kernel) + ops.matmul(h, self.recurrent_kernel) + self.bias
        a_i, a_f, a_c, a_o = ops.split(a, 4, axis=1)
        c = ops.sigmoid(a_f) * c + ops.sigmoid(a_i) * ops.tanh(a_c)
        h = ops.sigmoid(a_o) * c
        return h, [h, c]

    def get_config(self):
        return {**super().get_config(), "units": self.units}


@misconception("LSTMCell", hint="What does the cell give when inputs and states are all zero?")
class ForgetsTheBias(keras.layers.Layer):
    """makes a bias, but never adds it"""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = [units, units]

    def build(self, input_shape):
        shapes = {
            "kernel": (input_shape[-1], 4 * self.units),
            "recurrent_kernel": (self.units, 4 * self.units),
        }
        self.kernel, self.recurrent_kernel = (
            self.add_weight(shape=shape, initializer="glorot_uniform", name=name)
            for name, shape in shapes.items()
        )
        self.bias = self.add_weight(shape=(4 * self.units,), initializer="zeros", name="bias")

    def call(self, inputs, states):
        h, c = states
        a = ops.matmul(inputs, self.kernel) + ops.matmul(h, self.recurrent_kernel)
        a_i, a_f, a_c, a_o = ops.split(a, 4, axis=1)
        c = ops.sigmoid(a_f) * c + ops.sigmoid(a_i) * ops.tanh(a_c)
        h = ops.sigmoid(a_o) * ops.tanh(c)
        return h, [h, c]

    def get_config(self):
        return {**super().get_config(), "units": self.units}


@misconception("LSTMCell", hint="Could someone who has only the config build your cell again?")
class LosesTheUnits(keras.layers.Layer):
    """leaves units out of its config, so that no copy can be made"""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = [units, units]

    def build(self, input_shape):
        shapes = {
            "kernel": (input_shape[-1], 4 * self.units),
            "recurrent_kernel": (self.units, 4 * self.units),
        }
        self.kernel, self.recurrent_kernel = (
            self.add_weight(shape=shape, initializer="glorot_uniform", name=name)
            for name, shape in shapes.items()
        )
        self.bias = self.add_weight(shape=(4 * self.units,), initializer="zeros", name="bias")

    def call(self, inputs, states):
        h, c = states
        a = ops.matmul(inputs, self.kernel) + ops.matmul(h, self.recurrent_kernel) + self.bias
        a_i, a_f, a_c, a_o = ops.split(a, 4, axis=1)
        c = ops.sigmoid(a_f) * c + ops.sigmoid(a_i) * ops.tanh(a_c)
        h = ops.sigmoid(a_o) * ops.tanh(c)
        return h, [h, c]

    def get_config(self):
        return {"name": self.name, "trainable": self.trainable}


@misconception("build_sequence_classifier", hint="What does a loss with `from_logits=True` expect?")
def ends_in_a_softmax(n_steps, n_inputs, n_classes, bidirectional=False):
    """ends in a softmax, whose probabilities the loss then takes for logits"""
    lstm = keras.layers.LSTM(64)
    if bidirectional:
        lstm = keras.layers.Bidirectional(lstm)
    output = keras.layers.Dense(n_classes, activation="softmax")
    model = keras.Sequential([keras.Input((n_steps, n_inputs)), lstm, output])
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


@misconception("build_sequence_classifier", hint="What does this loss expect unless it is told?")
def compiles_for_probabilities(n_steps, n_inputs, n_classes, bidirectional=False):
    """ends in logits, but is compiled with a loss that expects probabilities"""
    lstm = keras.layers.LSTM(64)
    if bidirectional:
        lstm = keras.layers.Bidirectional(lstm)
    output = keras.layers.Dense(n_classes)
    model = keras.Sequential([keras.Input((n_steps, n_inputs)), lstm, output])
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


@misconception("build_sequence_classifier", hint="Is a class asked for at every step, or once?")
def answers_at_every_step(n_steps, n_inputs, n_classes, bidirectional=False):
    """returns logits for every step"""
    lstm = keras.layers.LSTM(64, return_sequences=True)
    if bidirectional:
        lstm = keras.layers.Bidirectional(lstm)
    output = keras.layers.Dense(n_classes)
    model = keras.Sequential([keras.Input((n_steps, n_inputs)), lstm, output])
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


@misconception(
    "build_sequence_classifier", hint="How much has the backward layer read at the last step?"
)
def takes_the_last_column_of_both(n_steps, n_inputs, n_classes, bidirectional=False):
    """takes the last step of both readings, where the one from the right has just begun"""
    lstm = keras.layers.LSTM(64, return_sequences=True)
    if bidirectional:
        lstm = keras.layers.Bidirectional(lstm)
    inputs = keras.Input((n_steps, n_inputs))
    outputs = keras.layers.Dense(n_classes)(lstm(inputs)[:, -1])
    model = keras.Model(inputs, outputs)
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


@misconception("build_sequence_classifier", hint="Do longer sequences need more weights?")
def flattens(n_steps, n_inputs, n_classes, bidirectional=False):
    """flattens the sequence, where a recurrent layer would read it step by step"""
    model = keras.Sequential(
        [
            keras.Input((n_steps, n_inputs)),
            keras.layers.Flatten(),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(n_classes),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss)
    return model


@misconception("build_sequence_classifier", hint="Where is the argument `bidirectional` used?")
def never_reads_from_the_right(n_steps, n_inputs, n_classes, bidirectional=False):
    """reads from the left alone, whatever `bidirectional` says"""
    lstm, output = keras.layers.LSTM(64), keras.layers.Dense(n_classes)
    model = keras.Sequential([keras.Input((n_steps, n_inputs)), lstm, output])
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


@misconception("build_forecaster", hint="Can your forecast be 1.5, or −2?")
def squashes_the_forecast(n_steps, n_hidden):
    """ends in a sigmoid, so that every forecast lies between 0 and 1"""
    lstm, output = keras.layers.LSTM(n_hidden), keras.layers.Dense(1, activation="sigmoid")
    model = keras.Sequential([keras.Input((n_steps, 1)), lstm, output])
    model.compile("adam", "mean_squared_error")
    return model


@misconception("build_forecaster", hint="How many forecasts does one window give?")
def forecasts_at_every_step(n_steps, n_hidden):
    """returns a forecast for every step"""
    lstm, output = keras.layers.LSTM(n_hidden, return_sequences=True), keras.layers.Dense(1)
    model = keras.Sequential([keras.Input((n_steps, 1)), lstm, output])
    model.compile("adam", "mean_squared_error")
    return model


@misconception("build_forecaster", hint="Are errors squared in your loss?")
def compiles_with_absolute_errors(n_steps, n_hidden):
    """is compiled with the mean absolute error"""
    lstm, output = keras.layers.LSTM(n_hidden), keras.layers.Dense(1)
    model = keras.Sequential([keras.Input((n_steps, 1)), lstm, output])
    model.compile("adam", "mean_absolute_error")
    return model
