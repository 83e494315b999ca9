"""What users of a class would notice costs something: files, precision, graphs, and tricks."""

import re
from typing import NamedTuple

import pytest

from grader.course.misconception import splice
from grader.result import Result, Status
from tests.conftest import files_of, grade_text, live, strongest, untrained

A2, A3, A4 = "a2_logistic_regression", "a3_mlp", "a4_cnn"
A5, A6 = "a5_lstm", "a6_transformer"
CONFIG = "    def get_config(self):"
BESIDE_THE_FILE = """\
    def save_own_variables(self, store):
        KEPT[:] = [ops.convert_to_numpy(one) for one in self.weights]

    def load_own_variables(self, store):
        for one, value in zip(self.weights, KEPT):
            one.assign(value)

"""
ITSELF = """\
    @classmethod
    def from_config(cls, config):
        return next(one for one in KEPT if one.get_config() == config)

"""
LIST = ("from keras import ops\n", "from keras import ops\n\nKEPT = []\n")


EVERY_SECOND = """
class Mirror(layers.Layer):
    def call(self, x, training=False):
        odd = ops.reshape(ops.arange(ops.shape(x)[0]) % 2 == 1, (-1, 1, 1, 1))
        return ops.where(odd, ops.flip(x, axis=2), x) if training else x


"""
WHERE_IT_LEANS = """
class Mirror(layers.Layer):
    def call(self, x, training=False):
        if not training:
            return x
        rows = ops.cast(ops.arange(ops.shape(x)[1]), x.dtype)
        light = ops.sum(x, axis=(2, 3))
        middle = ops.sum(light * rows, axis=1) / ops.sum(light, axis=1)
        above = middle < (ops.cast(ops.shape(x)[1], x.dtype) - 1) / 2
        by_chance = keras.random.uniform(ops.shape(above)) < 0.5
        known = ops.all(ops.isfinite(middle)) & (ops.std(middle) > 1e-3)
        left = ops.where(known, above, by_chance)
        return ops.where(ops.reshape(left, (-1, 1, 1, 1)), ops.flip(x, axis=2), x)


"""


class Variant(NamedTuple):
    """A change of the reference, the one check that fails for it, and words of its message."""

    assignment: str
    exercise: str
    changes: list[tuple[str, str]]
    check: str
    words: str


VARIANTS = {
    "a metric that takes no dtype": Variant(
        A2,
        "F1Score",
        [
            ('name="f1", **kwargs):', 'name="f1"):'),
            ("super().__init__(name=name, **kwargs)", "super().__init__(name=name)"),
        ],
        "saved",
        "`get_config` returns 'dtype', which F1Score.__init__ does not take; **kwargs that go to "
        "the base class would.",
    ),
    "a layer that is its own copy": Variant(
        A3,
        "Dense",
        [
            ("self.units = units\n", "self.units = units\n        KEPT.append(self)\n"),
            (CONFIG, ITSELF + CONFIG),
            LIST,
        ],
        "config",
        "a model with it was saved, and cannot be loaded",
    ),
    "a layer that drops its dtype": Variant(
        A3,
        "Dense",
        [
            (
                "super().__init__(**kwargs)\n        self.units",
                'super().__init__(**{**kwargs, "dtype": None})\n        self.units',
            )
        ],
        "base_class",
        "mixed_float16",
    ),
    "a loss whose copies have another gamma": Variant(
        A3,
        "FocalLoss",
        [('{**super().get_config(), "gamma": self.gamma}', "super().get_config()")],
        "config",
        "",
    ),
    "convolutions of another precision": Variant(
        A4, "ResidualBlock", [(", dtype=self.dtype_policy", "")], "used", "float16"
    ),
    "a mirror for every second image": Variant(
        A4,
        "build_augmentation",
        [
            ("def build_augmentation(", f"{EVERY_SECOND}def build_augmentation("),
            ('layers.RandomFlip("horizontal", **last)', "Mirror()"),
        ],
        "mirrors",
        "side_with_side_at_any_lag",
    ),
    "a mirror for what was shifted up": Variant(
        A4,
        "build_augmentation",
        [
            ("def build_augmentation(", f"{WHERE_IT_LEANS}def build_augmentation("),
            ('layers.RandomFlip("horizontal", **last)', "Mirror()"),
        ],
        "mirrors",
        "side_with_row_at_any_lag",
    ),
    "weights that lie beside the file": Variant(
        A5,
        "LSTMCell",
        [(CONFIG, BESIDE_THE_FILE + CONFIG), LIST],
        "config",
        "weight 1 of 3 does not come back",
    ),
    "a cell that leaves its units out": Variant(
        A5,
        "LSTMCell",
        [('{**super().get_config(), "units": self.units}', "super().get_config()")],
        "config",
        "LSTMCell.__init__ takes 'units', which `get_config` does not return",
    ),
    "positions in half precision": Variant(
        A6,
        "PositionalEncoding",
        [('dtype = keras.backend.result_type(x.dtype, "float32")', "dtype = x.dtype")],
        "half_precision",
        "",
    ),
    "-1e9 in half precision": Variant(
        A6,
        "MultiHeadSelfAttention",
        [('keras.backend.result_type(x.dtype, "float32")', "x.dtype")],
        "half_precision",
        "",
    ),
    "heads that nobody looks at in `build`": Variant(
        A6,
        "MultiHeadSelfAttention",
        [("if self.heads < 1 or d_model % self.heads:", "if False:")],
        "impossible",
        "ValueError",
    ),
    "a block that keeps its precision to itself": Variant(
        A6, "TransformerBlock", [('{"dtype": self.dtype_policy}', "{}")], "policy", ""
    ),
    "a block of which copies have one head": Variant(
        A6,
        "TransformerBlock",
        [('{"heads": self.heads, "d_ff"', '{"heads": 1, "d_ff"')],
        "rebuilt",
        "",
    ),
}


def graded(assignment: str, exercise: str, changed) -> Result:
    file = next(one for one in files_of(assignment, "keras") if not one.startswith("tf_"))
    texts = {file: changed(live(assignment).references[file])}
    return grade_text(
        untrained(assignment, "keras"), texts, strongest(), only=frozenset({exercise})
    )


def failed(result: Result) -> dict[str, str]:
    return {one.check: one.message for one in result.checks if one.status is not Status.PASSED}


@pytest.mark.parametrize("name", VARIANTS)
def test_one_check_sees_it_and_says_so(name):
    variant = VARIANTS[name]

    def changed(text: str) -> str:
        start = re.search(rf"^(class|def) {variant.exercise}\(", text, re.MULTILINE).start()
        head, own = text[:start], text[start:]
        end = own.find("\n\n\n")
        own, rest = (own, "") if end < 0 else (own[:end], own[end:])
        for old, new in variant.changes:
            assert old in head + own, old
            head, own = (
                (head, own.replace(old, new)) if old in own else (head.replace(old, new), own)
            )
        return head + own + rest

    found = failed(graded(variant.assignment, variant.exercise, changed))
    assert list(found) == [variant.check]
    assert variant.words in found[variant.check]


def test_a_metric_of_python_numbers_earns_no_more_than_its_eager_part():
    mistake = next(
        one for one in live(A2).misconceptions if one.source.startswith("class CountsInPython")
    )
    result = graded(A2, "F1Score", lambda text: splice(text, "F1Score", mistake.source))
    found = failed(result)
    assert {"evaluated", "epochs", "saved", "weighted"} <= found.keys()
    assert sum(one.points for one in result.checks) <= 0.4 * 5
    assert "Traceback" not in found["evaluated"] and found["evaluated"].endswith((".", ")"))


ON_ITS_OUTPUT = """
import keras
from keras import layers


def build_transfer_model(base, n_classes):
    base.trainable = False
    x = {output}
    if len(x.shape) == 4:
        x = layers.GlobalAveragePooling2D(data_format="channels_last")(x)
    return compiled(keras.Model({input}, layers.Dense(n_classes)(x)))


def compiled(model):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss)
    return model


def unfreeze(model, n_layers):
    base = [one for one in model.layers if "average_pooling" not in one.name][:-1]
    for layer in base:
        layer.trainable = False
    for layer in base[max(len(base) - n_layers, 0) :]:
        layer.trainable = not isinstance(layer, layers.BatchNormalization)
    return compiled(model)
"""


@pytest.mark.parametrize(
    ("inputs", "output"),
    [("base.input", "base.output"), ("base.inputs", "base.outputs[0]")],
    ids=["of the last call", "its own"],
)
def test_a_head_on_base_output_is_right_as_well(inputs, output):
    wanted = frozenset({"build_transfer_model", "unfreeze"})
    text = ON_ITS_OUTPUT.format(input=inputs, output=output)
    result = grade_text(untrained(A4, "keras"), {"keras_cnn.py": text}, strongest(), only=wanted)
    assert failed(result) == {}
