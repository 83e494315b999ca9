import keras
from keras import ops


class Dense(keras.Layer):
    def __init__(self, units, activation=None, use_bias=True, **kwargs):
        super().__init__(**kwargs)
        self.units, self.use_bias = (units, use_bias)
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
    def __init__(self, gamma=2.0, name="focal_loss", **kwargs):
        super().__init__(name=name, **kwargs)
        self.gamma = gamma

    def call(self, y_true, y_pred):
        normaliser = ops.logsumexp(y_pred, axis=1)
        log_p = ops.zeros_like(normaliser)
        for label in range(y_pred.shape[1]):
            own = ops.cast(ops.equal(y_true, label), y_pred.dtype)
            log_p = log_p + own * (y_pred[:, label] - normaliser)
        factor = ops.maximum(1.0 - ops.exp(log_p), 1e-30) ** self.gamma
        return -factor * log_p

    def get_config(self):
        config = super().get_config()
        config["gamma"] = self.gamma
        return config


def build_mlp(n_inputs, hidden, n_classes, dropout=0.0, l2=0.0, batch_norm=False):
    reg = keras.regularizers.L2(l2 / 2)
    model = keras.Sequential([keras.Input((n_inputs,))])
    for units in hidden:
        model.add(keras.layers.Dense(units, kernel_regularizer=reg))
        if batch_norm:
            model.add(keras.layers.BatchNormalization())
        model.add(keras.layers.Activation("relu"))
        if dropout:
            model.add(keras.layers.Dropout(dropout))
    model.add(keras.layers.Dense(n_classes, kernel_regularizer=reg))
    model.compile(
        optimizer=keras.optimizers.Adam(),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def callbacks(patience, min_delta=0.0):
    stop = keras.callbacks.EarlyStopping(
        "val_loss", min_delta, patience, verbose=0, mode="min", restore_best_weights=True
    )
    return [stop, keras.callbacks.TerminateOnNaN()]
