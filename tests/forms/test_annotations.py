"""Annotations are asked for nothing, and `asyncio` runs."""

from __future__ import annotations

import pytest

from tests.forms.helpers import assert_full
from tests.mini import REFERENCE


def test_an_annotation_of_a_refused_package_costs_nothing(handed_in):
    text = REFERENCE.replace(
        "def predict(X, w, b):", "def predict(X: torch.Tensor, w, b) -> L[int]:"
    )
    assert_full(handed_in({"mini.py": f"import torch\n{text}"}), "torch")


ANNOTATED = {
    "at the top": "SCALE: torch.Tensor = 1",
    "in a block": "if True:\n    SCALE: torch.Tensor = 1\n    print('on it goes')",
    "of a function in a block": "if True:\n    def f(x: torch.Tensor): pass\n    SCALE = 1",
    "run once": "SEEN = []\nSCALE: nobody.Knows = SEEN.append(1) or len(SEEN)\nassert SCALE == 1",
}


@pytest.mark.parametrize("name", ANNOTATED)
def test_nor_does_one_of_a_variable(handed_in, name):
    text = REFERENCE.replace("return X @ w + b", "return X @ w + SCALE * b")
    result = handed_in({"mini.py": f"import torch\n{ANNOTATED[name]}\n{text}"})
    assert_full(result, "torch")
    assert not any("left out" in note for note in result.submission.notes)


ASYNCHRONOUS = {
    "run": "return asyncio.run(product(X, w, b))",
    "a loop of one's own": ("return asyncio.new_event_loop().run_until_complete(product(X, w, b))"),
    "in another thread": "return asyncio.run(asyncio.to_thread(lambda: X @ w + b))",
    "awaited at the top": "return X @ w + ONE * b",
}


@pytest.mark.parametrize("name", ASYNCHRONOUS)
def test_asyncio_runs_without_a_socket(handed_in, name):
    head = (
        "import asyncio\nasync def product(X, w, b):\n    await asyncio.sleep(0.001)\n"
        "    return X @ w + b\nONE = await asyncio.wait_for(asyncio.sleep(0.001, 1), 5)\n"
        "asyncio.run(asyncio.sleep(0.001))\n"
    )
    text = REFERENCE.replace("return X @ w + b", ASYNCHRONOUS[name])
    assert_full(handed_in({"mini.py": head + text}), "")


def test_an_annotation_in_a_class_costs_nothing_either(handed_in):
    helper = "class Line:\n    def at(self, X: torch.Tensor) -> L[int]: return X\n"
    text = REFERENCE.replace("return X @ w + b", "return Line().at(X) @ w + b")
    assert_full(handed_in({"mini.py": f"import torch\n{helper}{text}"}), "torch")
