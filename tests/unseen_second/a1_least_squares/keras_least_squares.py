import keras


def build_model(n_features, learning_rate=0.01):
    inputs = keras.Input((n_features,))
    model = keras.Model(inputs, keras.layers.Dense(1)(inputs))
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate), loss=keras.losses.MeanSquaredError()
    )
    return model


def fit_model(model, X, y, epochs):
    return model.fit(X, y.reshape(-1, 1), epochs=epochs, verbose=0)


def weights_of(model):
    kernel, bias = model.get_weights()
    return (kernel[:, 0], bias[0])
