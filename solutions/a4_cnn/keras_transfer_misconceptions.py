"""What students get wrong in assignment 4's augmentation, transfer learning and fine-tuning.

Each definition replaces its exercise in a copy of the reference, so it uses that file's names.
"""

import keras
from keras import layers

from grader.course import misconception


@misconception("build_augmentation", hint="Should a test image differ from day to day?")
def never_rests(max_shift=0.1, rotation=0.05, flip=False, seed=None):
    """changes the images at inference, too"""
    steps = [
        layers.RandomTranslation(max_shift, max_shift, fill_mode="constant", seed=seed),
        layers.RandomRotation(rotation, fill_mode="constant", seed=seed),
    ]
    if flip:
        steps.append(layers.RandomFlip("horizontal", seed=seed))

    class Augmentation(keras.Model):
        def __init__(self):
            super().__init__()
            self.steps = steps

        def call(self, x):
            for one in self.steps:
                x = one(x, training=True)
            return x

    return Augmentation()


@misconception("build_augmentation", hint="Which mode does `RandomFlip` have by itself?")
def turns_images_upside_down(max_shift=0.1, rotation=0.05, flip=False, seed=None):
    """mirrors images upside down, too"""
    steps = [
        layers.RandomTranslation(max_shift, max_shift, fill_mode="constant", seed=seed),
        layers.RandomRotation(rotation, fill_mode="constant", seed=seed),
    ]
    if flip:
        steps.append(layers.RandomFlip(seed=seed))
    return keras.Sequential(steps)


@misconception("build_augmentation", hint="Which layers does your `seed` reach?")
def ignores_the_seed(max_shift=0.1, rotation=0.05, flip=False, seed=None):
    """does not hand the seed to its layers"""
    steps = [
        layers.RandomTranslation(max_shift, max_shift, fill_mode="constant"),
        layers.RandomRotation(rotation, fill_mode="constant"),
    ]
    if flip:
        steps.append(layers.RandomFlip("horizontal"))
    return keras.Sequential(steps)


@misconception("build_augmentation", hint="Set `max_shift` to 0. What is left?")
def never_turns(max_shift=0.1, rotation=0.05, flip=False, seed=None):
    """shifts images, but never turns them"""
    steps = [layers.RandomTranslation(max_shift, max_shift, fill_mode="constant", seed=seed)]
    if flip:
        steps.append(layers.RandomFlip("horizontal", seed=seed))
    return keras.Sequential(steps)


@misconception("build_transfer_model", hint="Which weights does `trainable_variables` list?")
def forgets_to_freeze(base, n_classes):
    """forgets to freeze the base"""
    inputs = keras.Input(base.input_shape[1:])
    features = base(inputs, training=False)
    if len(features.shape) == 4:
        features = layers.GlobalAveragePooling2D()(features)
    model = keras.Model(inputs, layers.Dense(n_classes)(features))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss)
    return model


@misconception("build_transfer_model", hint="Mean or maximum: which of the two is asked for?")
def takes_the_maximum(base, n_classes):
    """takes each channel's maximum where its average is asked for"""
    base.trainable = False
    inputs = keras.Input(base.input_shape[1:])
    features = base(inputs, training=False)
    if len(features.shape) == 4:
        features = layers.GlobalMaxPooling2D()(features)
    model = keras.Model(inputs, layers.Dense(n_classes)(features))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss)
    return model


@misconception("build_transfer_model", hint="The outputs are logits. Does your loss know?")
def has_a_loss_for_probabilities(base, n_classes):
    """is compiled with a loss that takes its logits for probabilities"""
    base.trainable = False
    inputs = keras.Input(base.input_shape[1:])
    features = base(inputs, training=False)
    if len(features.shape) == 4:
        features = layers.GlobalAveragePooling2D()(features)
    model = keras.Model(inputs, layers.Dense(n_classes)(features))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    return model


@misconception("build_transfer_model", hint="What if the base pools by itself?")
def always_averages(base, n_classes):
    """averages over axes that a 2-D output does not have"""
    base.trainable = False
    inputs = keras.Input(base.input_shape[1:])
    features = layers.GlobalAveragePooling2D()(base(inputs, training=False))
    model = keras.Model(inputs, layers.Dense(n_classes)(features))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss)
    return model


@misconception("unfreeze", hint="Which layer learns from small batches what others must not?")
def unfreezes_normalisation(model, n_layers):
    """unfreezes BatchNormalization, too"""
    base = next(layer for layer in model.layers if isinstance(layer, keras.Model))
    base.trainable = True
    for index, layer in enumerate(base.layers):
        layer.trainable = index >= len(base.layers) - n_layers
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss)
    return model


@misconception("unfreeze", hint="When does `fit` find out what is trainable?")
def forgets_to_compile(model, n_layers):
    """does not compile the model again"""
    base = next(layer for layer in model.layers if isinstance(layer, keras.Model))
    base.trainable = True
    for index, layer in enumerate(base.layers):
        late = index >= len(base.layers) - n_layers
        layer.trainable = late and not isinstance(layer, layers.BatchNormalization)
    return model


@misconception("unfreeze", hint="How many layers are in `model.layers`, and how many in the base?")
def counts_layers_of_the_model(model, n_layers):
    """counts the layers of the whole model, of which the base is only one"""
    for index, layer in enumerate(model.layers):
        if index >= len(model.layers) - n_layers:
            layer.trainable = True
    base = next(layer for layer in model.layers if isinstance(layer, keras.Model))
    for layer in base.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.trainable = False
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss)
    return model


@misconception("unfreeze", hint="What is `a[:-n]` for n = 0?")
def unfreezes_all_for_zero(model, n_layers):
    """unfreezes all layers when none is asked for"""
    base = next(layer for layer in model.layers if isinstance(layer, keras.Model))
    base.trainable = True
    for layer in base.layers[:-n_layers]:
        layer.trainable = False
    for layer in base.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.trainable = False
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss)
    return model


@misconception("unfreeze", hint="Which end of a network knows the most about one task?")
def begins_at_the_wrong_end(model, n_layers):
    """unfreezes the first layers, not the last"""
    base = next(layer for layer in model.layers if isinstance(layer, keras.Model))
    base.trainable = True
    for index, layer in enumerate(base.layers):
        layer.trainable = index < n_layers and not isinstance(layer, layers.BatchNormalization)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss)
    return model


@misconception("unfreeze", hint="Is a ReLU one of `base.layers`?")
def counts_weights_alone(model, n_layers):
    """counts only layers that have weights"""
    base = next(layer for layer in model.layers if isinstance(layer, keras.Model))
    base.trainable = True
    weighty = [layer for layer in base.layers if layer.weights]
    for index, layer in enumerate(weighty):
        late = index >= len(weighty) - n_layers
        layer.trainable = late and not isinstance(layer, layers.BatchNormalization)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss)
    return model
