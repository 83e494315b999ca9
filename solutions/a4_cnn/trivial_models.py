"""What `LeNet.fit` may leave behind that is no trained network, which must earn nothing."""

# ruff: noqa: F821  # names such as `_lenet_params` belong to the reference's file
import numpy as np

from grader.course import trivial_model


@trivial_model("LeNet")
class Untrained:
    """keeps its first weights"""

    def __init__(self, input_shape, n_classes, rng):
        self.params = _lenet_params(input_shape, n_classes, rng)

    def forward(self, x):
        return _lenet_forward(self.params, x)[0]

    def fit(self, x, y, rng):
        return self


@trivial_model("LeNet")
class Linear:
    """answers with a linear classifier, fitted by least squares"""

    def __init__(self, input_shape, n_classes, rng):
        self.params = _lenet_params(input_shape, n_classes, rng)

    def forward(self, x):
        return np.column_stack([x.reshape(len(x), -1), np.ones(len(x))]) @ self.W

    def fit(self, x, y, rng):
        rows = np.column_stack([x.reshape(len(x), -1), np.ones(len(x))])
        ridge = rows.T @ rows + np.eye(rows.shape[1])
        self.W = np.linalg.solve(ridge, rows.T @ np.eye(int(np.max(y)) + 1)[y])
        return self


@trivial_model("LeNet")
class NearestMean:
    """answers with the class whose mean image is nearest"""

    def __init__(self, input_shape, n_classes, rng):
        self.params = _lenet_params(input_shape, n_classes, rng)

    def forward(self, x):
        return x.reshape(len(x), -1) @ self.means.T - np.sum(self.means**2, axis=1) / 2

    def fit(self, x, y, rng):
        flat = x.reshape(len(x), -1)
        self.means = np.array([flat[y == label].mean(axis=0) for label in range(np.max(y) + 1)])
        return self


@trivial_model("build_lenet")
def stands_still(input_shape, n_classes):
    """is compiled with a learning rate of 0"""
    last = {"data_format": "channels_last"}
    convolution = {"padding": "same", "activation": "relu", **last}
    model = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(6, 3, **convolution),
            layers.MaxPooling2D(2, **last),
            layers.Conv2D(16, 3, **convolution),
            layers.MaxPooling2D(2, **last),
            layers.Flatten(**last),
            layers.Dense(120, activation="relu"),
            layers.Dense(84, activation="relu"),
            layers.Dense(n_classes),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.SGD(0.0), loss=loss)
    return model
