"""Assignment 3 in TensorFlow: one graph for each model and optimiser, kept in a list."""

import tensorflow as tf

_known = []


def _graph_for(model, optimizer):
    for known_model, known_optimizer, graph in _known:
        if known_model is model and known_optimizer is optimizer:
            return graph
    optimizer.build(model.trainable_variables)

    @tf.function
    def graph(x, y):
        with tf.GradientTape() as tape:
            logits = model(x, training=True)
            loss = tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits)
            )
            for penalty in model.losses:
                loss += penalty
        gradients = tape.gradient(loss, model.trainable_weights)
        optimizer.apply_gradients(zip(gradients, model.trainable_weights))
        return loss

    _known.append((model, optimizer, graph))
    return graph


def train_step(model, optimizer, x, y):
    return _graph_for(model, optimizer)(tf.constant(x), tf.constant(y))
