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
    raise NotImplementedError("build_model is yours to write")


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
        raise NotImplementedError("F1Score.__init__ is yours to write")

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add one batch to the counters."""
        raise NotImplementedError("F1Score.update_state is yours to write")

    def result(self):
        """Return F1 of everything counted, as a scalar tensor."""
        raise NotImplementedError("F1Score.result is yours to write")


def build_softmax_model(n_features, n_classes):
    """Build and compile softmax regression: one Dense layer with softmax output.

    Compiled with sparse categorical cross-entropy (from probabilities); the optimiser is yours.

    Returns
    -------
    keras.Model
        From `(N, D)` to `(N, K)`.
    """
    raise NotImplementedError("build_softmax_model is yours to write")
