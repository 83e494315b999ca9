"""What students get wrong about the graph of assignment 3's step in TensorFlow.

Each definition replaces its exercise in a copy of the reference, so it uses that file's names.
"""

import keras
import tensorflow as tf

from grader.course import misconception


@misconception("train_step", hint="How often does Python run your model in ten steps?")
def never_traces_a_graph(model, optimizer, x, y):
    """runs each step eagerly, without a `tf.function`"""
    x, y = tf.convert_to_tensor(x), tf.convert_to_tensor(y)
    with tf.GradientTape() as tape:
        logits = model(x, training=True)
        losses = keras.losses.sparse_categorical_crossentropy(y, logits, from_logits=True)
        loss = tf.reduce_mean(losses) + sum(model.losses)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply(gradients, model.trainable_variables)
    return loss
