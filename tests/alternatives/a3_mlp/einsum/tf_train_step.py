"""Assignment 3 in TensorFlow: the graph is the whole function; building is lifted out of it."""

import tensorflow as tf


@tf.function(reduce_retracing=True)
def train_step(model, optimizer, x, y):
    with tf.init_scope():
        optimizer.build(model.trainable_variables)
    with tf.GradientTape() as tape:
        logits = model(x, training=True)
        log_p = tf.nn.log_softmax(logits)
        labels = tf.one_hot(y, tf.shape(logits)[-1])
        loss = -tf.einsum("nk,nk->", labels, log_p) / tf.cast(tf.shape(x)[0], tf.float32)
        if model.losses:
            loss = loss + tf.add_n(model.losses)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss
