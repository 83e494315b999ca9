"""The TensorFlow part as a student who makes a graph for each call would hand it in."""

import keras
import tensorflow as tf

_steps = {}


def _make_step(model, optimizer):
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            logits = model(x, training=True)
            loss = loss_of(y, logits)
            if model.losses:
                loss += tf.add_n(model.losses)
        weights = model.trainable_variables
        optimizer.apply(tape.gradient(loss, weights), weights)
        return loss

    return step


def train_step(model, optimizer, x, y):
    key = (id(model), id(optimizer))
    if key not in _steps:
        if not optimizer.built:
            optimizer.build(model.trainable_variables)
        _steps[key] = (_make_step(model, optimizer), model, optimizer)
    step = _steps[key][0]
    return step(tf.convert_to_tensor(x), tf.convert_to_tensor(y))
