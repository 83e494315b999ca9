"""Assignment 3 in TensorFlow: what `model.fit` does with one batch."""

import keras
import tensorflow as tf


def train_step(model, optimizer, x, y):
    """Take one step of training on a batch and return the loss before it.

    The loss is the mean sparse categorical cross-entropy from logits plus the penalties that
    lie in `model.losses`; the model runs with `training=True`. The `tf.GradientTape` stands
    inside a `tf.function`, so that a later step of the same model runs no Python of the model's.

    Called for several models and optimisers in one process. An optimiser makes its variables
    when it is first used, and a `tf.function` may make none once it was traced: so build the
    optimiser first, outside the graph.

    Parameters
    ----------
    model : keras.Model
        Built, from `(N, D)` to logits `(N, K)`; its weights are updated.
    optimizer : keras.optimizers.Optimizer
        Perhaps not built yet; it keeps its state from step to step.
    x : array (N, D)
    y : array (N,)
        Labels 0 … K−1.

    Returns
    -------
    scalar tensor

    Source: TensorFlow guide "Better performance with tf.function".
    """
    raise NotImplementedError("train_step is yours to write")
