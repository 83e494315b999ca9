"""Assignment 1 in Keras, with the functional interface."""

import keras
import numpy as np
from keras import layers


def build_model(n_features):
    rows = keras.Input(shape=(n_features,))
    answers = layers.Dense(units=1, activation="linear")(rows)
    network = keras.Model(inputs=rows, outputs=answers)
    network.compile(
        loss=keras.losses.MeanSquaredError(),
        optimizer=keras.optimizers.SGD(learning_rate=0.01),
    )
    return network


def fit_model(model, X, y, epochs):
    targets = np.reshape(y, (len(X), 1))
    history = model.fit(x=X, y=targets, epochs=epochs, verbose=0)
    return history.history


def weights_of(model):
    last = model.layers[-1]
    w = last.get_weights()[0].flatten()
    b = float(last.get_weights()[1][0])
    return w, b
