"""Assignment 4 in Keras; the block cuts patches and multiplies matrices."""

import keras
import numpy as np
from keras import layers, ops


def loss():
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


class LeNet(keras.Model):
    def __init__(self, n_classes):
        super().__init__()
        self.convolutions = [layers.Conv2D(filters, 3, padding="same") for filters in (6, 16)]
        self.dense = [layers.Dense(units) for units in (120, 84, n_classes)]

    def call(self, x):
        for one in self.convolutions:
            x = ops.max_pool(ops.relu(one(x)), 2, data_format="channels_last")
        x = ops.reshape(x, (-1, int(np.prod(x.shape[1:]))))
        for one in self.dense[:-1]:
            x = ops.relu(one(x))
        return self.dense[-1](x)


def build_lenet(input_shape, n_classes):
    model = LeNet(n_classes)
    model(np.zeros((1, *input_shape), "float32"))
    model.compile(optimizer=keras.optimizers.AdamW(0.002), loss=loss())
    return model


class PatchConvolution(layers.Layer):
    """A 3 × 3 "same" convolution as one product of matrices."""

    def __init__(self, filters, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters

    def build(self, input_shape):
        shape = (3, 3, input_shape[-1], self.filters)
        self.kernel = self.add_weight(shape=shape)
        self.bias = self.add_weight(shape=(self.filters,), initializer="zeros")

    def call(self, x):
        columns = ops.image.extract_patches(
            x, size=3, strides=1, padding="same", data_format="channels_last"
        )
        return columns @ ops.reshape(self.kernel, (-1, self.filters)) + self.bias


class ResidualBlock(layers.Layer):
    def __init__(self, filters, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.first, self.second = (
            PatchConvolution(filters, dtype=self.dtype_policy) for _ in range(2)
        )

    def build(self, input_shape):
        if input_shape[3] != self.filters:
            raise ValueError(f"expected {self.filters} channels and got {input_shape[3]}")
        self.first.build(input_shape)
        self.second.build(input_shape)

    def call(self, x):
        return ops.relu(ops.add(x, self.second(ops.relu(self.first(x)))))

    def get_config(self):
        config = super().get_config()
        config["filters"] = self.filters
        return config


def build_augmentation(max_shift=0.1, rotation=0.05, flip=False, seed=None):
    model = keras.Sequential(name="augmentation")
    if flip:
        model.add(layers.RandomFlip("horizontal", seed=seed))
    if rotation:
        model.add(layers.RandomRotation(rotation, seed=seed, interpolation="nearest"))
    if max_shift:
        model.add(layers.RandomTranslation(max_shift, max_shift, seed=seed, fill_mode="wrap"))
    if not model.layers:
        model.add(layers.Identity())
    return model


class Frozen(layers.Layer):
    """Calls a network in inference mode, whatever the model around it does."""

    def __init__(self, network, **kwargs):
        super().__init__(**kwargs)
        self.network = network

    def call(self, x):
        return self.network(x, training=False)

    def compute_output_shape(self, input_shape):
        return self.network.compute_output_shape(input_shape)


def build_transfer_model(base, n_classes):
    base.trainable = False
    model = keras.Sequential([keras.Input(base.input_shape[1:]), Frozen(base)])
    if len(model.output_shape) == 4:
        model.add(layers.GlobalAveragePooling2D())
    model.add(layers.Dense(n_classes))
    model.compile(optimizer="rmsprop", loss=loss())
    return model


def unfreeze(model, n_layers):
    base = model.layers[0].network
    base.trainable = True
    order = list(reversed(base.layers))
    for layer in order[n_layers:]:
        layer.trainable = False
    for layer in order[:n_layers]:
        if isinstance(layer, layers.BatchNormalization):
            layer.trainable = False
    model.compile(optimizer=keras.optimizers.Adam(1e-5), loss=loss())
    return model
