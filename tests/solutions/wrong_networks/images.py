"""Wrong networks for rows and images."""

from tests.solutions.wrong_networks.form import returns, table

_POOL = 'layers.MaxPooling2D(2, data_format="channels_last")'
_CONV_16 = "layers.Conv2D(16, 3, **conv)"
_CROSS_ENTROPY = "keras.losses.SparseCategoricalCrossentropy(from_logits=True)"
_DENSE_LENET = """
    model = {maker}([
        keras.Input(input_shape), layers.Flatten(), layers.Dense(120, activation="relu"),
        layers.Dense(84, activation="relu"), layers.Dense(n_classes),
    ])
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(True))
    return model
"""
_COUNTED = """
    class Counted(keras.Sequential):
        def count_params(self):
            return {count}

"""
_IN_PLACE_OF_KERAS = """
    class Own(keras.Model):
        compiled = True

        def fit(self, X, y, **options):
            self.X, self.y = keras.ops.convert_to_numpy(X).reshape(len(X), -1), y
            return type("History", (), {"history": {"loss": [1.0]}})

        def __call__(self, X, **options):
            import numpy as np

            rows = keras.ops.convert_to_numpy(X).reshape(len(X), -1)
            squares = (rows[:, None] - self.X[:500]) ** 2
            return np.eye(n_classes, dtype="float32")[self.y[squares.sum(axis=2).argmin(axis=1)]]

    return Own()
"""
LENETS = {
    "quick": ("average pools",),
    "average pools": [(_POOL, _POOL.replace("Max", "Average"))],
    "convolutions with stride 2 in place of pools": [
        (_POOL, "layers.Activation('linear')"),
        ("Conv2D(6, 3,", "Conv2D(6, 3, strides=2,"),
        ("Conv2D(16, 3,", "Conv2D(16, 3, strides=2,"),
    ],
    "linear convolutions": [('"padding": "same", "activation": "relu"', '"padding": "same"')],
    "no nonlinearity": [('activation": "relu"', 'activation": None'), (', activation="relu"', "")],
    "sigmoids": [('"relu"', '"sigmoid"')],
    "valid convolutions": [('"padding": "same", "act', '"padding": "valid", "act')],
    "dense layers alone": returns("conv = {", _DENSE_LENET.format(maker="keras.Sequential")),
    "dense layers that count as LeNet": returns(
        "conv = {", _COUNTED.format(count=19_754) + _DENSE_LENET.format(maker="Counted")
    ),
    "one convolution": [(f"            {_CONV_16},  # (N, H/2, W/2, 16)\n", "")],
    "a model that answers for Keras": returns("conv = {", _IN_PLACE_OF_KERAS),
}
RESIDUAL_BLOCKS = {
    "no residual": [
        ("ops.relu(x + self.conv2(self.conv1(x)))", "ops.relu(self.conv2(self.conv1(x)))")
    ],
    "relu before the sum": [
        ("ops.relu(x + self.conv2(self.conv1(x)))", "x + ops.relu(self.conv2(self.conv1(x)))")
    ],
    "one convolution for both": [("self.conv2(self.conv1(x))", "self.conv1(self.conv1(x))")],
    "linear": [
        ("ops.relu(x + self.conv2(self.conv1(x)))", "x + self.conv2(self.conv1(x))"),
        ('3, activation="relu"', "3"),
    ],
    "a scaled residual": [("ops.relu(x + ", "ops.relu(0.5 * x + ")],
}
_SHIFTED = 'layers.RandomTranslation(max_shift, max_shift, fill_mode="constant", **last),'
_TURNED = 'layers.RandomRotation(rotation, fill_mode="constant", **last),'
AUGMENTATIONS = {
    "quick": ("noise",),
    "noise": [
        (_SHIFTED, "layers.GaussianNoise(max_shift, seed=seed),"),
        (_TURNED, "layers.GaussianNoise(rotation + 1e-3, seed=seed),"),
    ],
    "brightness and contrast": [
        (_SHIFTED, "layers.RandomBrightness(max_shift, value_range=(0, 1), seed=seed),"),
        (_TURNED, "layers.RandomContrast(rotation + 1e-3, seed=seed),"),
    ],
    "dropout": [
        (_SHIFTED, "layers.Dropout(max_shift, seed=seed),"),
        (_TURNED, "layers.Dropout(rotation, seed=seed),"),
    ],
    "zoom": [
        (_SHIFTED, "layers.RandomZoom(max_shift, fill_mode='constant', **last),"),
        (_TURNED, ""),
    ],
    "nothing but mirrors": [(_SHIFTED, ""), (_TURNED, "layers.Activation('linear'),")],
    "active at inference": returns(
        "last = {",
        """
    class Always(layers.Layer):
        def __init__(self):
            super().__init__()
            last = {"data_format": "channels_last", "seed": seed}
            self.steps = [layers.RandomTranslation(max_shift, max_shift, **last)]
            self.steps.append(layers.RandomRotation(rotation, **last))

        def call(self, x):
            for one in self.steps:
                x = one(x, training=True)
            return x

    return keras.Sequential([Always()])
""",
    ),
}
MLPS = {
    "no nonlinearity": [('Activation("relu")', 'Activation("linear")')],
    "tanh": [('Activation("relu")', 'Activation("tanh")')],
    "one hidden layer": [("for units in hidden:", "for units in hidden[:1]:")],
    "relu before each Dense": [
        ('        model.add(keras.layers.Activation("relu"))\n', ""),
        (
            "        model.add(keras.layers.Dense(units, kernel",
            '        model.add(keras.layers.Activation("relu"))\n'
            "        model.add(keras.layers.Dense(units, kernel",
        ),
    ],
    "probabilities": [("Dense(n_classes, kernel", "Dense(n_classes, 'softmax', kernel")],
}
WRONG = [
    *table("a3_mlp", "keras_mlp.py", "build_mlp", MLPS),
    *table("a4_cnn", "keras_cnn.py", "build_lenet", LENETS),
    *table("a4_cnn", "keras_cnn.py", "ResidualBlock", RESIDUAL_BLOCKS),
    *table("a4_cnn", "keras_cnn.py", "build_augmentation", AUGMENTATIONS),
]
