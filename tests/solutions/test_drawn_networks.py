"""Networks that do not draw what they should draw for each entry, each image and each call."""

import pytest

from tests.conftest import grade_text, live, untrained

_DROPOUT_A3 = "            model.add(keras.layers.Dropout(dropout))"
_FIXED = """            class Fixed(keras.layers.Layer):
                def call(self, x, training=None):
                    if not training:
                        return x
                    shape = keras.ops.shape(x)
                    count = keras.ops.arange(shape[0] * shape[1], dtype="float32")
                    kept = keras.ops.reshape(count * 0.618034 % 1 >= dropout, shape)
                    return x * keras.ops.cast(kept, x.dtype) / (1 - dropout)

            model.add(Fixed())"""
_DROPOUT_A6 = (
    "        self.drop1 = keras.layers.Dropout(dropout, **inner)\n"
    "        self.drop2 = keras.layers.Dropout(dropout, **inner)"
)
_FOR_ALL_ROWS = _DROPOUT_A6.replace("**inner", "noise_shape=(1, None, None), **inner")
_NOT_DRAWN = """        def fixed(seed):
            def drop(z, training=None):
                if not training:
                    return z
                kept = np.random.default_rng(seed).random(z.shape) >= dropout
                return z * ops.cast(kept, z.dtype) / (1 - dropout)

            return drop

        self.drop1, self.drop2 = fixed(1), fixed(2)"""
A3 = ("a3_mlp", "keras_mlp.py", "build_mlp", ("dropped", "dropped_last"))
A6 = ("a6_transformer", "keras_transformer.py", "TransformerBlock", ("dropout", "rebuilt_dropout"))
DROPOUTS = {
    "a3, no dropout": (*A3, _DROPOUT_A3, "            pass"),
    "a3, one mask for ever": (*A3, _DROPOUT_A3, _FIXED),
    "a3, one draw for all units": (
        *A3,
        _DROPOUT_A3,
        _DROPOUT_A3.replace("(dropout)", "(dropout, noise_shape=(None, 1))"),
    ),
    "a3, one draw for all rows": (
        *A3,
        _DROPOUT_A3,
        _DROPOUT_A3.replace("(dropout)", "(dropout, noise_shape=(1, None))"),
    ),
    "a6, one draw for all rows": (*A6, _DROPOUT_A6, _FOR_ALL_ROWS),
    "a6, one mask for ever": (*A6, _DROPOUT_A6, _NOT_DRAWN),
}
_SHIFTED = '        layers.RandomTranslation(max_shift, max_shift, fill_mode="constant", **last),\n'
_TURNED = '        layers.RandomRotation(rotation, fill_mode="constant", **last),\n'
SLOW = pytest.mark.slow


def graded(assignment, file, exercise, old, new):
    text = live(assignment).references[file]
    assert old in text
    result = grade_text(
        untrained(assignment, "keras"), {file: text.replace(old, new)}, only=frozenset({exercise})
    )
    return [check for check in result.checks if check.exercise == exercise]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(one, marks=() if one == "a6, one draw for all rows" else SLOW)
        for one in DROPOUTS
    ],
)
def test_dropout_that_is_not_drawn_for_each_entry_earns_nothing_as_dropout(name):
    assignment, file, exercise, checks, old, new = DROPOUTS[name]
    found = graded(assignment, file, exercise, old, new)
    points = {check.check.rpartition(".")[2]: check.points for check in found}
    assert [points[check] for check in checks] == [0, 0]


@pytest.mark.parametrize(
    "left_out", [_SHIFTED, pytest.param(_TURNED, marks=SLOW)], ids=["turns", "shifts"]
)
def test_half_of_an_augmentation_is_worth_two_fifths_at_most(left_out):
    found = graded("a4_cnn", "keras_cnn.py", "build_augmentation", left_out, "")
    assert sum(check.points for check in found) <= 0.4 * sum(check.max_points for check in found)
