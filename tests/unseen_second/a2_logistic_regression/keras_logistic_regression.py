import keras
from keras import ops


def build_model(n_features, l2=0.0):
    unit = keras.layers.Dense(
        1, activation="sigmoid", kernel_regularizer=keras.regularizers.L2(l2 / 2)
    )
    model = keras.Sequential([keras.Input((n_features,)), unit])
    model.compile(
        optimizer=keras.optimizers.SGD(0.1),
        loss="binary_crossentropy",
        metrics=["accuracy", keras.metrics.Precision(), keras.metrics.Recall()],
    )
    return model


class F1Score(keras.metrics.Metric):
    def __init__(self, name="f1", **kwargs):
        super().__init__(name=name, **kwargs)
        self.hits = self.add_weight(name="hits", initializer="zeros")
        self.called = self.add_weight(name="called", initializer="zeros")
        self.actual = self.add_weight(name="actual", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        truth = ops.cast(ops.reshape(y_true, [-1]), "float32")
        guess = ops.cast(ops.reshape(y_pred, [-1]) >= 0.5, "float32")
        if sample_weight is None:
            counts = ops.ones_like(truth)
        else:
            counts = ops.cast(ops.reshape(sample_weight, [-1]), "float32")
        self.hits.assign_add(ops.sum(counts * truth * guess))
        self.called.assign_add(ops.sum(counts * guess))
        self.actual.assign_add(ops.sum(counts * truth))

    def result(self):
        both = self.called + self.actual
        return ops.where(both > 0, 2 * self.hits / ops.maximum(both, 1e-12), 0.0)


def build_softmax_model(n_features, n_classes):
    model = keras.Sequential()
    model.add(keras.Input(shape=(n_features,)))
    model.add(keras.layers.Dense(n_classes))
    model.add(keras.layers.Softmax())
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(), optimizer="sgd")
    return model
