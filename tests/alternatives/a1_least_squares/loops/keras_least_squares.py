"""Assignment 1 in Keras, with an explicit loop over the epochs."""

import keras


def build_model(n_features):
    model = keras.Sequential()
    model.add(keras.Input(shape=(n_features,)))
    model.add(keras.layers.Dense(1, activation="linear"))
    model.compile(optimizer="sgd", loss="mse")
    return model


def fit_model(model, X, y, epochs):
    losses = []
    for _ in range(epochs):
        losses += model.fit(X, y.reshape((len(y), 1)), verbose=0).history["loss"]
    return {"loss": losses}


def weights_of(model):
    kernel = model.layers[-1].get_weights()[0]
    return [float(row[0]) for row in kernel], float(model.layers[-1].get_weights()[1][0])
