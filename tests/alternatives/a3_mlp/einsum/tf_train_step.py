"""Assignment 3 in TensorFlow: the graph is a function that each pair of objects gets anew."""

import functools

import tensorflow as tf


@functools.cache
def _compiled(model, optimizer):
    optimizer.build(model.trainable_variables)

    @tf.function(reduce_retracing=True)
    def step(x, y):
        with tf.GradientTape() as tape:
            logits = model(x, training=True)
            labels = tf.one_hot(y, logits.shape[-1])
            total = tf.einsum("nk,nk->", labels, tf.nn.log_softmax(logits))
            loss = -total / tf.cast(tf.shape(x)[0], tf.float32)
            if model.losses:
                loss = loss + tf.add_n(model.losses)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return loss

    return step


def train_step(model, optimizer, x, y):
    return _compiled(model, optimizer)(tf.convert_to_tensor(x), tf.convert_to_tensor(y))
