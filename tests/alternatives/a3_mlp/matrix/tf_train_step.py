"""Assignment 3 in TensorFlow: gradients in a graph, the update outside it."""

import tensorflow as tf


@tf.function
def _loss_and_gradients(model, x, y):
    with tf.GradientTape() as tape:
        logits = model(x, training=True)
        rows = tf.reduce_logsumexp(logits, axis=1) - tf.gather(logits, y, axis=1, batch_dims=1)
        loss = tf.reduce_mean(rows) + tf.reduce_sum([0.0, *model.losses])
    return loss, tape.gradient(loss, model.trainable_variables)


def train_step(model, optimizer, x, y):
    loss, gradients = _loss_and_gradients(model, tf.constant(x), tf.constant(y))
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss.numpy()
