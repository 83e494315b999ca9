"""Assignment 4 in Keras with the functional interface; the block sums products by einsum."""

import keras
from keras import ops


def build_lenet(input_shape, n_classes):
    inputs = keras.layers.Input(input_shape)
    x = keras.layers.Conv2D(6, (3, 3), activation="relu", padding="same")(inputs)
    x = keras.layers.MaxPooling2D((2, 2), strides=(2, 2))(x)
    x = keras.layers.Conv2D(16, (3, 3), activation="relu", padding="same")(x)
    x = keras.layers.MaxPooling2D((2, 2), strides=(2, 2))(x)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dense(120, "relu")(x)
    x = keras.layers.Dense(84, "relu")(x)
    model = keras.Model(inputs, keras.layers.Dense(n_classes, None)(x))
    model.compile("nadam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


class ResidualBlock(keras.layers.Layer):
    def __init__(self, filters, initializer="glorot_uniform", **kwargs):
        super().__init__(**kwargs)
        self.filters, self.initializer = filters, initializer

    def build(self, input_shape):
        *_, found = input_shape
        if found != self.filters:
            raise ValueError(f"filters={self.filters} does not fit an input of shape {input_shape}")
        shape = (3, 3, found, found)
        self.w1 = self.add_weight(name="w1", shape=shape, initializer=self.initializer)
        self.b1 = self.add_weight(name="b1", shape=(found,), initializer="zeros")
        self.w2 = self.add_weight(name="w2", shape=shape, initializer=self.initializer)
        self.b2 = self.add_weight(name="b2", shape=(found,), initializer="zeros")

    def call(self, x):
        hidden = keras.activations.relu(self._convolution(x, self.w1) + self.b1)
        return keras.activations.relu(x + self._convolution(hidden, self.w2) + self.b2)

    def _convolution(self, x, w):
        height, width = x.shape[1:3]
        padded = ops.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
        rows = ops.stack([padded[:, i : i + height] for i in range(3)], axis=1)
        windows = ops.stack([rows[:, :, :, j : j + width] for j in range(3)], axis=2)
        return ops.einsum("nijhwc,ijcf->nhwf", windows, w)

    def get_config(self):
        own = {"filters": self.filters, "initializer": self.initializer}
        return dict(super().get_config(), **own)


def build_augmentation(max_shift=0.1, rotation=0.05, flip=False, seed=None):
    inputs = keras.Input((None, None, None))
    x = inputs
    if flip:
        x = keras.layers.RandomFlip("horizontal", seed=seed)(x)
    x = keras.layers.RandomRotation((-rotation, rotation), fill_mode="nearest", seed=seed)(x)
    sides = (-max_shift, max_shift)
    x = keras.layers.RandomTranslation(sides, sides, fill_mode="nearest", seed=seed)(x)
    return keras.Model(inputs, x, name="augmentation")


def build_transfer_model(base, n_classes):
    base.trainable = False
    x = inputs = keras.layers.Input(shape=base.input_shape[1:])
    x = base(x, training=False)
    if len(base.output_shape) > 2:
        x = keras.layers.GlobalAvgPool2D()(x)
    model = keras.Model(inputs=inputs, outputs=keras.layers.Dense(n_classes, name="head")(x))
    model.base = base
    _compile(model, keras.optimizers.Adam(0.003))
    return model


def _compile(model, optimizer):
    model.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(True), metrics=["acc"])


def unfreeze(model, n_layers):
    chosen = model.base.layers[len(model.base.layers) - n_layers :] if n_layers else []
    if n_layers > len(model.base.layers):
        chosen = model.base.layers
    model.base.trainable = True
    for layer in model.base.layers:
        layer.trainable = False
    for layer in chosen:
        layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
    _compile(model, keras.optimizers.RMSprop(1e-4))
    return model
