"""Repairs of Keras files: which changes are thought of early, and one that is found and proven."""

import itertools

import pytest

from grader.judge.repairs import ALONE, FORKED, IN_A_CLASS
from grader.judge.repairs.asking import credible_seconds
from grader.judge.repairs.candidates import changes_of
from grader.judge.repairs.source import Source, definitions_of
from tests.conftest import grade_text, live, prepared
from tests.judge.repairs.test_candidates import same
from tests.mini import check_of

HEAD = (
    "import keras\nimport numpy as np\nimport tensorflow as tf\nfrom keras import layers, ops\n\n"
)
EARLY = 250
"""So many are tried in any search that is not of a class."""


def function(*lines):
    body = "\n    ".join(lines)
    return f"{HEAD}def exercise(model, n, units, dropout, training=None):\n    {body}\n"


def layer(call, build="self.w = self.add_weight(shape=(2, 2))", config="return {}"):
    return (
        f"{HEAD}class exercise(layers.Layer):\n"
        "    def __init__(self, units, rate=0.0, **kwargs):\n"
        "        super().__init__(**kwargs)\n"
        "        self.units = units\n        self.rate = rate\n"
        f"    def build(self, shape):\n        {build}\n"
        f"    def call(self, x, states=None, training=None):\n        {call}\n"
        f"    def get_config(self):\n        {config}\n"
    )


def metric(step):
    return (
        f"{HEAD}class exercise(keras.metrics.Metric):\n"
        "    def update_state(self, y, x, sample_weight=None):\n"
        f"        {step}\n        self.hits.assign_add(guess)\n"
    )


TWO = "self.w, self.b = self.add_weight((2, 2)), self.add_weight((2,))"
LAYERS = "self.norm = layers.LayerNormalization(); self.drop = layers.Dropout(self.rate)"
ALL = "return {'units': self.units, 'rate': self.rate}"
PAIRS = {
    "argument as in another call": (
        function("n = layers.Conv2D(6, 3, name='a')(n)", "return layers.Conv2D(6, 3)(n)"),
        function("n = layers.Conv2D(6, 3, name='a')(n)", "return layers.Conv2D(6, 3, name='a')(n)"),
        "argument",
    ),
    "value as in another call": (
        layer("return x", "self.a, self.b = layers.ELU(alpha=0.3), layers.ELU(alpha=7.1)"),
        layer("return x", "self.a, self.b = layers.ELU(alpha=0.3), layers.ELU(alpha=0.3)"),
        "constant",
    ),
    "layers in another order": (
        layer("return self.drop(self.norm(x), training=training)", LAYERS, ALL),
        layer("return self.norm(self.drop(x, training=training))", LAYERS, ALL),
        "order",
    ),
    "always in training": (
        layer("return self.drop(self.norm(x), training=True)", LAYERS, ALL),
        layer("return self.drop(self.norm(x), training=training)", LAYERS, ALL),
        "name",
    ),
    "shortcut": (
        layer("return ops.relu(self.norm(x))", LAYERS, ALL),
        layer("return ops.relu(x + self.norm(x))", LAYERS, ALL),
        "term",
    ),
    "size of a part": (
        layer("return x / self.units ** 0.5"),
        layer("return x / (self.units // self.rate) ** 0.5"),
        "factor",
    ),
    "rate that is ignored": (
        layer("return self.drop(x)", "self.drop = layers.Dropout(0.0)", ALL),
        layer("return self.drop(x)", "self.drop = layers.Dropout(self.rate)", ALL),
        "name",
    ),
    "kind of layer": (
        function("return layers.SimpleRNN(units)(n)"),
        function("return layers.LSTM(units)(n)"),
        "layer",
    ),
    "pooling": (
        function("return layers.Flatten()(n)"),
        function("return layers.GlobalAveragePooling2D()(n)"),
        "layer",
    ),
    "layer too many": (
        function("n = layers.ReLU()(n)", "return layers.Dense(3)(layers.ReLU()(n))"),
        function("n = layers.ReLU()(n)", "return layers.Dense(3)((n))"),
        "layer",
    ),
    "layer missing": (
        function("n = layers.Dense(units)(n)", "return layers.Dense(1)(n)"),
        function("n = layers.ReLU()(layers.Dense(units)(n))", "return layers.Dense(1)(n)"),
        "layer",
    ),
    "order of layers": (
        function("return keras.Sequential([layers.ReLU(), layers.Dense(n)])"),
        function("return keras.Sequential([layers.Dense(n), layers.ReLU()])"),
        "order",
    ),
    "layer not added": (
        function("model.add(layers.Dense(n))", "return model"),
        function("model.add(layers.Dense(n))", "model.add(layers.Softmax())", "return model"),
        "layer",
    ),
    "thrown away": (
        function("layers.ReLU()(n)", "return layers.Dense(1)(n)"),
        function("n = layers.ReLU()(n)", "return layers.Dense(1)(n)"),
        "kept",
    ),
    "activation": (
        function("return layers.Dense(n, activation='tanh')"),
        function("return layers.Dense(n, activation='relu')"),
        "constant",
    ),
    "activation missing": (
        function("return layers.Dense(n)"),
        function("return layers.Dense(n, activation='relu')"),
        "argument",
    ),
    "units": (
        function("return layers.Dense(units)"),
        function("return layers.Dense(1)"),
        "constant",
    ),
    "wide": (
        function("return layers.Dense(units)"),
        function("return layers.Dense(4 * (units))"),
        "constant",
    ),
    "rate kept": (
        function("return layers.Dropout(dropout)(n)"),
        function("return layers.Dropout((1 - dropout))(n)"),
        "constant",
    ),
    "no bias": (
        function("return layers.Dense(n, use_bias=False)"),
        function("return layers.Dense(n, use_bias=True)"),
        "constant",
    ),
    "initialiser": (
        layer("return x", "self.w = self.add_weight((2, 2), 'zeros')", ALL),
        layer("return x", "self.w = self.add_weight((2, 2), 'glorot_uniform')", ALL),
        "constant",
    ),
    "loss": (
        function("model.compile(loss=keras.losses.MeanSquaredError())", "return model"),
        function("model.compile(loss=keras.losses.BinaryCrossentropy())", "return model"),
        "loss",
    ),
    "logits": (
        function("return keras.losses.SparseCategoricalCrossentropy()"),
        function("return keras.losses.SparseCategoricalCrossentropy(from_logits=True)"),
        "argument",
    ),
    "optimiser": (
        function("return keras.optimizers.Adam(0.1)"),
        function("return keras.optimizers.SGD(0.1)"),
        "optimiser",
    ),
    "learning rate": (
        function("return keras.optimizers.SGD(0.01)"),
        function("return keras.optimizers.SGD((0.1))"),
        "constant",
    ),
    "metrics": (
        function("model.compile('adam', 'mse')", "return model"),
        function("model.compile('adam', 'mse', metrics=['accuracy'])", "return model"),
        "argument",
    ),
    "penalty": (
        function("return layers.Dense(n, bias_regularizer='l2')"),
        function("return layers.Dense(n, kernel_regularizer='l2')"),
        "argument",
    ),
    "sequences": (
        function("return layers.LSTM(n)"),
        function("return layers.LSTM(n, return_sequences=True)"),
        "argument",
    ),
    "frozen": (
        function("model.trainable = True", "return model"),
        function("model.trainable = not (True)", "return model"),
        "setting",
    ),
    "not frozen": (
        function("return keras.Sequential([model, layers.Dense(n)])"),
        function("model.trainable = False", "return keras.Sequential([model, layers.Dense(n)])"),
        "setting",
    ),
    "monitor": (
        function("return keras.callbacks.EarlyStopping('val_accuracy')"),
        function("return keras.callbacks.EarlyStopping('val_loss')"),
        "constant",
    ),
    "best weights": (
        function("return keras.callbacks.EarlyStopping('val_loss', patience=n)"),
        function(
            "return keras.callbacks.EarlyStopping("
            "'val_loss', patience=n, restore_best_weights=True)"
        ),
        "argument",
    ),
    "training": (
        layer("return self.drop(x)", LAYERS, ALL),
        layer("return self.drop(x, training=training)", LAYERS, ALL),
        "argument",
    ),
    "bias never used": (
        layer("return ops.matmul(x, self.w)", TWO, ALL),
        layer("return ((ops.matmul(x, self.w)) + self.b)", TWO, ALL),
        "term",
    ),
    "layer never used": (
        layer("return self.drop(x)", LAYERS, ALL),
        layer("return self.drop(self.norm(x))", LAYERS, ALL),
        "layer",
    ),
    "order of states": (
        layer("h, c = states\n        return h, [c, h]", config=ALL),
        layer("h, c = states\n        return h, [h, c]", config=ALL),
        "order",
    ),
    "other states": (
        layer("h, c = states\n        return h, [h, c]", config=ALL),
        layer("c, h = states\n        return h, [h, c]", config=ALL),
        "order",
    ),
    "NumPy in call": (
        layer("return np.tanh(x)", config=ALL),
        layer("return ops.tanh(x)", config=ALL),
        "tensor",
    ),
    "configuration": (
        layer("return x", config="return {'units': self.units}"),
        layer("return x", config="return {**({'units': self.units}), 'rate': self.rate}"),
        "config",
    ),
    "not added up": (
        layer("self.w.assign(x)\n        return x", config=ALL),
        layer("self.w.assign_add(x)\n        return x", config=ALL),
        "step",
    ),
    "no threshold": (
        metric("guess = x"),
        metric("guess = ops.cast((x) >= 0.5, 'float32')"),
        "condition",
    ),
    "fixed number": (
        layer("return x * 2.0", config=ALL),
        layer("return x * self.units", config=ALL),
        "name",
    ),
    "gates of one form": (
        layer(
            "a = ops.tanh(x)\n        b = ops.tanh(states)\n        return a + 2 * b", config=ALL
        ),
        layer(
            "a = ops.tanh(states)\n        b = ops.tanh(x)\n        return a + 2 * b", config=ALL
        ),
        "order",
    ),
    "computed and not used": (
        layer("g = ops.tanh(x)\n        return x * (1 - x)", config=ALL),
        layer("g = ops.tanh(x)\n        return x * g", config=ALL),
        "name",
    ),
    "argument that is ignored": (
        function("if True:", "    n = layers.ReLU()(n)", "return model(n, units, training)"),
        function("if dropout:", "    n = layers.ReLU()(n)", "return model(n, units, training)"),
        "name",
    ),
    "mask turned round": (
        layer("return x + states * -1e9", config=ALL),
        layer("return x + ((1 - (states)) * -1e9)", config=ALL),
        "condition",
    ),
    "error that is compiled": (
        function("model.compile('adam', 'mae')", "return model"),
        function("model.compile('adam', 'mse')", "return model"),
        "constant",
    ),
    "graph": (
        function("def step(x):", "    return model(x)", "return step"),
        function("@tf.function", "    def step(x):", "    return model(x)", "return step").replace(
            "        def", "    def"
        ),
        "graph",
    ),
}


def tried(text):
    source = Source(text.encode())
    names = ("exercise",)
    return source, changes_of(source, definitions_of(source, "exercise", names))


def test_each_kind_of_mistake_is_undone_by_an_early_change():
    missing = []
    for name, (wrong, right, kind) in PAIRS.items():
        source, found = tried(wrong)
        early = [one for one in itertools.islice(found, EARLY) if one.kind == kind]
        if not any(same(one.applied(source.text)) == same(right) for one in early):
            missing.append(name)
    assert not missing


def test_in_a_numpy_file_nothing_of_keras_is_tried():
    _, found = tried("import numpy as np\n\ndef exercise(model):\n    return np.tanh(model)\n")
    assert not [one for one in found if one.kind in {"layer", "tensor", "setting"}]


def test_a_layer_of_the_file_may_be_missing():
    wrong = layer("return x").replace("exercise", "Plain").replace(", units, rate=0.0", "")
    wrong += "\n\ndef exercise(n):\n    n = layers.ELU()(n)\n    return layers.Dense(1)(n)\n"
    source, found = tried(wrong)
    right = wrong.replace("n = layers.ELU()(n)", "n = Plain()(layers.ELU()(n))")
    early = itertools.islice(found, EARLY)
    assert any(same(one.applied(source.text)) == same(right) for one in early)


def test_what_is_turned_round_already_is_not_read_backwards():
    def backwards(body):
        _, found = tried(function(body))
        return [one for one in found if "go_backwards" in one.text]

    assert backwards("return layers.LSTM(units)(n)")
    assert not backwards("return layers.LSTM(units)(ops.flip(n, axis=1))")
    assert not backwards("return layers.LSTM(units)(n[:, ::-1])")


def test_dropout_is_not_left_out_to_make_things_right():
    wrong = layer("return self.norm(self.drop(x))", LAYERS, ALL)
    source, found = tried(wrong)
    early = {one.applied(source.text) for one in itertools.islice(found, EARLY) if one.rank < 2}
    assert not any("return self.norm((x))" in text for text in early)
    assert any("return (self.drop(x))" in text for text in early)


def test_what_was_given_and_is_used_in_making_layers_is_not_put_into_the_computing():
    used = layer("return self.drop(x)", "self.drop = layers.Dropout(self.rate)", ALL)
    _, found = tried(used)
    assert not [one for one in found if "self.rate" in one.text and one.rank < 0]


def test_nothing_is_said_of_what_a_change_would_be():
    for wrong, _, _ in PAIRS.values():
        _, found = tried(wrong)
        for one in itertools.islice(found, EARLY):
            assert len(one.text) < 8 or one.text not in one.said


@pytest.mark.parametrize("paces", [ALONE, FORKED, IN_A_CLASS])
def test_keras_files_are_looked_into_everywhere_and_within_bounds(paces):
    pace = paces["keras"]
    assert pace.cpu_seconds <= 8
    assert pace.most_proofs <= 3
    assert IN_A_CLASS["keras"].cpu_seconds < 1


@pytest.mark.parametrize(
    ("told", "waited", "believed"),
    [(0.5, 1.0, 0.5), (-1e9, 1.0, 8.0), (float("nan"), 1.0, 8.0), (0.0, 24.0, 2.0), (99.0, 0, 8.0)],
)
def test_a_worker_that_lies_about_its_time_is_believed_no_more_than_the_clock(
    told, waited, believed
):
    assert credible_seconds(told, 8.0, waited) == believed


@pytest.mark.slow
def test_the_line_of_a_layer_without_bias_is_named_and_proven():
    name, file = "a1_least_squares", "keras_least_squares.py"
    reference = live(name).references[file]
    wrong = reference.replace("layers.Dense(1)", "layers.Dense(1, use_bias=False)")
    assert wrong != reference
    result = grade_text(
        prepared(name, "keras"), {file: wrong}, only=frozenset({"build_model"}), repairs=FORKED
    )
    found = check_of(result, "build_model.forward").diagnosis
    assert found.id.startswith("generic.repair.")
    assert "use_bias=False" in found.hint
    assert found.hint.endswith("every case is right.")
