"""How long a training step of each Keras reference takes on the device of this process.

    python -m benchmarks.training_steps [--quick]

The device is what the environment makes Keras see; `benchmarks.gpu` sets it. Prints JSON.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

import keras
import numpy as np

from benchmarks.common import ROOT

Batch = tuple[Any, Any]
SECONDS = 4.0
"""What is measured of one model, after the steps that compile it."""
MOST_STEPS = 50


def _rows(rng: np.random.Generator, n: int, *shape: int) -> Any:
    return rng.normal(size=(n, *shape)).astype("float32")


def _classified(x: Any, classes: int) -> Batch:
    return x, np.arange(len(x)) % classes


def _residual(module: ModuleType) -> Any:
    blocks = [module.ResidualBlock(64) for _ in range(4)]
    stem = keras.layers.Conv2D(64, 3, padding="same", data_format="channels_last")
    pool = keras.layers.GlobalAveragePooling2D(data_format="channels_last")
    layers = [keras.Input((32, 32, 3)), stem, *blocks, pool, keras.layers.Dense(10)]
    model = keras.Sequential(layers)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss)
    return model


def _language(rng: np.random.Generator) -> Batch:
    ids = rng.integers(0, 1000, size=(32, 129))
    return ids[:, :-1], ids[:, 1:]


MODELS: tuple[tuple[str, str, Callable[[ModuleType], Any], Callable[..., Batch]], ...] = (
    (
        "a1 linear, 1,000 features, batch 4,096",
        "a1_least_squares/keras_least_squares.py",
        lambda module: module.build_model(1000),
        lambda rng: (_rows(rng, 4096, 1000), _rows(rng, 4096, 1)),
    ),
    (
        "a2 softmax, 3,072 features, batch 1,024",
        "a2_logistic_regression/keras_logistic_regression.py",
        lambda module: module.build_softmax_model(3072, 10),
        lambda rng: _classified(_rows(rng, 1024, 3072), 10),
    ),
    (
        "a3 MLP, 3,072 → 1,024 → 1,024 → 10, batch 512",
        "a3_mlp/keras_mlp.py",
        lambda module: module.build_mlp(3072, [1024, 1024], 10, batch_norm=True),
        lambda rng: _classified(_rows(rng, 512, 3072), 10),
    ),
    (
        "a4 LeNet, 32 × 32 × 3, batch 256",
        "a4_cnn/keras_cnn.py",
        lambda module: module.build_lenet((32, 32, 3), 10),
        lambda rng: _classified(_rows(rng, 256, 32, 32, 3), 10),
    ),
    (
        "a4 four residual blocks of 64, 32 × 32, batch 64",
        "a4_cnn/keras_cnn.py",
        _residual,
        lambda rng: _classified(_rows(rng, 64, 32, 32, 3), 10),
    ),
    (
        "a5 two-way LSTM of 64, 100 steps of 32, batch 128",
        "a5_lstm/keras_lstm.py",
        lambda module: module.build_sequence_classifier(100, 32, 10, bidirectional=True),
        lambda rng: _classified(_rows(rng, 128, 100, 32), 10),
    ),
    (
        "a5 forecaster, LSTM of 256, 100 steps, batch 128",
        "a5_lstm/keras_lstm.py",
        lambda module: module.build_forecaster(100, 256),
        lambda rng: (_rows(rng, 128, 100, 1), _rows(rng, 128, 1)),
    ),
    (
        "a6 Transformer, 4 blocks of 256, 128 ids, batch 32",
        "a6_transformer/keras_transformer.py",
        lambda module: module.build_language_model(1000, 128, 256, 8, 4),
        _language,
    ),
)
"""What is trained, the reference's file, the model, and one batch."""


def milliseconds(model: Any, batch: Batch, seconds: float) -> float:
    """The median time of a training step, once everything is compiled."""
    x, y = batch
    for _ in range(2):
        model.train_on_batch(x, y)
    times: list[float] = []
    while not times or (sum(times) < seconds and len(times) < MOST_STEPS):
        started = time.perf_counter()
        model.train_on_batch(x, y)  # hands back the loss, so the device has finished
        times.append(time.perf_counter() - started)
    return 1000 * statistics.median(times)


def _module_of(file: str) -> ModuleType:
    path = ROOT / "solutions" / file
    module = ModuleType(path.stem)
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), vars(module))
    return module


def main() -> None:
    seconds = 0.0 if "--quick" in sys.argv else SECONDS
    found: dict[str, float] = {}
    for title, file, build, batch in MODELS:
        if (ROOT / "solutions" / file).exists():
            keras.utils.set_random_seed(0)
            model = build(_module_of(file))
            found[title] = milliseconds(model, batch(np.random.default_rng(0)), seconds)
    os.write(1, json.dumps(found).encode())


if __name__ == "__main__":
    main()
