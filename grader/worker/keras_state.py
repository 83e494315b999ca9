"""What every question about a Keras file finds the same: settings and random numbers."""

from __future__ import annotations

from typing import Any

import keras

from grader.worker.guards import ForbiddenUse


def reset() -> None:
    """Put back what code may have set for all of Keras, and seed its random numbers.

    So what one exercise sets costs no other, and a setting at the top of a file has no effect.
    """
    keras.config.set_floatx("float32")
    keras.config.set_epsilon(1e-7)
    keras.config.set_image_data_format("channels_last")
    keras.config.set_dtype_policy("float32")
    keras.utils.set_random_seed(0)


def refuse_another_backend() -> None:
    """Let nobody change the backend: it would tear down the Keras that all exercises share."""

    def refused(backend: Any) -> None:
        raise ForbiddenUse("keras.config.set_backend is not allowed: the grader has chosen one")

    keras.config.set_backend = refused


def skip_graph_optimisation() -> None:
    """Run TensorFlow's graphs as they are traced.

    Graded models are small and run a few times each, so that optimising their graphs takes
    longer than running them: without it, a typical submission takes two thirds of the time.
    """
    if keras.backend.backend() == "tensorflow":
        import tensorflow

        tensorflow.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
