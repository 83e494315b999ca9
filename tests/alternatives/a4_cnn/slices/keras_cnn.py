"""Assignment 4 in Keras, with operations in place of layers where there are any."""

import keras
from keras import ops
from keras.layers import BatchNormalization, Conv2D, Dense, Flatten, Input, MaxPooling2D


def sparse_cross_entropy(y_true, logits):
    return keras.losses.sparse_categorical_crossentropy(y_true, logits, from_logits=True)


def build_lenet(input_shape, n_classes):
    def stage(filters):
        return [Conv2D(filters, 3, 1, "same", activation=ops.relu), MaxPooling2D(2, 2, "valid")]

    hidden = [Dense(units, activation=ops.relu) for units in (120, 84)]
    model = keras.models.Sequential(
        [Input(input_shape), *stage(6), *stage(16), Flatten(), *hidden, Dense(n_classes)]
    )
    model.compile(loss=sparse_cross_entropy, optimizer=keras.optimizers.SGD(0.05, momentum=0.9))
    return model


class ResidualBlock(keras.Layer):
    def __init__(self, filters, **kwargs):
        super().__init__(**kwargs)
        self.filters = int(filters)

    def build(self, input_shape):
        if self.filters != input_shape[-1]:
            raise ValueError(f"input of {input_shape[-1]} channels")
        shapes = [(3, 3, self.filters, self.filters), (self.filters,)] * 2
        self.parts = [self.add_weight(shape=one, initializer="random_normal") for one in shapes]

    def call(self, x):
        w1, b1, w2, b2 = self.parts
        settings = {"strides": 1, "padding": "same", "data_format": "channels_last"}
        inner = ops.relu(ops.conv(x, w1, **settings) + b1)
        residual = ops.conv(inner, w2, **settings) + b2
        return ops.where(x + residual > 0, x + residual, 0.0)

    def get_config(self):
        return super().get_config() | {"filters": self.filters}


class Warp(keras.Model):
    """Moves, turns and mirrors images by one affine map each, drawn anew at every call."""

    def __init__(self, max_shift, rotation, flip, seed):
        super().__init__()
        self.most, self.turn, self.flip = max_shift, rotation, flip
        self.numbers = keras.random.SeedGenerator(seed)

    def call(self, x, training=False):
        if not training:
            return x
        n, height, width = x.shape[:3]
        dy = self._draw(n, self.most * height)
        dx = self._draw(n, self.most * width)
        angle = self._draw(n, self.turn * 6.283185307)
        sign = ops.ones((n,))
        if self.flip:
            sign = ops.where(self._draw(n, 1.0) > 0, 1.0, -1.0)
        # A point of the output, seen from the middle, and where it comes from.
        cx, cy = (width - 1) / 2, (height - 1) / 2
        a, b = sign * ops.cos(angle), -ops.sin(angle)
        c, d = sign * ops.sin(angle), ops.cos(angle)
        at_x = cx - a * cx - b * cy + dx
        at_y = cy - c * cx - d * cy + dy
        zero = ops.zeros((n,))
        maps = ops.stack([a, b, at_x, c, d, at_y, zero, zero], axis=1)
        return ops.image.affine_transform(x, maps, fill_mode="reflect", data_format="channels_last")

    def _draw(self, n, most):
        return keras.random.uniform((n,), -most, most, seed=self.numbers)


def build_augmentation(max_shift=0.1, rotation=0.05, flip=False, seed=None):
    return Warp(max_shift, rotation, flip, seed)


class Average(keras.Layer):
    def call(self, x):
        return ops.mean(x, axis=tuple(range(1, len(x.shape) - 1)))


def build_transfer_model(base, n_classes):
    base.trainable = False
    x = Input(base.input_shape[1:])
    logits = Dense(n_classes)(Average()(base(x, training=False)))
    model = keras.Model(x, logits)
    model.compile(loss=sparse_cross_entropy, optimizer="sgd")
    return model


def unfreeze(model, n_layers):
    base = model.layers[1]
    base.trainable = True
    late = set(range(len(base.layers))[-n_layers:]) if n_layers else set()
    for number, layer in enumerate(base.layers):
        layer.trainable = number in late and not isinstance(layer, BatchNormalization)
    model.compile(loss=sparse_cross_entropy, optimizer=keras.optimizers.SGD(1e-3))
    return model
