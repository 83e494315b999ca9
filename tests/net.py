"""A small assignment whose train checks are judged by the course's own forward pass."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from grader.course import Assignment, course_forward, script, step
from grader.course.course_forward import FORWARD_FILE
from grader.course.excerpt import forward_files
from grader.course.prepare import LiveCourse, prepare
from grader.course.prepared import PreparedAssignment
from grader.result import Result, Visibility
from tests.conftest import grade_text, strongest

REFERENCE = '''
import numpy as np

def scores(X, W, b):
    """Xw + b"""
    return X @ W + b

class Net:
    def __init__(self, params):
        self.params = params

    def forward(self, X):
        return scores(X, self.params["W1"], self.params["b1"])

def train(X, y):
    rows = np.column_stack([X, np.ones(len(X))])
    W = np.linalg.lstsq(rows, np.eye(3)[y], rcond=None)[0]
    return Net({"W1": W[:-1], "b1": W[-1]})
'''
FORWARD = """
from net import scores

def logits(params, X, factor):
    out = X
    for layer in range(1, len(params) // 2 + 1):
        out = factor * scores(out, params[f"W{layer}"], params[f"b{layer}"])
    return out
"""


def _assignment() -> Assignment:
    assignment = Assignment(name="m2_net", title="Net", summary="For tests.")
    train = assignment.file("net.py", backend="numpy").exercise("train")

    def trained(rng, form, exchanged):
        y = rng.permutation(np.arange(90) % 3)
        X = 3 * rng.normal(size=(3, 4))[y] + rng.normal(size=(90, 4))
        y = np.array([1, 2, 0])[y] if exchanged else y
        networks = {
            name: step.call("logits", step.ref("params"), X[45:], factor)
            for name, factor in (("plain", 1.0), ("doubled", 2.0))
        }
        return script(
            "exchanged" if exchanged else "45 rows",
            model=step.call("train", X[:45], y[:45]),
            params=step.attribute("model", "params"),
            logits=step.method("model", "forward", X[45:]),
            returns=("params", "logits"),
            held_out={"y": y[45:]},
            course_forward=course_forward("params", "logits", form=form, **networks),
        )

    settings = {"measure": "logits_accuracy", "baseline": 0.5, "threshold": 0.8, "cpu_seconds": 5}

    @train.training(points=4, **settings)
    def layers(rng):
        """separates three heaps"""
        state = rng.bit_generator.state
        for exchanged in (False, True):
            rng.bit_generator.state = state
            yield trained(rng, "dense_layers", exchanged)

    @train.training(points=2, **settings)
    def as_it_is(rng):
        """has the reference's parameters"""
        yield trained(rng, "reference", False)

    return assignment


def net_course(forward: str = FORWARD) -> LiveCourse:
    references = {"net.py": REFERENCE}
    files = forward_files(forward, references, FORWARD_FILE)
    return LiveCourse(_assignment(), (), references, "0" * 64, files)


@lru_cache
def net(public: bool = False) -> PreparedAssignment:
    visibility = Visibility.PUBLIC if public else Visibility.HIDDEN
    return prepare(net_course(), "net seed", visibility, strongest())


def grade_net(text: str, *, public: bool = False) -> Result:
    return grade_text(net(public), {"net.py": text})
