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
    raise NotImplementedError("build_model is yours to write")


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
    raise NotImplementedError("fit_model is yours to write")


def weights_of(model):
    """Return the model's parameters as `w (D,)` and a number `b`."""
    raise NotImplementedError("weights_of is yours to write")
