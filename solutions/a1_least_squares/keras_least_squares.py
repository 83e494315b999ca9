"""Assignment 1 in Keras: linear regression is a network of one neuron."""

import keras


def build_model(n_features):
    """Build and compile a linear model: one `Dense(1)`, no activation.

    It is compiled with stochastic gradient descent (any learning rate) and the mean squared
    error.

    Parameters
    ----------
    n_features : int
        D, the width of the input.

    Returns
    -------
    keras.Model
        From `(N, D)` to `(N, 1)`.
    """
    ### BEGIN SOLUTION
    model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(0.05), loss="mean_squared_error")
    return model
    ### END SOLUTION


def fit_model(model, X, y, epochs):
    """Train the model for some epochs, without output.

    Parameters
    ----------
    X : array (N, D)
    y : array (N,) or (N, 1)

    Returns
    -------
    keras.callbacks.History
        Or its dict; `loss` has one value per epoch.
    """
    ### BEGIN SOLUTION
    return model.fit(X, y.reshape(-1, 1), epochs=epochs, verbose=0)
    ### END SOLUTION


def weights_of(model):
    """Return the model's parameters as `w (D,)` and a number `b`."""
    ### BEGIN SOLUTION
    kernel, bias = model.get_weights()  # (D, 1), (1,)
    return kernel[:, 0], bias[0]
    ### END SOLUTION
