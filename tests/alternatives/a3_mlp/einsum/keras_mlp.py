"""Assignment 3 in Keras with the functional interface and einsum."""

import keras


class Dense(keras.Layer):
    def __init__(self, units, activation=None, use_bias=True, **kwargs):
        super().__init__(**kwargs)
        self.units, self.use_bias = units, use_bias
        self.activation = keras.activations.get(activation)

    def build(self, input_shape):
        features = input_shape[-1]
        self.w = self.add_weight(
            name="w", shape=(features, self.units), initializer="he_normal", trainable=True
        )
        self.b = self.add_weight(name="b", shape=(self.units,), initializer="zeros", trainable=True)

    def call(self, x):
        z = keras.ops.einsum("nd,dh->nh", x, self.w) + self.b
        return z if self.activation is None else self.activation(z)

    def get_config(self):
        config = super().get_config()
        config.update(
            units=self.units,
            use_bias=self.use_bias,
            activation=keras.activations.serialize(self.activation),
        )
        return config


class FocalLoss(keras.losses.Loss):
    def __init__(self, gamma=2.0, **kwargs):
        super().__init__(**kwargs)
        self.gamma = float(gamma)

    def call(self, y_true, y_pred):
        y_true = keras.ops.cast(y_true, "int64")
        cross_entropy = keras.losses.sparse_categorical_crossentropy(
            y_true, y_pred, from_logits=True
        )
        miss = keras.ops.clip(1 - keras.ops.exp(-cross_entropy), 1e-12, 1.0)
        return keras.ops.power(miss, self.gamma) * cross_entropy

    def get_config(self):
        return dict(super().get_config(), gamma=self.gamma)


def build_mlp(n_inputs, hidden, n_classes, dropout=0.0, l2=0.0, batch_norm=False):
    def dense(units):
        penalty = keras.regularizers.L2(l2 / 2) if l2 else None
        return keras.layers.Dense(units, kernel_regularizer=penalty)

    inputs = x = keras.Input(shape=(n_inputs,))
    for units in hidden:
        x = dense(units)(x)
        x = keras.layers.BatchNormalization()(x) if batch_norm else x
        x = keras.activations.relu(x)
        x = keras.layers.Dropout(dropout)(x) if dropout > 0 else x
    model = keras.Model(inputs, dense(n_classes)(x))
    model.compile(
        keras.optimizers.Adam(learning_rate=0.003),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        weighted_metrics=[],
    )
    return model


def callbacks(patience, min_delta=0.0):
    stop = keras.callbacks.EarlyStopping(
        "val_loss", min_delta, patience, verbose=0, mode="min", restore_best_weights=True
    )
    return [stop, keras.callbacks.TerminateOnNaN()]
