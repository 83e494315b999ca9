"""Networks that compute what was asked for and never learn it."""

from tests.solutions.wrong_networks.form import Wrong

_IDLE = 'type("{0}", (keras.optimizers.{0},), {{"apply": lambda *_, **__: None}})({1})'
_STOPPED = "keras.optimizers.schedules.PiecewiseConstantDecay([0], [{}, 0.0])"
_NO_STEP = """class Idle(keras.Sequential):
        def train_step(self, data):
            return {"loss": 0.0}

    model = Idle("""
_FIVE_STEPS = """class Tired(keras.Sequential):
        taken = 0

        def train_step(self, data):
            self.taken += 1
            return super().train_step(data) if self.taken <= 5 else {"loss": 0.0}

    model = Tired("""
_SEQUENTIAL = "model = keras.Sequential("
_CASES = {
    ("a1_least_squares", "keras_least_squares.py", "build_model"): (
        "keras.optimizers.SGD(0.05)",
        "keras.Input((n_features,)), ",
        "Dense(1)",
        'loss="mean_squared_error"',
    ),
    ("a2_logistic_regression", "keras_logistic_regression.py", "build_model"): (
        "keras.optimizers.SGD(0.1)",
        "keras.Input((n_features,)), ",
        '1, activation="sigmoid"',
        'loss="binary_crossentropy"',
    ),
    ("a2_logistic_regression", "keras_logistic_regression.py", "build_softmax_model"): (
        "keras.optimizers.Adam(0.01)",
        "keras.Input((n_features,)), ",
        'Dense(n_classes, activation="softmax")',
        'loss="sparse_categorical_crossentropy"',
    ),
    ("a5_lstm", "keras_lstm.py", "build_forecaster"): (
        "keras.optimizers.Adam(0.01)",
        "keras.Input((n_steps, 1)),",
        "LSTM(n_hidden)",
        'loss="mean_squared_error"',
    ),
}
QUICK = ("build_forecaster", "an optimizer whose steps do nothing")


def _networks(optimizer, inputs, layer, loss):
    """Edits of a reference, by what is wrong with each."""
    kind, rate = optimizer.removeprefix("keras.optimizers.").rstrip(")").split("(")
    own = layer.removesuffix(")")
    return {
        "an optimizer whose steps do nothing": [(optimizer, _IDLE.format(kind, rate))],
        "a rate of next to nothing": [(optimizer, f"keras.optimizers.{kind}(1e-30)")],
        "a rate that is too small": [(optimizer, f"keras.optimizers.{kind}(1e-7)")],
        "a rate that falls to 0 at once": [
            (optimizer, f"keras.optimizers.{kind}({_STOPPED.format(rate)})")
        ],
        "dropout of nearly all": [(inputs, f"{inputs} keras.layers.Dropout(0.95), ")],
        "noise in training": [(inputs, f"{inputs} keras.layers.GaussianNoise(0.9), ")],
        "weights that may not be negative": [
            (layer, f"{own}, kernel_constraint='non_neg'" + ")" * (own != layer))
        ],
        "weights that may not be large": [
            (
                layer,
                f"{own}, kernel_constraint=keras.constraints.MaxNorm(1e-3)" + ")" * (own != layer),
            )
        ],
        "gradients that are cut to nothing": [
            (optimizer, f"keras.optimizers.{kind}({rate}, clipvalue=1e-30)")
        ],
        "a train_step that does nothing": [(_SEQUENTIAL, _NO_STEP)],
        "a train_step that stops after five steps": [
            (_SEQUENTIAL, _FIVE_STEPS),
            (loss, f"{loss}, run_eagerly=True"),
        ],
    }


def _edited(assignment, file, exercise, edits):
    """An edit of one definition alone, since others of the file may look alike."""
    from tests.conftest import live

    text = live(assignment).references[file]
    start = text.index(f"def {exercise}(")
    end = text.find("\n\n\n", start)
    before = after = text[start : end if end > 0 else None]
    for old, new in edits:
        assert old in after, (exercise, old)
        after = after.replace(old, new)
    return ((before, after),)


def _idle(optimizer):
    """An edit by which a builder's optimizer takes no steps."""
    kind, _, rate = optimizer.removeprefix("keras.optimizers.").removesuffix(")").partition("(")
    return [(optimizer, _IDLE.format(kind, rate))]


_CALLBACKS = 'monitor="val_loss", patience=patience, restore_best_weights=True\n        )'
_BY_KERAS = """    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer, loss)
    return tf.convert_to_tensor(model.train_on_batch(x, y))
    ### BEGIN SOLUTION
    if not"""
_BY_ITS_STEP = """    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    keras.Model.compile(model, optimizer, loss)
    optimizer.build(model.trainable_variables)
    return tf.function(lambda: keras.Model.train_step(model, (x, y))["loss"])()
    ### BEGIN SOLUTION
    if not"""
_OTHERS = [
    (
        ("a3_mlp", "keras_mlp.py", "build_mlp"),
        "an Adam that takes no steps",
        _idle("keras.optimizers.Adam()"),
    ),
    (
        ("a3_mlp", "keras_mlp.py", "callbacks"),
        "a rate of 0 beside early stopping",
        [(_CALLBACKS, _CALLBACKS + ", keras.callbacks.LearningRateScheduler(lambda epoch: 0.0)")],
    ),
    (
        ("a3_mlp", "tf_train_step.py", "train_step"),
        "a batch that Keras trains on",
        [("    ### BEGIN SOLUTION\n    if not", _BY_KERAS)],
    ),
    (
        ("a3_mlp", "tf_train_step.py", "train_step"),
        "a graph of the step of Keras's model",
        [("    ### BEGIN SOLUTION\n    if not", _BY_ITS_STEP)],
    ),
    (
        ("a4_cnn", "keras_cnn.py", "build_lenet"),
        "an Adam that takes no steps",
        _idle("keras.optimizers.Adam(falling)"),
    ),
    (
        ("a4_cnn", "keras_cnn.py", "build_transfer_model"),
        "an Adam that takes no steps",
        _idle("keras.optimizers.Adam(0.001)"),
    ),
    (
        ("a4_cnn", "keras_cnn.py", "unfreeze"),
        "an Adam that takes no steps",
        _idle("keras.optimizers.Adam(1e-4)"),
    ),
    (
        ("a5_lstm", "keras_lstm.py", "build_sequence_classifier"),
        "an Adam that takes no steps",
        _idle("keras.optimizers.Adam(0.005)"),
    ),
]
WRONG = [
    Wrong(*case, what, _edited(*case, edits), (case[2], what) == QUICK)
    for case, what, edits in [
        *(
            (case, what, edits)
            for case, given in _CASES.items()
            for what, edits in _networks(*given).items()
        ),
        *_OTHERS,
    ]
]
