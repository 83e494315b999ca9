"""What every question about a Keras file finds the same: settings and random numbers."""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Callable, Iterator
from typing import Any

import keras

from grader.worker.settings import Setting
from grader.worker.snapshots import Snapshot
from grader.worker.stand_in import ForbiddenUse


def reset() -> None:
    """Seed the random numbers, and put back the precision, which the top of a file may have set.

    What else a file sets for the numbers of everybody is put back when it has been loaded.
    """
    keras.config.set_dtype_policy("float32")
    keras.utils.set_random_seed(0)


def _set_defaults() -> None:
    """Set what the course expects, whatever the machine's own configuration of Keras says."""
    keras.config.set_floatx("float32")
    keras.config.set_epsilon(1e-7)
    keras.config.set_image_data_format("channels_last")


@functools.cache
def snapshots() -> tuple[Snapshot, ...]:
    """The names, classes and registries of Keras, and the classes of TensorFlow, as they are now.

    They are taken once for a process and its forks, before any of a student's code runs.
    """
    refuse_another_backend()
    _set_defaults()
    if keras.backend.backend() != "tensorflow":
        return (Snapshot(["keras"]),)
    from grader.worker import tensorflow_state

    tensorflow_state.flags_of_tensorflow()
    return Snapshot(["keras"]), tensorflow_state.classes_of_tensorflow()


def thorough_snapshot() -> Snapshot:
    """The same with what only code changes that reaches beyond its own names, as it is now.

    That are functions' own attributes, the names of NumPy and TensorFlow as users see them, and
    TensorFlow's gradients. It takes too long for code that does nothing of the kind.
    """
    packages, registries = ["keras", "numpy"], []
    if keras.backend.backend() == "tensorflow":
        from grader.worker import tensorflow_state

        packages += ["tensorflow.", "tensorflow._api"]
        registries = tensorflow_state.registries()
    return Snapshot(packages, containers=registries, functions=True)


def settings_of_backend() -> list[Setting]:
    """The settings of what Keras computes with, as they hold now."""
    if keras.backend.backend() == "tensorflow":
        from grader.worker import tensorflow_state

        return tensorflow_state.settings_of_tensorflow()
    if keras.backend.backend() == "jax":
        jax = sys.modules["jax"]

        def write(kept: dict[str, Any]) -> None:
            for name, value in kept.items():
                if jax.config.values[name] != value:
                    jax.config.update(name, value)

        return [Setting(lambda: dict(jax.config.values), write)]
    return []


@functools.cache
def refuse_another_backend() -> None:
    """Let nobody change the backend: it would tear down the Keras that all exercises share."""

    def refused(backend: Any) -> None:
        text = "keras.config.set_backend is not allowed: the grader has chosen one"
        raise ForbiddenUse(text, "keras.config.set_backend")

    keras.config.set_backend = refused


@contextlib.contextmanager
def eagerly() -> Iterator[None]:
    """Run functions as Python does, also those that were traced while the file was loaded.

    A trace holds the operations of a layer and none of the guards around it.
    """
    if keras.backend.backend() != "tensorflow":
        yield
        return
    import tensorflow

    before = tensorflow.config.functions_run_eagerly()
    tensorflow.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tensorflow.config.run_functions_eagerly(before)


def skip_graph_optimisation() -> None:
    """Run TensorFlow's graphs as they are traced.

    Graded models are small and run a few times each, so that optimising their graphs takes
    longer than running them: without it, a typical submission takes two thirds of the time.
    """
    if keras.backend.backend() == "tensorflow":
        import tensorflow

        tensorflow.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})


def keep_kernels() -> None:
    """Let TensorFlow keep its kernels from one question to the next.

    `tensorflow.random.set_seed` throws all of them away, because those of random operations
    hold a state, and making them again takes half of the time of a question about a small
    model. Where no random operation was made since the same seed was set, there is no such
    state, and here it then keeps them.
    """
    if keras.backend.backend() == "tensorflow":
        # Another TensorFlow may have no such parts: it is right all the same, and slower.
        with contextlib.suppress(ImportError, AttributeError):
            _skip_needless_seeding()


def _skip_needless_seeding() -> None:
    import tensorflow
    from tensorflow.python.eager.context import global_seed
    from tensorflow.python.framework import random_seed

    # Every random operation asks `get_seed` when it is made. One that a traced function holds
    # is not made again when the function is called, so from then on each seeding is in earnest.
    ask: Callable[[Any], Any] = random_seed.get_seed
    seed_in_earnest: Callable[[Any], None] = tensorflow.random.set_seed
    made = {"eager": False, "traced": False}

    def get_seed(op_seed: Any) -> Any:
        made["eager" if tensorflow.executing_eagerly() else "traced"] = True
        return ask(op_seed)

    def set_seed(seed: Any) -> None:
        if type(seed) is not int or global_seed() != seed or any(made.values()):
            seed_in_earnest(seed)
            made["eager"] = False

    random_seed.get_seed = get_seed
    tensorflow.random.set_seed = set_seed
