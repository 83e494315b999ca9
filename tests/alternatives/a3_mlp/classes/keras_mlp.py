"""Assignment 3 in Keras by inheritance: a model of one's own, a loss that wraps a function."""

import keras
from keras import layers, ops


class Dense(layers.Layer):
    def __init__(self, units, activation=None, kernel_initializer="random_normal", **kwargs):
        super().__init__(**kwargs)
        self.units = int(units)
        self.kernel_initializer = kernel_initializer
        self.activate = layers.Activation(activation if activation is not None else "linear")
        self.activation = activation

    def build(self, input_shape):
        super().build(input_shape)
        self.kernel = self.add_weight(
            (input_shape[-1], self.units), initializer=self.kernel_initializer, name="kernel"
        )
        self.bias = self.add_weight((self.units,), initializer="zeros", name="bias")

    def call(self, inputs):
        return self.activate(ops.add(ops.dot(inputs, self.kernel), self.bias))

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)

    def get_config(self):
        return super().get_config() | {
            "units": self.units,
            "activation": self.activation,
            "kernel_initializer": self.kernel_initializer,
        }


class FocalLoss(keras.losses.Loss):
    def __init__(self, gamma=2.0, reduction="sum_over_batch_size", name="focal", **kwargs):
        super().__init__(name=name, reduction=reduction, **kwargs)
        self.gamma = gamma

    def call(self, y_true, y_pred):
        log_p = y_pred - ops.logsumexp(y_pred, axis=-1, keepdims=True)
        labels = ops.expand_dims(ops.cast(y_true, "int32"), -1)
        log_p_t = ops.squeeze(ops.take_along_axis(log_p, labels, axis=-1), -1)
        if self.gamma == 0:
            return -log_p_t
        p_t = ops.minimum(ops.exp(log_p_t), 1 - 1e-7)  # a power of 0 may have an infinite slope
        return -ops.power(1 - p_t, self.gamma) * log_p_t

    def get_config(self):
        config = super().get_config()
        return {**config, "gamma": self.gamma}


class _Block(layers.Layer):
    """Dense, normalisation, ReLU and dropout in one."""

    def __init__(self, units, dropout, penalty, batch_norm, **kwargs):
        super().__init__(**kwargs)
        self.dense = layers.Dense(units, kernel_regularizer=penalty)
        self.norm = layers.BatchNormalization() if batch_norm else None
        self.dropout = layers.Dropout(dropout)

    def build(self, input_shape):
        self.dense.build(input_shape)
        if self.norm is not None:
            self.norm.build(self.compute_output_shape(input_shape))
        self.built = True

    def call(self, x, training=None):
        x = self.dense(x)
        if self.norm is not None:
            x = self.norm(x, training=training)
        return self.dropout(ops.relu(x), training=training)

    def compute_output_shape(self, input_shape):
        return self.dense.compute_output_shape(input_shape)


def build_mlp(n_inputs, hidden, n_classes, dropout=0.0, l2=0.0, batch_norm=False):
    penalty = keras.regularizers.L1L2(l1=0.0, l2=l2 / 2)
    blocks = [_Block(units, dropout, penalty, batch_norm) for units in hidden]
    last = layers.Dense(n_classes, kernel_regularizer=penalty, dtype="float32")
    model = keras.Sequential([layers.Input((n_inputs,)), *blocks, last])
    model.compile(
        optimizer=keras.optimizers.Adam(1e-2),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
    )
    return model


class _BestWeights(keras.callbacks.EarlyStopping):
    def __init__(self, patience):
        super().__init__(monitor="val_loss", patience=patience, restore_best_weights=True)


def callbacks(patience):
    # A smaller learning rate is tried before training is stopped.
    slower = keras.callbacks.ReduceLROnPlateau("val_loss", patience=max(1, patience // 2))
    return [_BestWeights(patience), slower]
