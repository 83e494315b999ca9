"""Assignment 1 in Keras as a subclass."""

import keras


class Line(keras.Model):
    def __init__(self, n_features):
        super().__init__()
        self.dense = keras.layers.Dense(1)
        self.build((None, n_features))

    def build(self, input_shape):
        self.dense.build(input_shape)
        self.built = True

    def call(self, X):
        return self.dense(X)

    @property
    def output_shape(self):
        return (None, 1)


def build_model(n_features):
    model = Line(n_features)
    model.compile(optimizer=keras.optimizers.SGD(), loss=keras.losses.mean_squared_error)
    return model


def fit_model(model, X, y, epochs):
    if y.ndim == 1:
        y = y[:, None]
    return model.fit(X, y, epochs=epochs, verbose=0).history


def weights_of(model):
    kernel, bias = (variable.numpy() for variable in model.trainable_variables)
    return kernel.ravel(), bias[0]
