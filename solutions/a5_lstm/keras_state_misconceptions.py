"""What students get wrong about the two states of assignment 5's cell.

Each definition replaces its exercise in a copy of the reference, so it uses that file's names.
"""

import keras
from keras import ops

from grader.course import misconception


@misconception("LSTMCell", hint="Which of the two states does Keras hand over first?")
class TakesTheStatesInAnotherOrder(keras.layers.Layer):
    """takes the states as [c, h], though it returns them as [h, c]"""

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
        c, h = states
        a = ops.matmul(inputs, self.kernel) + ops.matmul(h, self.recurrent_kernel) + self.bias
        a_i, a_f, a_c, a_o = ops.split(a, 4, axis=1)
        c = ops.sigmoid(a_f) * c + ops.sigmoid(a_i) * ops.tanh(a_c)
        h = ops.sigmoid(a_o) * ops.tanh(c)
        return h, [h, c]

    def get_config(self):
        return {**super().get_config(), "units": self.units}


@misconception("LSTMCell", hint="In which order does the handout name the two states?")
class CallsTheCellTheFirstState(keras.layers.Layer):
    """takes and returns the states as [c, h]"""

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
        c, h = states
        a = ops.matmul(inputs, self.kernel) + ops.matmul(h, self.recurrent_kernel) + self.bias
        a_i, a_f, a_c, a_o = ops.split(a, 4, axis=1)
        c = ops.sigmoid(a_f) * c + ops.sigmoid(a_i) * ops.tanh(a_c)
        h = ops.sigmoid(a_o) * ops.tanh(c)
        return h, [c, h]

    def get_config(self):
        return {**super().get_config(), "units": self.units}
