"""Assignment 2 in Keras: one neuron, a metric of your own, and softmax regression."""

import keras
from keras import ops


def build_model(n_features, l2=0.0):
    """Build and compile logistic regression: one sigmoid unit.

    Compiled with binary cross-entropy (from probabilities) and the metrics accuracy, precision
    and recall; the optimiser is yours. The penalty of the course is l2/2 ‖w‖², so the kernel's
    regulariser is `keras.regularizers.L2(l2 / 2)`.

    Parameters
    ----------
    n_features : int
    l2 : float

    Returns
    -------
    keras.Model
        From `(N, D)` to `(N, 1)`.

    Source: N5, section 2.1.
    """
    ### BEGIN SOLUTION
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
    ### END SOLUTION


@keras.saving.register_keras_serializable(package="deep_learning_course")
class F1Score(keras.metrics.Metric):
    """F1 of predicted probabilities: 2·tp / (2·tp + fp + fn), positive at ≥ 0.5.

    Counts over all batches since the last `reset_state`; 0 where nothing is or was called positive.
    Labels and probabilities have shape `(N,)` or `(N, 1)`, in any combination; labels are 0 and 1
    of any integer or float type.
    `sample_weight`, when given, weighs the rows. It works in `compile`, `fit` and `evaluate`,
    which run it inside a graph: counts are variables of the metric, not Python numbers.
    `keras.metrics.F1Score` and `FBetaScore` are not allowed here.

    Source: N5, section 2.4.4.
    """

    def __init__(self, name="f1", **kwargs):
        """Create the three counters."""
        ### BEGIN SOLUTION
        super().__init__(name=name, **kwargs)
        self.tp = self.add_weight(name="tp", initializer="zeros")
        self.fp = self.add_weight(name="fp", initializer="zeros")
        self.fn = self.add_weight(name="fn", initializer="zeros")
        ### END SOLUTION

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add one batch to the counters."""
        ### BEGIN SOLUTION
        y_true = ops.cast(ops.reshape(y_true, (-1,)), self.dtype)
        positive = ops.cast(ops.reshape(y_pred, (-1,)) >= 0.5, self.dtype)
        weight = ops.ones_like(y_true)
        if sample_weight is not None:
            weight = ops.cast(ops.reshape(sample_weight, (-1,)), self.dtype)
        self.tp.assign_add(ops.sum(weight * y_true * positive))
        self.fp.assign_add(ops.sum(weight * (1 - y_true) * positive))
        self.fn.assign_add(ops.sum(weight * y_true * (1 - positive)))
        ### END SOLUTION

    def result(self):
        """Return F1 of everything counted, as a scalar tensor."""
        ### BEGIN SOLUTION
        return ops.divide_no_nan(2 * self.tp, 2 * self.tp + self.fp + self.fn)
        ### END SOLUTION


def build_softmax_model(n_features, n_classes):
    """Build and compile softmax regression: one Dense layer with softmax output.

    Compiled with sparse categorical cross-entropy (from probabilities); the optimiser is yours.

    Returns
    -------
    keras.Model
        From `(N, D)` to `(N, K)`.
    """
    ### BEGIN SOLUTION
    model = keras.Sequential(
        [keras.Input((n_features,)), keras.layers.Dense(n_classes, activation="softmax")]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(0.01),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
    ### END SOLUTION
