"""The settings of TensorFlow that code can change for all that runs after it."""

from __future__ import annotations

import functools
import sys
from enum import Enum
from typing import Any

import tensorflow as tf
from tensorflow.python.eager import context
from tensorflow.python.framework import config, ops

from grader.worker.settings import Objects, Setting
from grader.worker.snapshots import Snapshot

_IMMUTABLE = (bool, Enum)


def settings_of_tensorflow() -> list[Setting]:
    """All settings, as they hold now."""
    experimental, optimizer = tf.config.experimental, tf.config.optimizer
    return [
        Objects(_read_flags, _write_flags),
        Setting(tf.config.get_soft_device_placement, tf.config.set_soft_device_placement),
        Setting(tf.debugging.get_log_device_placement, tf.debugging.set_log_device_placement),
        Setting(optimizer.get_jit, optimizer.set_jit),
        Setting(optimizer.get_experimental_options, _set_experimental_options),
        Setting(
            experimental.tensor_float_32_execution_enabled,
            experimental.enable_tensor_float_32_execution,
        ),
        Setting(config.is_op_determinism_enabled, _set_determinism),
        Setting(experimental.get_synchronous_execution, experimental.set_synchronous_execution),
        Setting(experimental.get_device_policy, experimental.set_device_policy),
        Setting(tf.debugging.is_traceback_filtering_enabled, _set_traceback_filtering),
        Setting(_watches_numbers, lambda _: tf.debugging.disable_check_numerics()),
        # A graph, a device or another context that was entered and not left.
        Setting(lambda: (id(context.context()), tf.executing_eagerly())),
        Setting(lambda: context.context().device_name),
    ]


@functools.cache
def classes_of_tensorflow() -> Snapshot:
    """The classes that code gets from TensorFlow, with all that they inherit from."""
    found = {value for value in vars(tf).values() if isinstance(value, type)}
    found |= {type(one) for one in (tf.float32, tf.TensorShape([]), ops.EagerTensor)}
    found.add(ops.EagerTensor)
    variables = sys.modules["tensorflow.python.ops.resource_variable_ops"]
    found.add(variables.ResourceVariable)
    every = {base for one in found for base in one.__mro__}
    return Snapshot((), [one for one in every if _is_of_tensorflow(one)])


def registries() -> list[dict[str, Any]]:
    """What TensorFlow looks up by name: how the gradient of an operation is taken."""
    found = getattr(ops.gradient_registry, "_registry", None)
    return [found] if isinstance(found, dict) else []


def _is_of_tensorflow(kind: type) -> bool:
    return str(kind.__dict__.get("__module__")).partition(".")[0] in {"tensorflow", "EagerTensor"}


@functools.cache
def flags_of_tensorflow() -> tuple[tuple[dict[str, Any], str], ...]:
    """The switches among the names of TensorFlow's modules, which its own functions set.

    Only true, false and members of enumerations: a number may count something, and None may be
    what is made when it is needed first. They are looked for once, before a process is forked.
    """
    return tuple(
        (vars(module), name)
        for key, module in list(sys.modules.items())
        if key.startswith("tensorflow.python.") and hasattr(module, "__dict__")
        for name, value in list(vars(module).items())
        if isinstance(value, _IMMUTABLE)
    )


def _read_flags() -> list[Any]:
    return [names.get(name) for names, name in flags_of_tensorflow()]


def _write_flags(kept: list[Any]) -> None:
    for (names, name), value in zip(flags_of_tensorflow(), kept, strict=True):
        names[name] = value


def _set_experimental_options(kept: dict[str, Any]) -> None:
    new = [name for name in tf.config.optimizer.get_experimental_options() if name not in kept]
    tf.config.optimizer.set_experimental_options(kept | dict.fromkeys(new, None))


def _set_determinism(kept: bool) -> None:
    if kept:
        config.enable_op_determinism()
    else:
        config.disable_op_determinism()


def _set_traceback_filtering(kept: bool) -> None:
    if kept:
        tf.debugging.enable_traceback_filtering()
    else:
        tf.debugging.disable_traceback_filtering()


def _watches_numbers() -> bool:
    return bool(context.context().op_callbacks)
