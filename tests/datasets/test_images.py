"""MNIST and CIFAR-10: what Keras's loaders give, scaled; and a clear word where they cannot."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from grader.datasets import DatasetUnavailable, cifar10, mnist

LOADERS = {"MNIST": mnist, "CIFAR-10": cifar10}

OFFLINE = """
import json, socket

def unreachable(*args, **kwargs):
    raise socket.gaierror("no network in this test")

socket.getaddrinfo = socket.create_connection = unreachable

from grader.datasets import DatasetUnavailable, cifar10, mnist

sentences = []
for load in (mnist, cifar10):
    try:
        load()
    except DatasetUnavailable as error:
        sentences.append([str(error), error.__cause__ is None and error.__suppress_context__])
print(json.dumps(sentences))
"""


@pytest.fixture
def serve(monkeypatch):
    """Let Keras's loader of a data set return, or raise, what is given."""

    def serve(name, result):
        def load_data():
            if isinstance(result, BaseException):
                raise result
            return result

        import keras.datasets  # here: collecting these tests must not take seconds

        load = LOADERS[name]
        monkeypatch.setattr(getattr(keras.datasets, load.__name__), "load_data", load_data)
        return load

    return serve


def raw(*shape, labels):
    """A training part of five images and a test part of three, as bytes like Keras's."""
    rng = np.random.default_rng(0)
    parts = []
    for n in (5, 3):
        images = rng.integers(0, 256, size=(n, *shape), dtype=np.uint8)
        images[0, 0, 0], images[-1, 0, 0] = 0, 255
        parts.append((images, np.arange(n, dtype=np.uint8).reshape(n, *labels)))
    return tuple(parts)


def test_mnist_gets_an_axis_of_one_channel_and_values_from_0_to_1(serve):
    given = raw(28, 28, labels=())
    for (X, y), (images, labels) in zip(serve("MNIST", given)(), given, strict=True):
        assert X.shape == (len(images), 28, 28, 1) and X.dtype == np.float32
        assert X.min() == 0.0 and X.max() == 1.0
        np.testing.assert_allclose(X[..., 0], images / 255, rtol=1e-6)
        assert y.shape == (len(images),) and np.issubdtype(y.dtype, np.signedinteger)
        np.testing.assert_array_equal(y, labels)


def test_cifar_10_keeps_its_three_channels_and_loses_the_labels_second_axis(serve):
    given = raw(32, 32, 3, labels=(1,))
    for (X, y), (images, labels) in zip(serve("CIFAR-10", given)(), given, strict=True):
        assert X.shape == images.shape and X.dtype == np.float32
        np.testing.assert_allclose(X, images / 255, rtol=1e-6)
        assert y.shape == (len(images),) and np.issubdtype(y.dtype, np.signedinteger)
        np.testing.assert_array_equal(y, labels[:, 0])


@pytest.mark.parametrize("name", LOADERS)
@pytest.mark.parametrize("error", [Exception("URL fetch failure"), OSError("disk"), EOFError()])
def test_whatever_the_loader_raises_becomes_one_kind_of_error(serve, name, error):
    load = serve(name, error)
    with pytest.raises(DatasetUnavailable, match=rf"^{name} is not .*{type(error).__name__}"):
        load()


@pytest.mark.parametrize("name", LOADERS)
def test_an_interrupt_stays_an_interrupt(serve, name):
    load = serve(name, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        load()


def test_without_a_copy_and_without_a_network_it_says_so_and_what_to_do(tmp_path, root):
    places = {"KERAS_HOME": str(tmp_path), "PYTHONPATH": str(root)}
    environment = {**os.environ, **places, "KERAS_BACKEND": "numpy"}  # the quickest to import
    ran = subprocess.run(
        [sys.executable, "-c", OFFLINE],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    sentences = json.loads(ran.stdout.splitlines()[-1])
    assert len(sentences) == 2
    for (sentence, alone), name in zip(sentences, ("MNIST", "CIFAR-10"), strict=True):
        assert sentence.startswith(f"{name} is not on this machine and could not be downloaded")
        assert "Go online once" in sentence and "grader.datasets.digits()" in sentence
        assert "\n" not in sentence
        assert alone  # no traceback of Keras's above it
