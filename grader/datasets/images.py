"""Larger image sets through Keras's own loaders, where the network or a cached copy allows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.problems import GraderProblem

Array = np.ndarray[Any, Any]
Split = tuple[Array, Array]


class DatasetUnavailable(GraderProblem):
    """The data could be neither found on this machine nor downloaded."""


def mnist() -> tuple[Split, Split]:
    """Return MNIST's training and test part, each `(X (N, 28, 28, 1), y)` with X in [0, 1].

    Raises
    ------
    DatasetUnavailable
        Offline, unless Keras has it in its cache.
    """
    from keras.datasets import mnist as loader

    return _load("MNIST", loader.load_data)


def cifar10() -> tuple[Split, Split]:
    """Return CIFAR-10's training and test part, each `(X (N, 32, 32, 3), y)` with X in [0, 1].

    Raises
    ------
    DatasetUnavailable
        Offline, unless Keras has it in its cache.
    """
    from keras.datasets import cifar10 as loader

    return _load("CIFAR-10", loader.load_data)


def _load(name: str, load: Callable[[], tuple[Split, Split]]) -> tuple[Split, Split]:
    try:
        train, test = load()
    except Exception as error:  # Keras and urllib raise many kinds, bare Exception among them
        raise DatasetUnavailable(
            f"{name} is not on this machine and could not be downloaded ({type(error).__name__}). "
            "Go online once, so that Keras can keep a copy, or use the digits, which are "
            "always there: grader.datasets.digits()."
        ) from None
    return _scaled(train), _scaled(test)


def _scaled(split: Split) -> Split:
    images, labels = split
    images = images[..., None] if images.ndim == 3 else images
    return images.astype(np.float32) / 255.0, labels.reshape(-1).astype(int)
