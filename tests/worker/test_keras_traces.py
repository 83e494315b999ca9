"""What one question leaves behind in Keras or TensorFlow is not there for the next one."""

import pytest

from tests.worker.sessions import answers_of

pytestmark = pytest.mark.slow

LOOK = """
import sys
import keras, numpy as np, tensorflow as tf
from keras import ops

@keras.saving.register_keras_serializable("ours")
class Ours(keras.layers.Layer):
    pass

keras.config.set_max_epochs(1)
keras.config.set_floatx("float64")
keras.config.enable_unsafe_deserialization()
first = keras.layers.Dense(1)
TAKEN = {}

def look():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, activation="relu")])
    model.compile("sgd", "mse")
    __import__("keras.layers")
    __import__("keras.ops")
    x = np.arange(8.0).reshape(4, 2)
    losses = model.fit(x, x[:, :1], epochs=2, batch_size=2, verbose=0).history["loss"]
    return repr([
        losses, model.layers[-1].name, model.predict(x, verbose=0).tolist(),
        str(ops.sum([1.0, 2.0])), str(keras.random.normal((1,))), str(tf.random.normal([1])),
        keras.config.floatx(), keras.config.epsilon(), keras.config.image_data_format(),
        keras.config.dtype_policy().name, keras.config.max_epochs(),
        keras.config.max_steps_per_epoch(), keras.config.is_flash_attention_enabled(),
        keras.config.is_traceback_filtering_enabled(),
        keras.config.is_interactive_logging_enabled(), sorted(keras.saving.get_custom_objects()),
        keras.saving.get_registered_name(Ours), keras.activations.get("relu").__name__,
        keras.utils.to_categorical([1]).tolist(), str(keras.initializers.Ones()((1,))),
        type(keras.optimizers.get("sgd")).__name__,
        str(keras.losses.MeanSquaredError()([1.0], [3.0])),
        str(tf.reduce_sum([1.0, 2.0])), str(tf.math.log(tf.constant([-1.0]))),
        tf.config.functions_run_eagerly(), tf.executing_eagerly(),
        tf.config.get_soft_device_placement(), tf.config.optimizer.get_experimental_options(),
        tf.config.optimizer.get_jit(), tf.config.experimental.tensor_float_32_execution_enabled(),
        hasattr(tf.constant(1), "ravel"), tf.constant(1.0) + tf.constant(1.0),
        hasattr(ops, "added"), keras.tree.flatten([1, [2]]), keras.src.backend.common.global_state
        .get_global_attribute("name_scope_stack"), keras.src.saving.serialization_lib
        .in_safe_mode(), str(keras.Variable(1.0)),
        str(tf.keras.ops.sum([1.0, 2.0])), tf.keras.layers.Dense is keras.layers.Dense,
    ])
"""
LEFT = {
    "epochs": "keras.config.set_max_epochs(1); keras.config.set_max_steps_per_epoch(1)",
    "precision": "keras.config.set_floatx('float16'); keras.config.set_epsilon(0.1)",
    "a policy": "keras.mixed_precision.set_global_policy('mixed_float16')",
    "channels": "keras.config.set_image_data_format('channels_first')",
    "attention": "keras.config.disable_flash_attention()",
    "messages": "keras.config.disable_traceback_filtering();"
    " keras.config.disable_interactive_logging()",
    "safe mode": "keras.src.saving.serialization_lib.SafeModeScope(True).__enter__()",
    "custom objects": "keras.saving.get_custom_objects()['relu'] = ops.sigmoid;"
    " keras.saving.get_custom_objects()['Dense'] = Ours;"
    " keras.saving.get_custom_objects().update(sgd=keras.optimizers.Adam)",
    "a registered class": "keras.saving.register_keras_serializable()(type('New', (Ours,), {}))",
    "no custom objects": "keras.saving.get_custom_objects().clear()",
    "a scope": "keras.saving.CustomObjectScope({'relu': ops.sigmoid}).__enter__()",
    "a scope of names": "keras.name_scope('mine').__enter__()",
    "a function": "ops.sum = ops.mean; keras.ops.added = 1",
    "a function at its source": "keras.src.ops.numpy.sum = keras.src.backend.numpy.sum = ops.mean",
    "a function of the backend": "keras.src.backend.tensorflow.numpy.matmul = lambda *_: 0",
    "by its dictionary": "vars(ops)['sum'] = ops.mean; keras.ops.__dict__.pop('cast')",
    "utils": "keras.utils.to_categorical = lambda *_: np.zeros(1)",
    "a layer": "keras.layers.Dense = keras.src.layers.Dense = Ours",
    "a method": "keras.layers.Dense.call = lambda self, x: x; keras.Model.fit = None",
    "an attribute of a class": "keras.layers.Layer.added = 1; del keras.layers.Dense.build",
    "an optimizer": "keras.optimizers.SGD.update_step = lambda *_: None",
    "a table": "keras.src.optimizers.ALL_OBJECTS_DICT['sgd'] = keras.optimizers.Adam;"
    " keras.src.activations.ALL_OBJECTS_DICT['relu'] = ops.sigmoid",
    "a loss": "keras.losses.MeanSquaredError.call = lambda *_: 0.0",
    "an initializer": "keras.initializers.GlorotUniform.__call__ = lambda *_, **__: 1.0",
    "seeds": "keras.utils.set_random_seed(7); tf.random.set_seed(8); np.random.seed(9)",
    "a cleared session": "keras.backend.clear_session(); keras.layers.Dense(1)",
    "names": "[keras.layers.Dense(1) for _ in range(3)]",
    "eager functions": "tf.config.run_functions_eagerly(True)",
    "debug mode": "tf.data.experimental.enable_debug_mode()",
    "placement": "tf.config.set_soft_device_placement(False);"
    " tf.debugging.set_log_device_placement(True)",
    "optimization": "tf.config.optimizer.set_experimental_options({'constant_folding': False});"
    " tf.config.optimizer.set_jit(True)",
    "TensorFloat": "tf.config.experimental.enable_tensor_float_32_execution(False)",
    "determinism": "tf.config.experimental.enable_op_determinism()",
    "checked numbers": "tf.debugging.enable_check_numerics()",
    "behavior of NumPy": "tf.experimental.numpy.experimental_enable_numpy_behavior()",
    "a function of TensorFlow": "tf.reduce_sum = tf.math.log = tf.reduce_mean",
    "an operator of tensors": "tf.Tensor.__add__ = lambda *_: 7",
    "through tf.keras": "tf.keras.layers.Dense = None; tf.keras.ops.sum = None",
}
LEFT |= {
    "defaults of a function": "ops.sum.__defaults__ = (0, True)",
    "code of a function": "keras.losses.mean_squared_error.__code__ ="
    " (lambda y_true, y_pred: y_true * 0).__code__; ops.relu.__code__ = (lambda x: 0).__code__",
    "defaults of a method": "keras.optimizers.SGD.__init__.__defaults__ ="
    " (9.0, *keras.optimizers.SGD.__init__.__defaults__[1:])",
    "code of a method": "keras.callbacks.History.on_epoch_end.__code__ ="
    " (lambda self, epoch, logs=None: None).__code__",
    "by the dictionaries of others": "vars(tf.math)['log'] = vars(tf)['reduce_sum'] = len;"
    " vars(np)['arange'] = None",
    "modules": "sys.modules['keras.ops'] = None; sys.modules['keras.layers'] = np",
    "a gradient": "sys.modules['tensorflow.python.framework.ops'].gradient_registry"
    "._registry['Square']['type'] = lambda op, g: g * 77.0",
}
FOR_GOOD = {
    "graphs alone": "tf.compat.v1.disable_eager_execution()",
    "a graph": "tf.Graph().as_default().__enter__()",
    "a device": "tf.device('CPU:0').__enter__()",
}


@pytest.fixture(scope="module")
def looked(tmp_path_factory):
    """What is seen before and after each of them, by its name."""
    pytest.importorskip("tensorflow")
    every = LEFT | FOR_GOOD
    left = [f"def left_{n}():\n    {code}\n" for n, code in enumerate(every.values())]
    names = ["look"] + [one for n in range(len(LEFT)) for one in (f"left_{n}", "look")]
    names += [f"left_{n}" for n in range(len(LEFT), len(every))]
    folder = tmp_path_factory.mktemp("keras")
    first, *answers = answers_of(folder, LOOK + "".join(left), names, "keras")
    found = dict(zip(LEFT, zip(answers[0::2], answers[1::2], strict=False), strict=False))
    return first, found, dict(zip(FOR_GOOD, answers[2 * len(LEFT) :], strict=True))


def test_what_the_file_sets_changes_no_numbers_and_what_it_registers_stays(looked):
    (outcome, seen, _), _, _ = looked
    assert outcome == "answered", seen
    for words in ("'float32', 1e-07, 'channels_last', 'float32', None, None", "ours>Ours"):
        assert words in seen
    assert "dense_1" in seen


@pytest.mark.parametrize("name", LEFT)
def test_what_a_question_leaves_behind_is_gone_for_the_next(looked, name):
    first, found, _ = looked
    did, seen = found[name]
    assert (did[0], did[2]) == ("answered", False), did
    assert seen == first


@pytest.mark.parametrize("name", FOR_GOOD)
def test_a_worker_ends_where_what_was_left_behind_cannot_be_undone(looked, name):
    assert looked[2][name][::2] == ["answered", True]
