import keras
from keras import ops


@keras.saving.register_keras_serializable(package="deep_learning_course")
class LSTMCell(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = [units, units]

    def build(self, input_shape):
        columns = 4 * self.units
        self.kernel = self.add_weight(
            shape=(input_shape[-1], columns), initializer="glorot_uniform", name="kernel"
        )
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, columns), initializer="orthogonal", name="recurrent_kernel"
        )
        self.bias = self.add_weight(shape=(columns,), initializer="zeros", name="bias")

    def call(self, inputs, states):
        h, c = states
        a = ops.matmul(inputs, self.kernel) + ops.matmul(h, self.recurrent_kernel) + self.bias
        a_i, a_f, a_c, a_o = ops.split(a, 4, axis=1)
        c = ops.sigmoid(a_f) * c + ops.sigmoid(a_i) * ops.tanh(a_c)
        h = ops.sigmoid(a_o) * ops.tanh(c)
        return (h, [h, c])

    def get_config(self):
        return {**super().get_config(), "units": self.units}


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
    model = keras.Sequential()
    model.add(keras.Input(shape=(n_steps, 1)))
    model.add(keras.layers.LSTM(n_hidden, return_sequences=False))
    model.add(keras.layers.Dense(1))
    model.compile(loss=keras.losses.MeanSquaredError(), optimizer="adam")
    return model
