import keras
from keras import layers, ops
from keras.layers import BatchNormalization


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


@keras.saving.register_keras_serializable(package="deep_learning_course")
class ResidualBlock(layers.Layer):
    def __init__(self, filters, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        same = {"padding": "same", "data_format": "channels_last"}
        self.conv1 = layers.Conv2D(filters, 3, activation="relu", dtype=self.dtype_policy, **same)
        self.conv2 = layers.Conv2D(filters, 3, dtype=self.dtype_policy, **same)

    def build(self, input_shape):
        if input_shape[-1] != self.filters:
            raise ValueError(
                f"Expected an input with {self.filters} channels. Received: {input_shape[-1]}"
            )
        self.conv1.build(input_shape)
        self.conv2.build(input_shape)
        super().build(input_shape)

    def call(self, x):
        return ops.relu(x + self.conv2(self.conv1(x)))

    def get_config(self):
        return {**super().get_config(), "filters": self.filters}


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
    inputs = keras.Input(base.input_shape[1:])
    features = base(inputs, training=False)
    if len(features.shape) == 4:
        features = layers.GlobalAveragePooling2D(data_format="channels_last")(features)
    model = keras.Model(inputs, layers.Dense(n_classes)(features))
    model.compile(
        optimizer=keras.optimizers.Adam(0.001),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def sparse_cross_entropy(y_true, logits):
    return keras.losses.sparse_categorical_crossentropy(y_true, logits, from_logits=True)


def unfreeze(model, n_layers):
    base = model.layers[1]
    base.trainable = True
    late = set(range(len(base.layers))[-n_layers:]) if n_layers else set()
    for number, layer in enumerate(base.layers):
        layer.trainable = number in late and (not isinstance(layer, BatchNormalization))
    model.compile(loss=sparse_cross_entropy, optimizer=keras.optimizers.SGD(0.001))
    return model
