"""Assignment 4 in Keras, layer after layer, with a convolution that loops over its kernel."""

import keras
from keras import ops


def build_lenet(input_shape, n_classes):
    model = keras.Sequential()
    model.add(keras.Input(shape=input_shape))
    for filters in (6, 16):
        model.add(keras.layers.Conv2D(filters, kernel_size=(3, 3), padding="same"))
        model.add(keras.layers.ReLU())
        model.add(keras.layers.MaxPool2D(pool_size=2, strides=2))
    model.add(keras.layers.Flatten())
    for units in (120, 84):
        model.add(keras.layers.Dense(units))
        model.add(keras.layers.ReLU())
    model.add(keras.layers.Dense(n_classes))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(loss=loss, optimizer="adam")
    return model


class ResidualBlock(keras.layers.Layer):
    def __init__(self, filters, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters

    def build(self, input_shape):
        channels = input_shape[-1]
        if channels != self.filters:
            raise ValueError(f"{channels} channels, but {self.filters} filters")
        self.kernels, self.biases = [], []
        for _ in range(2):
            shape = (3, 3, channels, channels)
            self.kernels.append(self.add_weight(shape=shape, initializer="he_normal"))
            self.biases.append(self.add_weight(shape=(channels,), initializer="zeros"))

    def call(self, inputs):
        out = inputs
        for number, (kernel, bias) in enumerate(zip(self.kernels, self.biases, strict=True)):
            if number:
                out = ops.maximum(out, 0.0)
            out = convolve(out, kernel) + bias
        return ops.maximum(inputs + out, 0.0)

    def get_config(self):
        config = super().get_config()
        config.update({"filters": self.filters})
        return config


def convolve(x, kernel):
    height, width = x.shape[1], x.shape[2]
    padded = ops.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]])
    total = 0.0
    for i in range(3):
        for j in range(3):
            total = total + ops.matmul(padded[:, i : i + height, j : j + width], kernel[i, j])
    return total


class Augmentation(keras.Model):
    """Applies its layers one after another; each knows whether it is in training."""

    def __init__(self, steps, **kwargs):
        super().__init__(**kwargs)
        self.steps = steps

    def call(self, x, training=False):
        if training:
            for one in self.steps:
                x = one(x, training=True)
        return x


def build_augmentation(max_shift=0.1, rotation=0.05, flip=False, seed=None):
    mirrors = [keras.layers.RandomFlip(mode="horizontal", seed=seed)] if flip else []
    turn = keras.layers.RandomRotation(rotation, seed=seed)
    shift = keras.layers.RandomTranslation(max_shift, max_shift, seed=seed)
    return Augmentation([*mirrors, turn, shift])


class TransferModel(keras.Model):
    def __init__(self, base, n_classes, **kwargs):
        super().__init__(**kwargs)
        self.base = base
        self.head = keras.layers.Dense(n_classes)

    def call(self, x, training=None):
        features = self.base(x, training=False)
        if ops.ndim(features) == 4:
            features = ops.mean(features, axis=[1, 2])
        return self.head(features)


def build_transfer_model(base, n_classes):
    for layer in base.layers:
        layer.trainable = False
    model = TransferModel(base, n_classes)
    model(ops.zeros((1, *base.input_shape[1:])))
    compile_again(model, 1e-2)
    return model


def compile_again(model, learning_rate):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.SGD(learning_rate), loss=loss)


def unfreeze(model, n_layers):
    count = len(model.base.layers)
    for number in range(max(0, count - n_layers), count):
        layer = model.base.layers[number]
        if type(layer) is not keras.layers.BatchNormalization:
            layer.trainable = True
    compile_again(model, 1e-3)
    return model
