"""What students get wrong in assignment 3's Keras part, and where a teacher would point.

Each definition replaces its exercise in a copy of the reference, so it uses that file's names.
"""

import keras
import tensorflow as tf
from keras import ops

from grader.course import misconception


@misconception("Dense", hint="What does the layer give for an input of zeros?")
class ForgetsTheBias(keras.layers.Layer):
    """makes a bias, but never adds it"""

    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = keras.activations.get(activation)

    def build(self, input_shape):
        shape = (input_shape[-1], self.units)
        self.kernel = self.add_weight(shape=shape, initializer="glorot_uniform", name="kernel")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, inputs):
        return self.activation(ops.matmul(inputs, self.kernel))

    def get_config(self):
        activation = keras.activations.serialize(self.activation)
        return {**super().get_config(), "units": self.units, "activation": activation}


@misconception("Dense", hint="Where do you use `self.activation`?")
class ForgetsTheActivation(keras.layers.Layer):
    """keeps the activation, but never applies it"""

    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = keras.activations.get(activation)

    def build(self, input_shape):
        shape = (input_shape[-1], self.units)
        self.kernel = self.add_weight(shape=shape, initializer="glorot_uniform", name="kernel")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, inputs):
        return ops.matmul(inputs, self.kernel) + self.bias

    def get_config(self):
        activation = keras.activations.serialize(self.activation)
        return {**super().get_config(), "units": self.units, "activation": activation}


@misconception("Dense", hint="Does `get_config` return all that `__init__` takes?")
class LosesTheActivation(keras.layers.Layer):
    """leaves the activation out of its config, so that a copy has none"""

    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = keras.activations.get(activation)

    def build(self, input_shape):
        shape = (input_shape[-1], self.units)
        self.kernel = self.add_weight(shape=shape, initializer="glorot_uniform", name="kernel")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, inputs):
        return self.activation(ops.matmul(inputs, self.kernel) + self.bias)

    def get_config(self):
        return {**super().get_config(), "units": self.units}


@misconception("FocalLoss", hint="Which rows should count less: those that are right or wrong?")
class FavoursEasyRows(keras.losses.Loss):
    """weighs rows by p_t^γ, so that easy rows count most"""

    def __init__(self, gamma=2.0, **kwargs):
        super().__init__(**kwargs)
        self.gamma = gamma

    def call(self, y_true, y_pred):
        picked = ops.one_hot(ops.cast(y_true, "int32"), y_pred.shape[-1], dtype=y_pred.dtype)
        log_p = ops.sum(picked * ops.log_softmax(y_pred, axis=-1), axis=-1)
        return -ops.power(ops.exp(log_p), self.gamma) * log_p

    def get_config(self):
        return {**super().get_config(), "gamma": self.gamma}


@misconception("FocalLoss", hint="What is the log of a probability that was rounded to 0?")
class TakesTheLogOfASoftmax(keras.losses.Loss):
    """takes the log of a softmax, which is infinite for a label far behind"""

    def __init__(self, gamma=2.0, **kwargs):
        super().__init__(**kwargs)
        self.gamma = gamma

    def call(self, y_true, y_pred):
        picked = ops.one_hot(ops.cast(y_true, "int32"), y_pred.shape[-1], dtype=y_pred.dtype)
        p = ops.sum(picked * ops.softmax(y_pred, axis=-1), axis=-1)
        return -ops.power(1 - p, self.gamma) * ops.log(p)

    def get_config(self):
        return {**super().get_config(), "gamma": self.gamma}


@misconception("FocalLoss", hint="What is the slope of √x at 0, and what is it times 0?")
class RaisesZeroToAFraction(keras.losses.Loss):
    """takes the power of 1 − p_t where that is 0, and its slope there is infinite for γ < 1"""

    def __init__(self, gamma=2.0, **kwargs):
        super().__init__(**kwargs)
        self.gamma = gamma

    def call(self, y_true, y_pred):
        picked = ops.one_hot(ops.cast(y_true, "int32"), y_pred.shape[-1], dtype=y_pred.dtype)
        log_p = ops.sum(picked * ops.log_softmax(y_pred, axis=-1), axis=-1)
        return -ops.power(-ops.expm1(log_p), self.gamma) * log_p

    def get_config(self):
        return {**super().get_config(), "gamma": self.gamma}


@misconception("FocalLoss", hint="How could `sample_weight` weigh rows that are averaged already?")
class AveragesTooEarly(keras.losses.Loss):
    """averages the rows in `call`, before the base class can weigh them"""

    def __init__(self, gamma=2.0, **kwargs):
        super().__init__(**kwargs)
        self.gamma = gamma

    def call(self, y_true, y_pred):
        picked = ops.one_hot(ops.cast(y_true, "int32"), y_pred.shape[-1], dtype=y_pred.dtype)
        log_p = ops.sum(picked * ops.log_softmax(y_pred, axis=-1), axis=-1)
        miss = -ops.expm1(log_p)
        return ops.mean(-ops.power(ops.where(miss > 0, miss, 1.0), self.gamma) * log_p)

    def get_config(self):
        return {**super().get_config(), "gamma": self.gamma}


@misconception("build_mlp", hint="What does the loss expect that was told `from_logits=True`?")
def ends_in_a_softmax(n_inputs, hidden, n_classes, dropout=0.0, l2=0.0, batch_norm=False):
    """ends in a softmax, whose probabilities the loss then takes for logits"""
    penalty = keras.regularizers.L2(l2 / 2)
    model = keras.Sequential([keras.Input((n_inputs,))])
    for units in hidden:
        model.add(keras.layers.Dense(units, kernel_regularizer=penalty))
        if batch_norm:
            model.add(keras.layers.BatchNormalization())
        model.add(keras.layers.Activation("relu"))
        model.add(keras.layers.Dropout(dropout))
    model.add(keras.layers.Dense(n_classes, "softmax", kernel_regularizer=penalty))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss)
    return model


@misconception("build_mlp", hint="What reaches the batch normalisation: numbers of both signs?")
def normalises_behind_the_relu(n_inputs, hidden, n_classes, dropout=0.0, l2=0.0, batch_norm=False):
    """normalises behind the ReLU, not before it"""
    penalty = keras.regularizers.L2(l2 / 2)
    model = keras.Sequential([keras.Input((n_inputs,))])
    for units in hidden:
        model.add(keras.layers.Dense(units, activation="relu", kernel_regularizer=penalty))
        if batch_norm:
            model.add(keras.layers.BatchNormalization())
        model.add(keras.layers.Dropout(dropout))
    model.add(keras.layers.Dense(n_classes, kernel_regularizer=penalty))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss)
    return model


@misconception("build_mlp", hint="The course writes l2/2 ‖W‖². What does Keras's L2 write?")
def doubles_the_penalty(n_inputs, hidden, n_classes, dropout=0.0, l2=0.0, batch_norm=False):
    """passes l2 to Keras, whose L2 has no half"""
    penalty = keras.regularizers.L2(l2)
    model = keras.Sequential([keras.Input((n_inputs,))])
    for units in hidden:
        model.add(keras.layers.Dense(units, kernel_regularizer=penalty))
        if batch_norm:
            model.add(keras.layers.BatchNormalization())
        model.add(keras.layers.Activation("relu"))
        model.add(keras.layers.Dropout(dropout))
    model.add(keras.layers.Dense(n_classes, kernel_regularizer=penalty))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss)
    return model


@misconception("build_mlp", hint="How many kernels are there, and how many have a penalty?")
def spares_the_last_kernel(n_inputs, hidden, n_classes, dropout=0.0, l2=0.0, batch_norm=False):
    """leaves the last kernel without a penalty"""
    penalty = keras.regularizers.L2(l2 / 2)
    model = keras.Sequential([keras.Input((n_inputs,))])
    for units in hidden:
        model.add(keras.layers.Dense(units, kernel_regularizer=penalty))
        if batch_norm:
            model.add(keras.layers.BatchNormalization())
        model.add(keras.layers.Activation("relu"))
        model.add(keras.layers.Dropout(dropout))
    model.add(keras.layers.Dense(n_classes))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss)
    return model


@misconception("callbacks", hint="Which weights does the model have when `fit` returns?")
def keeps_the_last_weights(patience):
    """keeps the weights of the last epoch"""
    return [keras.callbacks.EarlyStopping("val_loss", patience=patience)]


@misconception("callbacks", hint="Which curve shows that a model overfits?")
def watches_the_training_loss(patience):
    """watches the loss on the training data"""
    return [keras.callbacks.EarlyStopping("loss", patience=patience, restore_best_weights=True)]


@misconception("callbacks", hint="After how many epochs without a better one does Keras stop?")
def waits_one_epoch_more(patience):
    """waits one epoch more than it was told"""
    return [
        keras.callbacks.EarlyStopping("val_loss", patience=patience + 1, restore_best_weights=True)
    ]


@misconception(
    "train_step",
    hint="How does batch normalisation know that this is training?",
    instead={"model(x, training=True)": "model(x, training=False)"},
)
def calls_the_model_as_at_inference():
    """calls the model without training=True"""


@misconception(
    "train_step",
    hint="Who adds what `kernel_regularizer` asks for?",
    instead={" + sum(model.losses)": ""},
)
def forgets_the_penalties():
    """forgets model.losses"""


@misconception(
    "train_step",
    hint="The loss of which weights is asked for, old or new ones?",
    instead={
        "    return loss\n": (
            "    logits = model(x, training=True)\n"
            "    losses = keras.losses.sparse_categorical_crossentropy(\n"
            "        y, logits, from_logits=True\n"
            "    )\n"
            "    return tf.reduce_mean(losses) + sum(model.losses)\n"
        )
    },
)
def returns_the_loss_afterwards():
    """returns the loss after the update"""


@misconception(
    "train_step",
    hint="What does the model return, probabilities or logits?",
    instead={"from_logits=True": "from_logits=False"},
)
def takes_logits_for_probabilities():
    """takes the logits for probabilities"""


@misconception("train_step", hint="When does an optimiser make its variables?")
@tf.function
def builds_inside_the_graph(model, optimizer, x, y):
    """lets each optimiser make its variables inside the graph"""
    with tf.GradientTape() as tape:
        logits = model(x, training=True)
        losses = keras.losses.sparse_categorical_crossentropy(y, logits, from_logits=True)
        loss = tf.reduce_mean(losses) + sum(model.losses)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply(gradients, model.trainable_variables)
    return loss
