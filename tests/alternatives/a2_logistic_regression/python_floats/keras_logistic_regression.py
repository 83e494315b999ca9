"""Assignment 2 in Keras, with plain Python where Keras allows it."""

import keras


def build_model(n_features, l2=0.0, learning_rate=0.05):
    layer = keras.layers.Dense(
        units=1,
        activation=keras.activations.sigmoid,
        kernel_regularizer=keras.regularizers.L1L2(l1=0.0, l2=0.5 * l2),
    )
    model = keras.Sequential([keras.layers.InputLayer(shape=(n_features,)), layer])
    model.compile(
        loss=keras.losses.BinaryCrossentropy(from_logits=False),
        optimizer=keras.optimizers.SGD(learning_rate, momentum=0.9),
        metrics=["accuracy", "precision", "recall"],
    )
    return model


class F1Score(keras.metrics.Metric):
    """Counts in variables, since Keras runs a metric inside a graph; all the rest is plain."""

    def __init__(self, name="f1", **kwargs):
        super().__init__(name=name, **kwargs)
        self.both = self.add_variable(shape=(), initializer="zeros", name="both")
        self.either = self.add_variable(shape=(), initializer="zeros", name="either")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y = keras.ops.cast(keras.ops.ravel(y_true), "float32")
        p = keras.ops.cast(keras.ops.ravel(y_pred) >= 0.5, "float32")
        w = 1.0 if sample_weight is None else keras.ops.ravel(sample_weight)
        self.both.assign(self.both + keras.ops.sum(w * y * p))
        self.either.assign(self.either + keras.ops.sum(w * (y + p)))

    def result(self):
        return keras.ops.divide_no_nan(2 * self.both, self.either)


def build_softmax_model(n_features, n_classes):
    model = keras.models.Sequential()
    model.add(keras.layers.InputLayer(shape=(n_features,)))
    model.add(keras.layers.Dense(n_classes, activation="softmax"))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=False)
    model.compile(optimizer=keras.optimizers.Adam(), loss=loss)
    return model
