"""Assignment 1 in Keras, returning lists and Python floats."""

import keras


def build_model(n_features):
    layers = [keras.layers.InputLayer(shape=(n_features,)), keras.layers.Dense(units=1)]
    model = keras.models.Sequential(layers)
    optimizer = keras.optimizers.SGD(learning_rate=0.02, momentum=0.9)
    model.compile(loss="mean_squared_error", optimizer=optimizer, metrics=["mae"])
    return model


def fit_model(model, X, y, epochs):
    return model.fit(x=X, y=y.reshape(len(X), 1), epochs=epochs, verbose=0)


def weights_of(model):
    kernel, bias = (weight.tolist() for weight in model.get_weights())
    return sum(kernel, []), bias[0]
