"""Bad Keras submissions: each a wrong `build_model` of assignment 2 in an else right file."""

from __future__ import annotations

from dataclasses import dataclass

from grader.course.misconception import splice
from grader.result import Status
from tests.conftest import live

NAME, FILE = "a2_logistic_regression", "keras_logistic_regression.py"
_COMPILE = 'model.compile("sgd", "bce", metrics=["accuracy", "precision", "recall"])'
_MODEL = """
def build_model(n_features, l2=0.0):
    {first}
    penalty = keras.regularizers.L2(l2 / 2)
    unit = keras.layers.Dense({units}, activation={activation}, kernel_regularizer=penalty)
    model = keras.Sequential([keras.Input((n_features,)), unit])
    {compiled}
    {last}
"""


@dataclass(frozen=True)
class Bad:
    """What one submission does, and what its student is told."""

    text: str
    check: str
    """The first check that it fails; "" for one that is none the worse for what it does."""
    status: Status
    words: str


def model(
    first: str = "pass",
    *,
    units: int = 1,
    activation: str = '"sigmoid"',
    compiled: str = _COMPILE,
    last: str = "return model",
) -> str:
    """The reference with another `build_model`."""
    parts = {"first": first, "units": units, "activation": activation}
    definition = _MODEL.format(**parts, compiled=compiled, last=last)
    return splice(live(NAME).references[FILE], "build_model", definition)


def importing(line: str) -> str:
    """The reference with one more line at its top."""
    return live(NAME).references[FILE].replace("import keras\n", f"import keras\n{line}\n", 1)


_DIVERGING = """X = ops.ones((8, n_features)) * 1e30
    model.compile(keras.optimizers.SGD(1e30), "mse")
    loss = model.fit(X, X[:, :1], epochs=3, verbose=0).history["loss"][-1]
    unit.activation = lambda z: ops.sigmoid(z) * loss
    return model"""
_SAVING = """model.save("model.keras")
    model.save_weights("/tmp/model.weights.h5")
    return keras.saving.load_model("model.keras")"""
_SETTINGS = """keras.config.set_floatx("float16")
    keras.config.set_dtype_policy("mixed_float16")
    keras.config.set_image_data_format("channels_first")
    keras.config.set_epsilon(0.1)
    keras.utils.set_random_seed(7)"""
_LEFT_BEHIND = """keras.config.set_max_epochs(1)
    keras.saving.get_custom_objects().update(sgd=keras.optimizers.Adam, bce=lambda y, p: p)
    keras.backend.clear_session()
    keras.ops.sum = keras.ops.mean
    keras.Model.fit = None"""
_REFUSED = "which has to run on every backend; see keras.ops"
_NO_NETWORK = "tried to download something (graded code has no network)"
_UNFIT = "the compiled loss does not fit the outputs and labels"

BAD: dict[str, Bad] = {
    "not compiled": Bad(
        model(compiled="pass"), "compiled", Status.FAILED, "received one without a loss"
    ),
    "compiled with a loss that does not exist": Bad(
        model(compiled='model.compile("sgd", "no_such_loss")'),
        "compiled",
        Status.FAILED,
        f"{_UNFIT} (ValueError)",
    ),
    "compiled with a loss for other outputs": Bad(
        model(compiled='model.compile("sgd", "sparse_categorical_crossentropy")'),
        "compiled",
        Status.FAILED,
        _UNFIT,
    ),
    "two outputs": Bad(
        model(units=2),
        "forward",
        Status.FAILED,
        "weight 1 of shape (3, 1) was expected; received (3, 2)",
    ),
    "no weights yet": Bad(
        model(last="return keras.Sequential([keras.layers.Dense(1)])"),
        "forward",
        Status.FAILED,
        "a built model was expected; give it its input shape",
    ),
    "no model": Bad(model(last="return None"), "forward", Status.FAILED, "received None"),
    "a class instead of a model": Bad(
        model(last="return keras.Sequential"),
        "forward",
        Status.FAILED,
        "received the class Sequential itself",
    ),
    "NaN": Bad(
        model(activation="lambda z: ops.sqrt(-1 - ops.abs(z))"),
        "forward",
        Status.FAILED,
        "NaN came out",
    ),
    "diverging training": Bad(
        model(last=_DIVERGING), "forward", Status.FAILED, "came out in all 6 values"
    ),
    "a layer instead of a model": Bad(
        model(last="return unit"),
        "forward",
        Status.FAILED,
        "a model with output_shape, parameters was expected",
    ),
    "a data set from the network": Bad(
        model("keras.datasets.mnist.load_data()"), "forward", Status.ERROR, _NO_NETWORK
    ),
    "weights from the network": Bad(
        model('keras.applications.VGG16(include_top=False, weights="imagenet")'),
        "forward",
        Status.ERROR,
        _NO_NETWORK,
    ),
    "a data set from the network at import": Bad(
        importing("keras.datasets.mnist.load_data()"), "", Status.PASSED, ""
    ),
    "saved files": Bad(model(last=_SAVING), "", Status.PASSED, ""),
    "a file elsewhere": Bad(
        model(last='model.save("/etc/model.keras")'),
        "forward",
        Status.ERROR,
        "tried to start a program",
    ),
    "PyTorch": Bad(
        model("import torch\n    torch.zeros(1)"),
        "forward",
        Status.FORBIDDEN,
        f"may not be used in this file, {_REFUSED}",
    ),
    "TensorFlow at import": Bad(importing("import tensorflow as tf"), "", Status.PASSED, ""),
    "another backend": Bad(
        model('keras.config.set_backend("jax")'),
        "forward",
        Status.FORBIDDEN,
        "keras.config.set_backend is not allowed: the grader has chosen one",
    ),
    "settings of half precision": Bad(
        model(_SETTINGS), "forward", Status.FAILED, "values differ at output"
    ),
    "what is left behind": Bad(
        model(last=f"{_LEFT_BEHIND}\n    return None"), "forward", Status.FAILED, "received None"
    ),
    "a thread that does not end": Bad(
        model(
            "import threading, time\n    threading.Thread(target=time.sleep, args=(60,)).start()"
        ),
        "",
        Status.PASSED,
        "",
    ),
    "settings at import": Bad(importing(_SETTINGS.replace("\n    ", "\n")), "", Status.PASSED, ""),
}
