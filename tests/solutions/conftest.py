"""Fixtures for tests that hold references against Keras."""

import pytest


def compute_in(dtype):
    """Set both, since a policy that was ever set no longer follows floatx."""
    import keras

    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)


@pytest.fixture
def float64():
    """Let layers within layers, which take the global dtype, compute in float64."""
    compute_in("float64")
    yield
    compute_in("float32")
