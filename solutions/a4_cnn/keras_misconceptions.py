"""What students get wrong in assignment 4's Keras part, and where a teacher would point.

Each definition replaces its exercise in a copy of the reference, so it uses that file's names.
"""

import keras
from keras import layers, ops

from grader.course import misconception


@misconception("build_lenet", hint="How large is an image behind each layer? `summary()` shows it.")
def pads_nothing(input_shape, n_classes):
    """lets the second convolution shrink the images"""
    model = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(6, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(16, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(120, activation="relu"),
            layers.Dense(84, activation="relu"),
            layers.Dense(n_classes),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss)
    return model


@misconception("build_lenet", hint="What does `from_logits=True` tell the loss about the outputs?")
def ends_in_softmax(input_shape, n_classes):
    """ends in probabilities, not in logits"""
    model = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(6, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(120, activation="relu"),
            layers.Dense(84, activation="relu"),
            layers.Dense(n_classes, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    return model


@misconception("build_lenet", hint="The outputs are logits. Does your loss know?")
def takes_logits_for_probabilities(input_shape, n_classes):
    """is compiled with a loss that takes its logits for probabilities"""
    model = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(6, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(120, activation="relu"),
            layers.Dense(84, activation="relu"),
            layers.Dense(n_classes),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    return model


@misconception("build_lenet", hint="Which of the pools does the docstring name?")
def pools_by_averages(input_shape, n_classes):
    """pools by averages, as the LeNet of 1998 did"""
    model = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(6, 3, padding="same", activation="relu"),
            layers.AveragePooling2D(2),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.AveragePooling2D(2),
            layers.Flatten(),
            layers.Dense(120, activation="relu"),
            layers.Dense(84, activation="relu"),
            layers.Dense(n_classes),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss)
    return model


@misconception("build_lenet", hint="What do two linear layers in a row amount to?")
def has_linear_hidden_layers(input_shape, n_classes):
    """has no relu behind the two hidden Dense layers"""
    model = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(6, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(120),
            layers.Dense(84),
            layers.Dense(n_classes),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss)
    return model


@misconception("ResidualBlock", hint="What may a residual do that a relu's output cannot?")
class AddsBehindTheRelu(layers.Layer):
    """applies the second relu before the sum, so that it can only add"""

    def __init__(self, filters, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.conv1 = layers.Conv2D(filters, 3, padding="same", activation="relu")
        self.conv2 = layers.Conv2D(filters, 3, padding="same", activation="relu")

    def build(self, input_shape):
        if input_shape[-1] != self.filters:
            raise ValueError(f"Expected {self.filters} channels. Received: {input_shape[-1]}")
        self.conv1.build(input_shape)
        self.conv2.build(input_shape)

    def call(self, x):
        return x + self.conv2(self.conv1(x))

    def get_config(self):
        return {**super().get_config(), "filters": self.filters}


@misconception("ResidualBlock", hint="What should come out when all weights are 0?")
class HasNoShortcut(layers.Layer):
    """leaves the shortcut out"""

    def __init__(self, filters, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.conv1 = layers.Conv2D(filters, 3, padding="same", activation="relu")
        self.conv2 = layers.Conv2D(filters, 3, padding="same", activation="relu")

    def build(self, input_shape):
        if input_shape[-1] != self.filters:
            raise ValueError(f"Expected {self.filters} channels. Received: {input_shape[-1]}")
        self.conv1.build(input_shape)
        self.conv2.build(input_shape)

    def call(self, x):
        return self.conv2(self.conv1(x))

    def get_config(self):
        return {**super().get_config(), "filters": self.filters}


@misconception("ResidualBlock", hint="Can your block give a negative number?")
class EndsWithTheSum(layers.Layer):
    """ends with the sum, without a relu"""

    def __init__(self, filters, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.conv1 = layers.Conv2D(filters, 3, padding="same", activation="relu")
        self.conv2 = layers.Conv2D(filters, 3, padding="same")

    def build(self, input_shape):
        if input_shape[-1] != self.filters:
            raise ValueError(f"Expected {self.filters} channels. Received: {input_shape[-1]}")
        self.conv1.build(input_shape)
        self.conv2.build(input_shape)

    def call(self, x):
        return x + self.conv2(self.conv1(x))

    def get_config(self):
        return {**super().get_config(), "filters": self.filters}


@misconception("ResidualBlock", hint="What does `from_config` call, and with what?")
class LosesTheFilters(layers.Layer):
    """leaves `filters` out of its config, so that no copy can be made"""

    def __init__(self, filters, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.conv1 = layers.Conv2D(filters, 3, padding="same", activation="relu")
        self.conv2 = layers.Conv2D(filters, 3, padding="same")

    def build(self, input_shape):
        if input_shape[-1] != self.filters:
            raise ValueError(f"Expected {self.filters} channels. Received: {input_shape[-1]}")
        self.conv1.build(input_shape)
        self.conv2.build(input_shape)

    def call(self, x):
        return ops.relu(x + self.conv2(self.conv1(x)))

    def get_config(self):
        return super().get_config()


@misconception("ResidualBlock", hint="One channel and three filters: what does the sum do then?")
class TakesAnyChannels(layers.Layer):
    """takes any number of channels, and lets a single one broadcast"""

    def __init__(self, filters, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.conv1 = layers.Conv2D(filters, 3, padding="same", activation="relu")
        self.conv2 = layers.Conv2D(filters, 3, padding="same")

    def build(self, input_shape):
        self.conv1.build(input_shape)
        self.conv2.build((*input_shape[:-1], self.filters))

    def call(self, x):
        return ops.relu(x + self.conv2(self.conv1(x)))

    def get_config(self):
        return {**super().get_config(), "filters": self.filters}
