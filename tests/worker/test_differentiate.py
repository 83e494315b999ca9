"""Gradients by automatic differentiation are the same on every backend."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest

SCRIPT = """
import json, sys
import keras, numpy as np
from grader.worker.differentiate import value_and_gradients

def plain(value):
    return None if value is None else keras.ops.convert_to_numpy(value).tolist()

dense = keras.layers.Dense(2)
X = np.arange(6, dtype="float32").reshape(3, 2) / 6
dense(X)
dense.set_weights([np.array([[1.0, -2.0], [0.5, 3.0]]), np.array([0.1, 0.2])])
square = lambda x: keras.ops.sum(keras.ops.square(dense(x)))
value, of_x, of_weights = value_and_gradients(square, X, dense.trainable_variables)

embedding = keras.layers.Embedding(4, 2)
ids = np.array([[1, 3, 1]])
embedding(ids)
total = lambda x: keras.ops.sum(embedding(x))
_, of_ids, (of_table,) = value_and_gradients(total, ids, embedding.trainable_variables)
print(json.dumps([plain(value), plain(of_x), [plain(g) for g in of_weights], plain(of_ids),
                  plain(of_table)]))
"""


@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_gradients_are_those_of_the_formulas(backend):
    if find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, "KERAS_BACKEND": backend, "CUDA_VISIBLE_DEVICES": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    value, of_x, of_weights, of_ids, of_table = json.loads(ended.stdout.splitlines()[-1])
    X = np.arange(6).reshape(3, 2) / 6
    W, b = np.array([[1.0, -2.0], [0.5, 3.0]]), np.array([0.1, 0.2])
    out = X @ W + b
    assert np.allclose(value, np.sum(out**2), rtol=1e-5)
    assert np.allclose(of_x, 2 * out @ W.T, rtol=1e-5)
    assert np.allclose(of_weights[0], 2 * X.T @ out, rtol=1e-5)
    assert np.allclose(of_weights[1], 2 * out.sum(axis=0), rtol=1e-5)
    assert of_ids is None  # integers have no gradient
    assert np.allclose(of_table, [[0, 0], [2, 2], [0, 0], [1, 1]])
