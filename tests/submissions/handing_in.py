"""What tests hand in: a right text, its stub, and the containers for them."""

from __future__ import annotations

import io
import json
import os
import tarfile
import zipfile
from pathlib import Path

from grader.submissions import Submission, read_path
from grader.submissions.expected import Expected

FILE, KERAS = "logistic_regression.py", "keras_logistic_regression.py"
EXPECTED = Expected(
    (FILE, KERAS),
    {FILE: ("sigmoid", "sigmoid_grad", "softmax"), KERAS: ("build_model", "F1Score")},
    lambda: {
        "a3_mlp": {"mlp.py": ("relu", "Dense", "softmax", "MLP")},
        "a4_cnn": {"cnn.py": ("conv2d_forward", "LeNet")},
    },
)
CODE = b"""import numpy as np


def sigmoid(z):
    d = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, d) / (1.0 + d)


def sigmoid_grad(z):
    s = sigmoid(z)
    return s * (1.0 - s)
"""
SOFTMAX = b"\n\ndef softmax(z):\n    return z\n"
STUB = b'''import numpy as np


def sigmoid(z):
    """Logistic function.

def sigmoid(z): not this one
    """
    raise NotImplementedError("sigmoid is yours to write")


def sigmoid_grad(z):
    raise NotImplementedError("sigmoid_grad is yours to write")
'''
KERAS_CODE = b"import keras\n\n\ndef build_model(n):\n    return keras.Sequential()\n"
JUNK = b"\0\5\x16\7Mac OS X" + b"\0" * 20
MLP = b"def relu(x):\n    return x\n\n\nclass MLP:\n    def __init__(self):\n        self.w = 1\n"

Files = dict[str, bytes]


def notebook(*sources: bytes) -> bytes:
    cells = [{"cell_type": "code", "metadata": {}, "source": one.decode()} for one in sources]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}).encode()


def zipped(files: Files, year: int = 2026) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, (year, 3, 1, 12, 0, 0))
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def tarred(files: Files, mode: str = "w:gz") -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return stream.getvalue()


def lay(folder: Path, files: Files, modified: dict[str, float] | None = None) -> Path:
    """Write files below a folder, all with the same time where none is given."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        moment = (modified or {}).get(name, 1_000_000.0)
        os.utime(path, (moment, moment))
    return folder


def read(path: Path, expected: Expected = EXPECTED) -> Submission:
    return read_path(path, expected, student="ada", assignment="a2_logistic_regression")


def is_code(content: bytes) -> bool:
    """Whether the right text was taken, from a file or out of a notebook."""
    return CODE.strip() in content
