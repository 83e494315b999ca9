"""Assignment 3 in TensorFlow: the loss in a function of its own, one graph for each pair."""

import tensorflow as tf


def objective(model, x, y):
    logits = model(x, training=True)
    per_row = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits)
    loss = tf.reduce_mean(per_row)
    for penalty in model.losses:
        loss = loss + penalty
    return loss


@tf.function
def step(model, optimizer, x, y):
    with tf.GradientTape() as tape:
        loss = objective(model, x, y)
    weights = model.trainable_variables
    slopes = tape.gradient(loss, weights)
    optimizer.apply_gradients(zip(slopes, weights))
    return loss


def train_step(model, optimizer, x, y):
    if not optimizer.built:
        optimizer.build(model.trainable_variables)
    rows = tf.constant(x, dtype=tf.float32)
    labels = tf.cast(tf.constant(y), tf.int32)
    return step(model, optimizer, rows, labels)
