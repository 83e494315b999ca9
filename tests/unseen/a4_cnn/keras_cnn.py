"""The Keras part as a student who uses the functional interface throughout would hand it in."""

import keras
from keras import layers, ops


def _loss():
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def build_lenet(input_shape, n_classes):
    images = keras.Input(shape=input_shape)
    x = layers.Conv2D(6, (3, 3), padding="same", activation="relu")(images)
    x = layers.MaxPooling2D((2, 2))(x)
    x = layers.Conv2D(16, (3, 3), padding="same", activation="relu")(x)
    x = layers.MaxPooling2D((2, 2))(x)
    x = layers.Flatten()(x)
    x = layers.Dense(120, activation="relu")(x)
    x = layers.Dense(84, activation="relu")(x)
    logits = layers.Dense(n_classes)(x)
    model = keras.Model(images, logits)
    model.compile(optimizer=keras.optimizers.Adam(0.003), loss=_loss(), metrics=["accuracy"])
    return model


@keras.saving.register_keras_serializable(package="deep_learning_course")
class ResidualBlock(layers.Layer):
    def __init__(self, filters, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters

    def build(self, input_shape):
        channels = input_shape[-1]
        if channels != self.filters:
            raise ValueError(f"the input has {channels} channels and not {self.filters}")
        kernel = (3, 3, channels, channels)
        self.w1 = self.add_weight(shape=kernel, initializer="he_normal", name="w1")
        self.b1 = self.add_weight(shape=(channels,), initializer="zeros", name="b1")
        self.w2 = self.add_weight(shape=kernel, initializer="he_normal", name="w2")
        self.b2 = self.add_weight(shape=(channels,), initializer="zeros", name="b2")
        super().build(input_shape)

    def call(self, x):
        y = ops.conv(x, self.w1, padding="same") + self.b1
        y = ops.relu(y)
        y = ops.conv(y, self.w2, padding="same") + self.b2
        return ops.relu(x + y)

    def get_config(self):
        config = super().get_config()
        config["filters"] = self.filters
        return config


def build_augmentation(max_shift=0.1, rotation=0.05, flip=False, seed=None):
    images = keras.Input(shape=(None, None, None))
    x = layers.RandomTranslation(max_shift, max_shift, seed=seed)(images)
    x = layers.RandomRotation(rotation, seed=seed)(x)
    if flip:
        x = layers.RandomFlip("horizontal", seed=seed)(x)
    return keras.Model(images, x)


def build_transfer_model(base, n_classes):
    base.trainable = False
    inputs = keras.Input(shape=base.input_shape[1:])
    features = base(inputs, training=False)
    if len(features.shape) == 4:
        features = layers.GlobalAveragePooling2D()(features)
    outputs = layers.Dense(n_classes)(features)
    model = keras.Model(inputs, outputs)
    model.base = base
    model.compile(optimizer="adam", loss=_loss())
    return model


def unfreeze(model, n_layers):
    base = model.base
    base.trainable = True
    first = max(len(base.layers) - n_layers, 0)
    for number, layer in enumerate(base.layers):
        normalises = isinstance(layer, layers.BatchNormalization)
        layer.trainable = number >= first and not normalises
    model.compile(optimizer=keras.optimizers.Adam(1e-4), loss=_loss())
    return model
