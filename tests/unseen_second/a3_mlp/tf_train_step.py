import keras
import tensorflow as tf


class _Trainer:
    def __init__(self, model, optimizer):
        self.model, self.optimizer = (model, optimizer)
        self.criterion = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        optimizer.build(model.trainable_variables)

    def loss(self, x, y):
        logits = self.model(x, training=True)
        return tf.add_n([self.criterion(y, logits), *self.model.losses])

    @tf.function
    def step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.loss(x, y)
        variables = self.model.trainable_variables
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        return loss


_trainers = {}


def train_step(model, optimizer, x, y):
    key = (id(model), id(optimizer))
    if key not in _trainers:
        _trainers[key] = _Trainer(model, optimizer)
    return _trainers[key].step(x, y)
