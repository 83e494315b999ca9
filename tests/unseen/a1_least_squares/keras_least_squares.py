"""The Keras part as a student who likes the functional interface would hand it in."""

import keras
import numpy as np


def build_model(n_features):
    inputs = keras.Input((n_features,))
    outputs = keras.layers.Dense(units=1)(inputs)
    model = keras.Model(inputs, outputs)
    optimizer = keras.optimizers.SGD(learning_rate=0.05)
    model.compile(optimizer=optimizer, loss=keras.losses.MeanSquaredError())
    return model


def fit_model(model, X, y, epochs):
    targets = np.reshape(y, (len(X), 1))
    history = model.fit(X, targets, epochs=epochs, verbose=0)
    return history.history


def weights_of(model):
    kernel, bias = model.get_weights()
    return kernel[:, 0], float(bias[0])
