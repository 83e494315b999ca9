import keras
from keras import ops


def build_lenet(input_shape, n_classes):
    image = keras.Input(shape=input_shape)
    x = keras.layers.Conv2D(6, (3, 3), padding="same")(image)
    x = keras.layers.ReLU()(x)
    x = keras.layers.MaxPool2D(pool_size=2, strides=2)(x)
    x = keras.layers.Conv2D(16, (3, 3), padding="same")(x)
    x = keras.layers.ReLU()(x)
    x = keras.layers.MaxPool2D(pool_size=2, strides=2)(x)
    x = keras.layers.Flatten()(x)
    for units in (120, 84):
        x = keras.layers.Dense(units, activation="relu")(x)
    logits = keras.layers.Dense(n_classes)(x)
    model = keras.Model(inputs=image, outputs=logits)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=loss)
    return model


@keras.saving.register_keras_serializable(package="deep_learning_course")
class ResidualBlock(keras.layers.Layer):
    def __init__(self, filters, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters

    def build(self, input_shape):
        channels = input_shape[-1]
        if channels != self.filters:
            raise ValueError(f"the input has {channels} channels, not {self.filters}")
        kernel = (3, 3, channels, self.filters)
        self.w1 = self.add_weight(name="w1", shape=kernel, initializer="he_normal")
        self.b1 = self.add_weight(name="b1", shape=(self.filters,), initializer="zeros")
        self.w2 = self.add_weight(name="w2", shape=kernel, initializer="he_normal")
        self.b2 = self.add_weight(name="b2", shape=(self.filters,), initializer="zeros")

    def call(self, x):
        inner = ops.conv(x, self.w1, padding="same") + self.b1
        inner = ops.maximum(inner, 0)
        outer = ops.conv(inner, self.w2, padding="same") + self.b2
        return ops.maximum(outer + x, 0)

    def get_config(self):
        config = super().get_config()
        config["filters"] = self.filters
        return config


def build_augmentation(max_shift=0.1, rotation=0.05, flip=False, seed=None):
    model = keras.Sequential()
    model.add(
        keras.layers.RandomTranslation(
            height_factor=(-max_shift, max_shift),
            width_factor=(-max_shift, max_shift),
            fill_mode="constant",
            seed=seed,
        )
    )
    model.add(keras.layers.RandomRotation((-rotation, rotation), fill_mode="constant", seed=seed))
    if flip:
        model.add(keras.layers.RandomFlip(mode="horizontal", seed=seed))
    return model


def build_transfer_model(base, n_classes):
    base.trainable = False
    image = keras.Input(shape=base.input_shape[1:])
    x = base(image, training=False)
    if len(x.shape) > 2:
        x = ops.mean(x, axis=(1, 2))
    logits = keras.layers.Dense(n_classes)(x)
    model = keras.Model(image, logits)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss=loss)
    return model


def unfreeze(model, n_layers):
    base = [layer for layer in model.layers if isinstance(layer, keras.Model)][0]
    base.trainable = True
    chosen = base.layers[-n_layers:] if n_layers > 0 else []
    for layer in base.layers:
        is_norm = isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = layer in chosen and not is_norm
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(1e-4), loss=loss)
    return model
