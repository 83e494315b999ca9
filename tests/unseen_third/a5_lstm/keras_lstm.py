import keras
from keras import layers, ops


@keras.saving.register_keras_serializable(package="deep_learning_course")
class LSTMCell(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    @property
    def state_size(self):
        return [self.units, self.units]

    def build(self, input_shape):
        d = input_shape[-1]
        self.kernel = self.add_weight(
            name="kernel", shape=(d, 4 * self.units), initializer="random_normal"
        )
        self.recurrent_kernel = self.add_weight(
            name="recurrent_kernel", shape=(self.units, 4 * self.units), initializer="random_normal"
        )
        self.bias = self.add_weight(name="bias", shape=(4 * self.units,), initializer="zeros")

    def call(self, inputs, states):
        hidden, cell = states[0], states[1]
        scores = inputs @ self.kernel + hidden @ self.recurrent_kernel + self.bias
        u = self.units
        write = ops.sigmoid(scores[:, :u])
        keep = ops.sigmoid(scores[:, u : 2 * u])
        candidate = ops.tanh(scores[:, 2 * u : 3 * u])
        show = ops.sigmoid(scores[:, 3 * u :])
        cell = keep * cell + write * candidate
        hidden = show * ops.tanh(cell)
        return hidden, [hidden, cell]

    def get_config(self):
        config = super().get_config()
        config.update(units=self.units)
        return config


def build_sequence_classifier(n_steps, n_inputs, n_classes, bidirectional=False):
    sequence = keras.Input(shape=(n_steps, n_inputs))
    x = layers.LSTM(48)(sequence)
    if bidirectional:
        back = layers.LSTM(48, go_backwards=True)(sequence)
        x = layers.Concatenate()([x, back])
    logits = layers.Dense(n_classes)(x)
    model = keras.Model(sequence, logits)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.006), loss=loss)
    return model


def build_forecaster(n_steps, n_hidden):
    sequence = keras.Input(shape=(n_steps, 1))
    state = layers.LSTM(n_hidden)(sequence)
    forecast = layers.Dense(1)(state)
    model = keras.Model(sequence, forecast)
    model.compile(optimizer=keras.optimizers.RMSprop(0.003), loss="mse")
    return model
