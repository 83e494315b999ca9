"""What students get wrong in the state of assignment 2's metric.

Each definition replaces its exercise in a copy of the reference, so it uses that file's names.
"""

import keras
from keras import ops

from grader.course import misconception


@misconception("F1Score", hint="What do the counters hold once a second batch has come?")
class KeepsTheLastBatchAlone(keras.metrics.Metric):
    """assigns each batch's counts to its variables instead of adding them"""

    def __init__(self, name="f1", **kwargs):
        super().__init__(name=name, **kwargs)
        self.tp = self.add_weight(name="tp", initializer="zeros")
        self.fp = self.add_weight(name="fp", initializer="zeros")
        self.fn = self.add_weight(name="fn", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = ops.cast(ops.reshape(y_true, (-1,)), self.dtype)
        positive = ops.cast(ops.reshape(y_pred, (-1,)) >= 0.5, self.dtype)
        weight = ops.ones_like(y_true)
        if sample_weight is not None:
            weight = ops.cast(ops.reshape(sample_weight, (-1,)), self.dtype)
        self.tp.assign(ops.sum(weight * y_true * positive))
        self.fp.assign(ops.sum(weight * (1 - y_true) * positive))
        self.fn.assign(ops.sum(weight * y_true * (1 - positive)))

    def result(self):
        return ops.divide_no_nan(2 * self.tp, 2 * self.tp + self.fp + self.fn)
